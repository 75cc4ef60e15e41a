import fc from 'fast-check';
import { LEASE_KEY, LEASE_MS, ShardLease } from '../../../src/billing/due/lease.js';
import { MemoryTableStore, type Operation } from '../../../src/billing/storage/memory-table.js';
import { StorageUnavailable, type Write } from '../../../src/billing/storage/table.js';
import { START, TestClock } from '../../support/billing.js';
import { machineOf } from '../../support/machines.js';

const SHARD = 'shard0';
type Fault = 'none' | 'lost' | 'unanswered' | 'repeated';

/** Instances over one table whose next writes of the lease may go wrong. */
function world() {
  const state: { fault: Fault } = { fault: 'none' };
  const isWrite = ({ kind }: Operation): boolean => kind === 'commit';
  const failing = (fault: Fault) => (operation: Operation) => {
    if (isWrite(operation) && state.fault === fault) throw new StorageUnavailable('no answer');
  };
  const table = new MemoryTableStore({
    before: failing('lost'),
    after: failing('unanswered'),
    repeat: (operation) => isWrite(operation) && state.fault === 'repeated',
  });
  const clock = new TestClock(START);
  let started = 0;
  const instance = (holder: string) => {
    const own = machineOf(clock, { startedMsAgo: (started += 7_654_321) });
    const lease = new ShardLease(SHARD, { table, clock: own, holder, leaseMs: LEASE_MS });
    const look = async (): Promise<boolean> => {
      const askedAt = own.monotonic();
      await lease.look(await table.get(SHARD, LEASE_KEY), askedAt).catch(() => undefined);
      return lease.held;
    };
    return { lease, look };
  };
  const writing = async (fault: Fault, run: () => Promise<unknown>): Promise<void> => {
    state.fault = fault;
    await run();
    state.fault = 'none';
  };
  return { table, clock, instance, writing };
}

test('the first one takes the lease at once, the second one waits', async () => {
  const { instance } = world();
  const [one, two] = [instance('one'), instance('two')];
  expect(await one.look()).toBe(true);
  expect(await two.look()).toBe(false);
});

test('of two who take it at the same moment one has it', async () => {
  const { table, clock, instance } = world();
  const [one, two] = [instance('one'), instance('two')];
  const row = await table.get(SHARD, LEASE_KEY);
  await Promise.all([one, two].map(({ lease }) => lease.look(row, clock.monotonic())));
  expect([one.lease.held, two.lease.held]).toEqual([true, false]);
});

test('who renews every third of the time keeps it, and writes no more often', async () => {
  const { table, clock, instance } = world();
  const [one, two] = [instance('one'), instance('two')];
  const versions = new Set<string>();
  for (let second = 0; second < 300; second += 3) {
    expect([await one.look(), await two.look()]).toEqual([true, false]);
    versions.add((await table.get(SHARD, LEASE_KEY))!.etag);
    clock.pass({ seconds: 3 });
  }
  // Rounds come every 3 s, so a third of 30 s is over at the fourth.
  expect(versions.size).toBe(25);
});

test('it is taken over when its row stood still for the whole time on the own clock, not sooner', async () => {
  const { clock, instance } = world();
  const [one, two] = [instance('one'), instance('two')];
  await one.look();
  clock.pass({ seconds: 20 });
  await two.look();
  clock.pass({ seconds: 29 });
  expect(await two.look()).toBe(false);
  clock.pass({ seconds: 1 });
  expect(await two.look()).toBe(true);
});

test('never two hold it by their own clocks, however they look and whatever goes wrong', async () => {
  const step = fc.record({
    who: fc.nat(2),
    fault: fc.constantFrom<Fault>('none', 'none', 'lost', 'unanswered', 'repeated'),
    does: fc.constantFrom('look', 'look', 'look', 'release'),
    seconds: fc.nat(20),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const { clock, instance, writing } = world();
      const instances = ['one', 'two', 'three'].map((name) => instance(name));
      for (const { who, fault, does, seconds } of steps) {
        const { look, lease } = instances[who]!;
        const release = (): Promise<void> => lease.release().catch(() => undefined);
        await writing(fault, does === 'look' ? look : release);
        expect(instances.filter((one) => one.lease.held).length).toBeLessThanOrEqual(1);
        clock.pass({ seconds });
      }
    }),
    { numRuns: 300 },
  );
});

