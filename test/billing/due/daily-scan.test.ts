import { DailyScan, type ScanDeps } from '../../../src/billing/due/daily-scan.js';
import { DueQueue, shardOf, shards } from '../../../src/billing/due/due-queue.js';
import { LEASE_KEY } from '../../../src/billing/due/lease.js';
import { DONE } from '../../../src/billing/due/job-runner.js';
import { OwedRows } from '../../../src/billing/due/owed-work.js';
import { newestFirst } from '../../../src/billing/storage/keys.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN, START, TENANT, testBilling, usd, type TestBilling } from '../../support/billing.js';
import { graphRow } from '../../support/graph-rows.js';
import { calm } from '../../support/shared-billing.js';
import { CARD } from '../../support/world.js';

type Span = Parameters<TestBilling['clock']['pass']>[0];

const SHARD = shardOf(TENANT);

/** Rounds until the scan of the day and the work that it asked for are done. */
async function later(test: TestBilling, span: Span): Promise<void> {
  test.clock.pass(span);
  await test.runner.round();
  test.clock.pass({ minutes: 3 });
  await test.runner.round();
  await calm();
}

/** The net has a hole: every due row is lost, as after a restore of one table but not of the other. */
async function loseDueRows({ dueTable }: TestBilling): Promise<number> {
  let lost = 0;
  for (const shard of shards())
    for (const { key } of await dueTable.query(shard, { from: '0', to: '~', limit: 1_000 })) {
      await dueTable.commit(shard, [{ kind: 'delete', key }]);
      lost += 1;
    }
  return lost;
}

function topUp({ billing, clock }: TestBilling, paymentId = 'p1') {
  const request = {
    paymentId,
    mintedAt: clock.now(),
    amount: money(usd(50), 'USD'),
    method: CARD,
    by: ADMIN,
  };
  return billing.requestTopUp(TENANT, request);
}

async function account({ billing }: TestBilling) {
  return billing.reader.account(TENANT);
}

async function goNegative(test: TestBilling): Promise<bigint> {
  await test.billing.intake.take(TENANT, [graphRow(3)], 'graph');
  await calm();
  const { livingAlerts } = await account(test);
  return livingAlerts.negative!;
}

describe('the scan finds what the net misses:', () => {
  test('an open payment without a due row is carried to its end', async () => {
    let up = false;
    const test = await testBilling({ available: () => up });
    await topUp(test);
    await calm();
    expect(await loseDueRows(test)).toBeGreaterThan(0);
    up = true;
    await later(test, { hours: 1 });
    expect(await account(test)).toMatchObject({ balance: usd(50), openPayments: [] });
  });

  test('a refund that is due is asked for', async () => {
    let up = true;
    const test = await testBilling({ available: () => up });
    await topUp(test);
    await calm();
    up = false;
    const click = { id: 'c1', mintedAt: START };
    const asked = await test.billing.requestRefund(TENANT, { paymentId: 'p1', by: ADMIN }, click);
    expect(asked.kind).toBe('done');
    await calm();
    await loseDueRows(test);
    up = true;
    await later(test, { hours: 1 });
    expect((await test.billing.reader.payment(TENANT, 'p1'))?.refund?.status).toBe('refunded');
    expect((await account(test)).openRefunds).toEqual([]);
  });

  test('a lot that nobody is to expire, as from before there was expiry, is expired', async () => {
    const test = await testBilling();
    await topUp(test);
    await calm();
    await loseDueRows(test);
    await later(test, { days: 380 });
    expect((await account(test)).balance).toBe(0n);
  });

  test('an alert without any delivery is told', async () => {
    const test = await testBilling();
    const sequence = await goNegative(test);
    await loseDueRows(test);
    const told = test.alerts.length;
    await later(test, { hours: 1 });
    expect(test.alerts.slice(told)).toContain(sequence);
  });

  test('an alert that waits for another try at some place is told there', async () => {
    const test = await testBilling();
    const sequence = await goNegative(test);
    await putDelivery(test, sequence, 'sent');
    await putDelivery(test, sequence, 'waiting');
    await loseDueRows(test);
    const told = test.alerts.length;
    await later(test, { hours: 1 });
    expect(test.alerts.slice(told)).toContain(sequence);
  });

  test('messages that are gathered for one a day are told', async () => {
    const test = await testBilling();
    for (let crossing = 0; crossing < 4; crossing += 1) {
      await test.billing.intake.take(TENANT, [graphRow(100)], 'graph');
      await topUp(test, `p${crossing}`);
      await topUp(test, `q${crossing}`);
      await calm();
      test.clock.pass({ minutes: 20 });
    }
    expect((await account(test)).gatheredCrossings).toBeGreaterThan(0);
    await loseDueRows(test);
    await later(test, { hours: 1 });
    expect((await account(test)).gatheredCrossings).toBe(0);
  });
});

async function putDelivery(
  { table }: TestBilling,
  sequence: bigint,
  state: 'sent' | 'waiting',
): Promise<void> {
  const key = `delivery:${newestFirst(sequence)}:${state}`;
  await table.commit(TENANT, [{ kind: 'put', key, values: { state } }]);
}

test('an alert that was heard everywhere is left alone', async () => {
  const test = await testBilling();
  const sequence = await goNegative(test);
  await putDelivery(test, sequence, 'sent');
  await loseDueRows(test);
  const told = test.alerts.length;
  await later(test, { hours: 1 });
  expect(test.alerts.slice(told)).not.toContain(sequence);
});

