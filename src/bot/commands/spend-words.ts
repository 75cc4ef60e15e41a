/** Which period and view somebody asked for, in any of the languages; what is left over was not understood. */
import { PERIODS, type Period } from '../../billing/spend/period.js';
import { SPEND_BY, type SpendBy } from '../../cards/spend-card.js';
import { LANGUAGES, rawString, type StringKey } from '../../cards/speech.js';

export interface SpendWords {
  readonly period?: Period;
  readonly by?: SpendBy;
  /** As typed, without what was understood. */
  readonly misread?: string;
}

interface Named<T> {
  readonly value: T;
  readonly words: string;
}

function named<T extends string>(values: readonly T[], keyOf: (value: T) => StringKey): readonly Named<T>[] {
  const all = values.flatMap((value) =>
    LANGUAGES.flatMap((language) =>
      rawString(language, keyOf(value))
        .split(';')
        .map((words) => ({ value, words: tidy(words) })),
    ),
  );
  return all.sort((left, right) => right.words.length - left.words.length);
}

const PERIOD_WORDS = named(PERIODS, (period) => `spend.words.${period}`);
const BY_WORDS = named(SPEND_BY, (by) => `spend.words.${by}`);

/** `phrase` is what the command was called by, which may name a period already: "spend last week". */
export function readSpendWords(phrase: string, rest: string): SpendWords {
  const typed = tidy(rest);
  const period = firstIn(typed, PERIOD_WORDS) ?? firstIn(tidy(phrase), PERIOD_WORDS);
  const by = firstIn(typed, BY_WORDS);
  const left = without(without(typed, period?.words), by?.words);
  return {
    ...(period !== undefined && { period: period.value }),
    ...(by !== undefined && { by: by.value }),
    ...(period === undefined && left !== '' && { misread: rest.trim() }),
  };
}

function firstIn<T>(text: string, names: readonly Named<T>[]): Named<T> | undefined {
  return names.find(({ words }) => ` ${text} `.includes(` ${words} `));
}

function without(text: string, words: string | undefined): string {
  return words === undefined ? text : ` ${text} `.replace(` ${words} `, ' ').trim();
}

function tidy(text: string): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}
