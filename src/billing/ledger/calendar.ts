/** Calendar days and months of an account, and the expiry of funds. Pure: the moment is always a parameter. */
import { DateTime } from 'luxon';

/** Funds not used within twelve months of their purchase are forfeited (DESIGN §1): calendar months, UTC end of day. */
const LOT_LIFE_MONTHS = 12;
const DAY_MS = 86_400_000;
/** `2026-11-22T12:00:00.000Z`. */
const ISO_CHARS = 24;

export function expiryOf(purchasedAt: string): string {
  return iso(utc(purchasedAt).plus({ months: LOT_LIFE_MONTHS }).endOf('day'));
}

const days = new Map<string, Intl.DateTimeFormat>();

/** `YYYY-MM-DD` of the moment in the time zone. Asked for every call record: luxon would take ten times as long. */
export function dayOf(at: string, timeZone: string): string {
  if (timeZone === 'UTC' && at.length === ISO_CHARS && at.endsWith('Z')) return at.slice(0, 10);
  const known = days.get(timeZone);
  const format = known ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
  if (known === undefined) days.set(timeZone, format);
  return format.format(Date.parse(at));
}

/** `YYYY-MM` of the moment in the time zone. */
export function monthOf(at: string, timeZone: string): string {
  return utc(at).setZone(timeZone).toFormat('yyyy-MM');
}

/** The first moment of the next day or month in the time zone, when a cap has room again. */
export function startOfNext(unit: 'day' | 'month', at: string, timeZone: string): string {
  return iso(
    utc(at)
      .setZone(timeZone)
      .plus({ [unit]: 1 })
      .startOf(unit),
  );
}

/** When a calendar day begins in the time zone; the clocks may be put forward at midnight, then it is an hour later. */
export function startOfDay(date: string, timeZone: string): string {
  return iso(DateTime.fromISO(date, { zone: timeZone }).startOf('day'));
}

/** A full hour of a calendar day in the time zone. */
export function hourOf(date: string, hour: number, timeZone: string): string {
  return iso(DateTime.fromISO(date, { zone: timeZone }).set({ hour }));
}

/** Calendar days from one date to another, both inclusive; empty where the second is the earlier one. */
export function datesBetween(from: string, to: string): readonly string[] {
  const dates: string[] = [];
  for (let date = from; date <= to; date = daysBefore(date, -1)) dates.push(date);
  return dates;
}

/** The Monday of a date's week (ISO 8601). */
export function weekOf(date: string): string {
  return utc(date).startOf('week').toFormat('yyyy-MM-dd');
}

export function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(date) - days * DAY_MS).toISOString().slice(0, 10);
}

/** Days of 24 hours, as UTC has them. */
export function after(
  at: string,
  span: { hours?: number; minutes?: number; seconds?: number; days?: number },
): string {
  const { days = 0, hours = 0, minutes = 0, seconds = 0 } = span;
  const ms = days * DAY_MS + ((hours * 60 + minutes) * 60 + seconds) * 1_000;
  return new Date(Date.parse(at) + ms).toISOString();
}

function utc(at: string): DateTime {
  return DateTime.fromISO(at, { zone: 'utc' });
}

function iso(moment: DateTime): string {
  return moment.toJSDate().toISOString();
}
