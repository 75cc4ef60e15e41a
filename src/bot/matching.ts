/** From what a person typed to a command. Words are matched loosely: no money moves on a message, only forms open. */
import { distance } from 'fastest-levenshtein';
import { LANGUAGES, rawString, stringKeys, type Language } from '../cards/speech.js';
import type { CommandName } from './command-name.js';

export interface Match {
  readonly name: CommandName;
  /** What kind of the command, where its phrases tell it: from the string key `command.<name>.<intent>.phrases`. */
  readonly intent?: string;
  /** The phrase as it stands in the strings. */
  readonly phrase: string;
  /** What was typed beside the phrase, as typed: `$50`, `100 when below 20`, `off`. */
  readonly rest: string;
}

export type Understood =
  | { readonly kind: 'command'; readonly match: Match }
  | { readonly kind: 'maybe'; readonly name: CommandName; readonly phrase: string }
  | { readonly kind: 'unknown' };

interface Phrase {
  readonly name: CommandName;
  readonly intent?: string;
  readonly language: Language;
  readonly phrase: string;
  readonly words: readonly string[];
  readonly compact: string;
}

interface Word {
  readonly plain: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}\p{M}]+/gu;

/** Without case and accents, and with ligatures and wide letters as plain ones. */
function plainWord(word: string): string {
  return word.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

function wordsOf(text: string): readonly Word[] {
  return [...text.matchAll(WORD)].map((found) => ({
    plain: plainWord(found[0]),
    start: found.index,
    end: found.index + found[0].length,
  }));
}

const PHRASES_KEY = /^command\.([^.]+)\.(?:([^.]+)\.)?phrases$/u;

const PHRASES: readonly Phrase[] = LANGUAGES.flatMap((language) =>
  stringKeys().flatMap((key) => {
    const [, name, intent] = PHRASES_KEY.exec(key) ?? [];
    if (name === undefined) return [];
    const written = rawString(language, key)
      .split(';')
      .map((phrase) => phrase.trim());
    return written
      .filter((phrase) => phrase !== '')
      .map((phrase) => {
        const words = wordsOf(phrase).map((word) => word.plain);
        const about = { name: name as CommandName, ...(intent === undefined ? {} : { intent }) };
        return { ...about, language, phrase, words, compact: words.join('') };
      });
  }),
);

/** For each reader all phrases, their own language first. */
const BY_LANGUAGE = new Map<Language, readonly Phrase[]>(
  LANGUAGES.map((language) => [
    language,
    [...PHRASES].sort((a, b) => Number(b.language === language) - Number(a.language === language)),
  ]),
);

/** Typing is bounded before it comes here; this bound keeps the function safe by itself. */
const CHARS_MAX = 2_000;

/**
 * The longest phrase wins, at the start of the text or with its words anywhere in it; the person's language breaks ties.
 * One word of a phrase in the middle of a sentence, or a typo, is only a guess to ask about.
 */
export function understand(typed: string, language: Language): Understood {
  const text = typed.slice(0, CHARS_MAX);
  const words = wordsOf(text);
  const phrases = BY_LANGUAGE.get(language) ?? PHRASES;
  if (words.length === 0) return signOnly(text, phrases);
  const found = best(phrases, (phrase) => fit(phrase, words, text));
  if (found !== undefined) return { kind: 'command', match: found };
  const guess = closest(phrases, words) ?? mentioned(phrases, words);
  return guess === undefined
    ? { kind: 'unknown' }
    : { kind: 'maybe', name: guess.name, phrase: guess.phrase };
}

/** `?` and `??`: phrases without a letter are compared as they are. */
function signOnly(text: string, phrases: readonly Phrase[]): Understood {
  const sign = text.replace(/\s+/gu, '').replace(/(.)\1+/gu, '$1');
  const phrase = phrases.find((candidate) => candidate.words.length === 0 && candidate.phrase === sign);
  return phrase === undefined ? { kind: 'unknown' } : { kind: 'command', match: matchOf(phrase, '') };
}

interface Fit {
  readonly weight: number;
  readonly rest: string;
}

function best(phrases: readonly Phrase[], fitOf: (phrase: Phrase) => Fit | undefined): Match | undefined {
  let winner: { weight: number; match: Match } | undefined;
  for (const phrase of phrases) {
    const found = phrase.words.length === 0 ? undefined : fitOf(phrase);
    if (found === undefined || (winner !== undefined && found.weight <= winner.weight)) continue;
    winner = { weight: found.weight, match: matchOf(phrase, found.rest) };
  }
  return winner?.match;
}

function matchOf(phrase: Phrase, rest: string): Match {
  const about = { name: phrase.name, phrase: phrase.phrase, rest };
  return phrase.intent === undefined ? about : { ...about, intent: phrase.intent };
}

/** Words count first, then letters, then standing at the start, then telling what kind of the command is meant. */
function weightOf(phrase: Phrase, atStart: boolean): number {
  const kind = phrase.intent === undefined ? 0 : 1;
  return phrase.words.length * 10_000 + phrase.compact.length * 4 + Number(atStart) * 2 + kind;
}

function fit(phrase: Phrase, words: readonly Word[], text: string): Fit | undefined {
  const end = prefixEnd(phrase.compact, words);
  if (end !== undefined) return { weight: weightOf(phrase, true), rest: tidy(text.slice(end)) };
  if (phrase.words.length < 2) return undefined;
  const taken = takenWords(phrase.words, words);
  return taken && { weight: weightOf(phrase, false), rest: tidy(withoutWords(text, words, taken)) };
}

/** Compared without gaps, so that `top up`, `top-up` and `topup` are the same phrase. */
function prefixEnd(compact: string, words: readonly Word[]): number | undefined {
  let seen = '';
  for (const word of words) {
    seen += word.plain;
    if (seen === compact) return word.end;
    if (!compact.startsWith(seen)) return undefined;
  }
  return undefined;
}

/** The positions of the phrase's words in any order, or undefined where one is missing. */
function takenWords(wanted: readonly string[], words: readonly Word[]): ReadonlySet<number> | undefined {
  const taken = new Set<number>();
  for (const want of wanted) {
    const position = words.findIndex((word, index) => word.plain === want && !taken.has(index));
    if (position === -1) return undefined;
    taken.add(position);
  }
  return taken;
}

/** What lies between two neighbours that are both taken (the hyphen of `auto-recharge`) goes with them. */
function withoutWords(text: string, words: readonly Word[], taken: ReadonlySet<number>): string {
  let rest = '';
  let from = 0;
  words.forEach((word, index) => {
    if (!taken.has(index)) return;
    if (!taken.has(index - 1)) rest += text.slice(from, word.start);
    from = word.end;
  });
  return rest + text.slice(from);
}

/** A rest of signs only says nothing, except a currency sign: that is an amount gone wrong, and gets its answer. */
function tidy(rest: string): string {
  const clean = rest
    .replace(/^[\s:,;.!?]+/u, '')
    .replace(/\s+/gu, ' ')
    .trim();
  return /[\p{L}\p{N}\p{Sc}]/u.test(clean) ? clean : '';
}

const WORDS_OF_A_QUESTION_MAX = 12;
const LETTERS_TO_GUESS_MIN = 4;

function mentioned(phrases: readonly Phrase[], words: readonly Word[]): Phrase | undefined {
  if (words.length > WORDS_OF_A_QUESTION_MAX) return undefined;
  const said = new Set(words.map((word) => word.plain));
  return phrases.find(
    ({ words: [only, ...more], compact }) =>
      only !== undefined && more.length === 0 && compact.length >= LETTERS_TO_GUESS_MIN && said.has(only),
  );
}

const LETTERS_COMPARED_MAX = 60;

/** One wrong letter in four, three at most. */
function typosAllowed(letters: number): number {
  return Math.min(3, Math.floor(letters / 4));
}

function closest(phrases: readonly Phrase[], words: readonly Word[]): Phrase | undefined {
  let winner: { readonly phrase: Phrase; readonly share: number } | undefined;
  for (const phrase of phrases.filter(({ compact }) => compact.length >= LETTERS_TO_GUESS_MIN)) {
    const said = words
      .slice(0, phrase.words.length)
      .map((word) => word.plain)
      .join('');
    if (said.length > LETTERS_COMPARED_MAX) continue;
    const typos = distance(said, phrase.compact);
    const share = typos / phrase.compact.length;
    if (typos > typosAllowed(phrase.compact.length) || share >= (winner?.share ?? 1)) continue;
    winner = { phrase, share };
  }
  return winner?.phrase;
}
