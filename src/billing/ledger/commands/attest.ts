/** Credit by a person's word, where the bot can't pay and can't look: somebody bought it in Microsoft's admin center. */
import { closePayment, withTopUp } from '../closing.js';
import { dayOf, expiryOf } from '../calendar.js';
import { post } from '../entries.js';
import { withLotJobs } from '../lot-times.js';
import type { Account, Actor, Attestation, Payment } from '../model.js';
import { evaluateRecharge } from '../recharge.js';
import { heal, watchLow } from '../watch.js';
import {
  accepted,
  paymentOf,
  refused,
  rowKeys,
  rowOf,
  withJob,
  withRows,
  type Decision,
  type Refusal,
  type World,
} from '../world.js';
import { isWholeMinor, money } from '../../money.js';
import { isBoughtByPerson } from '../../payments/processor.js';
import { ADJUSTMENT_MAX } from './adjust.js';

export const ATTESTED_MAX = ADJUSTMENT_MAX;
export const INVOICE_CHARS_MAX = 64;

export interface AttestRequest {
  /** Positive, in micros of the account's currency, a whole number of minor units. */
  readonly amount: bigint;
  /** `YYYY-MM-DD`: when it was bought. Its twelve months count from here. */
  readonly date: string;
  /** As a person typed it. */
  readonly invoice: string;
  /** The open request that it answers. */
  readonly paymentId?: string;
  readonly by: Actor;
  /** When its preview was shown: what was added or seen after that may be the same purchase. */
  readonly mintedAt: string;
  readonly lowBalance: bigint;
}

export interface Attested {
  readonly balanceBefore: bigint;
  readonly balanceAfter: bigint;
  readonly expiresAt: string;
}

/** Two ways to type one number are the same invoice; empty where there is no letter and no figure in it. */
export function invoiceId(invoice: string): string {
  return invoice
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** The moment that a stated day stands for: expiry counts whole days in UTC. */
export function purchaseMoment(date: string): string {
  return `${date}T00:00:00.000Z`;
}

/** What the hash chain keeps of it beside amount and person. */
export function attestedReason({ date, invoice }: Pick<AttestRequest, 'date' | 'invoice'>): string {
  return `${date} ${invoice}`;
}

export function readAttestedReason(reason: string): Pick<AttestRequest, 'date' | 'invoice'> {
  return { date: reason.slice(0, 10), invoice: reason.slice(11) };
}

/**
 * Credits what a person says was bought, once for each invoice, and settles the request that it answers: the amount is
 * the attested one, whatever was asked for. Like any top-up it may be followed by the next request.
 */
export function attest(world: World, request: AttestRequest, now: string): Decision<Attested> {
  const refusal = wrongTerms(world, request, now) ?? alreadyThere(world, request);
  if (refusal !== undefined) return refused(refusal);
  const { amount, by, lowBalance } = request;
  const invoice = request.invoice.trim();
  const { balance: balanceBefore, nextSequence } = world.account;
  const purchasedAt = purchaseMoment(request.date);
  const reference = request.paymentId ?? `attestation-${nextSequence}`;
  const reason = attestedReason({ date: request.date, invoice });
  const posted = post(world, { kind: 'attested', amount, at: now, by, reference, purchasedAt, reason });
  const { paymentId, date } = request;
  const row: Attestation = {
    type: 'attestation',
    id: invoiceId(invoice),
    ...{ invoice, amount, date, at: now, by, entry: nextSequence },
    ...(paymentId !== undefined && { paymentId }),
  };
  const credited = withTopUp(withRows(posted, [row]), { paymentId: reference, amount, at: now, by });
  const expiresAt = expiryOf(purchasedAt);
  const settled = withLotJobs(answered(credited, row), expiresAt);
  const watched = watchLow(evaluateRecharge(settled, now), { at: now, by, lowBalance });
  return accepted(watched, { balanceBefore, balanceAfter: posted.account.balance, expiresAt });
}

function wrongTerms({ account }: World, request: AttestRequest, now: string): Refusal | undefined {
  const { amount, date } = request;
  const outOfRange = amount <= 0n || amount > ATTESTED_MAX;
  if (outOfRange || !isWholeMinor(money(amount, account.currency))) return 'amountOutOfRange';
  const invoice = request.invoice.trim();
  if (invoiceId(invoice) === '' || invoice.length > INVOICE_CHARS_MAX) return 'limitReached';
  return isPurchaseDay(date, account.timeZone, now) ? undefined : 'limitReached';
}

/** Not in the future where the account's days are counted, and not so long ago that it has expired. */
export function isPurchaseDay(date: string, timeZone: string, now: string): boolean {
  return date <= dayOf(now, timeZone) && expiryOf(purchaseMoment(date)) > now;
}

function alreadyThere(world: World, request: AttestRequest): Refusal | undefined {
  const key = rowKeys.attestation(invoiceId(request.invoice));
  if (rowOf(world, 'attestation', key) !== undefined) return 'alreadyRecorded';
  if (request.paymentId !== undefined && !isOpen(world, request.paymentId)) return 'notOpen';
  return mayCountTwice(world.account, request.mintedAt) ? 'anotherTopUp' : undefined;
}

/** Added since the preview, or within the balance that somebody has seen in the admin center since then. */
function mayCountTwice({ recentTopUps, attested }: Account, mintedAt: string): boolean {
  const wasSeen = attested !== undefined && attested.at > mintedAt;
  return wasSeen || recentTopUps.some(({ at }) => at > mintedAt);
}

/** What a processor may still charge is never settled by a person's word. */
function isOpen(world: World, paymentId: string): boolean {
  const payment = paymentOf(world, paymentId);
  return payment?.status === 'actionRequired' && isBoughtByPerson(payment.method);
}

/** The request is over, and whoever shows it says by whose word. */
function answered(world: World, { paymentId, amount, date, invoice, at, by, entry }: Attestation): World {
  const payment = paymentId === undefined ? undefined : paymentOf(world, paymentId);
  if (payment === undefined) return world;
  const { deadline: _deadline, actionUrl: _url, ...rest } = payment;
  const row: Payment = {
    ...rest,
    status: 'settled',
    updatedAt: at,
    balanceAfter: world.account.balance,
    lot: entry,
    attested: { amount, date, invoice, by },
  };
  const closed = withJob(closePayment(world, row), { name: 'payment', subject: payment.id });
  if (payment.reason === 'manual') return closed;
  return heal(closed, 'rechargeFailed', { at, by, how: 'attested', amount });
}
