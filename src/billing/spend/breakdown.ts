/** Where money went, ranked: pure sums over day rows and call rows. Shares always add up to the total. */
import { weekOf } from '../ledger/calendar.js';
import type { DayTotals, StoredCall } from '../ledger/model.js';
import { datesOf, type DateRange } from './period.js';

export interface Slice {
  /** A destination, a phone number, a user's id; empty where the record names none. */
  readonly key: string;
  /** What people call it. */
  readonly name: string;
  readonly spend: bigint;
  readonly calls: number;
}

type Sum = Pick<Slice, 'spend' | 'calls'>;

export interface Ranking {
  /** The largest first. */
  readonly top: readonly Slice[];
  /** All the rest; absent where there is none. */
  readonly other?: Sum;
}

/** A ranking longer than this is hard to read; the rest is one line. */
export const SLICES_SHOWN_MAX = 6;

export function totalOf(sums: readonly Sum[]): Sum {
  return sums.reduce<Sum>(
    (total, sum) => ({ spend: total.spend + sum.spend, calls: total.calls + sum.calls }),
    { spend: 0n, calls: 0 },
  );
}

export interface SpendOfDates extends Sum, DateRange {}

/** One sum for each day of the range, days without a call included, oldest first. */
export function spendByDay(range: DateRange, rows: readonly DayTotals[]): readonly SpendOfDates[] {
  const known = new Map(rows.map((row) => [row.date, row]));
  return datesOf(range).map((date) => {
    const row = known.get(date);
    return { from: date, to: date, spend: row?.spend ?? 0n, calls: row?.calls ?? 0 };
  });
}

/** The same sums gathered by calendar week, oldest first. */
export function spendByWeek(days: readonly SpendOfDates[]): readonly SpendOfDates[] {
  const weeks = new Map<string, SpendOfDates>();
  for (const day of days) {
    const week = weeks.get(weekOf(day.from));
    weeks.set(weekOf(day.from), {
      ...totalOf([week ?? totalOf([]), day]),
      from: week?.from ?? day.from,
      to: day.to,
    });
  }
  return [...weeks.values()];
}

/** What a day row has no place for falls under "other", so that the shares add up. */
export function rankDestinations(rows: readonly DayTotals[]): Ranking {
  const pieces = rows.flatMap((row) =>
    Object.entries(row.destinations).map(([name, sum]) => ({ key: name, name, ...sum })),
  );
  return ranked(pieces, totalOf(rows));
}

export type CallDimension = 'user' | 'number';

/** `total` is the period's own; calls that were not looked at fall under "other". */
export function rankCalls(calls: readonly StoredCall[], by: CallDimension, total: Sum): Ranking {
  const identify = by === 'user' ? userOf : numberOf;
  return ranked(
    calls.map((call) => ({ ...identify(call), spend: call.charge, calls: 1 })),
    total,
  );
}

type Identity = Pick<Slice, 'key' | 'name'>;

/** Names change and repeat, ids don't. */
export function userOf({ details }: Pick<StoredCall, 'details'>): Identity {
  const name = details['userDisplayName'] ?? details['userPrincipalName'] ?? '';
  return { key: details['userId'] ?? details['userPrincipalName'] ?? name, name };
}

/** The number that was called: abroad, or one's own toll-free number. */
export function numberOf({ details }: Pick<StoredCall, 'details'>): Identity {
  const number = details['calleeNumber'] ?? '';
  return { key: number, name: number };
}

function ranked(pieces: readonly Slice[], total: Sum): Ranking {
  const slices = new Map<string, Slice>();
  for (const piece of pieces) {
    const known = slices.get(piece.key);
    slices.set(piece.key, known === undefined ? piece : { ...known, ...totalOf([known, piece]) });
  }
  const all = [...slices.values()].sort(bySpend);
  // One line more costs no more room than "other" for a single one.
  const top = all.length <= SLICES_SHOWN_MAX + 1 ? all : all.slice(0, SLICES_SHOWN_MAX);
  const shown = totalOf(top);
  const other = { spend: total.spend - shown.spend, calls: total.calls - shown.calls };
  return other.spend === 0n && other.calls === 0 ? { top } : { top, other };
}

function bySpend(left: Slice, right: Slice): number {
  if (left.spend !== right.spend) return left.spend > right.spend ? -1 : 1;
  return left.calls === right.calls ? (left.key < right.key ? -1 : 1) : right.calls - left.calls;
}

/** Whole days that the balance lasts at the average of the period; undefined where nothing was spent. */
export function daysLeft(balance: bigint, spend: bigint, days: number): number | undefined {
  if (spend <= 0n) return undefined;
  return balance <= 0n ? 0 : Number((balance * BigInt(days)) / spend);
}
