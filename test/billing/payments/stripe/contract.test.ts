import { microsPerMinor, type Currency } from '../../../../src/billing/money.js';
import type { ChargeRef, TestScenario } from '../../../../src/billing/payments/processor.js';
import { payPage } from '../../../support/stripe/checkout.js';
import { refundedOf } from '../../../support/stripe/intents.js';
import type { Behaviour } from '../../../support/stripe/records.js';
import { stripeWorld, type StripeWorld } from '../../../support/stripe/stripe-world.js';
import { processorContract } from '../processor-contract.js';

/** Lost twice: the client tries once more by itself. */
const BEHAVIOUR_OF: Readonly<Record<TestScenario, Behaviour>> = {
  succeeds: { kind: 'approves' },
  insufficientFunds: { kind: 'declines', code: 'card_declined', decline: 'insufficient_funds' },
  expiredCard: { kind: 'declines', code: 'expired_card', decline: 'expired_card' },
  needsAction: { kind: 'wantsPerson' },
  timeoutAfterCharging: { kind: 'losesAnswers', times: 2 },
  timeoutBeforeCharging: { kind: 'losesRequests', times: 2 },
};

const TENANT = 'contoso';
const worlds: StripeWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map(({ standIn }) => standIn.stop()));
});

processorContract('StripeProcessor', async () => {
  const world = await stripeWorld();
  worlds.push(world);
  await world.customer('fabrikam');
  const methods: Record<string, string> = {};
  for (const [scenario, behaviour] of Object.entries(BEHAVIOUR_OF))
    methods[scenario] = await world.card(TENANT, behaviour);
  const processor = world.processor();
  return {
    processor,
    other: world.processor(),
    methodOf: methods as Record<TestScenario, string>,
    act: async (ref, decision) => {
      const link = await processor.linkFor({ ...ref, processorId: ref.processorId! });
      if (link.kind !== 'link') return;
      if (decision === 'approve') payPage(world.standIn.records, link.url);
      // Whoever does not want to approve leaves the page, until it runs out.
      else await world.stripe.checkout.sessions.expire(link.url.split('/').at(-1)!);
    },
    taken: async (ref) => taken(world, ref),
  };
});

function taken({ standIn: { records } }: StripeWorld, { tenant, paymentId }: ChargeRef) {
  const own = [...records.intents.values()].filter(
    ({ metadata }) => metadata['tenant'] === tenant && metadata['paymentId'] === paymentId,
  );
  const charged = own.filter(({ status }) => status === 'succeeded');
  const minor = charged.reduce((sum, { id, amount }) => sum + amount - refundedOf(records, id), 0);
  const currency = own[0]!.currency.toUpperCase() as Currency;
  return { times: charged.length, kept: { micros: BigInt(minor) * microsPerMinor(currency), currency } };
}
