import { StripeRecord } from '../../../../src/billing/payments/stripe/stripe-record.js';
import { ChargeDiffers, StripeUnavailable } from '../../../../src/billing/payments/stripe/errors.js';
import { usd } from '../../../support/billing.js';
import { charge, newIntent, refundByHand, reinstate, withdraw } from '../../../support/stripe/intents.js';
import type { Intent } from '../../../support/stripe/records.js';
import { stripeWorld, type StripeWorld } from '../../../support/stripe/stripe-world.js';

const TENANT = 'contoso';

let world: StripeWorld;
let record: StripeRecord;

beforeEach(async () => {
  world = await stripeWorld();
  record = new StripeRecord({ stripe: world.stripe, records: world.records, live: false });
});

afterEach(() => world.standIn.stop());

async function intent(metadata: Record<string, string>): Promise<Intent> {
  const customer = await world.customer(TENANT);
  const content = { amount: 5_000, currency: 'usd', customer, metadata, payment_method: null };
  return newIntent(world.standIn.records, content);
}

const ours = (paymentId: string) => intent({ tenant: TENANT, paymentId });

test('A tenant that has no customer was never charged', async () => {
  expect(await record.charges(TENANT)).toEqual([]);
});

test('All charges of a tenant are in the record, however many pages they take', async () => {
  for (let index = 0; index < 250; index += 1) charge(world.standIn.records, await ours(`p${index}`));
  const charges = await record.charges(TENANT);
  expect(new Set(charges.map(({ paymentId }) => paymentId)).size).toBe(250);
  expect(charges.every(({ state, amount }) => state === 'charged' && amount.micros === usd(50))).toBe(true);
});

test('A page that is not answered makes no record of a part', async () => {
  for (let index = 0; index < 120; index += 1) await ours(`p${index}`);
  world.standIn.fault = ({ fields }) => (fields['starting_after'] === undefined ? undefined : '502');
  await expect(record.charges(TENANT)).rejects.toThrow(StripeUnavailable);
});

test('What went back is told of each charge', async () => {
  const { records } = world.standIn;
  const [refunded, disputed, won] = [await ours('refunded'), await ours('disputed'), await ours('won')];
  for (const one of [refunded, disputed, won]) charge(records, one);
  refundByHand(records, refunded, 2_000);
  withdraw(records, disputed);
  reinstate(records, withdraw(records, won));
  const charges = await record.charges(TENANT);
  const backOf = (id: string) => {
    const { refunded: back, disputed: held } = charges.find(({ paymentId }) => paymentId === id)!;
    return [back, held];
  };
  expect(['refunded', 'disputed', 'won'].map(backOf)).toEqual([
    [usd(20), 0n],
    [0n, usd(50)],
    [0n, 0n],
  ]);
});

test('A payment whose page took the place of its charge is compared with what was charged', async () => {
  const begun = await ours('p1');
  begun.status = 'canceled';
  charge(world.standIn.records, await intent({ tenant: TENANT, paymentId: 'p1', by: 'page' }));
  expect((await record.charges(TENANT)).map(({ state }) => state)).toEqual(['charged', 'notCharged']);
});

test('What somebody charged by hand is none of the payments; one of another tenant is a fault', async () => {
  charge(world.standIn.records, await intent({}));
  expect(await record.charges(TENANT)).toEqual([]);
  await intent({ tenant: 'other', paymentId: 'p1' });
  await expect(record.charges(TENANT)).rejects.toThrow(ChargeDiffers);
});
