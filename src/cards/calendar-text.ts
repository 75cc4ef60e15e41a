/** Calendar days in words: a day has no time zone, so it must not move when it is shown in one. */
import { speechFor, type Speech } from './speech.js';

/** `date` is `YYYY-MM-DD`. */
export function dayText(date: string, speech: Speech): string {
  return speechFor(speech.locale).date(date);
}

const shortFormats = new Map<string, Intl.DateTimeFormat>();

/** Day and month only, for charts and narrow rows. */
export function shortDayText(date: string, speech: Speech): string {
  const known = shortFormats.get(speech.locale);
  const format =
    known ?? new Intl.DateTimeFormat(speech.locale, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  if (known === undefined) shortFormats.set(speech.locale, format);
  return format.format(new Date(date));
}

/** A span of days, both ends named; one day where they are the same. */
export function daysText(range: { readonly from: string; readonly to: string }, speech: Speech): string {
  const from = dayText(range.from, speech);
  return range.from === range.to ? from : `${from} – ${dayText(range.to, speech)}`;
}

export function shortDaysText(range: { readonly from: string; readonly to: string }, speech: Speech): string {
  const from = shortDayText(range.from, speech);
  return range.from === range.to ? from : `${from} – ${shortDayText(range.to, speech)}`;
}
