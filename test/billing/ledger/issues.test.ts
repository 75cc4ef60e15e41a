import { chargeUsage } from '../../../src/billing/ledger/commands/charge-usage.js';
import {
  decideIssue,
  issueKeys,
  type IssueVerdict,
} from '../../../src/billing/ledger/commands/decide-issue.js';
import { putAside, resolveIssue } from '../../../src/billing/ledger/commands/usage-issues.js';
import type { StoredCall, UsageIssue } from '../../../src/billing/ledger/model.js';
import { rowKeys, rowOf, withRows, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import { accept, batchOf, bought, call, LOW, paymentsOf, withRule, worldOf } from '../../support/world.js';

const LATER = '2026-11-17T10:00:00.000Z';

function issue(id = 'record-x'): UsageIssue {
  return { type: 'issue', id, reason: 'tooLarge', source: 'graph', raw: '{}', at: START, state: 'open' };
}

function waiting(...ids: readonly string[]): World {
  return accept(putAside(bought(worldOf(), usd(50)), ids.map(issue)));
}

function stateOf(world: World, id = 'record-x') {
  return rowOf(world, 'issue', rowKeys.issue(id))?.state;
}

describe('records that wait for a person', () => {
  test('are kept and counted, each once, also within one batch', () => {
    const world = waiting('a', 'b', 'a');
    expect(world.account.usage.openIssues).toBe(2);
    const more = putAside(world, [issue('b'), issue('c')]);
    expect(more).toMatchObject({ answer: { added: 1 } });
    expect(accept(more).account.usage.openIssues).toBe(3);
    const none = putAside(world, [issue('a')]);
    expect(none).toMatchObject({ answer: { added: 0 } });
    expect(accept(none)).toBe(world);
  });

  test('are decided once, with who and when, and are then counted no more', () => {
    const verdict = { id: 'a', state: 'dismissed', by: ADMIN } as const;
    const decision = resolveIssue(waiting('a', 'b'), verdict, LATER);
    const decided = { ...issue('a'), state: 'dismissed', resolvedBy: ADMIN, resolvedAt: LATER };
    expect(decision).toMatchObject({ answer: decided });
    const world = accept(decision);
    expect(rowOf(world, 'issue', rowKeys.issue('a'))).toEqual(decided);
    expect(world.account.usage.openIssues).toBe(1);
    expect(resolveIssue(world, verdict, LATER)).toEqual({ kind: 'refused', reason: 'notOpen' });
  });

  test('that are decided already are not put aside again', () => {
    const dismissed = resolveIssue(waiting('a'), { id: 'a', state: 'dismissed', by: ADMIN }, LATER);
    expect(accept(putAside(accept(dismissed), [issue('a')])).account.usage.openIssues).toBe(0);
  });

  test('never count below none', () => {
    const uncounted = withRows(worldOf(), [issue('a')]);
    const decided = resolveIssue(uncounted, { id: 'a', state: 'charged', by: ADMIN }, LATER);
    expect(accept(decided).account.usage.openIssues).toBe(0);
  });

  test('that never were are not found', () => {
    expect(resolveIssue(worldOf(), { id: 'a', state: 'charged', by: ADMIN }, LATER)).toEqual({
      kind: 'refused',
      reason: 'notFound',
    });
  });
});

describe("a person's verdict", () => {
  const record = (change: Partial<StoredCall> = {}) => call(usd(8), { id: 'record-x', ...change });
  const decide = (world: World, change: Partial<IssueVerdict> = {}) =>
    decideIssue(world, { issue: issue(), by: ADMIN, storedStarts: [], lowBalance: LOW, ...change }, LATER);

  test('that charges it debits the balance in its name', () => {
    const decision = decide(waiting('record-x'), { call: record() });
    expect(decision).toMatchObject({
      answer: {
        balanceBefore: usd(50),
        balanceAfter: usd(42),
        issue: { state: 'charged', resolvedBy: ADMIN },
      },
    });
    const world = accept(decision);
    expect(stateOf(world)).toBe('charged');
    expect(world.entries.at(-1)).toMatchObject({ kind: 'usage', by: ADMIN, reference: 'record-x' });
  });

  test('that corrects it debits the difference only, and must have read the day that it was counted on', () => {
    const monday = '2026-11-16T08:00:00.000Z';
    const before = batchOf([record({ charge: usd(3), start: monday })]);
    const world = accept(chargeUsage(waiting('record-x'), before, START));
    const corrected = { call: record(), storedStarts: [monday] };
    expect(decide(world, corrected)).toMatchObject({
      answer: { balanceBefore: usd(47), balanceAfter: usd(42) },
    });
    expect(decide(world, { ...corrected, storedStarts: [] })).toEqual({ kind: 'refused', reason: 'stale' });
  });

  test('that dismisses it leaves the balance alone', () => {
    const decision = decide(waiting('record-x'));
    expect(decision).toMatchObject({ answer: { balanceBefore: usd(50), balanceAfter: usd(50) } });
    expect(stateOf(accept(decision))).toBe('dismissed');
    expect(accept(decision).entries).toHaveLength(1);
  });

  test('starts the recharge that its debit calls for', () => {
    const world = withRule(waiting('record-x'), { trigger: usd(45) });
    expect(paymentsOf(accept(decide(world, { call: record() })))).toMatchObject([{ reason: 'autoRecharge' }]);
  });

  test('is refused where it was decided before, or charged from another source', () => {
    const done = accept(decide(waiting('record-x')));
    expect(decide(done, { call: record() })).toEqual({ kind: 'refused', reason: 'notOpen' });
    const other = withRows(waiting('record-x'), [record({ source: 'csv' })]);
    expect(decide(other, { call: record() })).toEqual({ kind: 'refused', reason: 'otherContent' });
  });

  test('reads the issue, the record, the days it may change, and what the breaker looks at', () => {
    const { account } = worldOf({ days: [{ date: '2026-11-17', spend: 1n, calls: 1 }] });
    const verdict = { issue: issue(), by: ADMIN, storedStarts: ['2026-11-16T08:00:00.000Z'] };
    expect(issueKeys(verdict, account)).toEqual(['issue:record-x']);
    expect(issueKeys({ ...verdict, call: record() }, account)).toEqual([
      'issue:record-x',
      'call:record-x',
      'day:2026-11-17',
      'day:2026-11-16',
    ]);
    const busy = { ...account, rechargeTimes: [START, START, START] };
    expect(issueKeys(verdict, busy)).toEqual(['issue:record-x', 'day:2026-11-17']);
  });
});
