import { after } from '../calendar.js';
import type { Actor, CardOrigin, Payment } from '../model.js';
import { OPEN_PAYMENTS_MAX, openPayment } from '../recharge.js';
import { accepted, paymentOf, refused, type Decision, type World } from '../world.js';
import { isWholeMinor, type Money } from '../../money.js';

/** A top-up by hand that another one makes doubtful: the person is asked again instead of charged (DESIGN §4). */
export const RECENT_TOP_UP_MINUTES = 10;

export interface TopUpRequest {
  /** Minted when the preview was shown. */
  readonly paymentId: string;
  readonly mintedAt: string;
  readonly amount: Money;
  readonly method: Payment['method'];
  readonly by: Actor;
  readonly origin?: CardOrigin;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
}

/**
 * Commits a top-up before the processor hears of it. Asked again with the same id it answers with the payment as it
 * stands; with the same id and other content it is refused.
 */
export function requestTopUp(world: World, request: TopUpRequest, now: string): Decision<Payment> {
  const known = paymentOf(world, request.paymentId);
  if (known !== undefined) return sameAgain(world, known, request);
  const { account } = world;
  const { amount, limits } = request;
  if (amount.currency !== account.currency) return refused('currencyMismatch');
  const outOfRange = amount.micros < limits.minimum || amount.micros > limits.maximum;
  if (outOfRange || !isWholeMinor(amount)) return refused('amountOutOfRange');
  if (account.openPayments.length >= OPEN_PAYMENTS_MAX) return refused('tooManyOpenPayments');
  if (cameSince(world, request.mintedAt)) return refused('anotherTopUp');
  const payment = open(world, request, now);
  return accepted(openPayment(world, payment), payment);
}

function sameAgain(world: World, known: Payment, request: TopUpRequest): Decision<Payment> {
  const same = known.amount === request.amount.micros && known.method.id === request.method.id;
  return same ? accepted(world, known) : refused('otherContent');
}

/** Whether another top-up was opened or settled after this preview was shown. */
function cameSince(world: World, mintedAt: string): boolean {
  const { openPayments, recentTopUps } = world.account;
  return (
    openPayments.some((payment) => payment.requestedAt > mintedAt) ||
    recentTopUps.some((done) => done.at > mintedAt)
  );
}

/** Other top-ups that a preview has to mention: open ones, and those of the last ten minutes. */
export function otherTopUps(account: World['account'], now: string): { open: number; recent: number } {
  const since = after(now, { minutes: -RECENT_TOP_UP_MINUTES });
  const recent = account.recentTopUps.filter((done) => done.at > since).length;
  return { open: account.openPayments.length, recent };
}

function open(world: World, request: TopUpRequest, now: string): Payment {
  return {
    type: 'payment',
    id: request.paymentId,
    amount: request.amount.micros,
    currency: request.amount.currency,
    method: request.method,
    reason: 'manual',
    status: 'requested',
    requestedAt: now,
    requestedBy: request.by,
    updatedAt: now,
    balanceBefore: world.account.balance,
    ...(request.origin !== undefined && { origin: request.origin }),
  };
}