test('an alert that reached nobody is tried again every day, and counted until somebody heard it', async () => {
  let reachable = false;
  const tried: string[] = [];
  const test: TestBilling = await testBilling({
    voice: {
      showPayment: async () => undefined,
      deliverAlert: async (tenant, sequence) => {
        tried.push(test.clock.now());
        await test.billing.noteUndelivered(tenant, { sequence, undelivered: !reachable });
        return DONE;
      },
    },
  });
  await goNegative(test);
  const atOnce = tried.length;
  expect(await test.queue.countUndelivered()).toBe(1);
  for (let day = 0; day < 3; day += 1) await later(test, { days: 1 });
  expect(tried).toHaveLength(atOnce + 3);
  reachable = true;
  await later(test, { days: 1 });
  expect([await test.queue.countUndelivered(), (await account(test)).undelivered]).toEqual([0, []]);
});

test('the count of undelivered alerts is brought in line after a crash, both ways', async () => {
  const test = await testBilling();
  const sequence = await goNegative(test);
  await test.billing.noteUndelivered(TENANT, { sequence, undelivered: true });
  await test.queue.noteUndelivered(TENANT, { sequence, undelivered: false });
  await later(test, { hours: 1 });
  expect(await test.queue.countUndelivered()).toBe(1);
  await test.billing.noteUndelivered(TENANT, { sequence, undelivered: false });
  await test.queue.noteUndelivered(TENANT, { sequence, undelivered: true });
  await putDelivery(test, sequence, 'sent');
  await later(test, { days: 1 });
  expect(await test.queue.countUndelivered()).toBe(0);
});

/** The scan alone, over accounts that are there already. */
async function scanOver(tenants: readonly string[], more: Partial<ScanDeps> = {}) {
  const test = await testBilling();
  for (const tenant of tenants) await test.billing.intake.take(tenant, [graphRow(1)], 'graph');
  const failed: string[] = [];
  const heads: { tenant: string; sequence: bigint; hash: string }[] = [];
  const scan = new DailyScan({
    accounts: test.table,
    queue: new DueQueue(test.dueTable, test.clock.now),
    reader: test.billing.reader,
    alerts: new OwedRows(test.table),
    chores: [],
    now: test.clock.now,
    log: {
      chainHead: (head) => void heads.push(head),
      holeFound: () => undefined,
      scanFailed: (tenant, part) => void failed.push(`${tenant} ${part}`),
    },
    ...more,
  });
  return { test, scan, failed, heads };
}

const MANY = Array.from({ length: 30 }, (_, index) => `tenant ${index}/a`);

test('each account is looked at by the holder of its shard, and its head is logged', async () => {
  const { test, scan, heads } = await scanOver(MANY);
  expect(await scan.run('shard1', () => true)).toBe(true);
  expect(heads.map(({ tenant }) => tenant).sort()).toEqual(
    MANY.filter((tenant) => shardOf(tenant) === 'shard1').sort(),
  );
  const { head } = await test.billing.reader.account(heads[0]!.tenant);
  expect(heads[0]).toMatchObject({ sequence: 1n, hash: head });
});

test('one account that can not be looked at does not keep the others from it, nor its own other chores', async () => {
  const done: string[] = [];
  const bad = MANY.find((tenant) => shardOf(tenant) === 'shard1')!;
  const { scan, failed } = await scanOver(MANY, {
    chores: [
      {
        name: 'one',
        run: async (tenant) => (tenant === bad ? Promise.reject(new Error('broken')) : undefined),
      },
      { name: 'two', run: async (tenant) => void done.push(tenant) },
    ],
  });
  await scan.run('shard1', () => true);
  expect(failed).toEqual([`${bad} one`]);
  expect(done.sort()).toEqual(MANY.filter((tenant) => shardOf(tenant) === 'shard1').sort());
});

test('a few accounts at a time, and none any more once the shard is lost', async () => {
  let [running, most, done] = [0, 0, 0];
  const run = async (): Promise<void> => {
    most = Math.max(most, (running += 1));
    await calm(2);
    running -= 1;
    done += 1;
  };
  const { scan } = await scanOver(MANY, { chores: [{ name: 'slow', run }] });
  expect(await scan.run('shard1', () => done < 2)).toBe(false);
  expect(most).toBe(4);
  expect(done).toBeLessThanOrEqual(2 + most);
});

describe('when the scan comes:', () => {
  /** How often the accounts were listed; a listing that fails is one too. */
  async function listings(fails: () => boolean = () => false) {
    const test = await testBilling();
    let count = 0;
    const partitionsWith = test.table.partitionsWith.bind(test.table);
    test.table.partitionsWith = async function* (key) {
      count += 1;
      if (fails()) throw new Error('not listed');
      yield* partitionsWith(key);
    };
    const rounds = async (span: Span): Promise<number> => {
      test.clock.pass(span);
      await test.runner.round();
      await test.runner.round();
      return count;
    };
    return { test, rounds };
  }

  test('once a day for each shard', async () => {
    const { rounds } = await listings();
    expect(await rounds({ minutes: 1 })).toBe(4);
    expect(await rounds({ hours: 23 })).toBe(4);
    expect(await rounds({ hours: 1 })).toBe(8);
  });

  test('the day is kept in the lease row, so that the next holder does not begin anew', async () => {
    const { test, rounds } = await listings();
    await rounds({ minutes: 1 });
    const row = await test.dueTable.get(SHARD, LEASE_KEY);
    expect(row?.values['scannedAt']).toBe('2026-11-17T09:01:00.000Z');
  });

  test('again some minutes later where it could not be carried to its end', async () => {
    let down = true;
    const { test, rounds } = await listings(() => down);
    expect(await rounds({ minutes: 1 })).toBe(4);
    expect(test.failures).toHaveLength(4);
    down = false;
    expect(await rounds({ minutes: 9 })).toBe(4);
    expect(await rounds({ minutes: 1 })).toBe(8);
    expect(await rounds({ hours: 1 })).toBe(8);
  });
});
