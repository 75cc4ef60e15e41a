import {
  DueQueue,
  shardOf,
  SHARDS,
  shards,
  TRIES_MAX,
  type DuePage,
} from '../../../src/billing/due/due-queue.js';
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

test('a row that no version of this program wrote is parked, and does not block those behind it', async () => {
  const { clock, table, queue, due } = queueAt();
  const key = `${after(START, { seconds: 1 })}|payment|x|y`;
  await table.commit(SHARD, [{ kind: 'insert', key, values: { name: 'payment', subject: 'y' } }]);
  await queue.schedule(TENANT, [PAYMENT]);
  clock.pass({ hours: 1 });
  expect(await due()).toMatchObject([{ tenant: TENANT, name: 'payment' }]);
  expect(await queue.countParked()).toBe(1);
});

test('a job of another version is left to it as it is, and named', async () => {
  const { clock, table, queue } = queueAt();
  const key = `${after(START, { seconds: 1 })}|later|x|y`;
  await table.commit(SHARD, [
    { kind: 'insert', key, values: { tenant: TENANT, name: 'later', subject: 'y', more: 'kept' } },
  ]);
  await queue.schedule(TENANT, [PAYMENT]);
  clock.pass({ hours: 1 });
  const page = await queue.page(SHARD, { to: clock.now() });
  expect(page).toMatchObject({ foreign: ['later'], tickets: [{ name: 'payment' }] });
  expect(await queue.countParked()).toBe(0);
  expect((await table.get(SHARD, key))?.values).toMatchObject({ name: 'later', more: 'kept' });
});

test('more than a page of due work is read on, page by page', async () => {
  const { clock, queue } = queueAt();
  const jobs = Array.from({ length: 250 }, (_, index): Job => ({ name: 'payment', subject: `p${index}` }));
  await queue.schedule(TENANT, jobs);
  clock.pass({ hours: 1 });
  const subjects = new Set<string>();
  let from: string | undefined;
  do {
    const page: DuePage = await queue.page(SHARD, { to: clock.now(), ...(from !== undefined && { from }) });
    for (const { subject } of page.tickets) subjects.add(subject);
    from = page.next;
  } while (from !== undefined);
  expect(subjects.size).toBe(250);
});

test('parked work gets one more try when it is asked for, and is parked again if that fails', async () => {
  const { clock, queue, due } = queueAt();
  let [ticket] = await queue.schedule(TENANT, [PAYMENT]);
  while (!(await queue.putBack(ticket!))) {
    clock.pass({ hours: 2 });
    [ticket] = await due();
  }
  await queue.unpark(SHARD);
  clock.pass({ seconds: 1 });
  [ticket] = await due();
  expect([ticket?.subject, await queue.countParked()]).toEqual(['p1', 0]);
  expect(await queue.putBack(ticket!)).toBe(true);
  expect([await due(), await queue.countParked()]).toEqual([[], 1]);
});

test('an undelivered alert is counted once, until somebody heard it', async () => {
  const { queue } = queueAt();
  const note = { sequence: 7n, undelivered: true };
  await queue.noteUndelivered(TENANT, note);
  await queue.noteUndelivered(TENANT, note);
  await queue.noteUndelivered('another', note);
  expect(await queue.countUndelivered()).toBe(2);
  await queue.noteUndelivered(TENANT, { ...note, undelivered: false });
  await queue.noteUndelivered(TENANT, { ...note, undelivered: false });
  expect([await queue.countUndelivered(), await queue.countParked()]).toEqual([1, 0]);
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
