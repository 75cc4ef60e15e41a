/** Auto-recharge: opening the payment in the transaction that sees the balance below the trigger (DESIGN §4). */
import { createHash } from 'node:crypto';
import { rechargesOfLastHour, topDestinations } from './breaker.js';
import { isSameCard, labelOf } from './cards.js';
import { dayOf, expiryOf, monthOf } from './calendar.js';
import { tellCaps } from './cap-notice.js';
import { withLotJobs } from './lot-times.js';
import { SYSTEM, type Account, type Payment, type Trip } from './model.js';
import { countersAt, momentOf, rechargeState, type RechargeState } from './recharge-state.js';
import { boughtWith, raiseLiving } from './watch.js';
import { explain, explainNoRecharge } from './why.js';
import { rowKeys, rowOf, withAccount, withJob, withRows, type World } from './world.js';

/** Payments that may be open at once; a person who has more is asked to finish or cancel one first. */
export const OPEN_PAYMENTS_MAX = 10;

/**
 * Opens an auto-recharge where everything stands for one, and writes down why, or why not. Two evaluators can't both do
 * it: the account's ETag lets one commit, and the other then sees the open payment.
 */
export function evaluateRecharge(world: World, now: string): World {
  const state = rechargeState(world.account, now);
  if (state.kind === 'due') return openRecharge(world, state, now);
  const tripped = state.kind === 'tripped' ? trip(world, state.trip) : world;
  const explained = state.kind === 'off' ? world : explainNoRecharge(tripped, state, now);
  const waits = state.kind === 'waiting' || state.kind === 'capped';
  if (!waits || state.until === undefined) return explained;
  return withJob(explained, { name: 'recharge', subject: 'evaluate', at: state.until });
}

type Due = Extract<RechargeState, { kind: 'due' }>;

function openRecharge(world: World, { rule, method }: Due, now: string): World {
  const { account } = world;
  const count = account.rechargeCount + 1n;
  const at = momentOf(account, now);
  const instead = isSameCard(method, rule.method) ? {} : { insteadOf: labelOf(rule.method) };
  const payment: Payment = {
    type: 'payment',
    id: rechargeId(account.tenant, count),
    amount: rule.amount,
    currency: account.currency,
    method,
    ...instead,
    reason: 'autoRecharge',
    status: 'requested',
    requestedAt: at,
    requestedBy: SYSTEM,
    updatedAt: at,
    balanceBefore: account.balance,
  };
  const explained = explain(
    world,
    { kind: 'charged', paymentId: payment.id, method: labelOf(method), ...instead },
    now,
  );
  const counters = countersAt(account, now);
  const opened = withAccount(explained, {
    rechargeCount: count,
    rechargeTimes: [...rechargesOfLastHour(account, now), at],
    counters: {
      ...counters,
      dayTotal: counters.dayTotal + rule.amount,
      monthTotal: counters.monthTotal + rule.amount,
    },
  });
  return openPayment(tellCaps(opened, rule, now), payment);
}

/** Stops auto-recharge until a person resumes it, and tells where the money went. Done once. */
function trip(world: World, seen: Trip): World {
  const { account } = world;
  if (account.health.tripped !== undefined) return world;
  const day = rowOf(world, 'day', rowKeys.day(account.days[0]?.date ?? ''));
  const tripped: Trip = { ...seen, destinations: topDestinations(day) };
  const stopped = withAccount(world, { health: { ...account.health, tripped } });
  const { rule, balance } = account;
  const facts = { balance, ...(rule !== undefined && { amount: rule.amount, threshold: rule.trigger }) };
  const told = { ...facts, ...boughtWith(rule), trip: tripped };
  return raiseLiving(stopped, { kind: 'tripped', at: seen.at, facts: told });
}

/** Deterministic, as decisions have no randomness; the tenant's hash keeps ids apart at a processor shared by tenants. */
export function rechargeId(tenant: string, count: bigint): string {
  return `auto-${createHash('sha256').update(tenant).digest('hex').slice(0, 12)}-${count}`;
}

/** The row, its place among the open payments, and the work that carries it to its end. */
export function openPayment(world: World, payment: Payment): World {
  const { id, amount, reason, requestedAt, status } = payment;
  const summary = { id, amount, reason, requestedAt, status, overdue: false };
  const listed = withAccount(world, { openPayments: [...world.account.openPayments, summary] });
  const opened = withJob(withRows(listed, [payment]), { name: 'payment', subject: id });
  // Most purchases are settled on the day they are asked for: their expiry's due rows ride with the payment's.
  return withLotJobs(opened, expiryOf(requestedAt));
}

type Counted = Pick<Account, 'counters' | 'rechargeTimes'>;

/**
 * A declined or cancelled auto-recharge gives its room under the caps back, if it is still the same day or month, and was
 * no recharge to the breaker.
 */
export function giveRoomBack(account: Account, payment: Payment): Counted {
  const { rechargeTimes } = account;
  const at = rechargeTimes.lastIndexOf(payment.requestedAt);
  return {
    ...counted(account, payment, -payment.amount),
    rechargeTimes: rechargeTimes.filter((_time, index) => index !== at),
  };
}

/** The processor charged after all what it had called declined or cancelled: it counts again. */
export function takeRoomAgain(account: Account, payment: Payment): Counted {
  return {
    ...counted(account, payment, payment.amount),
    rechargeTimes: [...account.rechargeTimes, payment.requestedAt].sort(),
  };
}

function counted(
  { counters, timeZone }: Account,
  payment: Payment,
  change: bigint,
): Pick<Account, 'counters'> {
  const sameDay = dayOf(payment.requestedAt, timeZone) === counters.day;
  const sameMonth = monthOf(payment.requestedAt, timeZone) === counters.month;
  const dayTotal = sameDay ? counters.dayTotal + change : counters.dayTotal;
  const monthTotal = sameMonth ? counters.monthTotal + change : counters.monthTotal;
  return { counters: { ...counters, dayTotal, monthTotal } };
}
