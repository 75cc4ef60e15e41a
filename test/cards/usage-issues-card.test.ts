import { QUARANTINE_REASONS } from '../../src/billing/usage/call-record.js';
import type { UsageIssue } from '../../src/billing/ledger/model.js';
import { suggestedCharge } from '../../src/billing/usage/issue-call.js';
import { LANGUAGES, speechFor } from '../../src/cards/speech.js';
import { usageIssuesCard } from '../../src/cards/usage-issues-card.js';
import { START, usd } from '../support/billing.js';
import { expectValidCard, textOf } from '../support/card-checks.js';

const account = { currency: 'USD' } as const;

function issue(reason: UsageIssue['reason'], row: unknown): UsageIssue {
  return {
    type: 'issue',
    id: `x:${reason}`,
    reason,
    source: 'http',
    raw: JSON.stringify(row),
    at: START,
    state: 'open',
  };
}

const ROWS = [
  'not a row',
  null,
  ['…'],
  {},
  { id: 'x', charge: 'a lot', currency: 7, startDateTime: 'never', duration: -1 },
  { id: '*x*'.repeat(40), charge: 1e300, currency: 'USD', destinationName: '<b>${evil}</b>'.slice(0, 3) },
];

test('every reason over every kind of row is a valid card in both languages', () => {
  for (const language of LANGUAGES)
    for (const reason of QUARANTINE_REASONS)
      for (const row of ROWS) {
        const issues = [issue(reason, row), issue(reason, { id: 'y', charge: 1, currency: 'USD' })];
        const card = usageIssuesCard({ issues, account, openCount: 5, next: 'y' }, speechFor(language));
        expectValidCard(card);
      }
});

test('of a record whose details are too old to be kept the card says so, and what is left of it', () => {
  const row = { id: 'x', charge: -1, currency: 'USD', startDateTime: START, destinationName: 'Germany' };
  const issues = [{ ...issue('negativeCharge', row), detailsDigest: 'd' }];
  const texts = LANGUAGES.map((language) => {
    const card = usageIssuesCard({ issues, account, openCount: 1 }, speechFor(language));
    expectValidCard(card);
    return textOf(card);
  });
  expect(texts[0]).toContain('Number and user\nno longer kept: the record is too old');
  expect(texts[1]).toContain('Numero e utente\nnon più conservati: la registrazione è troppo vecchia');
  for (const text of texts) expect(text).toContain('Germany');
  expect(
    textOf(usageIssuesCard({ issues: [issue('noId', row)], account, openCount: 1 }, speechFor('en'))),
  ).not.toContain('kept');
});

test('a page cut short by many decided issues still leads on', () => {
  for (const language of LANGUAGES)
    expectValidCard(usageIssuesCard({ issues: [], account, openCount: 5, next: 'y' }, speechFor(language)));
});

test('what is wrong with an amount stands above it, with what was typed', () => {
  const problem = { id: 'x:noId', sentence: 'No number.', typed: 'abc' };
  const card = usageIssuesCard(
    { issues: [issue('noId', {})], account, openCount: 1, problem },
    speechFor('en'),
  );
  expectValidCard(card);
  expect(textOf(card)).toContain('No number.');
  expect(JSON.stringify(card.content)).toContain('"value":"abc"');
});

test.each([
  [{ charge: 1.25, currency: 'USD' }, usd(1.25)],
  [{ charge: 0.1234567, currency: 'USD' }, 123_457n],
  [{ charge: 1.25, currency: 'EUR' }, undefined],
  [{ charge: -1, currency: 'USD' }, undefined],
  [{ charge: 0, currency: 'USD' }, undefined],
  [{ charge: 1e12, currency: 'USD' }, undefined],
  [{ charge: '1', currency: 'USD' }, undefined],
])('for a row with %j %s is suggested', (row, suggested) => {
  expect(suggestedCharge(issue('unreadableTime', row), 'USD')).toBe(suggested);
});
