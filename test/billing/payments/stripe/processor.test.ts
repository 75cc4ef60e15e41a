import { units } from '../../../../src/billing/money.js';
import {
  ChargeDiffers,
  ProcessorMisuse,
  StripeRefused,
} from '../../../../src/billing/payments/stripe/errors.js';
import type { StripeProcessor } from '../../../../src/billing/payments/stripe/stripe-processor.js';
import type { Intent } from '../../../support/stripe/records.js';
import type { Fault } from '../../../support/stripe/stand-in.js';
import { stripeWorld, type StripeWorld } from '../../../support/stripe/stripe-world.js';

const TENANT = 'contoso';
const AMOUNT = units(50, 'USD');
const REF = { tenant: TENANT, paymentId: 'p1' };
const UNKNOWN = { kind: 'unknown' };

let world: StripeWorld;
let processor: StripeProcessor;
beforeEach(async () => {
  world = await stripeWorld();
  processor = world.processor();
});
afterEach(() => world.standIn.stop());

async function begun(paymentId = 'p1'): Promise<typeof REF & { processorId: string }> {
  const request = { ...REF, paymentId, amount: AMOUNT, methodId: await world.card(TENANT) };
  const result = await processor.begin(request);
  if (result.kind !== 'begun') throw new Error(result.kind);
  return { ...REF, paymentId, processorId: result.processorId };
}

async function charged(): Promise<typeof REF & { processorId: string }> {
  const charge = await begun();
  expect(await processor.confirm(charge)).toEqual({ kind: 'succeeded', amount: AMOUNT });
  return charge;
}

/** Stripe shows it otherwise from now on. */
function show(id: string, changes: Partial<Record<keyof Intent, unknown>>): void {
  Object.assign(world.standIn.records.intents.get(id)!, changes);
}

const faultAt = (call: string, kind: Fault) => {
  world.standIn.fault = ({ method, path }) => (`${method} ${path}`.endsWith(call) ? kind : undefined);
};

describe('Nothing is said to be charged', () => {
  test.each([
    ['another customer', { customer: 'cus_other' }, ChargeDiffers],
    ['real money under a test key', { livemode: true }, ChargeDiffers],
    ['another payment', { metadata: { tenant: TENANT, paymentId: 'p2' } }, ProcessorMisuse],
    ['the payment of another tenant', { metadata: { tenant: 'fabrikam', paymentId: 'p1' } }, ProcessorMisuse],
    ['no payment at all', { metadata: {} }, ProcessorMisuse],
    ['a currency that nobody asked for', { currency: 'huf' }, ChargeDiffers],
  ])('where Stripe shows %s', async (_, changes, error) => {
    const charge = await charged();
    show(charge.processorId, changes);
    await expect(processor.find(charge)).rejects.toThrow(error);
  });

  test.each([
    ['no intent', { object: 'charge' }],
    ['another id', { id: 'pi_other' }],
    ['a status of next year', { status: 'succeeded_almost' }],
    ['an amount with a fraction', { amount_received: 50.5 }],
    ['no amount', { amount_received: undefined }],
    ['a hold that was not captured', { status: 'requires_capture' }],
  ])('where the answer holds %s', async (_, changes) => {
    const charge = await charged();
    show(charge.processorId, changes);
    expect(await processor.find(charge)).toEqual(UNKNOWN);
  });

  test('but what was received, also where that is less: the saga compares', async () => {
    const charge = await charged();
    show(charge.processorId, { amount_received: 4_999 });
    const amount = { micros: 49_990_000n, currency: 'USD' };
    expect(await processor.find(charge)).toEqual({ kind: 'succeeded', amount });
  });

  test('where the bank still thinks about it', async () => {
    const id = await world.card(TENANT, { kind: 'processes' });
    const result = await processor.begin({ ...REF, amount: AMOUNT, methodId: id });
    if (result.kind !== 'begun') throw new Error(result.kind);
    const charge = { ...REF, processorId: result.processorId };
    expect(await processor.confirm(charge)).toEqual(UNKNOWN);
    expect(await processor.cancel(charge)).toEqual(UNKNOWN);
    expect(await processor.refund(charge, AMOUNT, 'r1')).toEqual(UNKNOWN);
  });
});

