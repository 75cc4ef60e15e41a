import { DueQueue, type Ticket } from '../../../src/billing/due/due-queue.js';
import { DONE, JobRunner, type JobHandlers, type JobResult } from '../../../src/billing/due/job-runner.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import { MemoryTableStore, type Operation } from '../../../src/billing/storage/memory-table.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';
import { START, TENANT, TestClock } from '../../support/billing.js';
import { calm } from '../../support/shared-billing.js';

interface Options {
  readonly payment?: (subject: string) => Promise<JobResult>;
  readonly before?: (operation: Operation) => void;
}

function runnerWith({ payment = async () => DONE, before }: Options = {}) {
  const clock = new TestClock(START);
  const queue = new DueQueue(new MemoryTableStore(before === undefined ? {} : { before }), clock.now);
  const ran: string[] = [];
  const failed: { subject: string; tries: number; parked: boolean }[] = [];
  const rounds: unknown[] = [];
  const log = {
    jobFailed: (work: { subject: string; tries: number; parked: boolean }) => void failed.push(work),
    roundFailed: (error: unknown) => void rounds.push(error),
  };
  const runner = new JobRunner({ queue, clock, log });
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
  };
  runner.use(handlers);
  const scheduled = (...subjects: string[]): Promise<readonly Ticket[]> =>
    queue.schedule(
      TENANT,
      subjects.map((subject) => ({ name: 'payment', subject })),
    );
  return { clock, queue, runner, ran, failed, rounds, scheduled };
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
