/** Another processor takes over while something is open: of what the one before it did nothing is claimed. */
import { ADMIN_CENTER_METHOD } from '../../../src/billing/payments/admin-center/admin-center-method.js';
import { AdminCenterProcessor } from '../../../src/billing/payments/admin-center/admin-center-processor.js';
import type { PaymentProcessor } from '../../../src/billing/payments/processor.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN, TENANT, usd } from '../../support/billing.js';
import {
  calm,
  instanceOf,
  sharedParts,
  type Instance,
  type SharedParts,
} from '../../support/shared-billing.js';
import { stripeWorld, type StripeWorld } from '../../support/stripe/stripe-world.js';

const PEOPLE = new AdminCenterProcessor('https://admin.example.com');
const CARD = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };

async function rounds({ clock }: SharedParts, { runner }: Instance, count: number): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    clock.pass({ hours: 6 });
    await runner.round();
    await calm();
  }
}

const paymentOf = async ({ billing }: Instance, id: string) => (await billing.reader.payment(TENANT, id))!;
const balanceOf = async ({ billing }: Instance) => (await billing.reader.account(TENANT)).balance;

/** Gives back, and its answer is lost. */
function losingRefunds({ sandbox }: SharedParts): PaymentProcessor {
  return {
    begin: (request) => sandbox.begin(request),
    confirm: (charge) => sandbox.confirm(charge),
    find: (charge) => sandbox.find(charge),
    cancel: (charge) => sandbox.cancel(charge),
    refund: async (...asked) => {
      await sandbox.refund(...asked);
      return { kind: 'unknown' };
    },
  };
}

test('a refund that is open when the admin center takes over stays open, and no credit is invented', async () => {
  const parts = sharedParts();
  const before = instanceOf(parts, { processor: losingRefunds(parts) });
  const mintedAt = parts.clock.now();
  const asked = { paymentId: 'p1', mintedAt, amount: money(usd(50), 'USD'), method: CARD, by: ADMIN };
  await before.billing.requestTopUp(TENANT, asked);
  await before.billing.paymentWithin(TENANT, 'p1', 2_000);
  await before.billing.requestRefund(TENANT, { paymentId: 'p1', by: ADMIN }, { id: 'r1', mintedAt });
  await calm();

  const after = instanceOf(parts, { processor: PEOPLE });
  await rounds(parts, after, 5);
  expect(await balanceOf(after)).toBe(0n);
  expect(await paymentOf(after, 'p1')).toMatchObject({ refund: { status: 'requested' } });

  const back = instanceOf(parts);
  await rounds(parts, back, 3);
  expect(await paymentOf(back, 'p1')).toMatchObject({ refund: { status: 'refunded' } });
  expect(await balanceOf(back)).toBe(0n);
});

describe.each([true, false])(
  'a request to buy that is open when Stripe takes over, a card known: %s',
  (card) => {
    let stripe: StripeWorld;
    afterEach(() => stripe.standIn.stop());

    async function takenOver() {
      const parts = sharedParts();
      const before = instanceOf(parts, { processor: PEOPLE });
      const { id, brand, last4 } = ADMIN_CENTER_METHOD;
      const rule = { trigger: usd(20), amount: usd(50), monthCap: usd(500), method: { id, brand, last4 } };
      await before.billing.setAutoRecharge(TENANT, { ...rule, by: ADMIN });
      await calm();
      stripe = await stripeWorld({ now: parts.clock.now });
      if (card) await stripe.card(TENANT);
      const after = instanceOf(parts, { processor: stripe.processor() });
      const [open] = (await after.billing.reader.account(TENANT)).openPayments;
      return { parts, after, id: open!.id };
    }

    test('goes on waiting, and lapses at its deadline', async () => {
      const { parts, after, id } = await takenOver();
      await rounds(parts, after, 4);
      expect(await paymentOf(after, id)).toMatchObject({ status: 'actionRequired' });
      await rounds(parts, after, 26);
      expect(await paymentOf(after, id)).toMatchObject({ status: 'cancelled' });
      const { openPayments } = await after.billing.reader.account(TENANT);
      expect(openPayments.filter((open) => open.id === id)).toEqual([]);
      expect(after.failures).toEqual([]);
    });

    test('is over at once where a person cancels it', async () => {
      const { after, id } = await takenOver();
      const closed = await after.billing.cancelPayment(TENANT, id, ADMIN);
      expect(closed).toMatchObject({ status: 'cancelled', cancelledBy: ADMIN });
      expect(stripe.standIn.seen).toEqual([]);
    });
  },
);