describe('No clear answer', () => {
  const faults: readonly Fault[] = ['loseRequest', 'loseAnswer', 'cutBody', '409', '429', '500', '502'];

  test.each(faults)('to a begin is unknown: %s', async (kind) => {
    faultAt('POST /v1/payment_intents', kind);
    const methodId = await world.card(TENANT);
    expect(await processor.begin({ ...REF, amount: AMOUNT, methodId })).toEqual(UNKNOWN);
  });

  test.each(faults)('to a confirm is unknown: %s', async (kind) => {
    const charge = await begun();
    faultAt('/confirm', kind);
    expect(await processor.confirm(charge)).toEqual(UNKNOWN);
  });

  test.each(faults)('to a question is unknown, with and without an id: %s', async (kind) => {
    const charge = await charged();
    world.standIn.fault = ({ method }) => (method === 'GET' ? kind : undefined);
    expect(await processor.find(charge)).toEqual(UNKNOWN);
    expect(await processor.find(REF)).toEqual(UNKNOWN);
    expect(await processor.cancel(charge)).toEqual(UNKNOWN);
    expect(await processor.refund(charge, AMOUNT, 'r1')).toEqual(UNKNOWN);
  });

  test.each(faults)('to a refund is unknown, and asking again gives back once: %s', async (kind) => {
    const charge = await charged();
    faultAt('POST /v1/refunds', kind);
    expect(await processor.refund(charge, AMOUNT, 'r1')).toEqual(UNKNOWN);
    world.standIn.fault = () => undefined;
    expect(await processor.refund(charge, AMOUNT, 'r1')).toEqual({ kind: 'refunded', refundId: 'r1' });
    expect(world.standIn.records.refunds.size).toBe(1);
  });
});

describe('An intent', () => {
  test('is made for cards of this customer, off-session when confirmed, with keys from the payment', async () => {
    await charged();
    const [created, , confirmed] = world.standIn.seen;
    expect(created!.fields).toMatchObject({
      amount: '5000',
      currency: 'usd',
      customer: await world.customer(TENANT),
      allowed_payment_method_types: { 0: 'card' },
      metadata: { tenant: TENANT, paymentId: 'p1' },
    });
    expect(created!.fields).not.toHaveProperty('confirm');
    expect(confirmed!.fields).toEqual({ off_session: 'true' });
    expect(created!.key).toContain('p1');
    expect(confirmed!.key).toContain('p1');
    expect(created!.key).not.toBe(confirmed!.key);
  });

  test('whose id is not known is found among hundreds', async () => {
    const charge = await charged();
    for (let count = 0; count < 250; count += 1) {
      const { id, ...rest } = structuredClone(world.standIn.records.intents.get(charge.processorId)!);
      const other = world.standIn.records.id('pi');
      world.standIn.records.intents.set(other, { ...rest, id: other, metadata: { tenant: TENANT } });
      expect(id).toBe(charge.processorId);
    }
    expect(await processor.find(REF)).toEqual({ kind: 'succeeded', amount: AMOUNT });
    expect(await processor.find({ ...REF, paymentId: 'p2' })).toEqual({ kind: 'absent' });
  });

  test('that was begun twice, as its key was forgotten, counts as charged where one of the two is', async () => {
    const charge = await charged();
    const twin = world.standIn.records.id('pi');
    const first = world.standIn.records.intents.get(charge.processorId)!;
    world.standIn.records.intents.set(twin, { ...first, id: twin, status: 'requires_confirmation' });
    expect(await processor.find(REF)).toEqual({ kind: 'succeeded', amount: AMOUNT });
    expect(await processor.cancel(REF)).toEqual({ kind: 'succeeded', amount: AMOUNT });
    expect(world.standIn.records.intents.get(twin)).toMatchObject({ status: 'canceled' });
  });

  test('that somebody cancelled at Stripe as a duplicate is cancelled', async () => {
    const charge = await begun();
    show(charge.processorId, { status: 'canceled', cancellation_reason: 'duplicate' });
    expect(await processor.find(charge)).toEqual({ kind: 'cancelled' });
    expect(await processor.cancel(charge)).toEqual({ kind: 'cancelled' });
  });

  test('whose failure was cleared by hand stays declined', async () => {
    const charge = await begun();
    show(charge.processorId, { status: 'requires_payment_method', last_payment_error: null });
    expect(await processor.confirm(charge)).toEqual({ kind: 'declined', reason: 'declined' });
  });

  test('too small for a card is refused by the processor, and one too large is a mistake of the program', async () => {
    const methodId = await world.card(TENANT);
    const small = { micros: 490_000n, currency: 'USD' } as const;
    const refused = { kind: 'declined', reason: 'processorRefused' };
    expect(await processor.begin({ ...REF, amount: small, methodId })).toEqual(refused);
    const large = units(1_000_000, 'USD');
    await expect(processor.begin({ ...REF, paymentId: 'p2', amount: large, methodId })).rejects.toThrow(
      ProcessorMisuse,
    );
  });

  test('of a tenant without any card is declined, and nothing is asked', async () => {
    const asked = { tenant: 'new', paymentId: 'p1', amount: AMOUNT, methodId: 'pm_1' };
    expect(await processor.begin(asked)).toEqual({ kind: 'declined', reason: 'unusableCard' });
    expect(await processor.find(asked)).toEqual({ kind: 'absent' });
    expect(world.standIn.seen).toEqual([]);
  });

  test("with another tenant's card is declined", async () => {
    const methodId = await world.card('fabrikam');
    await world.customer(TENANT);
    const declined = { kind: 'declined', reason: 'unusableCard' };
    expect(await processor.begin({ ...REF, amount: AMOUNT, methodId })).toEqual(declined);
  });
});

