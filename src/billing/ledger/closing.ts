/** What goes with the end of a payment, whoever said how it ended: the processor, or the person who bought. */
import type { Payment, RecentTopUp } from './model.js';
import { heal, healAlert, livingAlert } from './watch.js';
import { withAccount, withRows, type World } from './world.js';

const RECENT_TOP_UPS_MAX = 5;

/** Later previews show it, so that nobody pays twice. */
export function withTopUp(world: World, done: RecentTopUp): World {
  const recentTopUps = [done, ...world.account.recentTopUps].slice(0, RECENT_TOP_UPS_MAX);
  return withAccount(world, { recentTopUps });
}

/** The row as it ended; off the list of open payments, and no longer in doubt. */
export function closePayment(world: World, payment: Payment): World {
  const openPayments = world.account.openPayments.filter((open) => open.id !== payment.id);
  const { asksFirst, ...health } = world.account.health;
  // Nothing is in doubt any more: no admin has to be asked before the next charge.
  const stillInDoubt = asksFirst === true && openPayments.some((open) => open.overdue);
  const closed = withAccount(world, {
    openPayments,
    health: stillInDoubt ? { ...health, asksFirst } : health,
  });
  const alert = world.account.openPayments.find((open) => open.id === payment.id)?.alert;
  return nowKnown(withRows(closed, [payment]), payment, alert);
}

const KNOWN_AS = { settled: 'credited', declined: 'declined', cancelled: 'cancelled' } as const;

/** The alert that this payment's outcome is unknown has its answer; one about another payment stays. */
function nowKnown(world: World, payment: Payment, alert: bigint | undefined): World {
  const { status } = payment;
  if (!(status === 'settled' || status === 'declined' || status === 'cancelled')) return world;
  const by = payment.cancelledBy ?? payment.requestedBy;
  const cause = { at: payment.updatedAt, by, how: KNOWN_AS[status] };
  if (alert !== undefined) return healAlert(world, alert, cause);
  // Told before each such payment had an alert of its own.
  const told = livingAlert(world, 'paymentUnknown')?.facts.paymentId === payment.id;
  return told ? heal(world, 'paymentUnknown', cause) : world;
}
