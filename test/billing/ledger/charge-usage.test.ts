import { detailsDigestOf } from '../../../src/billing/ledger/chain.js';
import { chargeUsage } from '../../../src/billing/ledger/commands/charge-usage.js';
import type { DayTotals, StoredCall } from '../../../src/billing/ledger/model.js';
import { rowKeys, rowOf, withRows, type World } from '../../../src/billing/ledger/world.js';
import { checkCommit } from '../../../src/billing/storage/limits.js';
import { toColumns } from '../../../src/billing/rows/columns.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import { topUp } from '../../support/recharge.js';
import {
  accept,
  alertsOf,
  batchOf,
  bought,
  call,
  paymentsOf,
  receiptOf,
  withRule,
  worldOf,
} from '../../support/world.js';

function charged(world: World, ...calls: readonly StoredCall[]): World {
  return accept(chargeUsage(world, batchOf(calls), START));
}

function dayOf(world: World, date = '2026-11-17'): DayTotals | undefined {
  return rowOf(world, 'day', rowKeys.day(date));
}

const rich = bought(worldOf(), usd(100));

test('one transaction of calls is one entry', () => {
  const world = charged(rich, call(usd(1)), call(usd(2)), call(usd(3)));
  expect(world.entries.slice(1)).toMatchObject([{ kind: 'usage', amount: usd(-6), balanceAfter: usd(94) }]);
});

test('the same record again changes nothing', () => {
  const one = call(usd(1));
  const world = charged(rich, one);
  expect(charged(world, one)).toBe(world);
  expect(receiptOf(world, [one])).toMatchObject({ chargedCount: 0, unchanged: 1, balance: usd(99) });
});

test('the same record twice in one batch is charged once', () => {
  const one = call(usd(1));
  expect(charged(rich, one, one).account.balance).toBe(usd(99));
});

test('a raised charge is debited by the difference only', () => {
  const one = call(usd(1));
  const world = charged(charged(rich, one), { ...one, charge: usd(3) });
  expect(world.entries.at(-1)).toMatchObject({ kind: 'correction', amount: usd(-2), balanceAfter: usd(97) });
});

test('a lowered charge is credited by the difference', () => {
  const one = call(usd(3));
  const world = charged(charged(rich, one), { ...one, charge: usd(1) });
  expect(world.entries.at(-1)).toMatchObject({ kind: 'correction', amount: usd(2), balanceAfter: usd(99) });
});

test('corrected and corrected back within one batch, nothing happened', () => {
  const one = call(usd(3));
  const world = charged(rich, one);
  expect(charged(world, { ...one, charge: usd(1) }, one)).toBe(world);
});

test('a record that is corrected within its own first batch is charged as corrected', () => {
  const one = call(usd(3));
  const world = charged(rich, one, { ...one, charge: usd(1) });
  expect(world.entries.slice(1)).toMatchObject([{ kind: 'usage', amount: usd(-1) }]);
});

test('two corrections in one batch leave the last', () => {
  const one = call(usd(3));
  const world = charged(charged(rich, one), { ...one, charge: usd(5) }, { ...one, charge: usd(4) });
  expect(world.entries.at(-1)).toMatchObject({ kind: 'correction', amount: usd(-1) });
});

test('another source may not correct a record', () => {
  const one = call(usd(1));
  const world = charged(rich, one);
  const other: StoredCall = { ...one, source: 'http', charge: usd(9) };
  expect(charged(world, other)).toBe(world);
  expect(receiptOf(world, [other])).toMatchObject({ otherSource: 1, correctedCount: 0 });
});

test('a free call is kept, and costs nothing', () => {
  const world = charged(rich, call(0n));
  expect(world.account.balance).toBe(usd(100));
  expect(dayOf(world)).toMatchObject({ spend: 0n, calls: 1 });
});

test('a day knows its spend, calls and destinations, and its closing balance', () => {
  const world = charged(rich, call(usd(1)), call(usd(2), { details: { destinationName: 'France' } }));
  expect(dayOf(world)).toMatchObject({
    spend: usd(3),
    calls: 2,
    closingBalance: usd(97),
    destinations: { 'United Kingdom': { spend: usd(1), calls: 1 }, France: { spend: usd(2), calls: 1 } },
  });
});

test('a correction changes the spend of its day, and not the number of calls', () => {
  const one = call(usd(3));
  const world = charged(charged(rich, one), { ...one, charge: usd(1) });
  expect(dayOf(world)).toMatchObject({ spend: usd(1), calls: 1 });
  expect(dayOf(world)?.destinations['United Kingdom']).toEqual({ spend: usd(1), calls: 1 });
});

test('a correction under a name that has no place on its day is summed up as other', () => {
  const one = call(usd(3));
  const world = charged(charged(rich, one), {
    ...one,
    charge: usd(5),
    details: { destinationName: 'France' },
  });
  expect(dayOf(world)).toMatchObject({ spend: usd(5), calls: 1, otherSpend: usd(2), otherCalls: 0 });
  expect(dayOf(world)?.destinations).toEqual({ 'United Kingdom': { spend: usd(3), calls: 1 } });
});