describe('A refund', () => {
  test('that Stripe has not done yet is unknown, and one that failed is refused', async () => {
    const charge = await charged();
    await processor.refund(charge, AMOUNT, 'r1');
    const [made] = world.standIn.records.refunds.values();
    made!.status = 'pending';
    expect(await processor.refund(charge, AMOUNT, 'r1')).toEqual(UNKNOWN);
    made!.status = 'failed';
    const refused = { kind: 'refused', reason: 'processorRefused' };
    expect(await processor.refund(charge, AMOUNT, 'r1')).toEqual(refused);
  });

  test('is given back once, also when it is asked for again after Stripe has forgotten its key', async () => {
    const forgetful = await stripeWorld({ idempotency: false });
    const own = forgetful.processor();
    const methodId = await forgetful.card(TENANT);
    const result = await own.begin({ ...REF, amount: AMOUNT, methodId });
    if (result.kind !== 'begun') throw new Error(result.kind);
    const charge = { ...REF, processorId: result.processorId };
    await own.confirm(charge);
    for (let time = 0; time < 3; time += 1)
      expect(await own.refund(charge, AMOUNT, 'r1')).toEqual({ kind: 'refunded', refundId: 'r1' });
    await forgetful.standIn.stop();
    expect(forgetful.standIn.records.refunds.size).toBe(1);
  });
});

test.each([true, false])(
  'Of what another processor began nothing is claimed, and nothing is asked; a customer is known: %s',
  async (known) => {
    if (known) await world.customer(TENANT);
    const foreign = { ...REF, processorId: 'admin-center-p1' };
    expect(await processor.find(foreign)).toEqual(UNKNOWN);
    expect(await processor.cancel(foreign)).toEqual(UNKNOWN);
    expect(await processor.refund(foreign, AMOUNT, 'r1')).toEqual(UNKNOWN);
    expect(world.standIn.seen).toEqual([]);
  },
);

test('A key without the right to charge is for the operator', async () => {
  const methodId = await world.card(TENANT);
  faultAt('POST /v1/payment_intents', '401');
  await expect(processor.begin({ ...REF, amount: AMOUNT, methodId })).rejects.toThrow(StripeRefused);
});
