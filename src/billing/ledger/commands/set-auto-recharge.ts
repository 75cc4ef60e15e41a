import { isDeepStrictEqual } from 'node:util';
import type { Account, Actor, AutoRechargeRule, CapCounters } from '../model.js';
import { forgetCards } from '../card-watch.js';
import { isSameCard } from '../cards.js';
import { healthAfterSaving, resumed } from '../recharge-health.js';
import { evaluateRecharge } from '../recharge.js';
import { healFailure } from '../recharge-failure.js';
import { heal } from '../watch.js';
import { accepted, refused, withAccount, type Decision, type Refusal, type World } from '../world.js';
import { isWholeMinor, money, type Currency } from '../../money.js';

/** Where nobody says otherwise, at most this many recharges a month (DESIGN §4). */
export const DEFAULT_MONTH_CAP_RECHARGES = 4n;

export interface RuleRequest {
  readonly trigger: bigint;
  readonly amount: bigint;
  readonly monthCap: bigint;
  /** None where it is absent: the month's cap is the one that must be there. */
  readonly dayCap?: bigint;
  readonly method: AutoRechargeRule['method'];
  readonly by: Actor;
  /** When its preview was shown: a rule that was set after that wins, so that a replay resets no pause. */
  readonly mintedAt?: string;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
}

/**
 * Turns auto-recharge on with these numbers, and charges at once where the balance asks for it. The wait or pause of a
 * declined card ends with another card only; what the breaker stopped stays stopped.
 */
export function setAutoRecharge(world: World, request: RuleRequest, now: string): Decision<AutoRechargeRule> {
  const { currency, rule: known } = world.account;
  if (known !== undefined && request.mintedAt !== undefined && known.setAt > request.mintedAt) {
    return isSame(known, request) ? accepted(world, known) : refused('stale');
  }
  const refusal = refusalOf(request, currency);
  if (refusal !== undefined) return refused(refusal);
  const rule = ruleOf(request, now);
  return accepted(saved(world, rule, now), rule);
}

function saved(world: World, rule: AutoRechargeRule, now: string): World {
  const { account } = world;
  const health = healthAfterSaving(account, rule.method);
  const counters = withNewCaps(account, rule);
  // What was a backup may have become the rule's own.
  const backups = account.backups.filter((backup) => !isSameCard(backup, rule.method));
  const ending = { at: now, by: rule.setBy, how: 'ruleSet' as const };
  const chosen = forgetCards(withAccount(world, { rule, backups, health, counters }), ending);
  const evaluated = evaluateRecharge(chosen, now);
  const healed = health.failures === 0 ? healFailure(evaluated, ending) : evaluated;
  const charges = evaluated.account.rechargeCount > account.rechargeCount;
  if (charges || account.health.asksFirst !== true) return healed;
  // Its preview announced no charge, so nobody was asked about the next one.
  return withAccount(healed, { health: { ...healed.account.health, asksFirst: true } });
}

/** Another cap is told of anew. */
function withNewCaps({ counters, rule: known }: Account, rule: AutoRechargeRule): CapCounters {
  const { dayTold, monthTold, ...totals } = counters;
  return {
    ...totals,
    ...(dayTold !== undefined && known?.dayCap === rule.dayCap && { dayTold }),
    ...(monthTold !== undefined && known?.monthCap === rule.monthCap && { monthTold }),
  };
}

function refusalOf(request: RuleRequest, currency: Currency): Refusal | undefined {
  const { trigger, amount, monthCap, dayCap = monthCap, limits } = request;
  if (!isChargeable(request, currency) || trigger <= 0n || trigger > limits.maximum)
    return 'amountOutOfRange';
  return monthCap < amount || dayCap < amount ? 'capBelowAmount' : undefined;
}

function isChargeable({ amount, limits }: RuleRequest, currency: Currency): boolean {
  return amount >= limits.minimum && amount <= limits.maximum && isWholeMinor(money(amount, currency));
}

function ruleOf(request: RuleRequest, now: string): AutoRechargeRule {
  const { trigger, amount, monthCap, dayCap, method, by: setBy } = request;
  const caps = { monthCap, ...(dayCap !== undefined && { dayCap }) };
  return { enabled: true, trigger, amount, ...caps, method, setBy, setAt: now };
}

/** The same click again (a lost answer, a second delivery): its rule stands already. */
function isSame(rule: AutoRechargeRule, request: RuleRequest): boolean {
  return isDeepStrictEqual(rule, ruleOf(request, rule.setAt));
}

/** Keeps the numbers for the next time. A recharge that is already open is not stopped: `payments` can cancel it. */
export function turnOffAutoRecharge(world: World, by: Actor, now: string): Decision<AutoRechargeRule> {
  const { rule } = world.account;
  if (rule === undefined) return refused('noRule');
  if (!rule.enabled) return accepted(world, rule);
  const off: AutoRechargeRule = { ...rule, enabled: false, setBy: by, setAt: now };
  const cause = { at: now, by, how: 'turnedOff' as const };
  // What the breaker stopped stays stopped, should the rule be turned on again.
  const healed = heal(healFailure(withAccount(world, { rule: off }), cause), 'tripped', cause);
  return accepted(forgetCards(healed, cause), off);
}

/** An admin's "try again now": ends the wait, the pause, the hold, and what the breaker stopped. The caps stay. */
export function resumeAutoRecharge(world: World, by: Actor, now: string): Decision<AutoRechargeRule> {
  const { rule } = world.account;
  if (rule?.enabled !== true) return refused('noRule');
  const cause = { at: now, by, how: 'resumed' as const };
  const freed = heal({ ...world, account: resumed(world.account, rule, now) }, 'tripped', cause);
  const evaluated = evaluateRecharge(freed, now);
  const charges = evaluated.account.rechargeCount > world.account.rechargeCount;
  // A charge that was started by this will say itself what became of the failure.
  return accepted(charges ? evaluated : healFailure(evaluated, cause), rule);
}

/** The sweep: looks again after a wait or when a cap has room again. */
export function sweepAutoRecharge(world: World, now: string): Decision<null> {
  return accepted(evaluateRecharge(world, now), null);
}
