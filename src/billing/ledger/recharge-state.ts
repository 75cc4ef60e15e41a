/** Where auto-recharge stands: one pure answer for the rules, for `balance` and for alerts. */
import { tripOf } from './breaker.js';
import { cardToCharge, restingCards } from './cards.js';
import { dayOf, monthOf, startOfDay, startOfNext } from './calendar.js';
import type {
  Account,
  AutoRechargeRule,
  CapCounters,
  ChosenMethod,
  HoldCause,
  NoRechargeReason,
  PaymentInDoubt,
  PaymentSummary,
  Trip,
} from './model.js';

export type RechargeState =
  | { readonly kind: 'notNeeded' }
  /** An auto-recharge is open, or a manual top-up, which holds auto-recharge back however small it is. */
  | { readonly kind: 'inProgress' }
  /** Everything stands for a charge right now. */
  | { readonly kind: 'due'; readonly rule: AutoRechargeRule; readonly method: ChosenMethod }
  /** The breaker stopped it, or would: a person must resume. */
  | { readonly kind: 'tripped'; readonly trip: Trip }
  /** It came with a change that may never start a charge. */
  | { readonly kind: 'held'; readonly heldBy?: HoldCause }
  /** Nobody knows whether a payment was charged: before the next one an admin is asked. */
  | { readonly kind: 'asksFirst'; readonly inDoubt?: PaymentInDoubt }
  | {
      readonly kind: Exclude<NoRechargeReason, 'tripped' | 'held' | 'asksFirst'>;
      readonly until?: string;
      readonly cap?: 'day' | 'month';
    };

/** Open payments that are not past their deadline. */
export function livePayments(account: Pick<Account, 'openPayments'>): readonly PaymentSummary[] {
  return account.openPayments.filter((payment) => !payment.overdue);
}

/** What still counts towards the balance: open payments that are not past their deadline. */
export function pendingAmount(account: Pick<Account, 'openPayments'>): bigint {
  return livePayments(account).reduce((sum, payment) => sum + payment.amount, 0n);
}

/** `now` may be any time after the last change: caps and waits are read at that moment. */
export function rechargeState(account: Account, now: string): RechargeState {
  const { rule } = account;
  if (rule?.enabled !== true) return { kind: 'off' };
  return (
    needless(account, rule) ??
    heldBack(account, now) ??
    capped(account, rule, now) ??
    stoppedByBreaker(account, rule, now) ??
    dueWith(cardToCharge(account, now), rule)
  );
}

function dueWith(method: ChosenMethod | undefined, rule: AutoRechargeRule): RechargeState {
  return method === undefined ? { kind: 'paused' } : { kind: 'due', rule, method };
}

function needless(account: Account, rule: AutoRechargeRule): RechargeState | undefined {
  const live = livePayments(account);
  if (live.some((payment) => payment.reason === 'autoRecharge')) return { kind: 'inProgress' };
  if (account.balance >= rule.trigger) return { kind: 'notNeeded' };
  return live.length > 0 ? { kind: 'inProgress' } : undefined;
}

function heldBack(account: Account, now: string): RechargeState | undefined {
  const { health } = account;
  if (health.tripped !== undefined) return { kind: 'tripped', trip: health.tripped };
  if (health.disputed !== undefined) return { kind: 'disputed' };
  const until = triesFrom(account, now);
  if (until === undefined) return { kind: 'paused' };
  return waitsForWord(account) ?? (until > now ? { kind: 'waiting', until } : undefined);
}

/** A charged call ends a hold, and leaves a doubt as it is: the doubt is told first. */
function waitsForWord(account: Account): RechargeState | undefined {
  const { asksFirst, held, heldBy, notBought } = account.health;
  if (asksFirst === true) return { kind: 'asksFirst', ...inDoubt(account) };
  if (held) return { kind: 'held', ...(heldBy !== undefined && { heldBy }) };
  return notBought === undefined ? undefined : { kind: 'notBought' };
}

/** The newest one: of those before it an admin may have been asked already. */
function inDoubt({ openPayments }: Account): { readonly inDoubt?: PaymentInDoubt } {
  const open = openPayments.findLast(({ overdue }) => overdue);
  if (open === undefined) return {};
  const { id, amount, requestedAt } = open;
  return { inDoubt: { id, amount, requestedAt } };
}

/** When a card may be tried: undefined where none will be. A backup may have been taken away since the last decline. */
function triesFrom(account: Account, now: string): string | undefined {
  const [rested] = restingCards(account)
    .map(({ notBefore }) => notBefore)
    .sort();
  const from = cardToCharge(account, now) === undefined ? rested : now;
  const { notBefore = now } = account.health;
  return from === undefined || from > notBefore ? from : notBefore;
}

/** Judged last: only where a recharge would be opened otherwise. */
function stoppedByBreaker(account: Account, rule: AutoRechargeRule, now: string): RechargeState | undefined {
  const trip = tripOf(account, rule, now);
  return trip === undefined ? undefined : { kind: 'tripped', trip };
}

type Counted = Pick<Account, 'counters' | 'timeZone'>;

/**
 * The account's calendar never goes back: an instance whose clock is behind, just after midnight, is taken into the day
 * that another one has begun. Otherwise that day's counters would start from zero again.
 */
export function momentOf({ counters, timeZone }: Counted, now: string): string {
  return counters.day > dayOf(now, timeZone) ? startOfDay(counters.day, timeZone) : now;
}

/** The counters as they stand in the day and month of `now`: yesterday's total counts nothing today. */
export function countersAt(account: Counted, now: string): CapCounters {
  const at = momentOf(account, now);
  const day = dayOf(at, account.timeZone);
  const month = monthOf(at, account.timeZone);
  const { counters } = account;
  const [sameDay, sameMonth] = [counters.day === day, counters.month === month];
  return {
    day,
    dayTotal: sameDay ? counters.dayTotal : 0n,
    ...(sameDay && counters.dayTold !== undefined && { dayTold: counters.dayTold }),
    month,
    monthTotal: sameMonth ? counters.monthTotal : 0n,
    ...(sameMonth && counters.monthTold !== undefined && { monthTold: counters.monthTold }),
  };
}

/** Never a part charge: a recharge that does not fit whole is not made. */
function capped(account: Account, rule: AutoRechargeRule, now: string): RechargeState | undefined {
  const counters = countersAt(account, now);
  const at = momentOf(account, now);
  if (counters.monthTotal + rule.amount > rule.monthCap) {
    return { kind: 'capped', cap: 'month', until: startOfNext('month', at, account.timeZone) };
  }
  if (rule.dayCap !== undefined && counters.dayTotal + rule.amount > rule.dayCap) {
    return { kind: 'capped', cap: 'day', until: startOfNext('day', at, account.timeZone) };
  }
  return undefined;
}
