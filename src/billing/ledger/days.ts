/** Spend by day: bounded day rows, and the newest days on the account so that `balance` needs no further read. */
import { dayOf } from './calendar.js';
import { sourceOfDay } from './day-source.js';
import type { Account, DayTotals, DaySpend, DestinationTotal, StoredCall } from './model.js';
import { rowKeys, rowOf, withAccount, withRows, type World } from './world.js';

/** Places of their own a day row has; the rest is summed up as "other", so that the row can't outgrow Azure's limit. */
export const DESTINATIONS_PER_DAY_MAX = 60;
/** A name is at most twice as long in JSON text: 60 of these stay below the 32 K characters of one stored column. */
const DESTINATION_CHARS_MAX = 200;
const NOTHING_SPENT: DestinationTotal = { spend: 0n, calls: 0 };
/** The days that a forecast looks back on; some 60 bytes each. */
export const DAYS_LISTED_MAX = 90;

export interface Spending {
  readonly call: Pick<StoredCall, 'start' | 'source' | 'details'>;
  /** Signed: a lowered charge is negative. */
  readonly amount: bigint;
  /** 0 for a correction: the call was counted before. -1 where it was counted on a day that is not its own any more. */
  readonly calls: -1 | 0 | 1;
}

/** Several spendings of one day at one place, the new calls among them counted. */
interface Summed extends Omit<Spending, 'calls'> {
  readonly calls: number;
}

/** The day rows that spendings of calls with these start times change. */
export function dayKeysOf(starts: readonly string[], timeZone: string): readonly string[] {
  return [...new Set(starts.map((start) => rowKeys.day(dayOf(start, timeZone))))];
}

/** Notes where the money went; call it after the entries, so that the closing balances are right. */
export function noteSpending(world: World, spendings: readonly Spending[]): World {
  const { timeZone, balance } = world.account;
  const changed = new Map<string, DayTotals>();
  for (const spending of together(spendings, timeZone)) {
    const date = dayOf(spending.call.start, timeZone);
    const day = changed.get(date) ?? rowOf(world, 'day', rowKeys.day(date)) ?? emptyDay(date);
    changed.set(date, { ...addTo(day, spending), closingBalance: balance });
  }
  const days = [...changed.values()];
  return withAccount(withRows(world, days), { days: listed(world.account, days) });
}

/** New calls of one day to one place as one: of a batch's ninety calls, a handful of sums is left. */
function together(spendings: readonly Spending[], timeZone: string): readonly Summed[] {
  const corrections = spendings.findIndex(({ calls }) => calls !== 1);
  const end = corrections === -1 ? spendings.length : corrections;
  const sums = new Map<string, Summed>();
  for (const spending of spendings.slice(0, end)) {
    const key = `${dayOf(spending.call.start, timeZone)} ${placeOf(spending)}`;
    const sum = sums.get(key);
    const { amount, calls } = spending;
    sums.set(key, sum ? { ...sum, amount: sum.amount + amount, calls: sum.calls + calls } : spending);
  }
  return [...sums.values(), ...spendings.slice(end)];
}

export function emptyDay(date: string): DayTotals {
  return {
    type: 'day',
    date,
    spend: 0n,
    calls: 0,
    destinations: {},
    otherSpend: 0n,
    otherCalls: 0,
    closingBalance: 0n,
  };
}

function addTo(day: DayTotals, summed: Summed): DayTotals {
  const { call, amount, calls } = summed;
  const source = sourceOfDay(day) ?? call.source;
  const total = { ...day, source, spend: day.spend + amount, calls: counted(day.calls, calls) };
  const name = placeOf(summed);
  const known = Object.hasOwn(day.destinations, name) ? day.destinations[name] : undefined;
  const full = Object.keys(day.destinations).length >= DESTINATIONS_PER_DAY_MAX;
  if (known === undefined && (full || calls < 1)) {
    return { ...total, otherSpend: day.otherSpend + amount, otherCalls: counted(day.otherCalls, calls) };
  }
  const { spend: before, calls: callsBefore } = known ?? NOTHING_SPENT;
  const place: DestinationTotal = { spend: before + amount, calls: counted(callsBefore, calls) };
  return { ...total, destinations: { ...day.destinations, [name]: place } };
}

function placeOf({ call }: Pick<Spending, 'call'>): string {
  return (call.details['destinationName'] ?? '').slice(0, DESTINATION_CHARS_MAX);
}

/** A call that leaves a place where it was not counted, as its name is no longer kept, leaves no debt of calls. */
function counted(calls: number, change: number): number {
  return Math.max(0, calls + change);
}

function listed(account: Account, changed: readonly DayTotals[]): readonly DaySpend[] {
  const all = new Map(account.days.map((day) => [day.date, day]));
  for (const { date, spend, calls } of changed) all.set(date, { date, spend, calls });
  return [...all.values()].sort((a, b) => (a.date < b.date ? 1 : -1)).slice(0, DAYS_LISTED_MAX);
}

/** Spend since a date, inclusive, as far as the listed days reach. */
export function spendSince(days: readonly DaySpend[], date: string): bigint {
  return days.reduce((sum, day) => (day.date >= date ? sum + day.spend : sum), 0n);
}
