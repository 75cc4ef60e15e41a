/** Auto-recharge: opening the payment in the transaction that sees the balance below the trigger (DESIGN §4). */
import { createHash } from 'node:crypto';
import { after } from './calendar.js';
import {
  SYSTEM,
  type Account,
  type AutoRechargeRule,
  type CapCounters,
  type Payment,
  type RechargeHealth,
} from './model.js';
import { countersAt, rechargeState } from './recharge-state.js';
import { withAccount, withJob, withRows, type World } from './world.js';
import { FINAL_DECLINE_REASONS, type DeclineReason } from '../payments/processor.js';

/** Hours to wait after the first, second … decline in a row; after the last one auto-recharge pauses. */
export const DECLINE_WAITS_HOURS = [1, 2, 4, 8] as const;

/** Payments that may be open at once; a person who has more is asked to finish or cancel one first. */
export const OPEN_PAYMENTS_MAX = 10;

/**
 * Opens an auto-recharge where everything stands for one. Two evaluators can't both do it: the account's ETag lets one
 * commit, and the other then sees the open payment.
 */
export function evaluateRecharge(world: World, now: string): World {
  const state = rechargeState(world.account, now);
  if (state.kind === 'due') return openRecharge(world, state.rule, now);
  const waits = state.kind === 'waiting' || state.kind === 'capped';
  if (!waits || state.until === undefined) return world;
  return withJob(world, { name: 'recharge', subject: 'evaluate', at: state.until });
}

function openRecharge(world: World, rule: AutoRechargeRule, now: string): World {
  const { account } = world;
  const count = account.rechargeCount + 1n;
  const payment: Payment = {
    type: 'payment',
    id: rechargeId(account.tenant, count),
    amount: rule.amount,
    currency: account.currency,
    method: rule.method,
    reason: 'autoRecharge',
    status: 'requested',
    requestedAt: now,
    requestedBy: SYSTEM,
    updatedAt: now,
    balanceBefore: account.balance,
  };
  const counters = countersAt(account, now);
  const opened = withAccount(world, {
    rechargeCount: count,
    counters: {
      ...counters,
      dayTotal: counters.dayTotal + rule.amount,
      monthTotal: counters.monthTotal + rule.amount,
    },
  });
  return openPayment(opened, payment);
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
  return withJob(withRows(listed, [payment]), { name: 'payment', subject: id });
}

/** Declined and cancelled auto-recharges give their room under the caps back, if it is still the same day or month. */
export function giveRoomBack(account: Account, payment: Payment): CapCounters {
  return counted(account, payment, -payment.amount);
}

/** The processor charged after all what it had called declined or cancelled: it counts again. */
export function takeRoomAgain(account: Account, payment: Payment): CapCounters {
  return counted(account, payment, payment.amount);
}

function counted(account: Account, payment: Payment, change: bigint): CapCounters {
  const { counters } = account;
  const then = countersAt(account, payment.requestedAt);
  return {
    ...counters,
    dayTotal: then.day === counters.day ? counters.dayTotal + change : counters.dayTotal,
    monthTotal: then.month === counters.month ? counters.monthTotal + change : counters.monthTotal,
  };
}

/** After a decline: wait, then wait longer, then pause; a reason that can't heal pauses at once. */
export function healthAfterDecline(
  health: RechargeHealth,
  reason: DeclineReason,
  now: string,
): RechargeHealth {
  const failures = health.failures + 1;
  const wait = DECLINE_WAITS_HOURS[failures - 1];
  if (wait === undefined || FINAL_DECLINE_REASONS.includes(reason)) {
    return { ...withoutFailures(health), failures, pausedBy: reason };
  }
  return { ...withoutFailures(health), failures, notBefore: after(now, { hours: wait }) };
}

/** A success ends waits and pauses. What holds auto-recharge for another reason stays. */
export function withoutFailures({ held, asksFirst }: RechargeHealth): RechargeHealth {
  return { failures: 0, held, ...(asksFirst !== undefined && { asksFirst }) };
}