test('a call that names no destination has the place without a name', () => {
  expect(dayOf(charged(rich, call(usd(1), { details: {} })))?.destinations).toEqual({
    '': { spend: usd(1), calls: 1 },
  });
});

test('a call belongs to the day on which it started where the account is', () => {
  const rome = bought(worldOf({ timeZone: 'Europe/Rome' }), usd(100));
  const world = charged(rome, call(usd(1), { start: '2026-11-16T23:30:00.000Z' }));
  expect(dayOf(world, '2026-11-17')?.spend).toBe(usd(1));
});

describe('a correction that moves a call to another day', () => {
  const MONDAY = '2026-11-16T08:00:00.000Z';
  const first = call(usd(3), { start: MONDAY, details: { destinationName: 'France' } });
  const moved = { ...first, start: START, charge: usd(5), details: { destinationName: 'Spain' } };
  const known = charged(rich, first, call(usd(1), { start: MONDAY }));
  const again = (storedStarts?: readonly string[]) =>
    chargeUsage(known, { ...batchOf([moved]), ...(storedStarts !== undefined && { storedStarts }) }, START);

  test('takes it off the old day with all that it cost there, and counts it on the new one', () => {
    const world = accept(again([MONDAY]));
    expect(world.account.balance).toBe(usd(94));
    expect(dayOf(world, '2026-11-16')).toMatchObject({ spend: usd(1), calls: 1 });
    expect(dayOf(world, '2026-11-16')?.destinations['France']).toEqual({ spend: 0n, calls: 0 });
    expect(dayOf(world)).toMatchObject({ spend: usd(5), calls: 1 });
    expect(dayOf(world)?.destinations).toEqual({ Spain: { spend: usd(5), calls: 1 } });
    expect(world.account.days).toMatchObject([
      { date: '2026-11-17', spend: usd(5), calls: 1 },
      { date: '2026-11-16', spend: usd(1), calls: 1 },
    ]);
  });

  test('is left for a transaction that reads the old day too, and says so', () => {
    expect(accept(again())).toBe(known);
    expect(again()).toMatchObject({
      answer: { correctedCount: 0, correctedAmount: 0n, moved: [{ id: first.id, storedStart: MONDAY }] },
    });
  });

  test('goes at once where the old day is among the days of the batch', () => {
    const both = chargeUsage(known, batchOf([moved, call(usd(1), { start: MONDAY })]), START);
    expect(dayOf(accept(both), '2026-11-16')).toMatchObject({ spend: usd(2), calls: 2 });
    expect(both).toMatchObject({ answer: { correctedCount: 1, correctedAmount: usd(2) } });
    expect(Object.keys((both as { answer: object }).answer)).not.toContain('moved');
  });

  test('leaves no debt of calls where its old name is no longer kept', () => {
    const nameless = withRows(known, [{ ...first, details: {} }]);
    const world = accept(chargeUsage(nameless, { ...batchOf([moved]), storedStarts: [MONDAY] }, START));
    expect(dayOf(world, '2026-11-16')).toMatchObject({ spend: usd(1), calls: 1, otherCalls: 0 });
  });
});

test('more destinations than a day has room for are summed up, and nothing is lost', () => {
  const calls = Array.from({ length: 80 }, (_, index) =>
    call(1n, { details: { destinationName: `D${index}` } }),
  );
  const day = dayOf(charged(rich, ...calls))!;
  expect(Object.keys(day.destinations)).toHaveLength(60);
  expect(day).toMatchObject({ spend: 80n, otherSpend: 20n, otherCalls: 20 });
});

test.each(['constructor', '__proto__', 'toString', ''])(
  'a destination named "%s" is one like any other',
  (name) => {
    const details = Object.fromEntries([['destinationName', name]]);
    const world = charged(charged(rich, call(usd(1), { details })), call(usd(1), { details }));
    const place = Object.entries(dayOf(world)!.destinations).find(([known]) => known === name);
    expect(place?.[1]).toEqual({ spend: usd(2), calls: 2 });
  },
);

test('a day full of the longest and most awkward names stays within the limits of Azure', () => {
  const calls = Array.from({ length: 80 }, (_, index) =>
    call(usd(1_000_000), { details: { destinationName: `${index}${'"\\'.repeat(127)}` } }),
  );
  const day = dayOf(charged(rich, ...calls))!;
  expect(() => {
    checkCommit('t', [{ kind: 'put', key: 'day', values: toColumns(day) }]);
  }).not.toThrow();
});

test('the account lists the newest 90 days, newest first', () => {
  const calls = Array.from({ length: 95 }, (_, index) =>
    call(1n, { start: new Date(Date.parse(START) - index * 86_400_000).toISOString() }),
  );
  const { days } = charged(rich, ...calls).account;
  expect(days).toHaveLength(90);
  expect(days[0]?.date).toBe('2026-11-17');
  expect(days.at(-1)?.date).toBe('2026-08-20');
});

