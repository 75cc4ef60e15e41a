/**
 * What a person types as an amount, in the way of their locale: `$1,000.50`, `1.000,50 €`, `CHF 1'000.50`. Strict,
 * since it becomes a charge: what can be read in two ways is refused and told, never guessed.
 */
import { MICROS_PER_UNIT, MINOR_DIGITS, money, type Currency, type Money } from '../billing/money.js';
import type { Speech } from '../cards/speech.js';
import { separatorsOf } from './amount-separators.js';

export const AMOUNT_CHARS_MAX = 64;
/** Keeps every amount far inside the range of the table's integers; what may be charged is limited elsewhere. */
const WHOLE_DIGITS_MAX = 12;

export const AMOUNT_PROBLEMS = [
  'empty',
  'tooLong',
  'notANumber',
  'otherDigits',
  'negative',
  'zero',
  'tooManyDecimals',
  'ambiguous',
  'otherCurrency',
  'tooLarge',
] as const;
export type AmountProblem = (typeof AMOUNT_PROBLEMS)[number];

export interface UnreadableAmount {
  readonly kind: 'problem';
  readonly problem: AmountProblem;
  /** The one that was expected. */
  readonly currency: Currency;
  /** Where it was not the currency's own. */
  readonly decimalsMax?: number;
}

export type ParsedAmount = { readonly kind: 'amount'; readonly amount: Money } | UnreadableAmount;

export interface AmountContext {
  /** BCP 47, of the person who typed. */
  readonly locale: string;
  /** Of the account: a sign or code of another one is refused. */
  readonly currency: Currency;
  /** Call charges have fractions of a cent: at most 6. The currency's own decimals where it is missing. */
  readonly decimalsMax?: number;
}

/** Never throws, whatever was typed. A positive amount, in whole minor units unless told otherwise; limits are the caller's. */
export function parseAmount(text: string, context: AmountContext): ParsedAmount {
  const { currency } = context;
  const read = readAmount(text, context);
  return typeof read === 'bigint'
    ? { kind: 'amount', amount: money(read, currency) }
    : { kind: 'problem', problem: read, currency, ...maxOf(context) };
}

/** The sentence to show at the field: what is wrong, and how to write it. */
export function amountProblem(unreadable: UnreadableAmount, speech: Speech): string {
  const { problem, currency } = unreadable;
  const small = speech.money(money(50n * MICROS_PER_UNIT, currency));
  const cents = MINOR_DIGITS[currency] === 0 ? 0n : 500_000n;
  const large = speech.money(money(1_000n * MICROS_PER_UNIT + cents, currency));
  return speech.say(`amount.${problem}`, { small, large, currency, decimals: decimalsOf(unreadable) });
}

function decimalsOf({ currency, decimalsMax }: Pick<AmountContext, 'currency' | 'decimalsMax'>): number {
  return decimalsMax ?? MINOR_DIGITS[currency];
}

function maxOf({ decimalsMax }: AmountContext): Pick<AmountContext, 'decimalsMax'> {
  return decimalsMax === undefined ? {} : { decimalsMax };
}

type Read = bigint | AmountProblem;

const OTHER_DIGIT = /(?![0-9])\p{Nd}/u;

function readAmount(text: string, context: AmountContext): Read {
  const trimmed = text.trim();
  if (trimmed === '') return 'empty';
  if (trimmed.length > AMOUNT_CHARS_MAX) return 'tooLong';
  if (OTHER_DIGIT.test(trimmed)) return 'otherDigits';
  const parts = partsOf(tidy(trimmed));
  return parts === undefined ? 'notANumber' : readParts(parts, context);
}

function readParts(parts: AmountParts, context: AmountContext): Read {
  const named = [parts.before, parts.after].map(currencyNamed);
  if (named.includes('unknown')) return 'notANumber';
  const size = readSize(parts.number, context);
  if (size === 'notANumber') return size;
  const foreign = named.some((name) => name !== 'none' && name !== context.currency);
  return foreign ? 'otherCurrency' : aboveZero(size, parts.negative);
}

function aboveZero(size: Read, negative: boolean): Read {
  if (size === 0n) return 'zero';
  return negative ? 'negative' : size;
}

/** One kind of space, apostrophe and minus; marks of writing direction are invisible and go. */
function tidy(text: string): string {
  return text
    .replace(/[\u200b\u200e\u200f\u061c\u2060\ufeff]/gu, '')
    .replace(/\s/gu, ' ')
    .replace(/[’ʼ＇]/gu, "'")
    .replace(/[−–—]/gu, '-')
    .trim();
}