test('who could not renew for the whole time has lost it by its own clock', async () => {
  const { clock, instance, writing } = world();
  const one = instance('one');
  await one.look();
  await writing('lost', async () => {
    for (let second = 0; second < 27; second += 3) {
      clock.pass({ seconds: 3 });
      expect(await one.look()).toBe(true);
    }
    clock.pass({ seconds: 3 });
    expect(await one.look()).toBe(false);
  });
  expect(await one.look()).toBe(true);
});

test('given back it is taken at once, and the time of the last scan stays', async () => {
  const { clock, instance } = world();
  const [one, two] = [instance('one'), instance('two')];
  await one.look();
  one.lease.noteScan(START);
  await one.lease.release();
  expect(one.lease.held).toBe(false);
  clock.pass({ seconds: 1 });
  expect(await two.look()).toBe(true);
  expect(two.lease.scannedAt).toBe(START);
});

test('what another one took over is not given back by the one before', async () => {
  const { clock, instance } = world();
  const [one, two] = [instance('one'), instance('two')];
  await one.look();
  await two.look();
  clock.pass({ seconds: 30 });
  await two.look();
  await one.lease.release();
  expect(await two.look()).toBe(true);
});

describe.each(['unanswered', 'repeated'] as const)('a write whose answer is lost (%s)', (fault) => {
  test('the first taking is found by the next look', async () => {
    const { instance, writing } = world();
    const [one, two] = [instance('one'), instance('two')];
    await writing(fault, one.look);
    expect(one.lease.held).toBe(false);
    expect([await two.look(), await one.look()]).toEqual([false, true]);
  });

  test('a renewal is found by the next look, and counts from when it was sent', async () => {
    const { clock, instance, writing } = world();
    const one = instance('one');
    await one.look();
    clock.pass({ seconds: 12 });
    await writing(fault, one.look);
    clock.pass({ seconds: 20 });
    expect(one.lease.held).toBe(false);
    await writing('lost', one.look);
    expect(one.lease.held).toBe(true);
    clock.pass({ seconds: 10 });
    expect(one.lease.held).toBe(false);
  });

  test('a take-over is found by the next look, and the one before has lost it', async () => {
    const { clock, instance, writing } = world();
    const [one, two] = [instance('one'), instance('two')];
    await one.look();
    await two.look();
    clock.pass({ seconds: 30 });
    await writing(fault, two.look);
    expect([await one.look(), await two.look()]).toEqual([false, true]);
  });

  test('a release frees it all the same', async () => {
    const { instance, writing } = world();
    const [one, two] = [instance('one'), instance('two')];
    await one.look();
    await writing(fault, () => one.lease.release().catch(() => undefined));
    expect([await two.look(), one.lease.held]).toEqual([true, false]);
  });
});

test('who reads another name in the row has lost it, whatever the own clock says', async () => {
  const { table, clock, instance } = world();
  const one = instance('one');
  await one.look();
  one.lease.noteScan(START);
  const values = { holder: 'two', counter: 9n };
  await table.commit(SHARD, [{ kind: 'put', key: LEASE_KEY, values }]);
  clock.pass({ seconds: 3 });
  expect([await one.look(), one.lease.scannedAt]).toEqual([false, undefined]);
});

test('a renewal that arrives late counts from when it was sent itself, not from when the next one was', async () => {
  const { table, clock, instance, writing } = world();
  const one = instance('one');
  await one.look();
  const first = await table.get(SHARD, LEASE_KEY);
  clock.pass({ seconds: 12 });
  await writing('lost', one.look);
  clock.pass({ seconds: 12 });
  // The one that was lost comes in now, and the next one meets it.
  const late = { holder: 'one', counter: 2n };
  const replacement: Write = { kind: 'replace', key: LEASE_KEY, values: late, etag: first!.etag };
  await table.commit(SHARD, [replacement]);
  await one.lease.look(first, clock.monotonic());
  await writing('lost', one.look);
  clock.pass({ seconds: 7 });
  expect(one.lease.held).toBe(false);
});
