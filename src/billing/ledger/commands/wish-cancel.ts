import type { Actor, Payment } from '../model.js';
import { accepted, paymentOf, refused, withRows, type Decision, type World } from '../world.js';

const OPEN: readonly Payment['status'][] = ['requested', 'begun', 'actionRequired', 'unknown'];

/**
 * Keeps a person's wish before the processor is asked: if it does not answer now, the reconciler cancels later instead of
 * charging. A payment that is closed stays as it is.
 */
export function wishCancel(
  world: World,
  wish: { readonly paymentId: string; readonly by: Actor },
  now: string,
): Decision<Payment> {
  const payment = paymentOf(world, wish.paymentId);
  if (payment === undefined) return refused('notFound');
  if (!OPEN.includes(payment.status) || payment.cancelWishedBy !== undefined) return accepted(world, payment);
  const row: Payment = { ...payment, cancelWishedBy: wish.by, updatedAt: now };
  return accepted(withRows(world, [row]), row);
}
