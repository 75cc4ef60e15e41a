import type { Actor, AutoRechargeRule } from '../model.js';
import { evaluateRecharge } from '../recharge.js';
import { heal } from '../watch.js';
import { accepted, refused, withAccount, type Decision, type World } from '../world.js';

/** Where nobody says otherwise, at most this many recharges a month (DESIGN §4). */
export const DEFAULT_MONTH_CAP_RECHARGES = 4n;

export interface RuleRequest {
  readonly trigger: bigint;
  readonly amount: bigint;
  readonly monthCap: bigint;
  readonly method: AutoRechargeRule['method'];
  readonly by: Actor;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
}

/** Turns auto-recharge on with these numbers, forgets old failures, and charges at once where the balance asks for it. */
export function setAutoRecharge(world: World, request: RuleRequest, now: string): Decision<AutoRechargeRule> {
  const { trigger, amount, monthCap, method, by, limits } = request;
  if (amount < limits.minimum || amount > limits.maximum) return refused('amountOutOfRange');
  if (trigger <= 0n || trigger > limits.maximum) return refused('amountOutOfRange');
  if (monthCap < amount) return refused('capBelowAmount');
  const rule: AutoRechargeRule = { enabled: true, trigger, amount, monthCap, method, setBy: by, setAt: now };
  const saved = withAccount(world, { rule, health: { failures: 0, held: false } });
  return accepted(evaluateRecharge(heal(saved, 'rechargeFailed', { at: now, by }), now), rule);
}

/** Keeps the numbers for the next time. A recharge that is already open is not stopped: `payments` can cancel it. */
export function turnOffAutoRecharge(world: World, by: Actor, now: string): Decision<AutoRechargeRule> {
  const { rule } = world.account;
  if (rule === undefined) return refused('noRule');
  if (!rule.enabled) return accepted(world, rule);
  const off: AutoRechargeRule = { ...rule, enabled: false, setBy: by, setAt: now };
  return accepted(heal(withAccount(world, { rule: off }), 'rechargeFailed', { at: now, by }), off);
}

/** An admin's "try again now": ends the wait, the pause and the hold. The caps stay. */
export function resumeAutoRecharge(world: World, now: string): Decision<AutoRechargeRule> {
  const { rule } = world.account;
  if (rule?.enabled !== true) return refused('noRule');
  const freed = withAccount(world, { health: { failures: 0, held: false } });
  return accepted(evaluateRecharge(freed, now), rule);
}

/** The sweep: looks again after a wait or when a cap has room again. */
export function sweepAutoRecharge(world: World, now: string): Decision<null> {
  return accepted(evaluateRecharge(world, now), null);
}
