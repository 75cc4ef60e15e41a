import { ENTRY_KINDS, SYSTEM, type Entry } from '../../src/billing/ledger/model.js';
import { ENTRIES_PER_PAGE, historyCard, type HistoryFacts } from '../../src/cards/history-card.js';
import { LANGUAGES, speechFor } from '../../src/cards/speech.js';
import { ADMIN, START, usd } from '../support/billing.js';
import { button, buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';

const EN = speechFor('en-US');

function entry(sequence: number, more: Partial<Entry> = {}): Entry {
  return {
    format: 'entry-v2',
    sequence: BigInt(sequence),
    at: START,
    kind: 'usage',
    amount: usd(-1.5),
    balanceAfter: usd(48.5),
    by: SYSTEM,
    reference: 'p1',
    calls: ['c1'],
    digest: '',
    previous: '',
    hash: '',
    ...more,
  };
}

function facts(entries: readonly Entry[], more: Partial<HistoryFacts> = {}): HistoryFacts {
  const total = entries[0]?.sequence ?? 0n;
  return { currency: 'USD', balance: usd(48.5), total, entries, ...more };
}

function wordsOf(one: Partial<Entry>): string {
  return textOf(historyCard(facts([entry(1, one)]), EN));
}

const page = Array.from({ length: ENTRIES_PER_PAGE }, (_none, index) => entry(20 - index));
const kinds = ENTRY_KINDS.map((kind): readonly [string, HistoryFacts] => [
  kind,
  facts([
    entry(2, { kind, by: ADMIN, reason: '2026-11-16 E-0400' }),
    entry(1, { kind, amount: usd(3), calls: ['c1', 'c2'], reason: '2026-11-16 E-0400' }),
  ]),
]);
const STATES = {
  empty: facts([]),
  ...Object.fromEntries(kinds),
  middle: facts(page, { total: 30n }),
};

test.each(
  LANGUAGES.flatMap((language) => Object.entries(STATES).map(([name, state]) => ({ language, name, state }))),
)('the history card is valid in $language: $name', ({ language, state }) => {
  expectValidCard(historyCard(state, speechFor(language)));
});

test.each<[string, Partial<Entry>]>([
  [
    '**Recorded purchase**, by Ada Admin’s word, bought on Nov 16, 2026, invoice E-0400',
    { kind: 'attested', amount: usd(50), by: ADMIN, reason: '2026-11-16 E-0400' },
  ],
  [
    '**Balance set**, to what Microsoft’s admin center showed, by Ada Admin’s word',
    { kind: 'snapshot', amount: usd(-5), by: ADMIN },
  ],
  ['**Top-up**, added by Ada Admin', { kind: 'topUp', amount: usd(50), by: ADMIN }],
  ['**Auto-recharge**, the balance fell below the trigger', { kind: 'autoRecharge', amount: usd(50) }],
  ['**Calls**, one call', { kind: 'usage' }],
  ['**Calls**, 1,200 calls', { kind: 'usage', calls: Array<string>(1_200).fill('c') }],
  ['**Calls**, one call, charged by Ada Admin', { kind: 'usage', by: ADMIN }],
  ['**Correction**, charge of 2 calls changed', { kind: 'correction', calls: ['c1', 'c2'] }],
  ['**Correction**, Ada Admin changed the charge of one call', { kind: 'correction', by: ADMIN }],
  ['**Expired**, not used within twelve months', { kind: 'expired' }],
  ['**Refund**, an unspent top-up given back by Ada Admin', { kind: 'refund', by: ADMIN }],
  ['**Refund outside**, given back at the payment processor, without this bot', { kind: 'outsideRefund' }],
  [
    '**Refund outside failed**, it came back, so the funds are here again and don’t expire',
    { kind: 'outsideRefundFailed' },
  ],
  ['**Disputed**, the cardholder disputes a payment, and the bank took the money back', { kind: 'disputed' }],
  ['**Dispute won**, the bank gave the money back, and it doesn’t expire', { kind: 'disputeReinstated' }],
  ['**Refund undone**, the payment processor refused it, so the funds are back', { kind: 'refundReversed' }],
  [
    '**Adjustment**, by Ada Admin: goodwill for *March* [x](y)',
    { kind: 'adjustment', by: ADMIN, reason: 'goodwill for *March* [x](y)' },
  ],
])('a line reads “%s”', (line, one) => {
  expect(wordsOf(one).split('\n')).toContain(line);
});

test('credits and debits differ by their sign, and each line has its balance and time', () => {
  expect(wordsOf({ amount: usd(50) })).toContain('+$50.00\nBalance $48.50');
  expect(wordsOf({ amount: usd(-1.5) })).toContain('-$1.50\nBalance $48.50');
  expect(wordsOf({})).toContain('Nov 17, 2026, 9:00 AM UTC');
});

test('a payment shows the card that paid it', () => {
  const paid = { kind: 'topUp', amount: usd(50), by: ADMIN } as const;
  expect(wordsOf({ ...paid, method: { brand: 'Visa', last4: '4242' } })).toContain('Visa •••• 4242');
  expect(wordsOf(paid)).not.toContain('••••');
});

test("a person's name is text, not Markdown", () => {
  const by = { id: 'x', name: '[Ada](https://evil.example) **<b>**' };
  const card = historyCard(facts([entry(1, { kind: 'topUp', by })]), EN);
  expect(textOf(card)).toContain('added by [Ada](https://evil.example) **<b>**');
  expect(JSON.stringify(card.content)).not.toContain('](https');
});

test('a page in the middle leads to newer and older entries', () => {
  const card = historyCard(STATES.middle, EN);
  expect(textOf(card)).toContain('11–18 of 30, newest first');
  expect(button(card, 'Newer').data).toEqual({ verb: 'history.page', before: '29' });
  expect(button(card, 'Older').data).toEqual({ verb: 'history.page', before: '13' });
});

test('the newest page has no “Newer”, the oldest no “Older”', () => {
  const titles = buttonsOf(historyCard(kinds[0]![1], EN)).map(({ title }) => title);
  expect(titles).toEqual(['Balance']);
});

test('an empty ledger says what will appear', () => {
  expect(textOf(historyCard(STATES.empty, EN))).toContain('Nothing has happened yet.');
});
