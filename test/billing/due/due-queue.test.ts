import { DueQueue, shardOf, SHARDS, shards, TRIES_MAX } from '../../../src/billing/due/due-queue.js';
import type { Job } from '../../../src/billing/ledger/world.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import { MemoryTableStore } from '../../../src/billing/storage/memory-table.js';
import { START, TENANT, TestClock } from '../../support/billing.js';

const SHARD = shardOf(TENANT);
const PAYMENT: Job = { name: 'payment', subject: 'p1' };

function queueAt(clock = new TestClock(START)) {
  const table = new MemoryTableStore();
  const queue = new DueQueue(table, clock.now);
  return { clock, table, queue, due: () => queue.dueBy(SHARD, clock.now()) };
}

test('work of a commit is due two minutes ahead, not sooner', async () => {
  const { clock, queue, due } = queueAt();
  await queue.schedule(TENANT, [PAYMENT]);
  clock.pass({ seconds: 120 });
  expect(await due()).toEqual([]);
  clock.pass({ seconds: 1 });
  expect(await due()).toMatchObject([{ tenant: TENANT, name: 'payment', subject: 'p1', tries: 0 }]);
});

test('work for a later time waits for it, and is not started at once', async () => {
  const { clock, queue, due } = queueAt();
  const [ticket] = await queue.schedule(TENANT, [{ ...PAYMENT, at: after(START, { hours: 1 }) }]);
  clock.pass({ minutes: 59 });
  expect([ticket?.atOnce, await due()]).toEqual([false, []]);
  clock.pass({ minutes: 2 });
  expect(await due()).toHaveLength(1);
});

test('even work that is dated sooner leaves its commit two minutes', async () => {
  const { clock, queue, due } = queueAt();
  await queue.schedule(TENANT, [{ ...PAYMENT, at: after(START, { seconds: 1 }) }]);
  clock.pass({ minutes: 1 });
  expect(await due()).toEqual([]);
});

test('finished work is gone', async () => {
  const { clock, queue, due } = queueAt();
  const [ticket] = await queue.schedule(TENANT, [PAYMENT]);
  await queue.finish(ticket!);
  clock.pass({ hours: 1 });
  expect(await due()).toEqual([]);
});

test('finishing twice, or what another instance has moved, does no harm', async () => {
  const { clock, queue, due } = queueAt();
  const [ticket] = await queue.schedule(TENANT, [PAYMENT]);
  await queue.postpone(ticket!, after(START, { minutes: 30 }));
  await queue.finish(ticket!);
  clock.pass({ hours: 1 });
  expect(await due()).toHaveLength(1);
});

test('postponed work comes back at its time, and only then', async () => {
  const { clock, queue, due } = queueAt();
  const [ticket] = await queue.schedule(TENANT, [PAYMENT]);
  await queue.postpone(ticket!, after(START, { minutes: 30 }));
  clock.pass({ minutes: 29 });
  expect(await due()).toEqual([]);
  clock.pass({ minutes: 2 });
  expect(await due()).toHaveLength(1);
});

test('failing work waits twice as long each time, an hour at most, and is parked after ten tries', async () => {
  const { clock, queue, due } = queueAt();
  let [ticket] = await queue.schedule(TENANT, [PAYMENT]);
  const waits: number[] = [];
  while (ticket !== undefined) {
    const failedAt = Date.parse(clock.now());
    await queue.putBack(ticket);
    clock.pass({ hours: 2 });
    [ticket] = await due();
    if (ticket !== undefined) waits.push((Date.parse(ticket.key.slice(0, 24)) - failedAt) / 1_000);
  }
  expect(waits).toEqual([30, 60, 120, 240, 480, 960, 1_920, 3_600, 3_600]);
  expect(waits).toHaveLength(TRIES_MAX - 1);
  expect(await queue.countParked()).toBe(1);
});

test('the longest waiting work comes first', async () => {
  const { clock, queue, due } = queueAt();
  await queue.schedule(TENANT, [{ name: 'alert', subject: '2', at: after(START, { hours: 2 }) }]);
  await queue.schedule(TENANT, [{ name: 'alert', subject: '1', at: after(START, { hours: 1 }) }]);
  clock.pass({ hours: 3 });
  expect((await due()).map((ticket) => ticket.subject)).toEqual(['1', '2']);
});

test('a row that this program did not write is parked, and does not block those behind it', async () => {
  const { clock, table, queue, due } = queueAt();
  const key = `${after(START, { seconds: 1 })}|unknown|x|y`;
  await table.commit(SHARD, [
    { kind: 'insert', key, values: { tenant: TENANT, name: 'unknown', subject: 'y' } },
  ]);
  await queue.schedule(TENANT, [PAYMENT]);
  clock.pass({ hours: 1 });
  expect(await due()).toMatchObject([{ name: 'payment' }]);
  expect(await queue.countParked()).toBe(1);
});

test('tenants and subjects with characters that a key can not have come back as they are', async () => {
  const { clock, queue } = queueAt();
  const odd = 'a/b|c#d?e\\f%';
  await queue.schedule(odd, [{ name: 'payment', subject: odd }]);
  clock.pass({ hours: 1 });
  expect(await queue.dueBy(shardOf(odd), clock.now())).toMatchObject([{ tenant: odd, subject: odd }]);
});

test('every tenant has one of the shards, always the same', () => {
  const used = Array.from({ length: 200 }, (_, index) => shardOf(`tenant-${index}`));
  expect([...new Set(used)].sort()).toEqual(shards());
  expect(shards()).toHaveLength(SHARDS);
  expect(shardOf('tenant-one')).toBe('shard2');
});
