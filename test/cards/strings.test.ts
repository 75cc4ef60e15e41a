import { parse, TYPE, type MessageFormatElement } from '@formatjs/icu-messageformat-parser';
import en from '../../src/cards/strings/en.json' with { type: 'json' };
import { LANGUAGES, rawString, stringKeys, type Language, type StringKey } from '../../src/cards/speech.js';

/** Read again as plain records: the compiler must not be what finds a missing key here. */
const RAW = Object.fromEntries(
  LANGUAGES.map((language) => [language, jest.requireActual<Record<string, unknown>>(stringsOf(language))]),
);

function stringsOf(language: string): string {
  return `../../src/cards/strings/${language}.json`;
}

const OTHERS = LANGUAGES.filter((language) => language !== 'en');
const ALL = LANGUAGES.flatMap((language) => stringKeys().map((key) => ({ language, key })));

test.each(OTHERS)('%s has exactly the keys of English', (language) => {
  expect(Object.keys(RAW[language] ?? {}).sort()).toEqual(Object.keys(en).sort());
});

test('every string says something', () => {
  const empty = ALL.filter(({ language, key }) => rawString(language, key).trim() === '');
  expect(empty).toEqual([]);
});

test('every message can be parsed', () => {
  const broken = ALL.filter(({ language, key }) => {
    try {
      parse(rawString(language, key), { ignoreTag: true });
      return false;
    } catch {
      return true;
    }
  });
  expect(broken).toEqual([]);
});

test.each(OTHERS)('every message of %s has the placeholders of English, and of the same kind', (language) => {
  for (const key of stringKeys()) {
    expect({ key, takes: placeholders(language, key) }).toEqual({ key, takes: placeholders('en', key) });
  }
});

/** `amount`, `count plural`; those inside the branches of a plural too. */
function placeholders(language: Language, key: StringKey): readonly string[] {
  return [...new Set(namesIn(parse(rawString(language, key), { ignoreTag: true })))].sort();
}

const WITHOUT_NAME = [TYPE.literal, TYPE.pound];

function namesIn(elements: readonly MessageFormatElement[]): readonly string[] {
  return elements.flatMap((element) => {
    if (WITHOUT_NAME.includes(element.type) || !('value' in element)) return [];
    const branches = 'options' in element ? Object.values(element.options) : [];
    return [`${element.value} ${TYPE[element.type]}`, ...branches.flatMap((branch) => namesIn(branch.value))];
  });
}

const PHRASES_KEY = /^command\.([^.]+)\..*phrases$/u;

/** As they are matched: without case, accents, gaps and signs. */
function compact(phrase: string): string {
  const letters = phrase
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
  return letters === '' ? phrase : letters;
}

const PHRASES = ALL.flatMap(({ language, key }) => {
  const command = PHRASES_KEY.exec(key)?.[1];
  const phrases = command === undefined ? [] : rawString(language, key).split(';');
  return phrases.map((phrase) => ({ command, language, phrase: phrase.trim() }));
});

test('no phrase of one command, in any language, is a phrase of another', () => {
  const owners = new Map<string, Set<string>>();
  for (const { command = '', phrase } of PHRASES) {
    const known = owners.get(compact(phrase)) ?? new Set();
    owners.set(compact(phrase), known.add(command));
  }
  const shared = [...owners].filter(([, commands]) => commands.size > 1);
  expect(shared).toEqual([]);
});

test('no phrase is empty: a stray semicolon would match everything', () => {
  expect(PHRASES.filter(({ phrase }) => phrase === '')).toEqual([]);
});

test('the title of a command, which help tells people to type, is one of its phrases', () => {
  const titles = ALL.flatMap(({ language, key }) => {
    const command = /^command\.([^.]+)\.title$/u.exec(key)?.[1];
    return command === undefined ? [] : [{ command, language, phrase: rawString(language, key) }];
  });
  expect(titles.length).toBeGreaterThan(0);
  expect(titles.filter((title) => !PHRASES.some((phrase) => isSame(phrase, title)))).toEqual([]);
});

interface Phrase {
  readonly command: string | undefined;
  readonly language: Language;
  readonly phrase: string;
}

function isSame(left: Phrase, right: Phrase): boolean {
  return left.command === right.command && left.language === right.language && left.phrase === right.phrase;
}
