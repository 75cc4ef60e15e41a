/** The part of the processor's contract that holds where nothing is ever charged: a person buys, and says so elsewhere. */
import { units } from '../../../../src/billing/money.js';
import {
  ADMIN_CENTER_METHOD,
  AdminCenterMethods,
} from '../../../../src/billing/payments/admin-center/admin-center-method.js';
import {
  AdminCenterProcessor,
  PURCHASE_HOURS,
} from '../../../../src/billing/payments/admin-center/admin-center-processor.js';
import { isBoughtByPerson } from '../../../../src/billing/payments/processor.js';
import { TENANT } from '../../../support/billing.js';

const URL = 'https://admin.example.com/your-products';
const processor = new AdminCenterProcessor(URL);
/** Another instance: nothing is kept, so nothing needs to be shared. */
const other = new AdminCenterProcessor(URL);
const REQUEST = {
  paymentId: 'p1',
  tenant: TENANT,
  amount: units(50, 'USD'),
  methodId: ADMIN_CENTER_METHOD.id,
};
const NEVER_BEGUN = { paymentId: 'p1', tenant: TENANT };
const FOREIGN = { ...NEVER_BEGUN, processorId: 'pi_of_another_processor' };
const ASKED = { kind: 'actionRequired', url: URL, withinHours: PURCHASE_HOURS };

async function begun() {
  const result = await processor.begin(REQUEST);
  if (result.kind !== 'begun') throw new Error(result.kind);
  return { ...NEVER_BEGUN, processorId: result.processorId };
}

test('the one method is no card, and has no digits', async () => {
  const [method, ...more] = await new AdminCenterMethods().list();
  expect(more).toEqual([]);
  expect(method).toMatchObject({ id: REQUEST.methodId, last4: '' });
  expect(isBoughtByPerson(method!)).toBe(true);
});

test('begun twice, by two instances, is one charge', async () => {
  expect(await other.begin(REQUEST)).toEqual(await processor.begin(REQUEST));
});

test('confirming asks a person, for a week, as often as it is confirmed', async () => {
  const charge = await begun();
  expect(PURCHASE_HOURS).toBe(168);
  expect(await processor.confirm(charge)).toEqual(ASKED);
  expect(await other.confirm(charge)).toEqual(ASKED);
  expect(await processor.find(charge)).toEqual(ASKED);
});

test('cancelled is over at once', async () => {
  expect(await processor.cancel(await begun())).toEqual({ kind: 'cancelled' });
});

test('what was never begun is absent', async () => {
  expect(await processor.find(NEVER_BEGUN)).toEqual({ kind: 'absent' });
  expect(await processor.cancel(NEVER_BEGUN)).toEqual({ kind: 'absent' });
});

test('of what another processor began nothing is claimed: it may have been charged there', async () => {
  expect(await processor.find(FOREIGN)).toEqual({ kind: 'unknown' });
  expect(await processor.cancel(FOREIGN)).toEqual({ kind: 'unknown' });
  await expect(processor.confirm(FOREIGN)).rejects.toThrow('was not begun here');
});

test('a card is declined for good, and nothing is begun', async () => {
  const result = await processor.begin({ ...REQUEST, methodId: 'sandbox-succeeds' });
  expect(result).toEqual({ kind: 'declined', reason: 'unusableCard' });
});

test.each([
  ['a fraction of a minor unit', { micros: 50_000_001n, currency: 'USD' } as const],
  ['nothing', units(0, 'USD')],
  ['a negative amount', units(-5, 'USD')],
])('%s is a mistake of the program', async (_, amount) => {
  await expect(processor.begin({ ...REQUEST, amount })).rejects.toThrow('no such amount');
});

test('a refund is refused: nothing was charged', async () => {
  expect(await processor.refund(await begun())).toEqual({ kind: 'refused', reason: 'notCharged' });
});

test('whether another processor gave its own charge back is not claimed', async () => {
  expect(await processor.refund(FOREIGN)).toEqual({ kind: 'unknown' });
  expect(await processor.refund(NEVER_BEGUN)).toEqual({ kind: 'unknown' });
});
