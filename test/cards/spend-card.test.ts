import { rankDestinations, spendByDay, type Ranking } from '../../src/billing/spend/breakdown.js';
import { PERIODS, rangeOf } from '../../src/billing/spend/period.js';
import { callsCard } from '../../src/cards/calls-card.js';
import { SPEND_BY, spendCard, type SpendFacts } from '../../src/cards/spend-card.js';
import { LANGUAGES, speechFor } from '../../src/cards/speech.js';
import type { DayTotals, StoredCall } from '../../src/billing/ledger/model.js';
import { START, usd } from '../support/billing.js';
import { expectValidCard, textOf } from '../support/card-checks.js';

const LONG = 'A very long *name* with <b>tags</b> and [a link](https://example.com) in it';
const top = Array.from({ length: 7 }, (_, index) => ({
  key: `+4420794601${10 + index}`,
  name: LONG,
  spend: usd(10 - index),
  calls: index + 1,
}));
const RANKINGS: readonly Ranking[] = [{ top: [] }, { top }, { top, other: { spend: usd(-1), calls: 3 } }];

function day(date: string, spend: bigint, places: DayTotals['destinations'] = {}): DayTotals {
  return {
    type: 'day',
    date,
    spend,
    calls: 2,
    destinations: places,
    otherSpend: 0n,
    otherCalls: 0,
    closingBalance: 0n,
  };
}

function facts(more: Partial<SpendFacts> = {}): SpendFacts {
  const period = more.period ?? 'last30Days';
  const range = rangeOf(period, START, 'UTC');
  const days = spendByDay(range, [day(range.from, usd(12)), day('2026-11-17', usd(3))]);
  return { period, range, timeZone: 'UTC', currency: 'USD', balance: usd(50), days, by: 'day', ...more };
}

const readers = LANGUAGES.flatMap((language) =>
  [true, false].map((seesPeople) => ({ seesPeople, speech: speechFor(language) })),
);

test('every view of every period is a valid card in both languages', () => {
  for (const reader of readers)
    for (const [index, period] of PERIODS.entries())
      for (const by of SPEND_BY) {
        const ranking = RANKINGS[index % RANKINGS.length]!;
        const kept = { spend: usd(1), calls: index, from: START };
        const shown = { period, by, misread: LONG, kept, ...(by !== 'day' && { ranking, lookedAt: 10_000 }) };
        expectValidCard(spendCard(facts(shown), reader));
      }
});

test('the fullest 30 days stay small enough', () => {
  const range = rangeOf('last30Days', START, 'UTC');
  const days = spendByDay(range, []).map((empty) => ({ ...empty, spend: usd(1_234_567.89), calls: 99_999 }));
  for (const reader of readers) expectValidCard(spendCard(facts({ days }), reader));
});

test('an empty period, a debt and years of balance have their own sentences', () => {
  const reader = { seesPeople: true, speech: speechFor('en') };
  const nothing = spendByDay(rangeOf('today', START, 'UTC'), []);
  const empty = spendCard(facts({ period: 'today', days: nothing }), reader);
  expectValidCard(empty);
  expect(textOf(empty)).toContain('No calls were charged in this period.');
  const debt = spendCard(facts({ balance: usd(-3) }), reader);
  expect(textOf(debt)).toContain('The balance is -$3.00: below zero, so there is nothing left to spend.');
  expect(textOf(spendCard(facts({ balance: 0n }), reader))).toContain('lasts less than a day');
  expect(textOf(spendCard(facts({ balance: usd(0.75) }), reader))).toContain('lasts about 1 day.');
  expect(textOf(spendCard(facts({ balance: usd(99_999) }), reader))).toContain('for more than two years');
});

test('where no chart is drawn every day is there as text', () => {
  const { content } = spendCard(facts(), { seesPeople: true, speech: speechFor('en-US') });
  expect(JSON.stringify(content)).toContain('"text":"Oct 19: $12.00 · Nov 17: $3.00"');
});

test('a ranking shows six places and one line for the rest, and what is partial is said', () => {
  const places = Object.fromEntries(
    'abcdefghij'.split('').map((name, index) => [name, { spend: usd(10 - index), calls: 1 }]),
  );
  const ranking = rankDestinations([{ ...day('2026-11-17', usd(60), places), otherSpend: usd(5) }]);
  expect(ranking.top.map(({ key }) => key)).toEqual('abcdef'.split(''));
  expect(ranking.other?.spend).toBe(usd(15));
  const reader = { seesPeople: true, speech: speechFor('en') };
  const text = textOf(spendCard(facts({ by: 'destination', ranking, lookedAt: 1 }), reader));
  expect(text).toContain('Other\n');
  expect(text).toContain('This covers 1 call of 4.');
});

const CALL: StoredCall = {
  type: 'call',
  id: 'c',
  charge: 12_345n,
  connectionCharge: 0n,
  start: START,
  durationSeconds: 3_725,
  source: 'http',
  details: { destinationName: LONG, calleeNumber: '+442079460123', userDisplayName: LONG, userId: 'u' },
};

test('single calls are a valid card in both languages, empty, full and with missing details', () => {
  const bare = { ...CALL, details: {}, durationSeconds: 0 };
  const target = {
    period: 'last30Days',
    by: 'number',
    at: '9'.repeat(16),
    back: '9999999999999999-90,'.repeat(20),
  };
  for (const reader of readers) {
    const common = {
      currency: 'USD',
      timeZone: 'Europe/Rome',
      back: { period: 'today', by: 'day' },
    } as const;
    expectValidCard(callsCard({ ...common, calls: [] }, reader));
    const card = callsCard(
      { ...common, calls: [bare, ...Array.from({ length: 7 }, () => CALL)], older: target, newer: target },
      reader,
    );
    expectValidCard(card);
    expect(textOf(card)).toContain('1 h 2 min');
  }
});
