import fc from 'fast-check';
import { entryAt } from '../../src/billing/balance-at.js';
import { toColumns } from '../../src/billing/rows/columns.js';
import { HOLES_MAX } from '../../src/billing/ledger/credit-line.js';
import type { Entry, Payment } from '../../src/billing/ledger/model.js';
import { ACCOUNT_KEY, rowKeys } from '../../src/billing/ledger/world.js';
import { money } from '../../src/billing/money.js';
import { ADMIN, START, TENANT, testBilling, usd, type TestBilling } from '../support/billing.js';
import { processorWith } from '../support/crash.js';
import { graphRows } from '../support/graph-rows.js';
import { calm, instanceOf, sharedParts } from '../support/shared-billing.js';
import { CARD } from '../support/world.js';

const CLICK = { id: 'click-1', mintedAt: START };

async function topUp({ billing }: Pick<TestBilling, 'billing'>, paymentId: string): Promise<void> {
  const request = { paymentId, mintedAt: START, amount: money(usd(50), 'USD'), method: CARD, by: ADMIN };
  await billing.requestTopUp(TENANT, request);
  await billing.paymentWithin(TENANT, paymentId, 1_000);
}

async function withTopUp(): Promise<TestBilling> {
  const test = await testBilling();
  await topUp(test, 'p1');
  return test;
}

const refund = { paymentId: 'p1', by: ADMIN };

describe('a refund', () => {
  test('is given back by the processor, and shown', async () => {
    const { billing, processor, shown } = await withTopUp();
    expect(await billing.requestRefund(TENANT, refund, CLICK)).toMatchObject({ kind: 'done' });
    const payment = await billing.refundWithin(TENANT, 'p1', 1_000);
    expect(payment?.refund).toMatchObject({ status: 'refunded', by: ADMIN });
    expect((await processor.charge({ tenant: TENANT, paymentId: 'p1' }))?.refunds).toHaveLength(1);
    expect(shown.at(-1)?.refund?.status).toBe('refunded');
    expect((await billing.reader.account(TENANT)).balance).toBe(0n);
  });

  test('by the same click again answers the same, by another one that it was refunded', async () => {
    const { billing } = await withTopUp();
    const [first, twin] = await Promise.all([
      billing.requestRefund(TENANT, refund, CLICK),
      billing.requestRefund(TENANT, refund, CLICK),
    ]);
    await billing.refundWithin(TENANT, 'p1', 1_000);
    expect(twin).toEqual(first);
    expect(await billing.requestRefund(TENANT, refund, CLICK)).toEqual(first);
    const other = { ...CLICK, id: 'click-2' };
    expect(await billing.requestRefund(TENANT, refund, other)).toMatchObject({ reason: 'alreadyRefunded' });
  });

  test('of an unknown payment is refused', async () => {
    const { billing } = await testBilling();
    expect(await billing.requestRefund(TENANT, refund, CLICK)).toMatchObject({ reason: 'notFound' });
  });

  test('of a payment from before it noted its lot is found by the lot', async () => {
    const { billing, table } = await withTopUp();
    await topUp({ billing }, 'p10');
    const { lot: _lot, ...old } = (await billing.reader.payment(TENANT, 'p1')) as Payment;
    const row = { kind: 'put' as const, key: rowKeys.payment('p1'), values: toColumns(old) };
    await table.commit(TENANT, [row]);
    expect(await billing.requestRefund(TENANT, refund, CLICK)).toMatchObject({ answer: { lot: 1n } });
  });

  test('that the processor does not answer is asked for again, later and later', async () => {
    const parts = sharedParts();
    let asked = 0;
    const processor = processorWith(parts.sandbox, {
      refund: async () => {
        asked += 1;
        return { kind: 'unknown' };
      },
    });
    const instance = instanceOf(parts, { processor });
    await topUp(instance, 'p1');
    await instance.billing.requestRefund(TENANT, refund, CLICK);
    await calm();
    for (let minute = 0; minute < 60; minute += 1) {
      parts.clock.pass({ minutes: 1 });
      await instance.runner.round();
    }
    expect(asked).toBeGreaterThan(10);
    expect(asked).toBeLessThan(30);
    const { openRefunds, balance } = await instance.billing.reader.account(TENANT);
    expect({ openRefunds, balance }).toEqual({ openRefunds: ['p1'], balance: 0n });
  });
});

describe('an adjustment', () => {
  const adjustment = { amount: usd(-5), reason: 'agreed', by: ADMIN };

  test('by the same click again is made once', async () => {
    const { billing } = await withTopUp();
    const first = await billing.adjust(TENANT, adjustment, CLICK);
    expect(first).toMatchObject({ answer: { balanceBefore: usd(50), balanceAfter: usd(45) } });
    expect(await billing.adjust(TENANT, adjustment, CLICK)).toEqual(first);
    expect((await billing.reader.account(TENANT)).balance).toBe(usd(45));
  });

  test('with an old click is refused as stale', async () => {
    const { billing, clock } = await withTopUp();
    clock.pass({ days: 61 });
    expect(await billing.adjust(TENANT, adjustment, CLICK)).toMatchObject({ reason: 'stale' });
  });
});

