/** What the processor said of a payment: the one place where a charge becomes credit (DESIGN §4, step 3). */
import { after, expiryOf } from '../calendar.js';
import { labelOf } from '../cards.js';
import { post } from '../entries.js';
import { withLotJobs } from '../lot-times.js';
import { SYSTEM, type Account, type Actor, type Payment } from '../model.js';
import { closePayment, withTopUp } from '../closing.js';
import { healthAfterDecline, healthAfterSuccess, heldBack } from '../recharge-health.js';
import { evaluateRecharge, giveRoomBack, takeRoomAgain } from '../recharge.js';
import { askedInVain, tellDeclined, tellNeedsAction } from '../recharge-failure.js';
import { heal, raise, watchLow } from '../watch.js';
import { accepted, paymentOf, refused, withAccount, withRows, type Decision, type World } from '../world.js';
import { isBoughtByPerson, type ChargeState, type DeclineReason } from '../../payments/processor.js';

export const ACTION_DEADLINE_HOURS = 1;
export const UNKNOWN_DEADLINE_HOURS = 24;
const CLOSED: readonly Payment['status'][] = ['settled', 'declined', 'cancelled'];

/** `unconfirmed` is no outcome: the payment still waits to be confirmed. */
export type Outcome = Exclude<ChargeState, { kind: 'unconfirmed' }>;

export interface OutcomeReport {
  readonly paymentId: string;
  readonly outcome: Outcome;
  readonly lowBalance: bigint;
  /** Who asked for the cancellation. */
  readonly by?: Actor;
  /** Cancelled because the processor never heard of it: void where it has begun in the meantime. */
  readonly unlessBegun?: boolean;
}

/**
 * Whoever reports comes here: the click, the webhook, the reconciler. Who comes second finds it done. Only `succeeded`
 * can still change a payment that was closed, since then money did move.
 */
export function recordOutcome(world: World, report: OutcomeReport, now: string): Decision<Payment> {
  const payment = paymentOf(world, report.paymentId);
  if (payment === undefined) return refused('notFound');
  const { outcome } = report;
  if (payment.status === 'settled') return accepted(world, payment);
  if (CLOSED.includes(payment.status) && outcome.kind !== 'succeeded') return accepted(world, payment);
  if (report.unlessBegun === true && payment.processorId !== undefined) return accepted(world, payment);
  const next = decided(world, payment, { report, now });
  return accepted(next, paymentOf(next, payment.id) ?? payment);
}

interface Context {
  readonly report: OutcomeReport;
  readonly now: string;
}

function decided(world: World, payment: Payment, context: Context): World {
  const { outcome } = context.report;
  switch (outcome.kind) {
    case 'succeeded':
      return settle(world, payment, context);
    case 'declined':
      return finish(decline(world, payment, { reason: outcome.reason, now: context.now }), context);
    case 'cancelled':
      return finish(cancelled(world, payment, context), context);
    case 'actionRequired':
      return waitForPerson(world, payment, { ...outcome, now: context.now });
    case 'unknown':
      return doubt(world, payment, context.now);
  }
}

/** No answer about a payment that waits for a person: it still waits, and its link stays good. */
function doubt(world: World, payment: Payment, now: string): World {
  if (payment.status === 'actionRequired') return world;
  return keepOpen(world, {
    ...payment,
    status: 'unknown',
    ...deadline(payment, now, UNKNOWN_DEADLINE_HOURS),
  });
}

function settle(world: World, payment: Payment, { report, now }: Context): World {
  const auto = payment.reason === 'autoRecharge';
  const by = payment.requestedBy;
  const { account } = world;
  const counted = auto && CLOSED.includes(payment.status) ? takeRoomAgain(account, payment) : {};
  const posted = post(withAccount(world, { health: healthAfterSuccess(account, payment), ...counted }), {
    kind: auto ? 'autoRecharge' : 'topUp',
    amount: payment.amount,
    at: now,
    by,
    reference: payment.id,
    method: payment.method,
  });
  const balanceAfter = posted.account.balance;
  const { deadline: _deadline, ...rest } = payment;
  const row: Payment = {
    ...rest,
    status: 'settled',
    updatedAt: now,
    balanceAfter,
    lot: account.nextSequence,
  };
  const done = { paymentId: payment.id, amount: payment.amount, at: now, by };
  const closed = closePayment(withTopUp(posted, done), row);
  const healed = heal(closed, 'rechargeFailed', { at: now, by, how: 'credited' });
  const facts = {
    balance: balanceAfter,
    amount: payment.amount,
    paymentId: payment.id,
    method: labelOf(payment.method),
    ...(payment.insteadOf !== undefined && { insteadOf: payment.insteadOf }),
  };
  const told = auto ? raise(healed, { kind: 'recharged', at: now, facts }) : healed;
  // Asked for on another day: its due rows are for that day's expiry.
  const dated = expiryOf(now) === expiryOf(payment.requestedAt) ? told : withLotJobs(told, expiryOf(now));
  return finish(dated, { report, now });
}

