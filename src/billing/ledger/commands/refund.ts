/** Giving an unspent top-up back: taken off the ledger first, then asked of the processor until it answers. */
import { hasRoomFor, remainderOf } from '../credit-line.js';
import { post } from '../entries.js';
import { postWithoutCharge } from '../hold.js';
import { withLotJobs } from '../lot-times.js';
import { SYSTEM, type Account, type Actor, type Lot, type Payment, type Refund } from '../model.js';
import { lotOf, postReversals } from '../reversals.js';
import { watchLow } from '../watch.js';
import {
  accepted,
  paymentOf,
  refused,
  withAccount,
  withJob,
  withRows,
  type Decision,
  type Refusal,
  type World,
} from '../world.js';

/** Refunds that may be open at the processor at once. */
export const OPEN_REFUNDS_MAX = 20;

export interface RefundRequest {
  readonly paymentId: string;
  /** The lot that the payment bought; payments settled before they noted it name none themselves. */
  readonly lot?: bigint;
  readonly by: Actor;
  readonly lowBalance: bigint;
}

/**
 * Takes the whole of an unspent top-up off the balance, before the processor hears of it: what is on its way back can't
 * be spent. Never starts a charge. Refused as `notFound` where no such top-up was settled,
 * or only by a person's word: no processor has that money.
 */
export function requestRefund(world: World, request: RefundRequest, now: string): Decision<Payment> {
  const payment = paymentOf(world, request.paymentId);
  if (payment?.status !== 'settled' || payment.attested !== undefined) return refused('notFound');
  const lot = lotOf(world, payment.lot ?? request.lot);
  if (lot === undefined) return refused('notFound');
  const refusal = refusalOf(payment, world.account) ?? whyNotWhole(lot, world.account, now);
  if (refusal !== undefined) return refused(refusal);
  const { by } = request;
  const entry = world.account.nextSequence;
  const posted = postWithoutCharge(world, {
    kind: 'refund',
    amount: -payment.amount,
    at: now,
    by,
    reference: payment.id,
    method: payment.method,
    takes: lot,
  });
  const refund: Refund = { id: `refund-${payment.id}-${entry}`, status: 'requested', at: now, by, entry };
  const row: Payment = { ...payment, lot: lot.sequence, refund, updatedAt: now };
  const openRefunds = [...world.account.openRefunds, payment.id];
  const opened = withAccount(withRows(posted, [row]), { openRefunds });
  const asking = withJob(opened, { name: 'refund', subject: payment.id });
  return accepted(watchLow(asking, { at: now, by, lowBalance: request.lowBalance }), row);
}

/** One that the processor refused can be asked for again: its lot came back. */
function refusalOf(payment: Payment, { openRefunds }: Account): Refusal | undefined {
  const { refund } = payment;
  if (refund !== undefined && refund.status !== 'refused') return 'alreadyRefunded';
  if (payment.reversals !== undefined) return 'reversedOutside';
  return openRefunds.length >= OPEN_REFUNDS_MAX ? 'limitReached' : undefined;
}

function whyNotWhole(lot: Lot, account: Account, now: string): Refusal | undefined {
  const whole = remainderOf(lot, account) === lot.end - lot.start;
  if (!whole || lot.expiresAt < now) return 'partlySpent';
  return hasRoomFor(account, lot) ? undefined : 'limitReached';
}

export interface RefundReport {
  readonly paymentId: string;
  readonly refundId: string;
  /** Failed: the processor had taken it on, or even called it done. */
  readonly result: 'refunded' | 'refused' | 'failed';
  readonly lowBalance: bigint;
}

/**
 * What the processor said of a refund; who comes second finds it done, unless what was done failed later. Refused or
 * failed: the money is still there, so it comes back as a lot with the dates of the old one.
 */
export function recordRefund(world: World, report: RefundReport, now: string): Decision<Payment> {
  const payment = paymentOf(world, report.paymentId);
  if (payment?.refund === undefined) return refused('notFound');
  const { refund } = payment;
  if (isOver(refund, report)) return accepted(world, payment);
  const openRefunds = world.account.openRefunds.filter((id) => id !== payment.id);
  const closed = withAccount(world, { openRefunds });
  const status = report.result === 'refunded' ? 'refunded' : 'refused';
  const done: Payment = { ...payment, refund: { ...refund, status }, updatedAt: now };
  if (report.result === 'refunded') return accepted(withRows(closed, [done]), done);
  const lot = lotOf(world, payment.lot);
  if (lot === undefined) return refused('notFound');
  const row: Payment = { ...done, lot: world.account.nextSequence };
  const reversed = takenOutside(reverse(closed, { payment, lot, now }), row, now);
  const watched = watchLow(reversed, { at: now, by: SYSTEM, lowBalance: report.lowBalance });
  return accepted(watched, paymentOf(watched, row.id) ?? row);
}

/** Of this refund, or of one before it. */
function isOver({ id, status }: Refund, { refundId, result }: RefundReport): boolean {
  if (id !== refundId) return true;
  return status === 'refused' || (status === 'refunded' && result !== 'failed');
}

/** What had gone back without this bot meanwhile is taken off now: it may be why the processor refused. */
function takenOutside(world: World, payment: Payment, now: string): World {
  const lot = lotOf(world, payment.lot);
  return lot === undefined ? withRows(world, [payment]) : postReversals(world, payment, { lot, now });
}

function reverse(
  world: World,
  { payment, lot, now }: { readonly payment: Payment; readonly lot: Lot; readonly now: string },
): World {
  const posted = post(world, {
    kind: 'refundReversed',
    amount: payment.amount,
    at: now,
    by: SYSTEM,
    reference: payment.id,
    method: payment.method,
    reopens: lot,
  });
  // Its time may be over by now, with the due rows of its expiry gone.
  return withLotJobs(posted, lot.expiresAt);
}
