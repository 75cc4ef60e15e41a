/** The port to what a processor tells by itself: what its events mean, read again at the processor. */
import type { Money } from '../money.js';
import type { ProcessorEvent } from '../ledger/model.js';

export type EventMeaning =
  /** How the payment stands is asked for as ever. */
  | { readonly kind: 'payment'; readonly paymentId: string }
  /** A refund that this program asked for. */
  | {
      readonly kind: 'ownRefund';
      readonly paymentId: string;
      readonly refundId: string;
      readonly failed: boolean;
    }
  | OutsideRefundMeaning
  | DisputeMeaning
  /** The tenant's stored cards may be others. */
  | { readonly kind: 'cards' }
  /** Nothing that concerns the ledger. */
  | { readonly kind: 'nothing' };

/** Somebody gave money back at the processor itself. */
export interface OutsideRefundMeaning {
  readonly kind: 'outsideRefund';
  readonly paymentId: string;
  readonly refundId: string;
  readonly amount: Money;
  readonly state: 'refunded' | 'failed';
}

/** A bank took the money of a payment back, or gave it again: what it did in all until now. */
export interface DisputeMeaning {
  readonly kind: 'dispute';
  readonly paymentId: string;
  readonly disputeId: string;
  /** What is disputed. */
  readonly amount: Money;
  readonly withdrawn: Money;
  readonly returned: Money;
}

export interface EventSource {
  /** Throws where there is no clear answer: asking again is safe. */
  read(tenant: string, event: ProcessorEvent): Promise<EventMeaning>;
}