/** Evaluates auto-recharge again: while the balance is below the trigger one recharge follows another, within caps. */
function finish(world: World, { report, now }: Context): World {
  const by = report.by ?? SYSTEM;
  return watchLow(evaluateRecharge(world, now), { at: now, by, lowBalance: report.lowBalance });
}

function decline(world: World, payment: Payment, said: { reason: DeclineReason; now: string }): World {
  const { deadline: _deadline, actionUrl: _url, ...rest } = payment;
  const row: Payment = { ...rest, status: 'declined', declineReason: said.reason, updatedAt: said.now };
  const closed = closePayment(world, row);
  if (payment.reason === 'manual') return closed;
  const { account } = closed;
  const health = healthAfterDecline(account, payment, said);
  return tellDeclined(withAccount(closed, { health, ...giveRoomBack(account, payment) }), row, said);
}

function cancelled(world: World, payment: Payment, { report, now }: Context): World {
  const { deadline: _deadline, actionUrl: _url, ...rest } = payment;
  const by = report.by ?? SYSTEM;
  const row: Payment = { ...rest, status: 'cancelled', updatedAt: now, cancelledBy: by };
  const closed = closePayment(world, row);
  if (payment.reason === 'manual') return closed;
  const freed = withAccount(closed, giveRoomBack(closed.account, payment));
  if (isBoughtByPerson(payment.method))
    return askedInVain(freed, { at: now, by, lapsed: report.by === undefined });
  // Nobody approved it in time: that is a failure to tell. A person who cancels wants no new charge at once.
  if (report.by === undefined) return declineOfCancelled(freed, row, { waited: payment.status, now });
  return withAccount(heal(freed, 'rechargeFailed', { at: now, by, how: 'cancelled' }), {
    health: heldBack(freed.account.health, 'cancelled'),
  });
}

function declineOfCancelled(
  world: World,
  payment: Payment,
  { waited, now }: { readonly waited: Payment['status']; readonly now: string },
): World {
  const reason = waited === 'actionRequired' ? 'authenticationFailed' : 'processorRefused';
  const health = healthAfterDecline(world.account, payment, { reason, now });
  return tellDeclined(withAccount(world, { health }), payment, { reason, now });
}

interface Wait {
  readonly url: string;
  readonly withinHours?: number;
  readonly now: string;
}

function waitForPerson(world: World, payment: Payment, wait: Wait): World {
  const { url, withinHours = ACTION_DEADLINE_HOURS, now } = wait;
  const until = deadline(payment, now, withinHours);
  const row: Payment = { ...payment, status: 'actionRequired', actionUrl: url, ...until };
  const open = keepOpen(world, row);
  if (payment.reason === 'manual' || payment.status === 'actionRequired') return open;
  return tellNeedsAction(open, row, now);
}

/** Asking again never moves the deadline further away; a person gets no longer because of an earlier doubt. */
function deadline(payment: Payment, now: string, hours: number): { deadline: string; updatedAt: string } {
  const latest = after(now, { hours });
  const sooner = payment.deadline !== undefined && payment.deadline < latest;
  return { deadline: sooner ? payment.deadline : latest, updatedAt: now };
}

function keepOpen(world: World, payment: Payment): World {
  const known = paymentOf(world, payment.id);
  if (known?.status === payment.status && known.actionUrl === payment.actionUrl) return world;
  return withRows(withAccount(world, { openPayments: relist(world.account, payment) }), [payment]);
}

function relist(account: Account, payment: Payment): Account['openPayments'] {
  return account.openPayments.map((open) =>
    open.id === payment.id ? { ...open, status: payment.status } : open,
  );
}
