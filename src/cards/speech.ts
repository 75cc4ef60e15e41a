/** What a reader is told: strings of their language, money and dates through Intl. One file per language. */
import { IntlMessageFormat } from 'intl-messageformat';
import { MINOR_DIGITS, type Money } from '../billing/money.js';
import en from './strings/en.json' with { type: 'json' };
import it from './strings/it.json' with { type: 'json' };

export type StringKey = keyof typeof en;
export type SayValues = Readonly<Record<string, string | number>>;

/** A new language is one file of strings and one line here; the compiler refuses a file that lacks a key. */
const STRINGS = { en, it } satisfies Record<string, Record<StringKey, string>>;

export type Language = keyof typeof STRINGS;
export const LANGUAGES = Object.keys(STRINGS) as readonly Language[];
export const DEFAULT_LANGUAGE: Language = 'en';

/** The raw message, for phrases and for tests that compare the languages. */
export function rawString(language: Language, key: StringKey): string {
  return STRINGS[language][key];
}

export function stringKeys(): readonly StringKey[] {
  return Object.keys(en) as StringKey[];
}

/** `Object.hasOwn`, since a key may be put together from outside. */
export function hasString(key: string): key is StringKey {
  return Object.hasOwn(en, key);
}

export interface Speech {
  readonly language: Language;
  /** BCP 47, as the reader's client sent it where it is usable: `en-GB` writes dates unlike `en-US`. */
  readonly locale: string;
  say(key: StringKey, values?: SayValues): string;
  /** Two decimals (none for JPY); fractions of a cent show only where rounding would hide the whole amount. */
  money(amount: Money): string;
  /** With an explicit plus or minus, for ledger lines. */
  signedMoney(amount: Money): string;
  date(iso: string): string;
  dateTime(iso: string): string;
  number(value: number): string;
  percent(fraction: number): string;
}

/** Which language serves a locale: `it-CH` reads Italian, an unknown one English. */
export function languageOf(locale: string | undefined): Language {
  const primary = (locale ?? '').toLowerCase().split(/[-_]/u)[0] ?? '';
  return LANGUAGES.find((language) => language === primary) ?? DEFAULT_LANGUAGE;
}

function usableLocale(locale: string | undefined): string {
  const language = languageOf(locale);
  if (locale === undefined) return language;
  const candidate = locale.replace('_', '-');
  try {
    const supported = Intl.DateTimeFormat.supportedLocalesOf([candidate]);
    return supported[0]?.startsWith(language) === true ? supported[0] : language;
  } catch {
    return language;
  }
}

const speeches = new Map<string, Speech>();
const SPEECHES_MAX = 200;

/**
 * The speech of a reader. An unknown or malformed locale or time zone falls back to English and UTC, since both come
 * from outside.
 */
export function speechFor(locale: string | undefined, timeZone = 'UTC'): Speech {
  const key = `${locale ?? ''}|${timeZone}`;
  const known = speeches.get(key);
  if (known !== undefined) return known;
  const speech = createSpeech(usableLocale(locale), usableTimeZone(timeZone));
  if (speeches.size < SPEECHES_MAX) speeches.set(key, speech);
  return speech;
}

function usableTimeZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return 'UTC';
  }
}

const messages = new Map<string, IntlMessageFormat>();

function messageOf(language: Language, locale: string, key: StringKey): IntlMessageFormat {
  const id = `${locale}|${key}`;
  const known = messages.get(id);
  if (known !== undefined) return known;
  const message = new IntlMessageFormat(rawString(language, key), locale, undefined, { ignoreTag: true });
  messages.set(id, message);
  return message;
}

function createSpeech(locale: string, timeZone: string): Speech {
  const language = languageOf(locale);
  const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone });
  const times = new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZone,
    timeZoneName: 'short',
  });
  const numbers = new Intl.NumberFormat(locale);
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  return {
    language,
    locale,
    say: (key, values) => String(messageOf(language, locale, key).format(values)),
    money: (amount) => formatMoney(amount, locale, 'auto'),
    signedMoney: (amount) => formatMoney(amount, locale, 'exceptZero'),
    date: (iso) => dates.format(new Date(iso)),
    dateTime: (iso) => times.format(new Date(iso)),
    number: (value) => numbers.format(value),
    percent: (fraction) => percents.format(fraction),
  };
}

function formatMoney(amount: Money, locale: string, signDisplay: 'auto' | 'exceptZero'): string {
  const digits = MINOR_DIGITS[amount.currency];
  const size = amount.micros < 0n ? -amount.micros : amount.micros;
  const hidden = size > 0n && size * 2n < 10n ** BigInt(6 - digits);
  const format = moneyFormat(locale, {
    currency: amount.currency,
    signDisplay,
    digits,
    most: hidden ? 6 : digits,
  });
  // Intl reads decimal text exactly, where a double would lose digits; the library's type lags behind.
  return format.format(decimalText(amount.micros) as Intl.StringNumericLiteral);
}

const moneyFormats = new Map<string, Intl.NumberFormat>();

interface MoneyShape {
  readonly currency: string;
  readonly signDisplay: 'auto' | 'exceptZero';
  /** Decimals, at least and at most. */
  readonly digits: number;
  readonly most: number;
}

/** Making one takes longer than the rest of a card; there are a few for each speech. */
function moneyFormat(locale: string, shape: MoneyShape): Intl.NumberFormat {
  const { currency, signDisplay, digits, most } = shape;
  const key = `${locale}|${currency}|${signDisplay}|${most}`;
  const known = moneyFormats.get(key);
  if (known !== undefined) return known;
  const fractions = { minimumFractionDigits: digits, maximumFractionDigits: most };
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency, signDisplay, ...fractions });
  moneyFormats.set(key, format);
  return format;
}

function decimalText(micros: bigint): string {
  const size = (micros < 0n ? -micros : micros).toString().padStart(7, '0');
  return `${micros < 0n ? '-' : ''}${size.slice(0, -6)}.${size.slice(-6)}`;
}
