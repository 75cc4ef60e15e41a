import { labelOf } from '../cards.js';
import { SYSTEM, type Payment } from '../model.js';
import { raise, watchLow } from '../watch.js';
import { accepted, paymentOf, refused, withAccount, withRows, type Decision, type World } from '../world.js';

/** Tells the admins, once, that a payment's outcome has been unknown for a while. */
export function warnOfUnknown(world: World, paymentId: string, now: string): Decision<Payment> {
  const payment = paymentOf(world, paymentId);
  if (payment === undefined) return refused('notFound');
  if (payment.status !== 'unknown' || payment.told === true) return accepted(world, payment);
  const row: Payment = { ...payment, told: true };
  const { balance } = world.account;
  const facts = { balance, amount: payment.amount, paymentId, method: labelOf(payment.method) };
  const raised = raise(withRows(world, [row]), { kind: 'paymentUnknown', at: now, facts });
  const { openPayments, alertCount: alert } = raised.account;
  const noted = openPayments.map((open) => (open.id === paymentId ? { ...open, alert } : open));
  return accepted(withAccount(raised, { openPayments: noted }), row);
}

/**
 * The deadline passed and the processor did not say what became of it: the payment goes on counting against the caps,
 * stops holding auto-recharge back, and an admin is asked before the next charge (DESIGN §4, step 5).
 */
export function markOverdue(
  world: World,
  { paymentId, lowBalance }: { readonly paymentId: string; readonly lowBalance: bigint },
  now: string,
): Decision<null> {
  const { account } = world;
  const open = account.openPayments.find((payment) => payment.id === paymentId);
  if (open === undefined) return refused('notOpen');
  if (open.overdue) return accepted(world, null);
  const openPayments = account.openPayments.map((payment) =>
    payment.id === paymentId ? { ...payment, overdue: true } : payment,
  );
  const asking = withAccount(world, { openPayments, health: { ...account.health, asksFirst: true } });
  return accepted(watchLow(asking, { at: now, by: SYSTEM, lowBalance }), null);
}
