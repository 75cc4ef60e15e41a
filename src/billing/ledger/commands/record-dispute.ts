import { SYSTEM, type Lot, type Payment, type Reversal } from '../model.js';
import { postReversals, reversalOf, reversibleOf, withReversal, type ReversalReport } from '../reversals.js';
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

export interface Dispute extends ReversalReport {
  /** The processor's id of it. */
  readonly disputeId: string;
  readonly state: 'withdrawn' | 'reinstated';
}

/**
 * A bank withdrew the money of a payment, or gave it back. Withdrawn: a debit, auto-recharge pauses until a person resumes
 * it, and people are told. Reinstated: credit that never expires. Told in any order and any number of times it ends the
 * same: what was reinstated had been withdrawn. Refused as {@link reversibleOf} says.
 */
export function recordDispute(world: World, dispute: Dispute, now: string): Decision<Payment> {
  const found = reversibleOf(world, dispute, { kind: 'dispute', id: dispute.disputeId });
  if (typeof found === 'string') return refused(found);
  const { payment, lot, known } = found;
  if (known !== undefined && !isRead(world, known, dispute)) return refused('notFound');
  const subject = { paymentId: payment.id, lot, now };
  const opened = known === undefined ? open(world, dispute, subject) : world;
  const settled = dispute.state === 'reinstated' ? reinstate(opened, dispute, subject) : opened;
  if (settled === world) return accepted(world, payment);
  const watched = watchLow(settled, { at: now, by: SYSTEM, lowBalance: dispute.lowBalance });
  return accepted(watched, paymentOf(watched, payment.id) ?? payment);
}

interface Subject {
  readonly paymentId: string;
  readonly lot: Lot;
  readonly now: string;
}

/** The alert may have been written after this command's rows were looked for: it could not be healed. */
function isRead({ rows }: World, { alert }: Reversal, dispute: Dispute): boolean {
  return alert === undefined || alert === dispute.alert || rows.has(rowKeys.alert(alert));
}

function open(world: World, { disputeId, amount }: Dispute, { paymentId, lot, now }: Subject): World {
  const payment = paymentOf(world, paymentId);
  if (payment === undefined) return world;
  const reversal: Reversal = { kind: 'dispute', id: disputeId, at: now, amount, returned: 0n, taken: 0n };
  const paused = pause(world, { at: now, paymentId, amount });
  const posted = postReversals(paused, withReversal(payment, reversal), { lot, now });
  return tell(posted, reversal, { paymentId, now });
}

/** Where there is nothing to pause, whoever turns it on later has heard of the dispute. */
function pause(world: World, disputed: { at: string; paymentId: string; amount: bigint }): World {
  const { rule, health } = world.account;
  return rule?.enabled === true ? withAccount(world, { health: { ...health, disputed } }) : world;
}

/** Each dispute has an alert of its own, which heals with it. */
function tell(world: World, { kind, id, amount }: Reversal, { paymentId, now }: Omit<Subject, 'lot'>): World {
  const payment = paymentOf(world, paymentId);
  const reversal = payment === undefined ? undefined : reversalOf(payment, { kind, id });
  if (payment === undefined || reversal === undefined) return world;
  const { balance, rule } = world.account;
  const facts = { balance, amount, paymentId, method: payment.method, paused: rule?.enabled === true };
  const raised = raise(world, { kind: 'disputed', at: now, facts });
  const told = { ...reversal, alert: raised.account.alertCount };
  return withRows(raised, [withReversal(payment, told)]);
}

/** A part may come back only. Whether auto-recharge goes on is for a person to say. */
function reinstate(
  world: World,
  { disputeId: id, amount }: Dispute,
  { paymentId, lot, now }: Subject,
): World {
  const payment = paymentOf(world, paymentId);
  const known = payment === undefined ? undefined : reversalOf(payment, { kind: 'dispute', id });
  if (payment === undefined || known === undefined || known.returned > 0n) return world;
  const returned = amount < known.amount ? amount : known.amount;
  const posted = postReversals(world, withReversal(payment, { ...known, returned }), { lot, now });
  const cause = { at: now, by: SYSTEM, how: 'reinstated' as const };
  return known.alert === undefined ? posted : healAlert(posted, known.alert, cause);
}
