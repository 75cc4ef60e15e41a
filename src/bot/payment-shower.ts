import type { Payment } from '../billing/ledger/model.js';
import { paymentCard } from '../cards/payment-card.js';
import { speechFor } from '../cards/speech.js';
import type { DestinationStore } from './alerts/destination-store.js';
import type { Messenger, SendResult } from './messenger.js';

export interface ShowerParts {
  readonly destinations: Pick<DestinationStore, 'find'>;
  readonly messenger: Pick<Messenger, 'update'>;
  /** Of the accounts, as on every other card about money. */
  readonly timeZone: string;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * Puts what became of a payment where "in progress" stands, for everybody who sees that card. The ledger is right
 * whether or not this works: a failure is logged, never thrown, and `payments` and `history` tell the same.
 */
export function paymentShower(parts: ShowerParts): (tenant: string, payment: Payment) => Promise<void> {
  return async (tenant, payment) => {
    const { origin } = payment;
    if (origin === undefined) return;
    const about = { tenant, payment: payment.id };
    try {
      const outcome = await show(parts, tenant, { payment, origin });
      if (outcome !== 'sent') parts.log.warn({ ...about, outcome }, 'card not updated');
    } catch (error) {
      parts.log.warn({ ...about, err: error }, 'card not updated');
    }
  };
}

async function show(
  { destinations, messenger, timeZone }: ShowerParts,
  tenant: string,
  { payment, origin }: { payment: Payment; origin: NonNullable<Payment['origin']> },
): Promise<SendResult['kind'] | 'placeUnknown'> {
  const place = await destinations.find(tenant, origin.conversationKey);
  if (place === undefined) return 'placeUnknown';
  const card = paymentCard(payment, { canAct: true }, speechFor(place.locale, timeZone));
  const to = { tenant, conversation: place.conversation, isAnswer: true };
  return (await messenger.update(to, origin.activityId, card)).kind;
}
