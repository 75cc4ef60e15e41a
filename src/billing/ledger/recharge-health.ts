/** Waits and pauses of auto-recharge: what a decline brings about, and what ends it (DESIGN §4). */
import { tripOf } from './breaker.js';
import { after } from './calendar.js';
import { cardOf, isCard } from './cards.js';
import type { Account, AutoRechargeRule, ChosenMethod, Payment, RechargeHealth } from './model.js';
import { FINAL_DECLINE_REASONS, type DeclineReason } from '../payments/processor.js';

/** Hours to wait after the first, second … decline in a row; after the last one auto-recharge pauses. */
export const DECLINE_WAITS_HOURS = [1, 2, 4, 8] as const;

/**
 * After a decline: wait, then wait longer, then pause; a reason that can't heal pauses at once. A card that is no longer
 * the rule's says nothing about the one that is.
 */
export function healthAfterDecline(
  { health, rule }: Pick<Account, 'health' | 'rule'>,
  { method }: Pick<Payment, 'method'>,
  said: { readonly reason: DeclineReason; readonly now: string },
): RechargeHealth {
  if (rule !== undefined && !isCard(cardOf(method), rule.method)) return health;
  const failures = health.failures + 1;
  const failed = { ...withoutFailures(health), failures, pausedMethod: cardOf(method) };
  const wait = DECLINE_WAITS_HOURS[failures - 1];
  if (wait === undefined || FINAL_DECLINE_REASONS.includes(said.reason)) {
    return { ...failed, pausedBy: said.reason };
  }
  return { ...failed, notBefore: after(said.now, { hours: wait }) };
}

/** A success ends waits and pauses. What stops auto-recharge for another reason stays, the breaker above all. */
export function withoutFailures(health: RechargeHealth): RechargeHealth {
  const { failures: _count, notBefore: _wait, pausedBy: _pause, pausedMethod: _card, ...rest } = health;
  return { failures: 0, ...rest };
}

/**
 * Saving the rule shows what it charges at once, so it ends what waits for a person's word. Only another card ends the
 * wait or pause of the one that was declined, and only "resume" ends what the breaker stopped.
 */
export function healthAfterSaving(
  { health, rule }: Pick<Account, 'health' | 'rule'>,
  method: ChosenMethod,
): RechargeHealth {
  const { asksFirst: _asked, ...freed } = { ...health, held: false };
  // Rows from before the declined card was kept: it was the rule's.
  const declined = health.pausedMethod ?? (rule === undefined ? '' : cardOf(rule.method));
  return isCard(declined, method) ? freed : withoutFailures(freed);
}

/** An admin's "try again now" ends everything but the caps. What the breaker saw, or would see, was seen by that person. */
export function resumed(account: Account, rule: AutoRechargeRule, now: string): Account {
  const { tripped, breakerFrom } = account.health;
  if (tripped === undefined && tripOf(account, rule, now) === undefined) {
    return {
      ...account,
      health: { failures: 0, held: false, ...(breakerFrom !== undefined && { breakerFrom }) },
    };
  }
  return { ...account, rechargeTimes: [], health: { failures: 0, held: false, breakerFrom: now } };
}
