/**
 * Money of a settled top-up that went back without this bot: refunds made at the processor, and disputes. It has happened
 * already, so it is never refused for what is left of the balance, and none of it ever starts a charge.
 */
import { endOf, hasRoomFor } from './credit-line.js';
import { postWithoutCharge } from './hold.js';
import { SYSTEM, type EntryKind, type Lot, type Payment, type Reversal } from './model.js';
import { paymentOf, rowKeys, rowOf, withRows, type Refusal, type World } from './world.js';

/** Of one payment: at some 200 characters each they stay well within one column. */
export const REVERSALS_MAX = 20;

/** What was told of a payment's money, and what was read of the payment before its command. */
export interface ReversalReport {
  readonly paymentId: string;
  /** In micros of the payment's currency, more than zero. */
  readonly amount: bigint;
  /** The lot that the payment bought; payments settled before they noted it name none themselves. */
  readonly lot?: bigint;
  /** The alert that told the dispute, where there is one. */
  readonly alert?: bigint;
  readonly lowBalance: bigint;
}

type Name = Pick<Reversal, 'kind' | 'id'>;

export function reversalOf(payment: Payment, { kind, id }: Name): Reversal | undefined {
  return payment.reversals?.find((reversal) => reversal.kind === kind && reversal.id === id);
}

/** A settled payment with its lot, and what is known already of one of its reversals. */
export interface Reversible {
  readonly payment: Payment;
  readonly lot: Lot;
  readonly known: Reversal | undefined;
}

/** `notFound` where the payment isn't settled yet, or where its lot is not the one that was read: reading again helps. */
export function reversibleOf(world: World, report: ReversalReport, name: Name): Reversible | Refusal {
  const payment = paymentOf(world, report.paymentId);
  if (payment?.status !== 'settled') return 'notFound';
  const lot = lotOf(world, payment.lot ?? report.lot);
  if (lot === undefined) return 'notFound';
  if (report.amount <= 0n) return 'amountOutOfRange';
  const known = reversalOf(payment, name);
  return known === undefined && isFull(payment) ? 'limitReached' : { payment, lot, known };
}

function isFull({ reversals = [] }: Payment): boolean {
  return reversals.length >= REVERSALS_MAX;
}

/** Keeps on the payment what is known of a reversal, in its place or as the last one. */
export function withReversal(payment: Payment, reversal: Reversal): Payment {
  const { reversals = [] } = payment;
  const isKnown = reversalOf(payment, reversal) !== undefined;
  const changed = reversals.map((one) =>
    one.kind === reversal.kind && one.id === reversal.id ? reversal : one,
  );
  return { ...payment, reversals: isKnown ? changed : [...reversals, reversal] };
}

/** One of a payment's reversals, with the lot that it is taken from. */
interface Subject {
  readonly paymentId: string;
  readonly reversal: Reversal;
  readonly lot: Lot;
  readonly now: string;
}

/**
 * Posts what the reversals of a payment take, and give back, since the last time: in all never more than the payment's
 * amount less what this bot refunds itself, so that the balance ends the same whatever was told first.
 */
export function postReversals(
  world: World,
  payment: Payment,
  { lot, now }: Pick<Subject, 'lot' | 'now'>,
): World {
  const { id: paymentId, reversals = [] } = payment;
  // What comes back makes room for what had none.
  const comingBack = reversals.filter((reversal) => reversal.taken > heldOf(reversal));
  const others = reversals.filter((reversal) => !comingBack.includes(reversal));
  return [...comingBack, ...others].reduce(
    (next, reversal) => postReversal(next, { paymentId, reversal, lot, now }),
    withRows(world, [payment]),
  );
}

function postReversal(world: World, subject: Subject): World {
  const { paymentId, reversal } = subject;
  const payment = paymentOf(world, paymentId);
  if (payment === undefined) return world;
  const [held, most] = [heldOf(reversal), reversal.taken + roomOf(payment)];
  const taken = held < most ? held : most;
  if (taken === reversal.taken) return world;
  const posted = taken > reversal.taken ? take(world, subject, taken) : giveBack(world, subject, taken);
  return withRows(posted, [withReversal(payment, { ...reversal, taken })]);
}

/** What the processor, or the bank, keeps of it just now. */
export function heldOf({ amount, withdrawn = amount, returned }: Reversal): bigint {
  const kept = withdrawn - returned;
  if (kept <= 0n) return 0n;
  return kept < amount ? kept : amount;
}

/** What can still be taken of a payment. One under way to be refunded by this bot is taken off already. */
function roomOf({ amount, refund, reversals = [] }: Payment): bigint {
  const own = refund === undefined || refund.status === 'refused' ? 0n : amount;
  return reversals.reduce((room, { taken }) => room - taken, amount - own);
}

const TAKES: Readonly<Record<Reversal['kind'], EntryKind>> = { refund: 'outsideRefund', dispute: 'disputed' };
const GIVES_BACK: Readonly<Record<Reversal['kind'], EntryKind>> = {
  refund: 'outsideRefundFailed',
  dispute: 'disputeReinstated',
};

/** Where the line can hold no other hole (`HOLES_MAX`), all of it is a debit: it is gone in any case. */
function take(world: World, { paymentId, reversal, lot, now }: Subject, taken: bigint): World {
  const amount = taken - reversal.taken;
  const fits = hasRoomFor(world.account, endOf(lot, world.account, amount));
  return postWithoutCharge(world, {
    ...postingOf(world, paymentId, now),
    kind: TAKES[reversal.kind],
    amount: -amount,
    ...(fits && { withdraws: lot }),
  });
}

/** As credit that never expires: what it was taken from may be long spent, or expired. */
function giveBack(world: World, { paymentId, reversal, now }: Subject, taken: bigint): World {
  return postWithoutCharge(world, {
    ...postingOf(world, paymentId, now),
    kind: GIVES_BACK[reversal.kind],
    amount: reversal.taken - taken,
  });
}

function postingOf(world: World, paymentId: string, at: string) {
  const method = paymentOf(world, paymentId)?.method;
  return { at, by: SYSTEM, reference: paymentId, ...(method !== undefined && { method }) };
}

export function lotOf(world: World, sequence: bigint | undefined): Lot | undefined {
  return sequence === undefined ? undefined : rowOf(world, 'lot', rowKeys.lot(sequence));
}
