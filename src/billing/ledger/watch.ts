/** Which facts about the balance people must hear (DESIGN §5), decided with the entry that caused them. */
import { after } from './calendar.js';
import {
  SYSTEM,
  type Account,
  type Actor,
  type Alert,
  type AlertFacts,
  type AlertKind,
  type EntryKind,
  type Reversal,
  type AutoRechargeRule,
  type Healed,
} from './model.js';
import { rechargeState, type RechargeState } from './recharge-state.js';
import { explainNoRecharge, explainOff, forgetReason } from './why.js';
import { rowKeys, rowOf, withAccount, withJob, withRows, type World } from './world.js';
import { isBoughtByPerson } from '../payments/processor.js';

const CROSSINGS_TOLD_MAX = 3;
const CROSSINGS_WINDOW_HOURS = 24;

interface Cause {
  readonly at: string;
  readonly by: Actor;
}

/** Of a crossing: the entry's kind tells whether calls used the funds up. */
type Crossing = Cause & { readonly kind?: EntryKind };
export type Ending = Cause & Pick<Healed, 'how' | 'amount'>;

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
  const { livingAlerts, openPayments } = world.account;
  const unknown = openPayments.flatMap(({ alert }) => (alert === undefined ? [] : [alert]));
  return [...Object.values(livingAlerts), ...unknown].map((sequence) => rowKeys.alert(sequence));
}

/** The cause is gone: every card that told it will say so, what ended it, and by whom. */
export function heal(world: World, kind: AlertKind, cause: Ending): World {
  const { [kind]: gone, ...livingAlerts } = world.account.livingAlerts;
  return gone === undefined ? world : healAlert(withAccount(world, { livingAlerts }), gone, cause);
}

/** The same for an alert that is known by its sequence, as that of a payment whose outcome was unknown. */
export function healAlert(world: World, sequence: bigint, { amount, ...ending }: Ending): World {
  const alert = rowOf(world, 'alert', rowKeys.alert(sequence));
  if (alert === undefined) return world;
  const added = amount === undefined ? {} : { amount };
  return rewrite(world, { ...alert, healed: { ...ending, ...added, balance: world.account.balance } });
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
export function tellCrossing(world: World, before: bigint, cause: Crossing): World {
  const { balance } = world.account;
  if (before >= 0n && balance < 0n) return tellNegative(world, cause);
  if (before < 0n && balance >= 0n) return tellRecovered(world, cause);
  return world;
}

const REVERSED: Readonly<Partial<Record<EntryKind, Reversal['kind']>>> = {
  outsideRefund: 'refund',
  disputed: 'dispute',
};

function tellNegative(world: World, cause: Crossing): World {
  const windowStart = after(cause.at, { hours: -CROSSINGS_WINDOW_HOURS });
  const recent = world.account.crossings.filter((at) => at > windowStart);
  if (recent.length >= CROSSINGS_TOLD_MAX) return gather(world, recent[0] ?? cause.at);
  const told = withAccount(world, { crossings: [...recent, cause.at] });
  const { by, kind } = cause;
  const reversal = kind === undefined ? undefined : REVERSED[kind];
  const facts = {
    balance: world.account.balance,
    ...(by.id !== SYSTEM.id && { by }),
    ...(reversal !== undefined && { reversal }),
  };
  return raiseLiving(told, { kind: 'negative', at: cause.at, facts });
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
    return heal(forgetAsked(forgetReason(world)), 'low', { at: cause.at, by: cause.by, how: 'balanceBack' });
  }
  const state = rechargeState(account, cause.at);
  const { kind } = state;
  if (kind === 'inProgress' || kind === 'due') return world;
  const explained =
    kind === 'off' ? explainOff(world, threshold, cause.at) : explainNoRecharge(world, state, cause.at);
  // Below zero another alert tells it; why nothing was added is answered all the same.
  if (account.balance < 0n || toldAlready(world, cause.at)) return explained;
  const facts = { balance: account.balance, threshold, ...noHelp(state), ...boughtWith(account.rule) };
  return raiseLiving(explained, { kind: 'low', at: cause.at, facts });
}

/** Why auto-recharge does not help, with what it holds for. */
function noHelp(
  state: Exclude<RechargeState, { kind: 'inProgress' | 'due' }>,
): Pick<AlertFacts, 'noRecharge' | 'heldBy' | 'inDoubt'> {
  if (state.kind === 'notNeeded') return {};
  if (state.kind !== 'held' && state.kind !== 'asksFirst') return { noRecharge: state.kind };
  const { kind: noRecharge, ...holdsFor } = state;
  return { noRecharge, ...holdsFor };
}

/** Where people buy, an alert says so; a card is told only where it was used. */
export function boughtWith(rule: AutoRechargeRule | undefined): Pick<AlertFacts, 'method'> {
  if (rule === undefined || !isBoughtByPerson(rule.method)) return {};
  const { brand, last4 } = rule.method;
  return { method: { brand, last4 } };
}

/** The balance is back: when it falls again, that is a new question. */
function forgetAsked(world: World): World {
  const { notBought, ...health } = world.account.health;
  return notBought === undefined ? world : withAccount(world, { health });
}

function thresholdOf({ rule }: Account, lowBalance: bigint): bigint {
  return rule?.enabled === true ? rule.trigger : lowBalance;
}

/** A failed recharge, or the breaker, tells the same trouble, and says more. */
function toldAlready(world: World, at: string): boolean {
  const { low, rechargeFailed, tripped } = world.account.livingAlerts;
  // Whoever said "not now" said it on the card that told how low the balance is.
  if (world.account.rule?.enabled === true && world.account.health.notBought === 'notNow') return true;
  const toldByBreaker = tripped !== undefined && !isNewTrouble(world, at);
  return low !== undefined || rechargeFailed !== undefined || toldByBreaker;
}

/** The breaker's card may stand for days, over a balance that came back and is low anew: then it was explained anew. */
function isNewTrouble({ account, rows }: World, at: string): boolean {
  return rows.has(rowKeys.why(account.whyCount)) && account.health.tripped?.at !== at;
}
