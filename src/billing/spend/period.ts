/** The periods that people ask spend for, as calendar days of the account. Pure: the moment is a parameter. */
import { datesBetween, dayOf, daysBefore, startOfDay, weekOf } from '../ledger/calendar.js';

export const PERIODS = [
  'today',
  'yesterday',
  'thisWeek',
  'lastWeek',
  'thisMonth',
  'lastMonth',
  'last30Days',
] as const;
export type Period = (typeof PERIODS)[number];

export const DEFAULT_PERIOD: Period = 'last30Days';

/** Calendar days (`YYYY-MM-DD`) in the account's time zone, both inclusive; never after today. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

type RangeOf = (today: string) => DateRange;

const RANGES: Readonly<Record<Period, RangeOf>> = {
  today: (today) => ({ from: today, to: today }),
  yesterday: (today) => ({ from: daysBefore(today, 1), to: daysBefore(today, 1) }),
  thisWeek: (today) => ({ from: weekOf(today), to: today }),
  lastWeek: (today) => ({ from: daysBefore(weekOf(today), 7), to: daysBefore(weekOf(today), 1) }),
  thisMonth: (today) => ({ from: firstOfMonth(today), to: today }),
  lastMonth: (today) => {
    const to = daysBefore(firstOfMonth(today), 1);
    return { from: firstOfMonth(to), to };
  },
  last30Days: (today) => ({ from: daysBefore(today, 29), to: today }),
};

export function rangeOf(period: Period, now: string, timeZone: string): DateRange {
  return RANGES[period](dayOf(now, timeZone));
}

export function datesOf(range: DateRange): readonly string[] {
  return datesBetween(range.from, range.to);
}

/** The moments that bound the range, the second one exclusive. */
export function momentsOf(
  range: DateRange,
  timeZone: string,
): { readonly from: string; readonly to: string } {
  return {
    from: startOfDay(range.from, timeZone),
    to: startOfDay(daysBefore(range.to, -1), timeZone),
  };
}

function firstOfMonth(date: string): string {
  return `${date.slice(0, 7)}-01`;
}
