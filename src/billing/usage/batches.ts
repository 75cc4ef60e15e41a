/** Call records in transactions as large as fit: each holds its calls, their days, and what every charge writes. */
import { dayOf } from '../ledger/calendar.js';
import type { StoredCall } from '../ledger/model.js';
import { ROWS_PER_COMMIT_MAX } from '../storage/table.js';

/** Account, two entries and operation; a recharge, why it was opened, and what is told of its caps (2) and of zero (2). */
const OTHER_ROWS_MAX = 10;
/**
 * Account, entry and operation, which every charge writes. Most bring about nothing else; where one does, a part of a full
 * batch is left to come again (see charge-what-fits.ts).
 */
export const OTHER_ROWS_MIN = 3;
export const DAYS_PER_COMMIT_MAX = 3;
const CALLS_AND_DAYS_MAX = ROWS_PER_COMMIT_MAX - OTHER_ROWS_MIN;

export interface CallBatch {
  readonly calls: readonly StoredCall[];
  /** How many days the calls are of. */
  readonly days: number;
}

/** In order of their time. */
export function batches(calls: readonly StoredCall[], timeZone: string): readonly CallBatch[] {
  const sorted = [...calls].sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const all: { calls: StoredCall[]; days: number }[] = [];
  let days = new Set<string>();
  for (const call of sorted) {
    const current = all.at(-1);
    const day = dayOf(call.start, timeZone);
    const daysThen = days.has(day) ? days.size : days.size + 1;
    if (current !== undefined && fits(current.calls.length + 1, daysThen)) {
      current.calls.push(call);
      current.days = daysThen;
      days.add(day);
    } else {
      days = new Set([day]);
      all.push({ calls: [call], days: 1 });
    }
  }
  return all;
}

/** What its transaction may take: all that the charge can bring about, where a whole transaction has room for that. */
export function rowsMaxOf({ calls, days }: CallBatch): number {
  return Math.min(ROWS_PER_COMMIT_MAX, calls.length + days + OTHER_ROWS_MAX);
}

function fits(calls: number, days: number): boolean {
  return days <= DAYS_PER_COMMIT_MAX && calls + days <= CALLS_AND_DAYS_MAX;
}