test('usage is known until the newest call, also where older ones come later', () => {
  const newer = charged(rich, call(1n, { start: '2026-11-17T08:30:00.000Z' }));
  const late = charged(newer, call(1n, { start: '2026-11-01T08:30:00.000Z' }));
  expect(late.account.usage.knownUntil).toBe('2026-11-17T08:30:00.000Z');
});

describe('a call record', () => {
  const one = call(usd(1), { id: 'one' });
  const stored = (world: World, id = 'one') => rowOf(world, 'call', rowKeys.call(id));
  const known = (charge: bigint, entry: bigint) => ({
    entry,
    charge,
    start: one.start,
    detailsDigest: detailsDigestOf(one.details),
  });

  test('names the entry that holds its charge, new or corrected', () => {
    const first = charged(rich, one);
    expect(stored(first)?.entry).toBe(2n);
    const both = charged(first, { ...one, charge: usd(3) }, call(usd(1), { id: 'two' }));
    expect(both.entries.slice(2).map(({ kind }) => kind)).toEqual(['usage', 'correction']);
    expect([stored(both, 'two')?.entry, stored(both)?.entry]).toEqual([3n, 4n]);
  });

  test('keeps what earlier entries said of it, oldest first', () => {
    expect(stored(charged(rich, one))).not.toHaveProperty('earlier');
    const twice = charged(charged(charged(rich, one), { ...one, charge: usd(3) }), {
      ...one,
      charge: usd(2),
    });
    expect(stored(twice)).toMatchObject({ charge: usd(2), entry: 4n });
    expect(stored(twice)?.earlier).toEqual([known(usd(1), 2n), known(usd(3), 3n)]);
  });

  test('keeps the newest fifty of these', () => {
    let world = charged(rich, one);
    for (let cents = 1n; cents <= 51n; cents += 1n) world = charged(world, { ...one, charge: cents });
    const earlier = stored(world)?.earlier;
    expect(earlier).toHaveLength(50);
    expect(earlier?.[0]).toEqual(known(1n, 3n));
    expect(earlier?.at(-1)).toEqual(known(50n, 52n));
  });
});

describe('auto-recharge below 20', () => {
  const ruled = withRule(bought(worldOf(), usd(21)));
  const one = call(usd(1), { id: 'one' });

  test('is started by a charge that is raised, and the receipt names it', () => {
    const raised = { ...one, charge: usd(2) };
    const first = charged(ruled, one);
    expect(receiptOf(first, [one])).not.toHaveProperty('openRecharge');
    expect(receiptOf(first, [raised]).openRecharge).toBe(paymentsOf(charged(first, raised))[0]!.id);
  });

  test('is not started by a free call, nor is its hold ended by one', () => {
    const low = { ...ruled, account: { ...ruled.account, balance: usd(15), pointer: usd(6) } };
    expect(paymentsOf(charged(low, call(0n)))).toEqual([]);
    const held = {
      ...low,
      account: { ...low.account, health: { failures: 0, held: true, heldBy: 'refund' as const } },
    };
    expect(charged(held, call(0n)).account.health).toEqual(held.account.health);
    expect(charged(held, call(1n)).account.health).toEqual({ failures: 0, held: false });
  });

  test('that a person must be asked about is no longer waited for', () => {
    const open = charged(ruled, call(usd(5)));
    const openPayments = open.account.openPayments.map((payment) => ({ ...payment, overdue: true }));
    const overdue = { ...open, account: { ...open.account, openPayments } };
    expect(receiptOf(overdue, [call(0n)])).not.toHaveProperty('openRecharge');
    expect(receiptOf(open, [call(0n)])).toHaveProperty('openRecharge', openPayments[0]!.id);
  });

  test('is not what the receipt names where a top-up by hand is open', () => {
    expect(receiptOf(accept(topUp(ruled)), [one])).not.toHaveProperty('openRecharge');
  });
});

test('a lowered charge that an admin decided on settles the low balance in that name', () => {
  const one = call(usd(95), { id: 'one' });
  const low = charged(rich, one);
  const batch = { ...batchOf([{ ...one, charge: usd(1) }]), by: ADMIN };
  const world = accept(chargeUsage(low, batch, START));
  expect(alertsOf(world, 'low')).toMatchObject([{ healed: { how: 'balanceBack', by: ADMIN } }]);
  expect(world.entries.at(-1)).toMatchObject({ kind: 'correction', by: ADMIN, reference: 'batch' });
  expect(alertsOf(charged(low, { ...one, charge: usd(1) }), 'low')).toMatchObject([
    { healed: { by: { id: 'system' } } },
  ]);
});

test('when usage was last received is known, and until when calls are', () => {
  const world = charged(rich, call(1n, { start: '2026-11-17T08:30:00.000Z' }), call(1n));
  expect(world.account.usage).toEqual({
    openIssues: 0,
    knownUntil: '2026-11-17T08:30:00.000Z',
    receivedAt: START,
  });
});
