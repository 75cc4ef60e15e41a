/** What was typed behind `set auto-recharge`: which number is the trigger, which the amount. The words beside them decide. */
import type { RuleField } from '../../cards/auto-recharge-form.js';
import { LANGUAGES, rawString, type StringKey } from '../../cards/speech.js';

export type TypedRule = Readonly<Partial<Record<RuleField, string>>>;

const CHARS_MAX = 300;
const CODES = 'usd|eur|gbp|chf|jpy|euros?|dollars?|dollar[oi]|pounds?|sterlin[ae]|francs?|franchi|yen';
const AMOUNT = new RegExp(
  `(?:(?:${CODES})\\s?|\\p{Sc}\\s?)?[-−]?\\p{Nd}(?:[\\p{Nd}.,'’\\u00a0\\u202f]*\\p{Nd})?(?:\\s?(?:\\p{Sc}|(?:${CODES})\\b))?`,
  'giu',
);

/** `before` words stand in front of their number; `beside` words on either side of it. */
const WORDS: readonly RoleWords[] = [
  { field: 'trigger', place: 'before', words: words('autoRecharge.words.trigger.before') },
  { field: 'trigger', place: 'beside', words: words('autoRecharge.words.trigger.beside') },
  { field: 'amount', place: 'before', words: words('autoRecharge.words.amount.before') },
  { field: 'amount', place: 'beside', words: words('autoRecharge.words.amount.beside') },
  { field: 'dayCap', place: 'beside', words: words('autoRecharge.words.dayCap.beside') },
  { field: 'monthCap', place: 'beside', words: words('autoRecharge.words.monthCap.beside') },
];

const OFF_WORDS = words('autoRecharge.words.off');

interface RoleWords {
  readonly field: RuleField;
  readonly place: 'before' | 'beside';
  readonly words: readonly string[];
}

/** Of all languages: people mix them. */
function words(key: StringKey): readonly string[] {
  return LANGUAGES.flatMap((language) => rawString(language, key).split(';')).map((word) => word.trim());
}

/** `set auto-recharge off`. */
export function meansOff(rest: string): boolean {
  return OFF_WORDS.includes(rest.trim().toLowerCase());
}

/** Only what is clear; the form asks for the rest. The texts are amounts as they were typed. */
export function typedRule(rest: string): TypedRule {
  const { amounts, gaps } = cut(rest.slice(0, CHARS_MAX));
  const readings = [assign(gaps, amounts.length, 0), assign(gaps, amounts.length, -1)];
  const [forward, backward] = readings;
  if (forward !== undefined && backward !== undefined && !sameReading(forward, backward)) return {};
  const known = forward ?? backward;
  return known === undefined ? {} : named(withLeftover(known, amounts.length), amounts);
}

interface Cut {
  readonly amounts: readonly string[];
  /** What stands before, between and behind the amounts: always one more than these. */
  readonly gaps: readonly string[];
}

function cut(text: string): Cut {
  const found = [...text.matchAll(AMOUNT)];
  const ends = found.map((match) => match.index + match[0].length);
  const gaps = found.map((match, index) => text.slice(ends[index - 1] ?? 0, match.index));
  const spoken = [...gaps, text.slice(ends.at(-1) ?? 0)].map(
    (gap) =>
      ` ${gap
        .toLowerCase()
        .replace(/[^\p{L}<]+/gu, ' ')
        .trim()} `,
  );
  return { amounts: found.map((match) => match[0].trim()), gaps: spoken };
}

type Reading = ReadonlyMap<RuleField, number>;

/** `shift` 0 reads `trigger 20`, -1 reads `20 trigger`; undefined where that makes no sense. */
function assign(gaps: readonly string[], count: number, shift: 0 | -1): Reading | undefined {
  const pairs = gaps.flatMap((gap, index) =>
    rolesIn(gap).map(({ field, place }) => [field, place === 'before' ? index : index + shift] as const),
  );
  const reading = new Map(pairs);
  const inside = pairs.every(([field, at]) => at >= 0 && at < count && reading.get(field) === at);
  return inside && new Set(reading.values()).size === reading.size ? reading : undefined;
}

/** `daily cap` is the day's, although `cap` alone is the month's. */
function rolesIn(gap: string): readonly RoleWords[] {
  const named = WORDS.filter((role) => hasOne(gap, role.words));
  const daily = named.some(({ field }) => field === 'dayCap');
  return daily ? named.filter(({ field }) => field !== 'monthCap') : named;
}

function hasOne(gap: string, candidates: readonly string[]): boolean {
  return candidates.some((word) => gap.includes(` ${word} `));
}

function sameReading(left: Reading, right: Reading): boolean {
  return left.size === right.size && [...left].every(([field, index]) => right.get(field) === index);
}

/** `100 when below 20`: the only number without a word is the amount; a lone number is the amount too. */
function withLeftover(reading: Reading, count: number): Reading {
  const taken = [...reading.values()];
  const left = Array.from({ length: count }, (_none, index) => index).filter(
    (index) => !taken.includes(index),
  );
  const [only, ...more] = left;
  const clear = only !== undefined && more.length === 0 && !reading.has('amount');
  return clear && (reading.has('trigger') || count === 1) ? new Map([...reading, ['amount', only]]) : reading;
}

function named(reading: Reading, amounts: readonly string[]): TypedRule {
  const pairs = [...reading].map(([field, index]) => [field, amounts[index] ?? ''] as const);
  return Object.fromEntries(pairs);
}
