/**
 * Two sources for one day. Charges of the admin center's export are rounded to two decimals, and a call that only one of
 * the sources lists would be paid twice if it were known under two names. So the day belongs to the source that was
 * charged first; what another one says of it is neither charged nor taken for a correction. Pure.
 */
import type { UsageSource } from '../usage/call-record.js';
import { dayOf } from './calendar.js';
import type { DayTotals, StoredCall } from './model.js';
import type { World } from './world.js';

/** Those whose charges are rounded. Graph and HTTP give the same exact rows: they may share a day, record by record. */
const ROUNDED: readonly UsageSource[] = ['csv'];

export function isRounded(source: UsageSource): boolean {
  return ROUNDED.includes(source);
}

/** `first`: the source of the day's first charge; undefined where there was none. */
export function isSecondSource(first: UsageSource | undefined, source: UsageSource): boolean {
  if (first === undefined || first === source) return false;
  return isRounded(first) || isRounded(source);
}

/** Undefined where nothing was charged yet. Before days noted it, all that was charged had come in over HTTP. */
export function sourceOfDay({ source, calls }: Pick<DayTotals, 'source' | 'calls'>): UsageSource | undefined {
  return source ?? (calls > 0 ? 'http' : undefined);
}

/**
 * Of a day's kept calls: from another source they would be counted twice, under other names. No money stands on them, so
 * they keep no charge away. Undefined where none is kept.
 */
export function sourceOfKept({
  keptSource,
  unmetered,
}: Pick<DayTotals, 'keptSource' | 'unmetered'>): UsageSource | undefined {
  return (unmetered?.calls ?? 0) > 0 ? keptSource : undefined;
}

/** A day that was charged, or kept, from another source than the one that delivered for it. */
export interface ForeignDay {
  /** `YYYY-MM-DD` in the account's time zone. */
  readonly date: string;
  readonly first: UsageSource;
}

export interface BySource {
  readonly own: readonly StoredCall[];
  /** Calls of these days were left out. */
  readonly foreign: readonly ForeignDay[];
}

/** `sourceOf`: what a day belongs to. The rows of the calls' days must have been read. */
export function bySource(
  world: World,
  calls: readonly StoredCall[],
  sourceOf: (day: DayTotals) => UsageSource | undefined = sourceOfDay,
): BySource {
  const sources = new Set(calls.map(({ source }) => source));
  const days = [...world.rows.values()].flatMap((row) => {
    const first = row.type === 'day' ? sourceOf(row) : undefined;
    const mixes = [...sources].some((source) => isSecondSource(first, source));
    return row.type === 'day' && first !== undefined && mixes ? [{ date: row.date, first }] : [];
  });
  // Which day a call is of is not asked where no day could keep it out: that takes longer than all the rest.
  if (days.length === 0) return { own: calls, foreign: [] };
  const firsts = new Map(days.map(({ date, first }) => [date, first]));
  const foreign = new Map<string, ForeignDay>();
  const own = calls.filter((call) => {
    const date = dayOf(call.start, world.account.timeZone);
    const first = firsts.get(date);
    if (first === undefined || !isSecondSource(first, call.source)) return true;
    foreign.set(date, { date, first });
    return false;
  });
  return { own, foreign: [...foreign.values()] };
}
