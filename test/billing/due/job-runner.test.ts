import { DueQueue, shardOf, shards, type Ticket } from '../../../src/billing/due/due-queue.js';
import { DONE, JobRunner, type JobHandlers, type JobResult } from '../../../src/billing/due/job-runner.js';
import { LEASE_MS } from '../../../src/billing/due/lease.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import type { Job } from '../../../src/billing/ledger/world.js';
import { MemoryTableStore, type Operation } from '../../../src/billing/storage/memory-table.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';
import { START, TENANT, TestClock } from '../../support/billing.js';
import { calm } from '../../support/shared-billing.js';

interface Options {
  readonly payment?: (subject: string) => Promise<JobResult>;
  readonly before?: (operation: Operation) => void;
  readonly leaseMs?: number;
  readonly rewriting?: () => Promise<void>;
}

function runnerWith(options: Options = {}) {
  const {
    payment = async () => DONE,
    before,
    leaseMs = LEASE_MS,
    rewriting = async () => undefined,
  } = options;
  const clock = new TestClock(START);
  const table = new MemoryTableStore(before === undefined ? {} : { before });
  const queue = new DueQueue(table, clock.now);
  const ran: string[] = [];
  const failed: { subject: string; tries: number; parked: boolean }[] = [];
  const rounds: unknown[] = [];
  const overran: string[] = [];
  const foreign: string[] = [];
  const rewritten: string[] = [];
  const log = {
    jobFailed: (work: { subject: string; tries: number; parked: boolean }) => void failed.push(work),
    roundFailed: (error: unknown) => void rounds.push(error),
    jobOverran: (work: { subject: string }) => void overran.push(work.subject),
    foreignJob: (name: string) => void foreign.push(name),
  };
  const leases = { table, holder: 'instance-1', leaseMs };
  const runner = new JobRunner({ queue, clock, log, leases });
  const others = async () => DONE;
  const handlers: JobHandlers = {
    payment: async (_tenant, subject) => {
      ran.push(subject);
      return payment(subject);
    },
    alert: others,
    recharge: others,
    crossings: others,
    refund: others,
    lots: others,
    graph: others,
    event: others,
  };
  const rewrite = async (tenant: string): Promise<void> => {
    rewritten.push(tenant);
    await rewriting();
  };
  runner.use({ handlers, rewrite, scan: async () => true });
  const scheduled = (...subjects: string[]): Promise<readonly Ticket[]> =>
    queue.schedule(
      TENANT,
      subjects.map((subject) => ({ name: 'payment', subject })),
    );
  return { clock, table, queue, runner, ran, failed, rounds, overran, foreign, rewritten, scheduled };
}

test('what was committed runs at once, and its row is gone', async () => {
  const { clock, runner, ran, scheduled } = runnerWith();
  runner.start(await scheduled('p1'));
  await calm();
  clock.pass({ hours: 1 });
  await runner.round();
  expect(ran).toEqual(['p1']);
});

test('what nobody ran is found by the next round', async () => {
  const { clock, runner, ran, scheduled } = runnerWith();
  await scheduled('p1');
  clock.pass({ minutes: 3 });
  await runner.round();
  await runner.round();
  expect(ran).toEqual(['p1']);
});

test('work that is not done yet is looked at again at its time', async () => {
  const { clock, runner, ran, scheduled } = runnerWith({
    payment: async () => ({ kind: 'again', at: after(START, { hours: 1 }) }),
  });
  runner.start(await scheduled('p1'));
  await calm();
  clock.pass({ minutes: 30 });
  await runner.round();
  expect(ran).toHaveLength(1);
  clock.pass({ minutes: 31 });
  await runner.round();
  expect(ran).toHaveLength(2);
});

test('a failing job is logged with its tries and does not block the others', async () => {
  const { clock, runner, ran, failed, scheduled } = runnerWith({
    payment: async (subject) => {
      if (subject === 'bad') throw new Error('broken');
      return DONE;
    },
  });
  await scheduled('bad', 'good');
  clock.pass({ minutes: 3 });
  await runner.round();
  expect(ran.sort()).toEqual(['bad', 'good']);
  expect(failed).toMatchObject([{ subject: 'bad', tries: 1, parked: false }]);
});

test('after ten tries a failing job is parked, said so once, and left alone', async () => {
  const { clock, queue, runner, failed, scheduled } = runnerWith({
    payment: () => Promise.reject(new Error('broken')),
  });
  await scheduled('bad');
  for (let round = 0; round < 15; round += 1) {
    clock.pass({ hours: 2 });
    await runner.round();
  }
  expect(failed.map(({ tries, parked }) => [tries, parked])).toEqual(
    Array.from({ length: 10 }, (_, index) => [index + 1, index === 9]),
  );
  expect(await queue.countParked()).toBe(1);
});

test('the same work never runs twice at a time in one instance', async () => {
  let running = 0;
  let most = 0;
  const { runner } = runnerWith({
    payment: async () => {
      most = Math.max(most, (running += 1));
      await calm(2);
      running -= 1;
      return DONE;
    },
  });
  await Promise.all([1, 2, 3].map(() => runner.kick({ tenant: TENANT, name: 'payment', subject: 'p1' })));
  expect(most).toBe(1);
});