describe('the work on lots', () => {
  const FIVE = [
    '2027-08-19T09:00:00.000Z',
    '2027-10-18T09:00:00.000Z',
    '2027-11-10T09:00:00.000Z',
    '2027-11-16T09:00:00.000Z',
    '2027-11-18T00:00:00.999Z',
  ];

  async function lotsWork({ dueTable }: TestBilling): Promise<readonly string[]> {
    const shards = ['shard0', 'shard1', 'shard2', 'shard3'];
    const range = { from: '0', to: ':', limit: 100 };
    const rows = await Promise.all(shards.map((shard) => dueTable.query(shard, range)));
    return rows
      .flatMap((page) => page.map(({ key }) => key.split('|')))
      .flatMap(([at = '', name]) => (name === 'lots' ? [at] : []));
  }

  test('is there before a purchase is made, once for all that are made on one day', async () => {
    const test = await withTopUp();
    await topUp(test, 'p2');
    expect(await lotsWork(test)).toEqual(FIVE);
  });

  test('is that of the day on which the purchase was settled', async () => {
    let down = true;
    const test = await testBilling({ available: () => !down });
    await topUp(test, 'p1');
    test.clock.pass({ hours: 16 });
    down = false;
    await test.billing.lookAtPayment(TENANT, 'p1');
    expect(await lotsWork(test)).toEqual(expect.arrayContaining(['2027-11-19T00:00:00.999Z']));
    expect((await test.billing.reader.lotOf(TENANT, 'p1'))?.expiresAt).toBe('2027-11-18T23:59:59.999Z');
  });

  test('tells four times and expires, over a year of rounds', async () => {
    const test = await withTopUp();
    const { billing, clock, runner } = test;
    for (let round = 0; round < 370; round += 1) {
      clock.pass({ days: 1 });
      await runner.round();
    }
    const { alertCount, balance } = await billing.reader.account(TENANT);
    const keys = Array.from({ length: Number(alertCount) }, (_, index) => rowKeys.alert(BigInt(index + 1)));
    const alerts = await billing.reader.rows(TENANT, 'alert', keys);
    expect(alerts.filter(({ kind }) => kind === 'expiring').map(({ at }) => at.slice(0, 10))).toEqual(
      FIVE.slice(0, 4).map((at) => at.slice(0, 10)),
    );
    expect(balance).toBe(0n);
    expect(await lotsWork(test)).toEqual([]);
    expect(test.failures).toEqual([]);
  });

  test('writes nothing where nothing is due', async () => {
    const { billing, table, clock } = await withTopUp();
    const before = await table.get(TENANT, ACCOUNT_KEY);
    clock.pass({ days: 30 });
    await billing.expireLots(TENANT);
    expect(await table.get(TENANT, ACCOUNT_KEY)).toEqual(before);
  });

  test('looks at the lots behind the listed ones', async () => {
    const { billing, clock } = await testBilling();
    for (let index = 0; index < 40; index += 1) await topUp({ billing }, `p${index}`);
    clock.pass({ days: 366 });
    await billing.expireLots(TENANT);
    const { balance, moreLots, lots } = await billing.reader.account(TENANT);
    expect({ balance, moreLots, lots }).toEqual({ balance: 0n, moreLots: false, lots: [] });
  });

  test('that the line has no room for is a named error, and loses nothing', async () => {
    const { billing, clock, table } = await testBilling();
    await billing.adjust(TENANT, { amount: usd(5_000), reason: 'agreed', by: ADMIN }, CLICK);
    await topUp({ billing }, 'p1');
    const account = await billing.reader.account(TENANT);
    // Holes in the credit ahead of the lot, as many as there may be.
    const holes = Array.from({ length: HOLES_MAX }, (_, index) => ({
      start: usd(10) * BigInt(index + 1),
      end: usd(10) * BigInt(index + 1) + 1n,
    }));
    const full = { ...account, holes, balance: account.balance - BigInt(HOLES_MAX) };
    await table.commit(TENANT, [{ kind: 'put', key: ACCOUNT_KEY, values: toColumns(full) }]);
    clock.pass({ days: 366 });
    await expect(billing.expireLots(TENANT)).rejects.toMatchObject({ name: 'CreditLineFull' });
    expect((await billing.reader.account(TENANT)).balance).toBe(full.balance);
  });
});

describe('the balance at a moment', () => {
  test('is that after the last entry until then', async () => {
    const test = await withTopUp();
    test.clock.pass({ hours: 1 });
    await test.billing.intake.take(TENANT, graphRows(1, 5), 'graph');
    const at = (moment: string) => test.billing.reader.balanceAt(TENANT, moment);
    expect(await at('2026-11-17T08:59:59.999Z')).toEqual({ balance: 0n });
    expect(await at(START)).toMatchObject({ balance: usd(50), entry: { kind: 'topUp' } });
    expect(await at('2026-11-17T09:59:59.999Z')).toMatchObject({ balance: usd(50) });
    expect(await at('2030-01-01T00:00:00.000Z')).toMatchObject({
      balance: usd(45),
      entry: { kind: 'usage' },
    });
  });

  test('of an account without entries is nothing', async () => {
    const { billing } = await testBilling();
    expect(await billing.reader.balanceAt(TENANT, START)).toEqual({ balance: 0n });
  });

  test('law: it is found in as many reads as the number of entries has binary digits', async () => {
    const times = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: -1, max: 51 }), async (unsorted, moment) => {
        const entries = unsorted
          .sort((one, other) => one - other)
          .map((at, index) => ({ sequence: BigInt(index + 1), at: nth(at) }) as Entry);
        let reads = 0;
        const found = await entryAt(BigInt(entries.length), nth(moment), async (sequence) => {
          reads += 1;
          return entries[Number(sequence) - 1];
        });
        expect(found).toBe(entries.findLast(({ at }) => at <= nth(moment)));
        expect(reads).toBeLessThanOrEqual(entries.length.toString(2).length);
      }),
    );
  });
});

function nth(day: number): string {
  return new Date(Date.parse(START) + day * 86_400_000).toISOString();
}
