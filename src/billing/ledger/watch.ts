/** Which facts about the balance people must hear (DESIGN §5), decided with the entry that caused them. */
import { after } from './calendar.js';
import type { Account, Actor, Alert, AlertFacts, AlertKind, HealedHow } from './model.js';
import { rechargeState } from './recharge-state.js';
import { rowKeys, rowOf, withAccount, withJob, withRows, type World } from './world.js';

const CROSSINGS_TOLD_MAX = 3;
const CROSSINGS_WINDOW_HOURS = 24;

interface Cause {
  readonly at: string;
  readonly by: Actor;
}

/** Writes the alert, and the job that delivers it, into the same transaction as its cause. */
export function raise(
  world: World,
  alert: Pick<Alert, 'kind' | 'at' | 'facts'> & { readonly only?: string },
): World {
  const sequence = world.account.alertCount + 1n;
  const row: Alert = { type: 'alert', sequence, currency: world.account.currency, version: 1, ...alert };
  const counted = withAccount(withRows(world, [row]), { alertCount: sequence });
  return withJob(counted, { name: 'alert', subject: sequence.toString() });
}

/** Raises an alert that stays on the account until its cause heals. */
export function raiseLiving(world: World, alert: Pick<Alert, 'kind' | 'at' | 'facts'>): World {
  const raised = raise(world, alert);
  const livingAlerts = { ...raised.account.livingAlerts, [alert.kind]: raised.account.alertCount };
  return withAccount(raised, { livingAlerts });
}

/** Row keys of the living alerts: a command that may heal or change them has to read these. */
export function livingAlertKeys(world: World): readonly string[] {
  return Object.values(world.account.livingAlerts).map((sequence) => rowKeys.alert(sequence));
}

/** The cause is gone: every card that told it will say so, what ended it, and by whom. */
export function heal(world: World, kind: AlertKind, cause: Cause & { readonly how: HealedHow }): World {
  const alert = livingAlert(world, kind);
  const { [kind]: gone, ...livingAlerts } = world.account.livingAlerts;
  if (gone === undefined) return world;
  const forgotten = withAccount(world, { livingAlerts });
  if (alert === undefined) return forgotten;
  const healed = { at: cause.at, by: cause.by, balance: world.account.balance, how: cause.how };
  return rewrite(forgotten, { ...alert, healed });
}

/** The same trouble with newer numbers: the cards that told it are brought up to date, nobody is disturbed again. */
export function updateLiving(world: World, kind: AlertKind, facts: AlertFacts): World {
  const alert = livingAlert(world, kind);
  return alert === undefined ? world : rewrite(world, { ...alert, facts });
}

export function livingAlert(world: World, kind: AlertKind): Alert | undefined {
  const sequence = world.account.livingAlerts[kind];
  return sequence === undefined ? undefined : rowOf(world, 'alert', rowKeys.alert(sequence));
}

function rewrite(world: World, alert: Alert): World {
  const changed = withRows(world, [{ ...alert, version: alert.version + 1 }]);
  return withJob(changed, { name: 'alert', subject: alert.sequence.toString() });
}

/** Zero itself is "used up"; calls are blocked below it, strictly. */
export function tellCrossing(world: World, before: bigint, cause: Cause): World {
  const { balance } = world.account;
  if (before >= 0n && balance < 0n) return tellNegative(world, cause);
  if (before < 0n && balance >= 0n) return tellRecovered(world, cause);
  return world;
}

function tellNegative(world: World, cause: Cause): World {
  const windowStart = after(cause.at, { hours: -CROSSINGS_WINDOW_HOURS });
  const recent = world.account.crossings.filter((at) => at > windowStart);
  if (recent.length >= CROSSINGS_TOLD_MAX) return gather(world, recent[0] ?? cause.at);
  const told = withAccount(world, { crossings: [...recent, cause.at] });
  return raiseLiving(told, { kind: 'negative', at: cause.at, facts: { balance: world.account.balance } });
}

/** After three crossings in a day the further ones are told in one message a day. */
function gather(world: World, firstTold: string): World {
  const gathered = withAccount(world, { gatheredCrossings: world.account.gatheredCrossings + 1 });
  if (world.account.gatheredCrossings > 0) return gathered;
  const at = after(firstTold, { hours: CROSSINGS_WINDOW_HOURS });
  return withJob(gathered, { name: 'crossings', subject: 'gathered', at });
}

function tellRecovered(world: World, cause: Cause): World {
  if (world.account.livingAlerts.negative === undefined) return world;
  const facts = { balance: world.account.balance, by: cause.by };
  const healed = heal(world, 'negative', { ...cause, how: 'balanceBack' });
  return raise(healed, { kind: 'recovered', at: cause.at, facts });
}

/**
 * Low is told once, when no recharge is under way, saying why; it is armed again when the balance is back.
 * Judged at the end of a command, after auto-recharge had its chance.
 */
export function watchLow(world: World, cause: Cause & { readonly lowBalance: bigint }): World {
  const { account } = world;
  const threshold = thresholdOf(account, cause.lowBalance);
  if (account.balance >= threshold) {
    return heal(world, 'low', { at: cause.at, by: cause.by, how: 'balanceBack' });
  }
  if (account.balance < 0n || toldAlready(account)) return world;
  const { kind } = rechargeState(account, cause.at);
  if (kind === 'inProgress' || kind === 'due') return world;
  const facts = { balance: account.balance, threshold, ...(kind !== 'notNeeded' && { noRecharge: kind }) };
  return raiseLiving(world, { kind: 'low', at: cause.at, facts });
}

function thresholdOf({ rule }: Account, lowBalance: bigint): bigint {
  return rule?.enabled === true ? rule.trigger : lowBalance;
}

/** A failed recharge tells the same trouble, and says more. */
function toldAlready({ livingAlerts }: Account): boolean {
  return livingAlerts.low !== undefined || livingAlerts.rechargeFailed !== undefined;
}
