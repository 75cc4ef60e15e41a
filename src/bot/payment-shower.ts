import type { Payment } from '../billing/ledger/model.js';
import { paymentCard } from '../cards/payment-card.js';
import { speechFor } from '../cards/speech.js';
import type { DestinationStore } from './alerts/destination-store.js';
import type { Messenger } from './messenger.js';

export interface ShowerParts {
  readonly destinations: Pick<DestinationStore, 'find'>;
  readonly messenger: Pick<Messenger, 'update'>;
  /** Of the accounts, as on every other card about money. */
  readonly timeZone: string;
  readonly log: { warn(fields: object, message: string): void };
}

/**
 * Puts what became of a payment where "in progress" stands, for everybody who sees that card. The ledger is right
 * whether or not this works: a failure is logged, and `payments` and `history` tell the same.
 */
export function paymentShower(parts: ShowerParts): (tenant: string, payment: Payment) => Promise<void> {
  return async (tenant, payment) => {
    const { origin } = payment;
    if (origin === undefined) return;
    const place = await parts.destinations.find(tenant, origin.conversationKey);
    if (place === undefined) return;
    const card = paymentCard(payment, { canAct: true }, speechFor(place.locale, parts.timeZone));
    const result = await parts.messenger.update(place.conversation, origin.activityId, card);
    if (result.kind !== 'sent')
      parts.log.warn({ tenant, payment: payment.id, outcome: result.kind }, 'card not updated');
  };
}
