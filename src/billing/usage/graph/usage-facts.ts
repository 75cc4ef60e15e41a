/** What people must know beside the balance: calls are reported 24 to 48 hours late. Pure. */
import { after, datesBetween, dayOf, daysBefore } from '../../ledger/calendar.js';
import type { Account, Collected } from '../../ledger/model.js';
import { BACK_FILL_DAYS } from './plan.js';
import type { TroubleNoted } from './pstn-calls.js';

/** The report's own latency (documentation of the PSTN usage report). */
const LATE_HOURS_MAX = 48;
/** Four weeks, so that each day of the week counts alike. */
const SAMPLE_DAYS_MAX = 28;
/** A week that is known: with less, any range would be a guess. */
const SAMPLE_DAYS_MIN = 7;
/** Data that stood still for longer has a cause to repair; no range would mean anything. */
const MISSING_DAYS_MAX = 14;
/** Of the days that are known: what one day in ten falls short of, and what one in ten exceeds. */
const LOW_TENTH = 1;
const HIGH_TENTH = 9;

export interface UsageFacts {
  /** When data last came: the source answered, or a call record was debited. */
  readonly receivedAt?: string;
  /** Calls up to then are known, as far as can be told. */
  readonly knownUntil?: string;
  /** Absent where it can't be told: too little is known, or the data stood still for too long. */
  readonly unreported?: Unreported;
  /** While the first 90 days are still being collected. */
  readonly backFill?: { readonly days: number; readonly of: number };
  readonly trouble?: TroubleNoted;
}

/** Spend that has probably happened and is not in the balance yet, in micros. */
export interface Unreported {
  readonly low: bigint;
  readonly high: bigint;
}

export type UsageOf = Pick<Account, 'days' | 'timeZone' | 'usage'>;

export function usageFacts(account: UsageOf, now: string): UsageFacts {
  const collected = account.usage.graph?.collected;
  const receivedAt = latest(account.usage.receivedAt, collected?.answeredAt);
  const knownUntil = latest(account.usage.knownUntil, settledUntil(collected));
  const unreported = knownUntil === undefined ? undefined : unreportedSpend(account, knownUntil, now);
  return {
    ...(receivedAt !== undefined && { receivedAt }),
    ...(knownUntil !== undefined && { knownUntil }),
    ...(unreported !== undefined && { unreported }),
    ...(collected !== undefined && factsOfCollecting(collected)),
  };
}

/** What was asked for and did not come, although it is as old as that, was no call. */
function settledUntil(collected: Collected | undefined): string | undefined {
  const asked = collected?.askedUntil;
  return asked === undefined ? undefined : after(asked, { hours: -LATE_HOURS_MAX });
}

function factsOfCollecting({ days, trouble }: Collected): Pick<UsageFacts, 'backFill' | 'trouble'> {
  return {
    ...(days < BACK_FILL_DAYS && { backFill: { days, of: BACK_FILL_DAYS } }),
    ...(trouble !== undefined && { trouble }),
  };
}

/**
 * The likely range of what is not reported yet. A calendar day of the account usually costs between the 10th and the 90th
 * percentile (nearest rank) of its last four weeks of known days, days without a call included. Each day that is missing
 * as a whole adds both. The day up to which calls are known, and today, are missing in part: they may add nothing, and at
 * most what is left of the 90th percentile.
 */
export function unreportedSpend(account: UsageOf, knownUntil: string, now: string): Unreported | undefined {
  const { timeZone } = account;
  const [known, today] = [dayOf(knownUntil, timeZone), dayOf(now, timeZone)];
  const missing = datesBetween(known, today);
  const samples = sampleOf(account, known);
  if (missing.length > MISSING_DAYS_MAX || samples.length < SAMPLE_DAYS_MIN) return undefined;
  const [low, high] = [percentile(samples, LOW_TENTH), percentile(samples, HIGH_TENTH)];
  const rests = (expected: bigint, dates: readonly string[]): bigint =>
    dates.reduce((sum, date) => sum + rest(expected, spendOf(account, date)), 0n);
  return { low: rests(low, missing.slice(1, -1)), high: rests(high, missing) };
}

/** Known whole days before a date, smallest spend first; nothing is known of the days before the first call. */
function sampleOf(account: UsageOf, before: string): readonly bigint[] {
  const first = account.days.at(-1)?.date;
  if (first === undefined) return [];
  const earliest = daysBefore(before, SAMPLE_DAYS_MAX);
  const dates = datesBetween(first > earliest ? first : earliest, daysBefore(before, 1));
  return dates.map((date) => spendOf(account, date)).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

function spendOf({ days }: UsageOf, date: string): bigint {
  return days.find((day) => day.date === date)?.spend ?? 0n;
}

function percentile(sorted: readonly bigint[], tenth: number): bigint {
  return sorted[Math.ceil((sorted.length * tenth) / 10) - 1] ?? 0n;
}

function rest(expected: bigint, known: bigint): bigint {
  return known < expected ? expected - known : 0n;
}

function latest(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one > other ? one : other;
}
