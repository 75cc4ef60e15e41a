/**
 * The day that a person means: `yesterday`, `2026-10-31`, `31/10/2026` in the way of their locale, `October 31st`,
 * `al 31 ottobre`. What can be read as two days is refused and told, never guessed.
 */
import { DateTime } from 'luxon';
import { daysBefore } from '../billing/ledger/calendar.js';
import { LANGUAGES, rawString, type StringKey } from '../cards/speech.js';

export type ParsedDate =
  /** `YYYY-MM-DD`, today at the latest. */
  | { readonly kind: 'date'; readonly date: string }
  | { readonly kind: 'problem'; readonly problem: 'unreadable' | 'ambiguous' | 'future' }
  /** Nothing in it looks like a day. */
  | { readonly kind: 'none' };

export interface DateContext {
  /** BCP 47, of the person who typed. */
  readonly locale: string;
  /** `YYYY-MM-DD` where the days are counted. */
  readonly today: string;
}

const CHARS_MAX = 60;

export function parseDate(text: string, context: DateContext): ParsedDate {
  const tokens = tokensOf(text.slice(0, CHARS_MAX));
  const daysAgo = DAY_WORDS.find(({ words }) => tokens.some((token) => words.includes(token)))?.daysAgo;
  if (daysAgo !== undefined) return { kind: 'date', date: daysBefore(context.today, daysAgo) };
  const months = tokens.flatMap(monthsNamed);
  const numbers = tokens.filter((token) => /^\d/u.test(token));
  if (months.length === 0 && numbers.length === 0) return wordsOnly(tokens);
  const readings = months.length > 0 ? withName(months, numbers) : inFigures(numbers, context.locale);
  return judge(readings, context.today);
}

function tokensOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.match(/\p{L}+|\d+/gu) ?? [];
}

/** Of all languages: people mix them. */
function wordsOf(key: StringKey): readonly string[] {
  return LANGUAGES.flatMap((language) => rawString(language, key).split(';')).map((word) => word.trim());
}

const DAY_WORDS = [
  { daysAgo: 0, words: wordsOf('balanceAt.words.today') },
  { daysAgo: 1, words: wordsOf('balanceAt.words.yesterday') },
];
const LEADING_WORDS = wordsOf('balanceAt.words.leading');

/** `please` asks for no day, `on Friday` does. */
function wordsOnly([first = '']: readonly string[]): ParsedDate {
  return LEADING_WORDS.includes(first) ? { kind: 'problem', problem: 'unreadable' } : { kind: 'none' };
}

interface Reading {
  readonly day: number;
  readonly month: number;
  /** The last time that this day was, where it is missing. */
  readonly year?: number;
}

const MONTH_NAMES: readonly (readonly [string, number])[] = LANGUAGES.flatMap((language) => {
  const format = new Intl.DateTimeFormat(language, { month: 'long', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_none, index) => {
    const name = format.format(Date.UTC(2026, index, 15));
    return [name.toLowerCase(), index + 1] as const;
  });
});
const MONTH_LETTERS_MIN = 3;

/** `oct`, `sept` and `ottobre` alike; one that begins like two months is both. */
function monthsNamed(token: string): readonly number[] {
  if (token.length < MONTH_LETTERS_MIN) return [];
  const named = MONTH_NAMES.filter(([name]) => name.startsWith(token)).map(([, month]) => month);
  return [...new Set(named)];
}

function withName(months: readonly number[], numbers: readonly string[]): readonly Reading[] {
  const [day, ...others] = numbers.filter((number) => number.length <= 2);
  const year = numbers.find((number) => number.length === 4) ?? others[0];
  if (day === undefined) return [];
  return months.map((month) => ({ day: Number(day), month, ...yearOf(year) }));
}

function inFigures(numbers: readonly string[], locale: string): readonly Reading[] {
  const [first = '', second = '', third] = numbers;
  if (first.length === 4) {
    return [{ day: Number(third ?? NaN), month: Number(second), ...yearOf(first) }];
  }
  const dayFirst = { day: Number(first), month: Number(second), ...yearOf(third) };
  const monthFirst = { day: Number(second), month: Number(first), ...yearOf(third) };
  const order = orderOf(locale);
  const local = order === 'dayFirst' ? dayFirst : monthFirst;
  // Where the locale's own order makes no day, as 31/10 in the United States, the other one is meant.
  return order !== 'unknown' && isDay(local) ? [local] : [dayFirst, monthFirst];
}

function yearOf(figures: string | undefined): { readonly year?: number } {
  if (figures === undefined) return {};
  return { year: figures.length === 2 ? 2_000 + Number(figures) : Number(figures) };
}

/** English alone says nothing: in London the day comes first, in New York the month. */
function orderOf(locale: string): 'dayFirst' | 'monthFirst' | 'unknown' {
  const { language, region } = new Intl.Locale(locale);
  if (language === 'en' && region === undefined) return 'unknown';
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: 'short' }).formatToParts(0);
  const order = parts.map(({ type }) => type);
  if (order.indexOf('year') < order.indexOf('day')) return 'unknown';
  return order.indexOf('day') < order.indexOf('month') ? 'dayFirst' : 'monthFirst';
}

/** Of a leap year where none is named. */
function isDay({ day, month, year = 2_024 }: Reading): boolean {
  return DateTime.utc(year, month, day).isValid;
}

function judge(readings: readonly Reading[], today: string): ParsedDate {
  const dates = new Set(readings.filter(isDay).map((reading) => dateOf(reading, today)));
  const [date, ...others] = dates;
  if (date === undefined) return { kind: 'problem', problem: 'unreadable' };
  if (others.length > 0) return { kind: 'problem', problem: 'ambiguous' };
  return date > today ? { kind: 'problem', problem: 'future' } : { kind: 'date', date };
}

function dateOf({ day, month, year }: Reading, today: string): string {
  if (year !== undefined) return isoOf(year, month, day);
  const thisYear = Number(today.slice(0, 4));
  // The 29th of February was last in a leap year.
  const years = Array.from({ length: 8 }, (_none, ago) => thisYear - ago);
  const was = years.filter((candidate) => isDay({ day, month, year: candidate }));
  return was.map((candidate) => isoOf(candidate, month, day)).find((date) => date <= today) ?? today;
}

function isoOf(year: number, month: number, day: number): string {
  return DateTime.utc(year, month, day).toISODate() ?? '';
}
