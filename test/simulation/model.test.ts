import { post } from '../../src/billing/ledger/entries.js';
import { chargeUsage } from '../../src/billing/ledger/commands/charge-usage.js';
import { setMetering } from '../../src/billing/ledger/commands/set-metering.js';
import { requestTopUp } from '../../src/billing/ledger/commands/request-top-up.js';
import { writesBetween } from '../../src/billing/lane/account-rows.js';
import type { World } from '../../src/billing/ledger/world.js';
import type { Values, Write } from '../../src/billing/storage/table.js';
import { Coverage } from '../../scripts/simulation/coverage.js';
import { Model } from '../../scripts/simulation/model/model.js';
import { accept, batchOf, call, CARD, spent, withRule, worldOf } from '../support/world.js';
import { ADMIN, START, TENANT, TEST_SETTINGS, usd } from '../support/billing.js';

/** A model that is told of worlds as if they were committed one after the other. */
function watched() {
  const complaints: string[] = [];
  const complain = (invariant: string): void => void complaints.push(invariant);
  const model = new Model([TENANT], { complain, coverage: new Coverage(), admins: [ADMIN.id] });
  let before: World | undefined;
  const commit = (world: World, edit: (write: Write) => Write = (write) => write): void => {
    const loaded = {
      world: before ?? { ...world, account: worldOf().account, rows: new Map(), entries: [] },
    };
    const entries = world.entries.slice(before?.entries.length ?? 0);
    const writes = writesBetween({ ...loaded, asked: new Set() }, { ...world, entries });
    for (const { name, subject } of world.jobs) {
      const values = { name, tenant: TENANT, subject };
      model.dueCommitted('s', [{ kind: 'put', key: `9|${name}|${subject}`, values }], 0);
    }
    model.ledgerCommitted(TENANT, writes.map(edit));
    before = world;
  };
  return { model, complaints, commit };
}

function changed(key: string, change: Values): (write: Write) => Write {
  return (write) =>
    write.kind !== 'delete' && write.key.startsWith(key)
      ? { ...write, values: { ...write.values, ...change } }
      : write;
}

function bought(world: World, amount: bigint): World {
  return post(world, { kind: 'adjustment', amount, at: START, by: ADMIN, reference: 'a', reason: 'r' });
}

function requested(): World {
  const amount = { micros: usd(10), currency: 'USD' } as const;
  const request = { paymentId: 'p', mintedAt: START, amount, method: CARD, by: ADMIN };
  return accept(requestTopUp(worldOf(), { ...request, limits: TEST_SETTINGS.limits }, START));
}

