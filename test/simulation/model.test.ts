import { post } from '../../src/billing/ledger/entries.js';
import { requestTopUp } from '../../src/billing/ledger/commands/request-top-up.js';
import { writesBetween } from '../../src/billing/lane/account-rows.js';
import type { World } from '../../src/billing/ledger/world.js';
import type { Values, Write } from '../../src/billing/storage/table.js';
import { Coverage } from '../../scripts/simulation/coverage.js';
import { Model } from '../../scripts/simulation/model/model.js';
import { accept, CARD, spent, withRule, worldOf } from '../support/world.js';
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
