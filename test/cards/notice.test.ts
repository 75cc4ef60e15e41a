import { COMMAND_NAMES } from '../../src/bot/command-name.js';
import { commandButton, notices } from '../../src/bot/notices.js';
import { noticeCard, type Tone } from '../../src/cards/notice.js';
import { LANGUAGES, speechFor } from '../../src/cards/speech.js';
import { cardFaults } from '../support/card-checks.js';
import { buttonsOf, textOf } from '../support/card-nodes.js';

describe.each(LANGUAGES)('a notice in %s', (language) => {
  const speech = speechFor(language);
  const all = {
    unknown: notices.unknown(speech),
    maybe: notices.maybe(speech, { phrase: 'balance' }),
    notAllowed: notices.notAllowed(speech, ['Ada', 'Bob', 'Carl']),
    nobody: notices.notAllowed(speech, []),
    stale: notices.stale(speech),
    attachment: notices.attachment(speech),
    error: notices.error(speech, 'ref-1'),
    storage: notices.storage(speech, 'ref-1'),
    tooLarge: notices.tooLarge(speech),
  };

  test.each(Object.entries(all))('(%s) is a sound card with a summary', (_name, card) => {
    expect(cardFaults(card)).toEqual([]);
    expect(card.summary).not.toBe('');
  });

  test('has a button for each command, which says its title', () => {
    const buttons = COMMAND_NAMES.map((name) => commandButton(speech, name));
    const card = noticeCard({ tone: 'info', title: 'x', text: 'y', buttons });
    expect(buttonsOf(card).map(({ data }) => data['verb'])).toEqual(COMMAND_NAMES.map(() => 'say'));
  });
});

describe('a notice', () => {
  test('differs by its sign as well as by its colour', () => {
    const tones: readonly Tone[] = ['info', 'good', 'warning', 'error'];
    const signs = tones.map(
      (tone) => textOf(noticeCard({ tone, title: 'Same', text: 'Same' })).split('\n')[0],
    );
    expect(new Set(signs).size).toBe(tones.length);
  });

  test('without buttons has none', () => {
    expect(buttonsOf(noticeCard({ tone: 'good', title: 'Done', text: 'All is well.' }))).toEqual([]);
  });

  test('shows names as they are typed, Markdown and HTML included', () => {
    const card = notices.notAllowed(speechFor('en'), ['**Ada** <b>', '[x](https://evil.example)']);
    expect(textOf(card)).toContain('**Ada** <b> and [x](https://evil.example)');
    expect(JSON.stringify(card.content)).not.toContain('](https');
  });
});
