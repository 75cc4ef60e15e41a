import type { Payment } from '../model.js';
import { accepted, paymentOf, refused, withRows, type Decision, type World } from '../world.js';

/** Keeps the processor's own id before anything is charged, so that any doubt can be asked away later. */
export function recordBegun(
  world: World,
  begun: { readonly paymentId: string; readonly processorId: string },
  now: string,
): Decision<Payment> {
  const payment = paymentOf(world, begun.paymentId);
  if (payment === undefined) return refused('notFound');
  if (payment.status !== 'requested' && payment.processorId !== undefined) return accepted(world, payment);
  const status = payment.status === 'requested' ? 'begun' : payment.status;
  const row: Payment = { ...payment, status, processorId: begun.processorId, updatedAt: now };
  return accepted(withRows(world, [row]), row);
}