interface AmountParts {
  readonly negative: boolean;
  readonly before: string;
  readonly number: string;
  readonly after: string;
}

/** A sign and a currency before the digits, a currency behind them. `50.-` is how the Swiss write a whole amount. */
function partsOf(text: string): AmountParts | undefined {
  const firstDigit = text.search(/[0-9]/u);
  if (firstDigit === -1) return undefined;
  const lastDigit = lastDigitOf(text);
  const start = /(?<![\p{L}.,])[.,]$/u.test(text.slice(0, firstDigit)) ? firstDigit - 1 : firstDigit;
  const before = text.slice(0, start).trim();
  const sign = /^[+-]|[+-]$/u.exec(before)?.[0] ?? '';
  const after = text.slice(lastDigit + 1).replace(/^[.,]-?(?= |$|\p{L}|\p{Sc})/u, '');
  return {
    negative: sign === '-',
    before: before.replace(/^[+-]|[+-]$/u, '').trim(),
    number: text.slice(start, lastDigit + 1),
    after: after.trim(),
  };
}

function lastDigitOf(text: string): number {
  let position = text.length - 1;
  while (position >= 0 && !/[0-9]/u.test(text.charAt(position))) position -= 1;
  return position;
}

const NAMES: Readonly<Record<Currency, readonly string[]>> = {
  USD: ['usd', '$', 'us$', '$us', 'dollar', 'dollars', 'dollaro', 'dollari'],
  EUR: ['eur', '€', 'euro', 'euros'],
  GBP: ['gbp', '£', 'gb£', '£gb', 'pound', 'pounds', 'sterlina', 'sterline'],
  CHF: ['chf', 'fr', 'sfr', 'franc', 'francs', 'franco', 'franchi', 'franken'],
  JPY: ['jpy', '¥', '￥', 'jp¥', 'jp￥', 'yen', '円'],
};

const CURRENCY_OF: ReadonlyMap<string, Currency> = new Map(
  (Object.keys(NAMES) as Currency[]).flatMap((currency) =>
    NAMES[currency].map((name) => [name, currency] as const),
  ),
);

const ISO_CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));

function currencyNamed(written: string): Currency | 'none' | 'other' | 'unknown' {
  if (written === '') return 'none';
  const known = CURRENCY_OF.get(written.replaceAll('.', '').toLowerCase());
  if (known !== undefined) return known;
  return ISO_CODES.has(written) || /^\p{Lu}{0,3}\p{Sc}$/u.test(written) ? 'other' : 'unknown';
}

function readSize(number: string, context: AmountContext): Read {
  const { locale, currency } = context;
  const split = splitDecimals(number, separatorsOf(locale, currency).group);
  if (typeof split === 'string') return split;
  const { whole, decimals } = split;
  if (decimals.length > decimalsOf(context)) return 'tooManyDecimals';
  const digits = whole.replace(/^0+/u, '');
  if (digits.length > WHOLE_DIGITS_MAX) return 'tooLarge';
  return BigInt(digits) * MICROS_PER_UNIT + BigInt(decimals.padEnd(6, '0'));
}

interface Split {
  /** Digits only. */
  readonly whole: string;
  readonly decimals: string;
}

/** Space and apostrophe only ever group; point and comma do either, told apart by where they stand. */
function splitDecimals(number: string, group: string): Split | AmountProblem {
  if (!/^[0-9.,' ]+$/u.test(number)) return 'notANumber';
  const last = Math.max(number.lastIndexOf('.'), number.lastIndexOf(','));
  if (last === -1) return ungrouped(number, '');
  const mark = number.charAt(last);
  const [before, after] = [number.slice(0, last), number.slice(last + 1)];
  if (before.includes(mark)) return ungrouped(number, '');
  if (/[.,' ]/u.test(before) || !couldGroup(before, after)) return ungrouped(before, after);
  return mark === group ? { whole: before + after, decimals: '' } : 'ambiguous';
}

function couldGroup(before: string, after: string): boolean {
  return /^[1-9][0-9]{0,2}$/u.test(before) && /^[0-9]{3}$/u.test(after);
}

const GROUPED = /^[1-9][0-9]{0,2}(?:([.,' ])[0-9]{3})(?:\1[0-9]{3})*$/u;

function ungrouped(whole: string, decimals: string): Split | AmountProblem {
  if (!/^[0-9]*$/u.test(decimals)) return 'notANumber';
  if (/^[0-9]*$/u.test(whole)) return { whole, decimals };
  return GROUPED.test(whole) ? { whole: whole.replace(/[^0-9]/gu, ''), decimals } : 'notANumber';
}
