import { helpCard, welcomeCard, type HelpEntry } from '../../src/cards/help-card.js';
import { LANGUAGES, speechFor } from '../../src/cards/speech.js';
import { buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';

const EN = speechFor('en-US');

function entry(title: string): HelpEntry {
  return { title, description: `About ${title}`, data: { verb: 'say', text: title } };
}

const ENTRIES = ['balance', 'add funds', 'set auto-recharge', 'history', 'spend'].map((title) => ({
  ...entry(title),
  onlyAdmins: title === 'add funds',
}));
const PLACES = ['personal', 'group', 'channel'] as const;
const ALL = LANGUAGES.flatMap((language) => PLACES.map((place) => ({ language, place })));

test.each(ALL)('the help card is valid in $language, $place', ({ language, place }) => {
  for (const isAdmin of [true, false]) {
    expectValidCard(helpCard({ entries: ENTRIES, isAdmin, place }, speechFor(language)));
  }
});

test.each(ALL)('the welcome card is valid in $language, $place', ({ language, place }) => {
  const facts = { entries: [entry('balance')], buttons: [entry('help')], place };
  expectValidCard(welcomeCard(facts, speechFor(language)));
});

test('each command stands there as it is typed, with what it does, and can be clicked', () => {
  const card = helpCard({ entries: ENTRIES, isAdmin: true, place: 'personal' }, EN);
  for (const { title, data } of ENTRIES) {
    expect(textOf(card)).toContain(`${title}\nAbout ${title}`);
    expect(buttonsOf(card).map((button) => button.data)).toContainEqual(data);
  }
});

test('what only admins may do stands under a heading of its own', () => {
  const words = textOf(helpCard({ entries: ENTRIES, isAdmin: true, place: 'personal' }, EN));
  expect(words.indexOf('add funds\n')).toBeGreaterThan(words.indexOf('For admins only'));
  expect(words.indexOf('spend\n')).toBeLessThan(words.indexOf('For admins only'));
});

test('in a channel people are told to mention the bot', () => {
  const facts = { entries: ENTRIES, isAdmin: false };
  expect(textOf(helpCard({ ...facts, place: 'channel' }, EN))).toContain('Mention me');
  expect(textOf(helpCard({ ...facts, place: 'personal' }, EN))).not.toContain('Mention me');
});

test('the welcome says whose ledger it shows', () => {
  const words = textOf(welcomeCard({ entries: [], buttons: [entry('help')], place: 'personal' }, EN));
  expect(words).toContain('I keep a ledger of my own');
  expect(words).toContain('I can’t see Microsoft’s own figures.');
});