test('a shard that can not be read does not keep the others from their work', async () => {
  const { clock, runner, ran, rounds, scheduled } = runnerWith({
    before: (operation) => {
      if (operation.kind === 'query' && operation.partition === 'shard1')
        throw new StorageUnavailable('down');
    },
  });
  await scheduled('p1');
  clock.pass({ minutes: 3 });
  await runner.round();
  expect(rounds).toHaveLength(1);
  expect(ran).toEqual(['p1']);
});

test('stopping waits for what runs', async () => {
  let ended = false;
  const { runner } = runnerWith({
    payment: async () => {
      await calm(5);
      ended = true;
      return DONE;
    },
  });
  void runner.kick({ tenant: TENANT, name: 'payment', subject: 'p1' });
  await calm(1);
  await runner.stop(5_000);
  expect(ended).toBe(true);
});

test('stopping does not wait longer than it may', async () => {
  const { runner } = runnerWith({ payment: () => new Promise(() => undefined) });
  void runner.kick({ tenant: TENANT, name: 'payment', subject: 'p1' });
  await calm(1);
  const from = performance.now();
  await runner.stop(50);
  expect(performance.now() - from).toBeLessThan(2_000);
});

test('once stopped nothing starts, and the row stays for the next instance', async () => {
  const { clock, queue, runner, ran, scheduled } = runnerWith();
  const tickets = await scheduled('p1');
  await runner.stop(10);
  runner.start(tickets);
  await calm();
  clock.pass({ minutes: 3 });
  expect(ran).toEqual([]);
  expect(await queue.dueBy(tickets[0]!.shard, clock.now())).toHaveLength(1);
});

test('a job found by a round first rewrites the account, as its commit may be stalled; one that was begun does not', async () => {
  const { clock, runner, ran, rewritten, scheduled } = runnerWith({
    payment: async () => ({ kind: 'again', at: after(START, { hours: 1 }) }),
  });
  await scheduled('p1');
  clock.pass({ minutes: 3 });
  await runner.round();
  expect([ran, rewritten]).toEqual([['p1'], [TENANT]]);
  clock.pass({ hours: 1 });
  await runner.round();
  expect([ran, rewritten]).toEqual([['p1', 'p1'], [TENANT]]);
});

test('what runs at once behind its own commit rewrites nothing', async () => {
  const { runner, ran, rewritten, scheduled } = runnerWith();
  runner.start(await scheduled('p1'));
  await calm();
  expect([ran, rewritten]).toEqual([['p1'], []]);
});

test('where the account can not be rewritten the job does not run, and its row stays', async () => {
  let down = true;
  const { clock, runner, ran, failed, scheduled } = runnerWith({
    rewriting: async () => {
      if (down) throw new StorageUnavailable('down');
    },
  });
  await scheduled('p1');
  clock.pass({ minutes: 3 });
  await runner.round();
  expect([ran, failed]).toMatchObject([[], [{ subject: 'p1', tries: 1 }]]);
  down = false;
  clock.pass({ minutes: 3 });
  await runner.round();
  expect(ran).toEqual(['p1']);
});

test('more than a page of work is done in one round, behind rows that stay where they are', async () => {
  const { clock, table, queue, runner, ran, foreign } = runnerWith();
  for (let index = 0; index < 150; index += 1) {
    const values = { tenant: TENANT, name: 'later', subject: `s${index}` };
    const key = `${START}|later|${TENANT}|s${String(index).padStart(3, '0')}`;
    await table.commit(shardOf(TENANT), [{ kind: 'insert', key, values }]);
  }
  const jobs = Array.from({ length: 130 }, (_, index): Job => ({ name: 'payment', subject: `p${index}` }));
  await queue.schedule(TENANT, jobs);
  clock.pass({ minutes: 3 });
  await runner.round();
  expect(ran).toHaveLength(130);
  await runner.round();
  expect([ran.length, foreign]).toEqual([130, ['later']]);
});

test('a job that does not end does not stall the rounds, is not started twice, and its end counts', async () => {
  let end: (result: JobResult) => void = () => undefined;
  const { clock, queue, runner, ran, overran, scheduled } = runnerWith({
    payment: (subject) =>
      subject === 'slow' ? new Promise((resolve) => void (end = resolve)) : Promise.resolve(DONE),
    leaseMs: 60,
  });
  await scheduled('slow');
  clock.pass({ minutes: 3 });
  await runner.round();
  await scheduled('quick');
  clock.pass({ minutes: 3 });
  await runner.round();
  await runner.round();
  expect([ran, overran]).toEqual([['slow', 'quick'], ['slow']]);
  end(DONE);
  await calm();
  expect(await queue.dueBy(shardOf(TENANT), clock.now())).toEqual([]);
});

test('an idle round costs one look at each shard, and no more', async () => {
  const calls: string[] = [];
  const { clock, runner } = runnerWith({ before: ({ kind }) => void calls.push(kind) });
  await runner.round();
  await runner.round();
  calls.length = 0;
  clock.pass({ seconds: 3 });
  await runner.round();
  expect(calls).toEqual(shards().map(() => 'query'));
});
