import { balanceAtCard, type BalanceAtFacts, type DayProblem } from '../../src/cards/balance-at-card.js';
import { LANGUAGES, speechFor } from '../../src/cards/speech.js';
import { usd } from '../support/billing.js';
import { button, expectValidCard, textOf } from '../support/card-checks.js';

const EN = speechFor('en-US', 'Europe/Rome');
const FACTS: BalanceAtFacts = {
  currency: 'USD',
  timeZone: 'Europe/Rome',
  today: '2026-11-22',
  balanceNow: usd(12),
};
const PROBLEMS: readonly DayProblem[] = ['missing', 'unreadable', 'ambiguous', 'future'];
const at = (day: string, hasEntries = true) => ({ ...FACTS, at: { day, balance: usd(-3.5), hasEntries } });

const STATES: readonly BalanceAtFacts[] = [
  at('2026-10-31'),
  at('2026-11-22'),
  at('2020-01-01', false),
  ...PROBLEMS.map((problem) => ({ ...FACTS, problem })),
];

test.each(LANGUAGES)('every state is valid in %s', (language) => {
  for (const facts of STATES) expectValidCard(balanceAtCard(facts, speechFor(language, 'Europe/Rome')));
});

test('a day that is over shows its last balance, where it ended, and the balance of now', () => {
  const card = balanceAtCard(at('2026-10-31'), EN);
  expect(textOf(card)).toContain(
    'Balance at the end of Oct 31, 2026\n-$3.50\nThe day ends at midnight in Europe/Rome.\nBalance now: $12.00',
  );
  expect(card.summary).toBe('Balance at the end of Oct 31, 2026: -$3.50');
});

test('today is not over', () => {
  expect(textOf(balanceAtCard(at('2026-11-22'), EN))).toContain('Balance today, so far\n-$3.50');
});

test('a day before everything says that nothing had happened', () => {
  expect(textOf(balanceAtCard(at('2020-01-01', false), EN))).toContain('Nothing had happened yet.');
});

test('a day that can’t be read is asked for, with an example in the reader’s own way', () => {
  const card = balanceAtCard({ ...FACTS, problem: 'ambiguous' }, speechFor('it-IT', 'Europe/Rome'));
  expect(textOf(card)).toContain('⚠ Non distinguo il giorno dal mese.');
  expect(textOf(card)).toContain('«22 nov 2026»');
});

test('another day is a click away, and the day that is shown goes with the button', () => {
  const { data } = button(balanceAtCard(at('2026-10-31'), EN), 'Show');
  expect(data).toEqual({ verb: 'balance.onInstead', shown: '2026-10-31' });
});
