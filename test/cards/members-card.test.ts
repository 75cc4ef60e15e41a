import { CHOICES_MAX, memberChoiceCard } from '../../src/cards/member-choice-card.js';
import { MEMBERS_LISTED_MAX, membersCard } from '../../src/cards/members-card.js';
import { LANGUAGES, speechFor } from '../../src/cards/speech.js';
import { ADMIN, START } from '../support/billing.js';
import { expectValidCard, textOf } from '../support/card-checks.js';

const set = { by: ADMIN, at: START };
const many = Array.from({ length: 60 }, (_, index) => ({
  id: `id-${index}`.padEnd(36, '0'),
  name: `Person ${index}`,
}));

test('members is a valid card in both languages, empty, with one and with many', () => {
  for (const language of LANGUAGES)
    for (const mayChange of [true, false])
      for (const admins of [
        [],
        [{ id: 'a' }],
        [{ id: 'a', name: '*A*', set }],
        many.map((one) => ({ ...one, set })),
      ])
        for (const others of [[], many])
          expectValidCard(membersCard({ admins, others, mayChange }, speechFor(language)));
});

test('numbers of people read right in both languages', () => {
  const text = (language: string, count: number) =>
    textOf(
      membersCard(
        { admins: many.slice(0, count), others: many.slice(0, count), mayChange: false },
        speechFor(language),
      ),
    );
  expect(text('en', 0)).toContain('0 admins');
  expect(text('en', 1)).toMatch(/1 admin\n[^]*1 viewer\n/u);
  expect(text('it', 1)).toMatch(/1 amministratore\n[^]*1 lettore\n/u);
  expect(text('it', 2)).toMatch(/2 amministratori\n[^]*2 lettori\n/u);
  expect(text('it', 0)).toContain('Nessun lettore noto');
  expect(text('en', MEMBERS_LISTED_MAX + 1)).toContain('and 1 more');
  expect(text('it', MEMBERS_LISTED_MAX + 1)).toContain('e 1 altra persona');
});

test('a configured admin whom the bot has never met is shown by id', () => {
  const card = membersCard({ admins: [{ id: 'abc' }], others: [], mayChange: true }, speechFor('en'));
  expect(textOf(card)).toContain('Somebody I haven’t met\nfrom the configuration, id abc');
});

test('the choice is a valid card in both languages and says how many do not fit', () => {
  for (const language of LANGUAGES)
    for (const change of ['add', 'remove'] as const)
      for (const people of [many, many.slice(0, 1), [{ id: 'x' }]])
        expectValidCard(memberChoiceCard({ change, people }, speechFor(language)));
  const text = textOf(
    memberChoiceCard({ change: 'add', people: many.slice(0, CHOICES_MAX + 1) }, speechFor('en')),
  );
  expect(text).toContain('1 more person does not fit here.');
});
