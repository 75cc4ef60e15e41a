import { isDeepStrictEqual } from 'node:util';
import { labelOf } from '../cards.js';
import { SYSTEM, type Lot, type Payment, type Reversal } from '../model.js';
import {
  heldOf,
  postReversals,
  reversalOf,
  reversibleOf,
  withReversal,
  type ReversalReport,
} from '../reversals.js';
import { healAlert, raise, watchLow } from '../watch.js';
import {
  accepted,
  paymentOf,
  refused,
  rowKeys,
  withAccount,
  withRows,
  type Decision,
  type World,
} from '../world.js';

/** How a dispute stands; `amount` is what is disputed. The totals only grow, so that the larger one is the later. */
export interface Dispute extends ReversalReport {
  /** The processor's id of it. */
  readonly disputeId: string;
  /** What the bank took in all until now, and what it gave back. */
  readonly withdrawn: bigint;
  readonly returned: bigint;
}

/**
 * A bank withdrew the money of a payment, or gave it back: what the ledger holds back follows what the bank does. Withdrawn:
 * a debit, auto-recharge pauses until a person resumes it, and people are told. Returned: credit that never expires. Told
 * in any order and any number of times it ends the same. Refused as {@link reversibleOf} says.
 */
export function recordDispute(world: World, dispute: Dispute, now: string): Decision<Payment> {
  const found = reversibleOf(world, dispute, { kind: 'dispute', id: dispute.disputeId });
  if (typeof found === 'string') return refused(found);
  const { payment, lot, known } = found;
  const told = grown(known, dispute, now);
  if (told.withdrawn === 0n || isDeepStrictEqual(told, known)) return accepted(world, payment);
  if (known !== undefined && !isRead(world, known, dispute)) return refused('notFound');
  const subject = { paymentId: payment.id, lot, now };
  const settled = settle(world, { known, told }, subject);
  const watched = watchLow(settled, { at: now, by: SYSTEM, lowBalance: dispute.lowBalance });
  return accepted(watched, paymentOf(watched, payment.id) ?? payment);
}

interface Subject {
  readonly paymentId: string;
  readonly lot: Lot;
  readonly now: string;
}

interface Change {
  readonly known: Reversal | undefined;
  readonly told: Reversal;
}

/** What is known of it by now: whoever was late says less, and takes nothing back. */
function grown(known: Reversal | undefined, { disputeId: id, ...report }: Dispute, at: string): Reversal {
  const before: Reversal = known ?? { kind: 'dispute', id, at, amount: 0n, returned: 0n, taken: 0n };
  return {
    ...before,
    amount: larger(before.amount, report.amount),
    withdrawn: larger(before.withdrawn ?? before.amount, report.withdrawn),
    returned: larger(before.returned, report.returned),
  };
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

/** The alert may have been written after this command's rows were looked for: it could not be healed. */
function isRead({ rows }: World, { alert }: Reversal, dispute: Dispute): boolean {
  return alert === undefined || alert === dispute.alert || rows.has(rowKeys.alert(alert));
}

/** One that is heard of when something came back already is posted both ways: the money was away, and people should know. */
function settle(world: World, { known, told }: Change, subject: Subject): World {
  if (known === undefined) {
    const away = { ...told, returned: 0n };
    return settle(withdraw(world, away, subject), { known: away, told }, subject);
  }
  if (isReturned(known) && !isReturned(told)) return withdraw(world, told, subject);
  const posted = post(world, told, subject);
  return isReturned(told) && !isReturned(known) ? heal(posted, told, subject) : posted;
}

/** Whether something came back of what was withdrawn last. */
function isReturned(reversal: Reversal): boolean {
  const { amount, withdrawn = amount } = reversal;
  return heldOf(reversal) < (withdrawn < amount ? withdrawn : amount);
}

function withdraw(world: World, told: Reversal, subject: Subject): World {
  const { paymentId, now } = subject;
  const paused = pause(world, { at: now, paymentId, amount: told.amount });
  return tell(post(paused, told, subject), told, subject);
}

/** What was taken, and the alert, stay as the payment's row has them. */
function post(world: World, told: Reversal, { paymentId, lot, now }: Subject): World {
  const payment = paymentOf(world, paymentId);
  if (payment === undefined) return world;
  const reversal = { ...told, ...reversalOf(payment, told), ...totalsOf(told) };
  return postReversals(world, withReversal(payment, reversal), { lot, now });
}

function totalsOf({
  amount,
  withdrawn = amount,
  returned,
}: Reversal): Pick<Reversal, 'amount' | 'withdrawn' | 'returned'> {
  return { amount, withdrawn, returned };
}

/** Where there is nothing to pause, whoever turns it on later has heard of the dispute. */
function pause(world: World, disputed: { at: string; paymentId: string; amount: bigint }): World {
  const { rule, health } = world.account;
  return rule?.enabled === true ? withAccount(world, { health: { ...health, disputed } }) : world;
}

/** Each dispute has an alert of its own, which heals with it; withdrawn once more is told once more. */
function tell(world: World, { kind, id, amount }: Reversal, { paymentId, now }: Subject): World {
  const payment = paymentOf(world, paymentId);
  const reversal = payment === undefined ? undefined : reversalOf(payment, { kind, id });
  if (payment === undefined || reversal === undefined) return world;
  const { balance, rule } = world.account;
  const facts = {
    balance,
    amount,
    paymentId,
    method: labelOf(payment.method),
    paused: rule?.enabled === true,
  };
  const raised = raise(world, { kind: 'disputed', at: now, facts });
  const told = { ...reversal, alert: raised.account.alertCount };
  return withRows(raised, [withReversal(payment, told)]);
}

/** A part may come back only. Whether auto-recharge goes on is for a person to say. */
function heal(world: World, told: Reversal, { paymentId, now }: Subject): World {
  const payment = paymentOf(world, paymentId);
  const alert = payment === undefined ? undefined : reversalOf(payment, told)?.alert;
  const cause = { at: now, by: SYSTEM, how: 'reinstated' as const };
  return alert === undefined ? world : healAlert(world, alert, cause);
}
