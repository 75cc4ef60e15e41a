/** Two instances and the shard's lease: who looks for due work, and that the lease decides nothing about money. */
import { shardOf } from '../../../src/billing/due/due-queue.js';
import { LEASE_KEY } from '../../../src/billing/due/lease.js';
import { money } from '../../../src/billing/money.js';
import type { TableStore } from '../../../src/billing/storage/table.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { machineOf } from '../../support/machines.js';
import { processorWith } from '../../support/crash.js';
import {
  calm,
  instanceOf,
  sharedParts,
  type Instance,
  type SharedParts,
} from '../../support/shared-billing.js';
import { CARD } from '../../support/world.js';

const REQUEST = {
  paymentId: 'p1',
  mintedAt: START,
  amount: money(usd(50), 'USD'),
  method: CARD,
  by: ADMIN,
};

/** A payment that was committed by an instance which stopped before it could charge. */
async function leftBehind(parts: SharedParts): Promise<void> {
  const gone = instanceOf(parts);
  await gone.runner.stop(10);
  await gone.billing.requestTopUp(TENANT, REQUEST);
}

async function books(parts: SharedParts, { billing }: Instance) {
  const [charge] = await parts.sandbox.charges(TENANT);
  const { entries } = await billing.reader.entries(TENANT, { limit: 10 });
  return { charged: Number(charge?.timesCharged ?? 0n), credited: entries.map(({ amount }) => amount) };
}

const ONCE = { charged: 1, credited: [usd(50)] };

/** A due table that keeps the lease row from an instance, which then believes to hold every shard. */
function withoutLease(table: TableStore): TableStore {
  return {
    ensure: () => table.ensure(),
    get: (partition, key) => table.get(partition, key),
    getMany: (partition, keys) => table.getMany(partition, keys),
    query: async (partition, range) =>
      (await table.query(partition, range)).filter(({ key }) => key !== LEASE_KEY),
    commit: async (partition, writes) =>
      writes.some(({ key }) => key === LEASE_KEY)
        ? { kind: 'committed', etags: new Map([[LEASE_KEY, 'mine']]) }
        : table.commit(partition, writes),
  };
}

test('what one left behind is done by the one that holds the shard, the other leaves it alone', async () => {
  const parts = sharedParts();
  const [one, two] = [instanceOf(parts), instanceOf(parts)];
  await Promise.all([one.runner.round(), two.runner.round()]);
  await leftBehind(parts);
  parts.clock.pass({ minutes: 3 });
  const before = await two.runner.round().then(() => books(parts, two));
  await one.runner.round();
  expect([before, await books(parts, one), two.shown]).toEqual([{ charged: 0, credited: [] }, ONCE, []]);
});

test('its own work an instance does at once, whoever holds the shard', async () => {
  const parts = sharedParts();
  const [one, two] = [instanceOf(parts), instanceOf(parts)];
  await one.runner.round();
  await two.billing.requestTopUp(TENANT, REQUEST);
  await calm();
  expect(await books(parts, two)).toEqual(ONCE);
});

test.each([-48, 48])(
  'where the holder died another one takes over, with a wall clock %i hours off',
  async (wallHours) => {
    const parts = sharedParts();
    const died = instanceOf(parts, { clock: machineOf(parts.clock, { wallHours }) });
    const other = instanceOf(parts, { clock: machineOf(parts.clock, { startedMsAgo: 99_000_000 }) });
    await died.runner.round();
    await leftBehind(parts);
    parts.clock.pass({ minutes: 3 });
    await other.runner.round();
    parts.clock.pass({ seconds: 29 });
    await other.runner.round();
    expect(await books(parts, other)).toEqual({ charged: 0, credited: [] });
    parts.clock.pass({ seconds: 1 });
    await other.runner.round();
    expect(await books(parts, other)).toEqual(ONCE);
  },
);

test('where the holder stops another one takes over at once', async () => {
  const parts = sharedParts();
  const [one, two] = [instanceOf(parts), instanceOf(parts)];
  await one.runner.round();
  await leftBehind(parts);
  parts.clock.pass({ minutes: 3 });
  await one.runner.stop(100);
  await two.runner.round();
  expect(await books(parts, two)).toEqual(ONCE);
});

test('two that both believe to hold the shard charge once', async () => {
  const parts = sharedParts();
  await leftBehind(parts);
  parts.clock.pass({ minutes: 3 });
  const both = [1, 2].map(() => instanceOf(parts, { dueTable: withoutLease(parts.dueTable) }));
  await Promise.all(both.map(({ runner }) => runner.round()));
  parts.clock.pass({ minutes: 3 });
  await Promise.all(both.map(({ runner }) => runner.round()));
  expect(await books(parts, both[0]!)).toEqual(ONCE);
  expect(both.flatMap(({ failures }) => failures)).toEqual([]);
});

test.each(['begin', 'confirm'] as const)(
  'a holder that stalls before "%s" and wakes up late charges nothing twice',
  async (step) => {
    const parts = sharedParts();
    let wake: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (wake = resolve));
    const { sandbox } = parts;
    const processor = processorWith(sandbox, {
      [step]: async (request: never) => {
        await asleep;
        return sandbox[step](request);
      },
    });
    const stalled = instanceOf(parts, { processor });
    const other = instanceOf(parts);
    await leftBehind(parts);
    parts.clock.pass({ minutes: 3 });
    void stalled.runner.round();
    await calm();
    await other.runner.round();
    parts.clock.pass({ seconds: 30 });
    await other.runner.round();
    expect(await books(parts, other)).toEqual(ONCE);
    wake();
    await calm();
    expect(await books(parts, other)).toEqual(ONCE);
  },
);

test('a due table from before there were leases is worked off', async () => {
  const parts = sharedParts();
  await leftBehind(parts);
  const range = { from: '0', to: '~', limit: 10 };
  const [due] = await parts.dueTable.query(shardOf(TENANT), range);
  // As it was written then: four columns, no lease beside it.
  expect(Object.keys(due!.values).sort()).toEqual(['name', 'subject', 'tenant', 'tries']);
  expect(await parts.dueTable.get(shardOf(TENANT), LEASE_KEY)).toBeUndefined();
  parts.clock.pass({ minutes: 3 });
  const instance = instanceOf(parts);
  await instance.runner.round();
  expect(await books(parts, instance)).toEqual(ONCE);
  expect(await parts.dueTable.get(shardOf(TENANT), due!.key)).toBeUndefined();
});
