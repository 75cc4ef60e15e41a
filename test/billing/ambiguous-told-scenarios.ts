/** What the processor tells by itself, and money that went back without this bot, while an answer is lost. */
import type { Outcome } from '../../src/billing/lane/command.js';
import type { ToldEvent } from '../../src/billing/ledger/commands/processor-events.js';
import { money } from '../../src/billing/money.js';
import type { EventMeaning } from '../../src/billing/payments/event-source.js';
import { TENANT, usd } from '../support/billing.js';
import { processorWith } from '../support/crash.js';
import { calm } from '../support/shared-billing.js';
import type { VerifiedOptions } from '../support/verified.js';
import { call, refund, rule, topUp, use, type Prepared, type Scenario } from './ambiguous-prepared.js';

const EVENT = "the event's own row";
const PAYMENT = 'what stands on the payment';
/** The one that this program asks for, by the number of its entry. */
const REFUND = { kind: 'ownRefund', paymentId: 'p1', refundId: 'refund-p1-2' } as const;
const usDollars = (amount: number) => money(usd(amount), 'USD');
const TOLD: ToldEvent = { id: 'event-1', about: 'payment', objectId: 'object-1' };

const meaning = (read: EventMeaning) => (): VerifiedOptions => ({ events: { read: async () => read } });

async function hear({ events, runner }: Prepared): Promise<void> {
  await events.receive(TENANT, TOLD);
  await calm();
  await runner.settled({ tenant: TENANT, name: 'event', subject: TOLD.id });
}

async function outsideRefund(
  { reversals }: Prepared,
  state: 'refunded' | 'failed' = 'refunded',
): Promise<Outcome<unknown>> {
  const report = { paymentId: 'p1', refundId: 're-1', amount: usd(20), state };
  return reversals.recordOutsideRefund(TENANT, report);
}

async function dispute({ reversals }: Prepared, returned = 0): Promise<Outcome<unknown>> {
  const totals = { amount: usd(50), withdrawn: usd(50), returned: usd(returned) };
  return reversals.recordDispute(TENANT, { paymentId: 'p1', disputeId: 'du-1', ...totals });
}

async function halfSpent(world: Prepared): Promise<void> {
  await topUp(world, 'p1');
  await rule(world);
  await use(world, call('a', 25));
}

/** The processor says so the first time and is asked again by the event: its first answer got lost. */
function refundUnheard(): VerifiedOptions {
  const told = meaning({ ...REFUND, failed: false })();
  let asked = 0;
  const processor: VerifiedOptions['processor'] = (sandbox) =>
    processorWith(sandbox, {
      refund: async (...request) => {
        asked += 1;
        return asked === 1 ? { kind: 'unknown' } : sandbox.refund(...request);
      },
    });
  return { ...told, processor };
}

export const TOLD_SCENARIOS: Readonly<Record<string, Scenario>> = {
  'an event that means nothing to the ledger': {
    decidedBy: EVENT,
    options: meaning({ kind: 'nothing' }),
    act: hear,
  },
  'an event about a payment that was settled elsewhere': {
    decidedBy: EVENT,
    options: meaning({ kind: 'payment', paymentId: 'p1' }),
    prepare: async (world) => {
      await topUp(world, 'p1', { card: 'needsAction' });
      await world.sandbox.decide({ tenant: TENANT, paymentId: 'p1' }, 'approve');
    },
    act: hear,
  },
  'an event about the stored cards': {
    decidedBy: EVENT,
    options: meaning({ kind: 'cards' }),
    prepare: (world) => topUp(world, 'p1').then(() => rule(world)),
    act: hear,
  },
  'an event about a refund whose own answer got lost': {
    decidedBy: EVENT,
    options: refundUnheard,
    prepare: (world) => topUp(world, 'p1').then(() => refund(world)),
    act: hear,
  },
  'an event about a refund that was done, and failed after all': {
    decidedBy: EVENT,
    options: meaning({ ...REFUND, failed: true }),
    prepare: async (world) => {
      await topUp(world, 'p1');
      await refund(world);
      await world.billing.refundWithin(TENANT, 'p1', 3_000);
    },
    act: hear,
    wentBack: { refunded: 0n },
  },
  'an event about a refund that was made elsewhere': {
    decidedBy: EVENT,
    options: meaning({
      ...{ kind: 'outsideRefund', paymentId: 'p1', refundId: 're-1' },
      ...{ amount: usDollars(20), state: 'refunded' },
    }),
    prepare: halfSpent,
    act: hear,
    wentBack: { refunded: usd(20) },
  },
  'an event about a dispute': {
    decidedBy: EVENT,
    options: meaning({
      ...{ kind: 'dispute', paymentId: 'p1', disputeId: 'du-1' },
      ...{ amount: usDollars(50), withdrawn: usDollars(50), returned: usDollars(0) },
    }),
    prepare: halfSpent,
    act: hear,
    wentBack: { disputed: usd(50) },
  },
  'a refund that was made elsewhere': {
    decidedBy: PAYMENT,
    prepare: halfSpent,
    act: (world) => outsideRefund(world),
    wentBack: { refunded: usd(20) },
  },
  'a refund that was made elsewhere and came back': {
    decidedBy: PAYMENT,
    prepare: (world) => halfSpent(world).then(() => outsideRefund(world)),
    act: (world) => outsideRefund(world, 'failed'),
  },
  'a dispute that withdraws more than is left': {
    decidedBy: PAYMENT,
    prepare: halfSpent,
    act: (world) => dispute(world),
    wentBack: { disputed: usd(50) },
  },
  'a dispute that is reinstated': {
    decidedBy: PAYMENT,
    prepare: (world) => halfSpent(world).then(() => dispute(world)),
    act: (world) => dispute(world, 50),
  },
};
