/** The writes beside the ledger's commands, each with its answer lost after it happened. */
import { DueQueue, TRIES_MAX } from '../../src/billing/due/due-queue.js';
import { shardOf } from '../../src/billing/due/due-row.js';
import { LEASE_KEY, ShardLease } from '../../src/billing/due/lease.js';
import { connectTable } from '../../src/billing/storage/connect.js';
import type { TableStore } from '../../src/billing/storage/table.js';
import { freshTable, freshTableName, testConnection } from '../support/azurite.js';
import { START, TENANT, TestClock } from '../support/billing.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { credit, ledgerOver } from '../support/ledger.js';

const SHARD = shardOf(TENANT);
const JOB = { name: 'alert', subject: '1' } as const;
const LATER = '2026-11-17T10:00:00.000Z';

let proxy: FaultProxy;
let table: TableStore;
let queue: DueQueue;

beforeAll(async () => {
  proxy = await startFaultProxy(testConnection());
});

afterAll(() => proxy.close());

beforeEach(async () => {
  const name = freshTableName('due');
  await freshTable(name);
  table = connectTable(proxy, name);
  queue = new DueQueue(table, () => START);
});

async function keys(): Promise<readonly string[]> {
  return (await table.query(SHARD, { from: ' ', to: '~', limit: 100 })).map(({ key }) => key);
}

test('a due row is there once', async () => {
  proxy.breakNextWrite('loseAnswer');
  const [ticket] = await queue.schedule(TENANT, [JOB]);
  expect(await keys()).toEqual([ticket!.key]);
  await queue.finish(ticket!);
  expect(await keys()).toEqual([]);
});

test('one that is finished is gone', async () => {
  const [ticket] = await queue.schedule(TENANT, [JOB]);
  proxy.breakNextWrite('loseAnswer');
  await queue.finish(ticket!);
  expect(await keys()).toEqual([]);
});

test('one that is postponed, or put back, is there once, at its new time', async () => {
  const [ticket] = await queue.schedule(TENANT, [JOB]);
  proxy.breakNextWrite('loseAnswer');
  await queue.postpone(ticket!, LATER);
  const [postponed] = await queue.dueBy(SHARD, '2026-11-18');
  expect(await keys()).toEqual([expect.stringContaining(LATER)]);
  proxy.breakNextWrite('loseAnswer');
  await queue.putBack(postponed!);
  expect(await queue.dueBy(SHARD, '2026-11-18')).toMatchObject([{ ...JOB, tries: 1 }]);
  expect(await keys()).toHaveLength(1);
});

test('one that is parked is there once, and known to be parked', async () => {
  const [ticket] = await queue.schedule(TENANT, [JOB]);
  proxy.breakNextWrite('loseAnswer');
  expect(await queue.putBack({ ...ticket!, tries: TRIES_MAX - 1 })).toBe(true);
  expect(await keys()).toEqual([expect.stringMatching(/^parked:/u)]);
  proxy.breakNextWrite('loseAnswer');
  await queue.unpark(SHARD);
  expect(await keys()).toEqual([expect.stringContaining(START)]);
});

test('an alert that reached nobody is counted once, and then no longer', async () => {
  for (const undelivered of [true, false]) {
    proxy.breakNextWrite('loseAnswer');
    await queue.noteUndelivered(TENANT, { sequence: 1n, undelivered });
    expect(await queue.countUndelivered()).toBe(undelivered ? 1 : 0);
  }
});

test('an account that is rewritten stays as it is, and can still be changed', async () => {
  const ledger = ledgerOver(table);
  await ledger.submit(TENANT, credit(5n));
  proxy.breakNextWrite('loseAnswer');
  await ledger.touch(TENANT);
  expect(await ledger.submit(TENANT, credit(5n))).toEqual({ kind: 'done', answer: 10n });
});

test('a lease that was taken is known to be held at the next look', async () => {
  const clock = new TestClock(START);
  const lease = new ShardLease(SHARD, { table, clock, holder: 'one', leaseMs: 30_000 });
  const look = async (): Promise<void> => lease.look(await table.get(SHARD, LEASE_KEY), clock.monotonic());
  proxy.breakNextWrite('loseAnswer');
  await look();
  await look();
  expect(lease.held).toBe(true);
});

test('a lease that was given back is free for others at once', async () => {
  const clock = new TestClock(START);
  const [one, two] = ['one', 'two'].map(
    (holder) => new ShardLease(SHARD, { table, clock, holder, leaseMs: 30_000 }),
  );
  const look = async (lease: ShardLease): Promise<void> =>
    lease.look(await table.get(SHARD, LEASE_KEY), clock.monotonic());
  await look(one!);
  proxy.breakNextWrite('loseAnswer');
  await one!.release();
  await look(two!);
  expect([one!.held, two!.held]).toEqual([false, true]);
});