describe('the model', () => {
  test('has nothing to say about what is right', () => {
    const { complaints, commit } = watched();
    const credited = bought(worldOf(), usd(20));
    commit(credited);
    commit(spent(credited, usd(5)));
    expect(complaints).toEqual([]);
  });

  test.each([
    ['account', { balance: usd(21) }, 'balance = entries = credited − pointer − holes'],
    ['account', { head: 'other' }, 'the account holds the head of its chain'],
    ['entry:', { previous: 'other' }, 'the hash chain is whole'],
    ['entry:', { balanceAfter: usd(1) }, 'an entry’s balance is the sum up to it'],
    ['entry:', { sequence: 7n }, 'entries are numbered without a gap'],
  ])('finds a planted error in %s %p', (key, change, invariant) => {
    const { complaints, commit } = watched();
    commit(bought(worldOf(), usd(20)), changed(key, change));
    expect(complaints).toContain(invariant);
  });

  test.each([
    ['call:', { charge: usd(6) }, 'each call record is charged once'],
    ['day:', { spend: usd(6) }, 'the days add up to the usage'],
    ['account', { pointer: 0n, credited: usd(15) }, 'the line never gets shorter'],
  ])('finds a planted error in %s %p of usage', (key, change, invariant) => {
    const { complaints, commit } = watched();
    const credited = bought(worldOf(), usd(20));
    commit(credited);
    commit(spent(credited, usd(5)), changed(key, change));
    expect(complaints).toContain(invariant);
  });

  /** A call of each side of the start of metering: one is kept, the other charged. */
  function metered(): World {
    const from = '2026-11-17T08:00:00.000Z';
    const world = accept(setMetering(worldOf(), { from, by: ADMIN }, START));
    const kept = call(usd(2), { id: 'kept', start: '2026-11-16T08:00:00.000Z' });
    return accept(chargeUsage(world, batchOf([kept, call(usd(5), { id: 'charged' })]), START));
  }

  test('has nothing to say about a call that is kept, and one that is charged', () => {
    const { complaints, commit, model } = watched();
    commit(metered());
    expect(complaints).toEqual([]);
    const { usage } = model.of(TENANT);
    expect([usage.chargeOf('kept'), usage.chargeOf('charged')]).toEqual([undefined, usd(5)]);
    expect(usage.isKnown('kept')).toBe(true);
  });

  test.each([
    [
      'call:charged',
      { start: '2026-11-17T07:59:59.999Z' },
      'no call from before the start of metering is charged',
    ],
    [
      'call:kept',
      { start: '2026-11-17T08:00:00.000Z' },
      'only calls from before the start of metering are kept',
    ],
    ['call:kept', { charge: usd(3) }, 'what was kept without being charged adds up'],
    ['call:charged', { unmetered: true }, 'each call record is charged once'],
  ])('finds a planted error in %s %p around the start of metering', (key, change, invariant) => {
    const { complaints, commit } = watched();
    commit(metered(), changed(key, change));
    expect(complaints).toContain(invariant);
  });

  test('finds a charged call that is kept afterwards, and a day of two sources', () => {
    const { complaints, commit } = watched();
    const world = metered();
    commit(world);
    const again = accept(chargeUsage(world, batchOf([call(usd(1), { id: 'more' })]), START));
    commit(again, changed('call:more', { id: 'charged', unmetered: true }));
    const third = accept(chargeUsage(again, batchOf([call(usd(1), { id: 'csv' })]), START));
    commit(third, changed('call:csv', { source: 'csv' }));
    expect(complaints).toEqual(
      expect.arrayContaining([
        'a call that was charged stays charged',
        'an export shares its days with nobody',
      ]),
    );
  });

  test('finds an entry that is written over, and one that vanishes', () => {
    const { model, complaints, commit } = watched();
    const credited = bought(worldOf(), usd(20));
    commit(credited);
    commit(bought(credited, usd(20)), changed('entry:', { sequence: 1n }));
    model.ledgerCommitted(TENANT, [{ kind: 'delete', key: 'entry:1' }]);
    expect(complaints).toEqual(
      expect.arrayContaining(['an entry is never written over', 'nothing vanishes']),
    );
  });

  test('finds a crossing of zero that nobody is told of', () => {
    const { complaints, commit } = watched();
    const below = spent(worldOf(), usd(5));
    const rows = new Map([...below.rows].filter(([key]) => !key.startsWith('alert:')));
    commit({ ...below, rows });
    expect(complaints).toContain('each crossing of zero is one alert, or gathered');
  });

  test('finds an open payment without a due row, and one whose due row goes too early', () => {
    const { model, complaints, commit } = watched();
    commit({ ...requested(), jobs: [] });
    expect(complaints).toEqual(['work that is not done has a due row']);
    const other = watched();
    other.commit(requested());
    expect(other.complaints).toEqual([]);
    other.model.dueCommitted('s', [{ kind: 'delete', key: '9|payment|p' }], 0);
    expect(other.complaints).toEqual(['work that is not done has a due row']);
    expect(model.of(TENANT).money.open()).toHaveLength(1);
  });

  test('finds a recharge that is requested at the trigger instead of below it', () => {
    const { complaints, commit } = watched();
    const at = withRule(worldOf(), { trigger: usd(20) });
    commit(at, changed('payment:', { balanceBefore: usd(20) }));
    expect(complaints).toContain('auto-recharge charges below the trigger only');
  });

  test('finds a charge that was never credited, once all is quiet', () => {
    const { model, complaints, commit } = watched();
    commit(requested());
    const charge = { paymentId: 'p~0', state: 'succeeded', micros: usd(10), currency: 'USD' };
    model.of(TENANT).money.charged({ ...charge, timesCharged: 1n, refunds: '[]' });
    expect(complaints).toEqual([]);
    model.of(TENANT).money.quiet();
    expect(complaints).toEqual(['no payment stays open for ever', 'each charge has one credit']);
  });
});
