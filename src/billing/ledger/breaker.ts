/**
 * The breaker: recharges that come too fast, or spend far above the usual, look like abuse of a phone line and not like
 * business. Auto-recharge then stops and asks a person, instead of feeding it within the caps.
 */
import { after, dayOf, daysBefore } from './calendar.js';
import type { Account, AutoRechargeRule, DaySpend, DayTotals, Trip } from './model.js';
import { rowKeys } from './world.js';

/** Within any hour; the next one trips the breaker instead of being requested. */
export const RECHARGES_PER_HOUR_MAX = 3;
/** The newest day may cost up to so many times what a day usually costs. */
export const USUAL_SPEND_TIMES_MAX = 4n;
/** Calendar days before the newest one that make "usual"; with fewer known than the least, nothing is usual yet. */
const USUAL_DAYS_MAX = 28;
const USUAL_DAYS_MIN = 7;
const DESTINATIONS_MAX = 3;
const DAY_MS = 24 * 3_600_000;

/**
 * What would make the breaker trip, were a recharge opened now; its destinations are added by who has the day's row.
 * After a person resumed, spend is judged from the next calendar day on, and recharges are counted from zero.
 */
export function tripOf(account: Account, rule: AutoRechargeRule, now: string): Trip | undefined {
  const recharges = rechargesOfLastHour(account, now).length;
  const spend = account.days[0]?.spend ?? 0n;
  const usual = usualSpend(account.days);
  const numbers = { at: now, recharges, spend, usual: usual.average, destinations: [] };
  if (recharges >= RECHARGES_PER_HOUR_MAX) return { ...numbers, reason: 'recharges' };
  const judged = spend > rule.amount && isAfterResume(account);
  return judged && usual.exceededBy(spend) ? { ...numbers, reason: 'spend' } : undefined;
}

/** When the auto-recharges of the last hour were requested, oldest first. */
export function rechargesOfLastHour(account: Pick<Account, 'rechargeTimes'>, now: string): readonly string[] {
  const anHourAgo = after(now, { hours: -1 });
  return account.rechargeTimes.filter((at) => at > anHourAgo);
}

interface Usual {
  /** Per calendar day, in micros, rounded down; 0 where nothing is known. */
  readonly average: bigint;
  /** There are enough days to speak of a habit. */
  readonly isKnown: boolean;
  exceededBy(spend: bigint): boolean;
}

/**
 * What a day usually costs: the average of up to 28 calendar days before the newest one, days without calls counted as
 * zero, from the first known day on. With less than a week of them there is no usual that could be exceeded.
 */
function usualSpend([newest, ...earlier]: readonly DaySpend[]): Usual {
  if (newest === undefined) return { average: 0n, isKnown: false, exceededBy: () => false };
  const earliest = daysBefore(newest.date, USUAL_DAYS_MAX);
  const known = earlier.filter(({ date }) => date >= earliest);
  // Where a day before these 28 is listed too, the first of them is a known day, with calls or without.
  const first = known.length < earlier.length ? earliest : (known.at(-1)?.date ?? newest.date);
  const days = BigInt((Date.parse(newest.date) - Date.parse(first)) / DAY_MS);
  const total = known.reduce((sum, day) => sum + day.spend, 0n);
  return {
    average: days === 0n ? 0n : total / days,
    isKnown: days >= USUAL_DAYS_MIN,
    exceededBy: (spend) => days >= USUAL_DAYS_MIN && spend * days > USUAL_SPEND_TIMES_MAX * total,
  };
}

/** What a calendar day usually costs; undefined while there are too few to say. */
export function usualDay(days: readonly DaySpend[]): bigint | undefined {
  const { average, isKnown } = usualSpend(days);
  return isKnown ? average : undefined;
}

/** The day on which a person resumed was seen by that person. */
function isAfterResume({ days, health, timeZone }: Account): boolean {
  const newest = days[0]?.date ?? '';
  return health.breakerFrom === undefined || newest > dayOf(health.breakerFrom, timeZone);
}

/**
 * Keys of the rows that a command which may open a recharge has to read: the newest day's, for its destinations, and only
 * where the breaker may trip.
 */
export function tripRowKeys({ rechargeTimes, days }: Account): readonly string[] {
  const [newest] = days;
  if (newest === undefined) return [];
  const mayTrip = rechargeTimes.length >= RECHARGES_PER_HOUR_MAX || usualSpend(days).exceededBy(newest.spend);
  return mayTrip ? [rowKeys.day(newest.date)] : [];
}

/** Where most of a day's money went. */
export function topDestinations(day: DayTotals | undefined): Trip['destinations'] {
  return Object.entries(day?.destinations ?? {})
    .map(([name, { spend }]) => ({ name, spend }))
    .sort((a, b) => (a.spend === b.spend ? order(a.name, b.name) : order(b.spend, a.spend)))
    .slice(0, DESTINATIONS_MAX);
}

function order<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : 1;
}
