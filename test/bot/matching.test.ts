import fc from 'fast-check';
import { COMMAND_NAMES } from '../../src/bot/command-name.js';
import { understand } from '../../src/bot/matching.js';
import { LANGUAGES, rawString, stringKeys, type Language } from '../../src/cards/speech.js';

/** `name|phrase|rest` of a match, `name?` of a guess. */
function understood(text: string, language: Language = 'en'): string {
  const found = understand(text, language);
  if (found.kind === 'command') return [found.match.name, found.match.phrase, found.match.rest].join('|');
  return found.kind === 'maybe' ? `${found.name}? ${found.phrase}` : 'unknown';
}

describe('what a person types', () => {
  test.each([
    ['balance', 'balance|balance|'],
    ['  BALANCE!  ', 'balance|balance|'],
    ['balance?', 'balance|balance|'],
    ['show balance please', 'balance|show balance|please'],
    ['?', 'help|?|'],
    ['??', 'help|?|'],
    ['Help 🙂', 'help|help|'],
    ['add $50', 'addFunds|add|$50'],
    ['add -5', 'addFunds|add|-5'],
    ['add $', 'addFunds|add|$'],
    ['add: 1,000.50', 'addFunds|add|1,000.50'],
    ['top-up 20', 'addFunds|top up|20'],
    ['Topup', 'addFunds|top up|'],
    ['add funds 50 USD', 'addFunds|add funds|50 USD'],
    ['funds add', 'addFunds|add funds|'],
    ['add admin Anna', 'members|add admin|Anna'],
    ['usage issues', 'usageIssues|usage issues|'],
    ['spend last week', 'spend|spend last week|'],
  ])('“%s” is %s', (text, expected) => {
    expect(understood(text)).toBe(expected);
  });

  test.each([
    ['set auto-recharge 100 when below 20', 'set auto-recharge', '100 when below 20'],
    ['Set AutoRecharge 100 when below 20', 'set auto-recharge', '100 when below 20'],
    ['turn off auto-recharge', 'turn off auto-recharge', ''],
    ['turn auto-recharge off', 'turn off auto-recharge', ''],
    ['auto recharge off', 'auto-recharge off', ''],
    ['auto recharge 50', 'auto-recharge', '50'],
    ['please turn off the auto-recharge now', 'turn off auto-recharge', 'please the now'],
  ])('“%s” keeps the words that matter', (text, phrase, rest) => {
    expect(understood(text)).toBe(`autoRecharge|${phrase}|${rest}`);
  });

  test.each([
    ['saldo', 'balance|saldo|'],
    ['aggiungi 50 €', 'addFunds|aggiungi|50 €'],
    ['Avvisi si', 'alerts|avvisi sì|'],
    ['disattiva ricarica automatica', 'autoRecharge|disattiva ricarica automatica|'],
  ])('“%s” is understood whatever language the client is set to', (text, expected) => {
    expect(understood(text, 'it')).toBe(expected);
    expect(understood(text, 'en')).toBe(expected);
  });

  test.each([
    ['blance', 'balance? balance'],
    ['hstory', 'history? history'],
    ['ad funds', 'addFunds? add funds'],
    ['what is my balance', 'balance? balance'],
    ['how did the recharge go', 'addFunds? recharge'],
  ])('“%s” is only a guess: %s', (text, expected) => {
    expect(understood(text)).toBe(expected);
  });

  test.each([
    '',
    '   ',
    '!!!',
    'xyzzy',
    'constructor',
    '__proto__',
    'toString',
    'hasOwnProperty',
    '5',
    '١٢',
    '<b>bold</b>',
  ])('“%s” is unknown', (text) => {
    expect(understood(text)).toBe('unknown');
  });
});

test('a phrase that tells what kind of the command is meant passes that on, in every language', () => {
  const intentOf = (text: string): string | undefined => {
    const found = understand(text, 'en');
    return found.kind === 'command' ? found.match.intent : 'none';
  };
  expect(['turn off auto-recharge', 'disattiva ricarica automatica'].map(intentOf)).toEqual(['off', 'off']);
  expect(intentOf('set auto-recharge')).toBeUndefined();
});

describe('phrases', () => {
  test.each(LANGUAGES)('in %s all lead to their own command', (language) => {
    for (const key of stringKeys()) {
      const name = /^command\.([^.]+)\.(?:[^.]+\.)?phrases$/u.exec(key)?.[1];
      if (name === undefined) continue;
      for (const phrase of rawString(language, key).split(';')) {
        const found = understand(phrase, language);
        expect(found.kind === 'command' ? [phrase, found.match.name] : [phrase]).toEqual([phrase, name]);
      }
    }
  });

  test.each(LANGUAGES)('in %s include the title of each command, which its button types', (language) => {
    for (const name of COMMAND_NAMES) {
      const title = rawString(language, `command.${name}.title`);
      const found = understand(title, language);
      expect(found.kind === 'command' && found.match.name).toBe(name);
    }
  });
});

describe('matching', () => {
  test('never throws, and answers within a moment, whatever was typed', () => {
    const words = fc.constantFrom(
      'add',
      'auto',
      '-',
      'recharge',
      '$',
      '50',
      'ä',
      '\u0301',
      '🙂',
      '\u202e',
      ' ',
      '\n',
    );
    const text = fc.oneof(
      fc.string({ maxLength: 10_000 }),
      fc.array(words, { maxLength: 2_000 }).map((all) => all.join(' ')),
    );
    fc.assert(
      fc.property(text, fc.constantFrom(...LANGUAGES), (typed, language) => {
        const started = performance.now();
        understand(typed, language);
        expect(performance.now() - started).toBeLessThan(500);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['one letter', 'a'.repeat(10_000)],
    ['many words', 'auto '.repeat(2_000)],
    ['many accents', '\u0301'.repeat(10_000)],
    ['no letters', '- '.repeat(5_000)],
  ])('of 10,000 characters (%s) is quick', (_what, text) => {
    const started = performance.now();
    understand(text, 'en');
    expect(performance.now() - started).toBeLessThan(250);
  });

  test('does not depend on case, accents or signs around the words', () => {
    const signs = fc.constantFrom('', ' ', '!', '...', ' ,', '?');
    fc.assert(
      fc.property(signs, signs, fc.boolean(), (before, after, upper) => {
        const text = `${before}show${before} balance${after}`;
        expect(understood(upper ? text.toUpperCase() : text)).toBe('balance|show balance|');
      }),
    );
  });
});
