import { StripeRecordTable } from '../../../../src/billing/payments/stripe/record-table.js';
import { StripeProcessor } from '../../../../src/billing/payments/stripe/stripe-processor.js';
import { stripeClient } from '../../../../src/billing/payments/stripe/client.js';
import { units } from '../../../../src/billing/money.js';
import { MemoryTableStore } from '../../../../src/billing/storage/memory-table.js';
import { StorageUnavailable } from '../../../../src/billing/storage/table.js';
import { START } from '../../../support/billing.js';
import { LINKS, TEST_KEY } from '../../../support/stripe/stripe-world.js';

describe('A kept id of Stripe', () => {
  test('is of one tenant and one name', async () => {
    const records = new StripeRecordTable(new MemoryTableStore());
    await records.change('a/b', 'customer', { from: undefined, to: 'cus_1' });
    await records.change('a/b', 'approval:p#1', { from: undefined, to: 'cs_1' });
    expect(await records.read('a/b', 'customer')).toBe('cus_1');
    expect(await records.read('a/b', 'approval:p#1')).toBe('cs_1');
    expect(await records.read('a', 'customer')).toBeUndefined();
  });

  test('changes only from what was read: whoever was first stands', async () => {
    const records = new StripeRecordTable(new MemoryTableStore());
    const change = (from: string | undefined, to: string) => records.change('t', 'customer', { from, to });
    expect(await change(undefined, 'cus_1')).toBe('cus_1');
    expect(await change(undefined, 'cus_2')).toBe('cus_1');
    expect(await change('cus_1', 'cus_3')).toBe('cus_3');
    expect(await change('cus_1', 'cus_4')).toBe('cus_3');
    expect(await records.read('t', 'customer')).toBe('cus_3');
  });

  test('is the same for all who write at once', async () => {
    const records = new StripeRecordTable(new MemoryTableStore());
    const ids = Array.from({ length: 20 }, (_, index) => `cus_${index}`);
    const stand = await Promise.all(
      ids.map(async (to) => records.change('t', 'customer', { from: undefined, to })),
    );
    expect(new Set(stand).size).toBe(1);
    expect(await records.read('t', 'customer')).toBe(stand[0]);
  });

  test('that was written although the transport lost the answer stands', async () => {
    const records = new StripeRecordTable(new MemoryTableStore({ repeat: () => true }));
    expect(await records.change('t', 'customer', { from: undefined, to: 'cus_1' })).toBe('cus_1');
  });
});

test('While the table of the kept ids does not answer, no charge is said to be absent or declined', async () => {
  const down = (): never => {
    throw new StorageUnavailable('down');
  };
  const processor = new StripeProcessor({
    stripe: stripeClient({ secretKey: TEST_KEY }),
    records: new StripeRecordTable(new MemoryTableStore({ before: down })),
    live: false,
    now: () => START,
    links: LINKS,
    productName: 'Communications Credits',
  });
  const charge = { tenant: 't', paymentId: 'p1', processorId: 'pi_1' };
  const unknown = { kind: 'unknown' };
  const amount = units(50, 'USD');
  expect(await processor.begin({ ...charge, amount, methodId: 'pm_1' })).toEqual(unknown);
  expect(await processor.confirm(charge)).toEqual(unknown);
  expect(await processor.find(charge)).toEqual(unknown);
  expect(await processor.cancel(charge)).toEqual(unknown);
  expect(await processor.refund(charge, amount, 'r1')).toEqual(unknown);
  expect(await processor.linkFor(charge)).toEqual(unknown);
});
