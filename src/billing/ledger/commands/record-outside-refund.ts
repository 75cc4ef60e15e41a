import { SYSTEM, type Payment, type Reversal } from '../model.js';
import { postReversals, reversibleOf, withReversal, type ReversalReport } from '../reversals.js';
import { watchLow } from '../watch.js';
import { accepted, paymentOf, refused, type Decision, type World } from '../world.js';

export interface OutsideRefund extends ReversalReport {
  /** The processor's id of it, or this bot's own where it made it: then it is none from outside. */
  readonly refundId: string;
  readonly state: 'refunded' | 'failed';
}

/**
 * A refund that was made at the processor; one that failed brings back what it took. Told in any order and any number of
 * times it ends the same: what failed stays failed. Refused as {@link reversibleOf} says.
 */
export function recordOutsideRefund(world: World, refund: OutsideRefund, now: string): Decision<Payment> {
  const { refundId, amount, state, lowBalance } = refund;
  const name = { kind: 'refund', id: refundId } as const;
  const refunded = paymentOf(world, refund.paymentId);
  if (refunded !== undefined && isOwn(refunded, refundId)) return accepted(world, refunded);
  const found = reversibleOf(world, refund, name);
  if (typeof found === 'string') return refused(found);
  const { payment, lot, known } = found;
  if (isTold(known, state)) return accepted(world, payment);
  const told: Reversal = known ?? { ...name, at: now, amount, returned: 0n, taken: 0n };
  const reversal = { ...told, returned: state === 'failed' ? told.amount : 0n };
  const posted = postReversals(world, withReversal(payment, reversal), { lot, now });
  const watched = watchLow(posted, { at: now, by: SYSTEM, lowBalance });
  return accepted(watched, paymentOf(watched, payment.id) ?? payment);
}

function isTold(known: Reversal | undefined, state: OutsideRefund['state']): boolean {
  return known !== undefined && (state === 'refunded' || known.returned > 0n);
}

/** Of every attempt: one that the processor refused has left its place on the payment to the next one. */
function isOwn({ id, refund }: Payment, refundId: string): boolean {
  return refund?.id === refundId || refundId.startsWith(`refund-${id}-`);
}
