import {
  ALERT_KINDS,
  HOLD_CAUSES,
  NO_RECHARGE_REASONS,
  type Alert,
  type AlertFacts,
  type Explanation,
} from '../../src/billing/ledger/model.js';
import { DECLINE_REASONS } from '../../src/billing/payments/processor.js';
import { ANSWERS_PER_PAGE, whyCard, type WhyFacts } from '../../src/cards/why-card.js';
import { speechFor } from '../../src/cards/speech.js';
import { TRIP } from '../support/balance-states.js';
import { ADMIN, START, usd } from '../support/billing.js';
import { button, buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';

const EN = speechFor('en-US');
const UNTIL = '2026-12-01T00:00:00.000Z';
const IN_DOUBT = { id: 'p1', amount: usd(30), requestedAt: UNTIL };

function explanation(kind: Explanation['kind'], more: Partial<Explanation> = {}): Explanation {
  return {
    ...{ type: 'why', sequence: 1n, at: START, kind, balance: usd(12), pending: 0n, trigger: usd(20) },
    ...{ amount: usd(50), dayTotal: usd(50), monthTotal: usd(180), monthCap: usd(200), failures: 2 },
    ...more,
  };
}

function alert(kind: Alert['kind'], facts: Partial<AlertFacts> = {}, more: Partial<Alert> = {}): Alert {
  return {
    ...{ type: 'alert', sequence: 1n, kind, at: START, currency: 'USD', version: 1 },
    facts: { balance: usd(12), ...facts },
    ...more,
  };
}

function facts(answers: WhyFacts['answers'], more: Partial<WhyFacts> = {}): WhyFacts {
  return { currency: 'USD', answers, isNewest: true, ...more };
}

function wordsOf(answer: Explanation | Alert): string {
  return textOf(whyCard(facts([answer]), EN));
}

const EVERY = [
  ...(['charged', 'inProgress', ...NO_RECHARGE_REASONS] as const).flatMap((kind) => [
    explanation(kind),
    explanation(kind, {
      dayCap: usd(100),
      cap: 'day',
      until: UNTIL,
      pending: usd(5),
      trip: TRIP,
      inDoubt: IN_DOUBT,
    }),
  ]),
  ...DECLINE_REASONS.map((pausedBy) => explanation('paused', { pausedBy })),
  ...HOLD_CAUSES.map((heldBy) => explanation('held', { heldBy })),
  ...ALERT_KINDS.map((kind) => alert(kind)),
  ...ALERT_KINDS.map((kind) =>
    alert(
      kind,
      { trip: TRIP, by: ADMIN, declineReason: 'expiredCard', noRecharge: 'tripped' },
      { healed: { at: UNTIL, by: ADMIN, balance: usd(50), how: 'credited' } },
    ),
  ),
];

test.each(['en-US', 'it-IT'])('in %s every answer is on a card that every client shows', (locale) => {
  for (let from = 0; from < EVERY.length; from += ANSWERS_PER_PAGE) {
    const answers = EVERY.slice(from, from + ANSWERS_PER_PAGE);
    expectValidCard(whyCard(facts(answers, { older: '1-1', isNewest: from === 0 }), speechFor(locale)));
  }
  expectValidCard(whyCard(facts([]), speechFor(locale)));
});

test.each<[string, Explanation, string]>([
  [
    'a recharge',
    explanation('charged', { monthTotal: usd(100) }),
    'With it, $150.00 of $200.00 are used this month.',
  ],
  [
    'a recharge under both limits',
    explanation('charged', { dayCap: usd(150), monthTotal: usd(100) }),
    'With it, $100.00 of $150.00 are used today and $150.00 of $200.00 this month.',
  ],
  [
    'the monthly limit',
    explanation('capped', { cap: 'month', until: UNTIL }),
    'The balance of $12.00 was below the trigger of $20.00, but the monthly limit of $200.00 left no room: $180.00 used, next $50.00. Room again Dec 1, 2026, 12:00 AM UTC.',
  ],
  [
    'the daily limit',
    explanation('capped', { cap: 'day', dayCap: usd(60), until: UNTIL }),
    'but the daily limit of $60.00 left no room: $50.00 used, next $50.00.',
  ],
  [
    'a wait',
    explanation('waiting', { until: UNTIL }),
    'but after 2 declines it waited until Dec 1, 2026, 12:00 AM UTC.',
  ],
  [
    'a pause',
    explanation('paused', { failures: 1, pausedBy: 'expiredCard' }),
    'but it was paused after a decline. The card has expired.',
  ],
  [
    'another payment',
    explanation('inProgress', { pending: usd(40) }),
    'The balance of $12.00 was below the trigger of $20.00, but $40.00 was already on the way.',
  ],
  [
    'a hold',
    explanation('held', { heldBy: 'adjustment' }),
    'The balance of $12.00 was below the trigger of $20.00, but auto-recharge was on hold.\n' +
      'The hold came with an adjustment, and an adjustment never starts a recharge.',
  ],
  [
    'a payment in doubt',
    explanation('asksFirst', { inDoubt: IN_DOUBT }),
    'The balance of $12.00 was below the trigger of $20.00, but a payment was past its deadline, and nobody knew ' +
      'whether it had been charged. Then an admin is asked before the next recharge.\n' +
      'The payment in doubt: $30.00, requested Dec 1, 2026, 12:00 AM UTC.',
  ],
  [
    'the safety stop',
    explanation('tripped', { trip: TRIP }),
    'but the safety stop held: $180.00 was spent in a day, more than four times the usual $30.00.\nMost of it went to Cuba ($120.00)',
  ],
  [
    'off, below a threshold',
    explanation('off'),
    'Auto-recharge was off; the balance of $12.00 was below $20.00.',
  ],
  ['off', explanation('off', { trigger: 0n }), 'Auto-recharge was off; the balance was $12.00.'],
])('%s is explained with its numbers', (_name, why, sentence) => {
  expect(wordsOf(why)).toContain(sentence);
});

test.each<[Alert, string]>([
  [
    alert('low', { threshold: usd(20), noRecharge: 'off' }),
    'Alert: The balance is low\nNov 17, 2026, 9:00 AM UTC\nThe balance of $12.00 was below $20.00, and no recharge was on the way.\nAuto-recharge is off',
  ],
  [alert('negative', { balance: usd(-3) }), 'The balance went from zero or above to -$3.00.'],
  [alert('crossings', { count: 4 }), '4 more falls below zero were gathered into this one.'],
  [
    alert('capNear', { cap: 'month', percent: 80, amount: usd(160), limit: usd(200) }),
    '$160.00 of the monthly limit of $200.00 was used. It is told at 80, 90 and 100 percent.',
  ],
  [
    alert('expiring', {
      amount: usd(9),
      expiring: [{ amount: usd(9), expiresAt: '2026-12-17T23:59:59.999Z' }],
    }),
    '$9.00 was not used yet and expires by the end of Dec 17, 2026.',
  ],
  [alert('tripped', { trip: TRIP }), 'more than four times the usual $30.00.'],
  [alert('rechargeFailed', { amount: usd(50), declineReason: 'expiredCard' }), 'The card has expired.'],
])('an alert is explained with its numbers: %#', (told, sentence) => {
  expect(wordsOf(told)).toContain(sentence);
});

test.each([
  ['en-US', ['correction', 'charged', 'deadline', 'The hold came']],
  ['it-IT', ['rettifica', 'addebit', 'termine', 'è arrivata']],
])('a hold from before its cause was kept says in %s nothing that may be untrue', (locale, words) => {
  const old = [explanation('held'), alert('low', { threshold: usd(20), noRecharge: 'held' })];
  const text = textOf(whyCard(facts(old), speechFor(locale)));
  for (const word of words) expect(text).not.toContain(word);
});

test('a low balance over a hold, or a payment in doubt, is explained with what it was', () => {
  const held = alert('low', { threshold: usd(20), noRecharge: 'held', heldBy: 'cancelled' });
  expect(wordsOf(held)).toContain('The hold came when somebody cancelled a recharge');
  const asking = alert('low', { threshold: usd(20), noRecharge: 'asksFirst', inDoubt: IN_DOUBT });
  expect(wordsOf(asking)).toContain('The payment in doubt: $30.00, requested Dec 1, 2026, 12:00 AM UTC.');
});

test('what ended the trouble stands with the alert', () => {
  const healed = { at: UNTIL, by: ADMIN, balance: usd(50), how: 'credited' } as const;
  expect(wordsOf(alert('negative', {}, { healed }))).toContain(
    'Ada Admin added funds (Dec 1, 2026, 12:00 AM UTC)',
  );
});

test('pages lead on by place, and back to the newest', () => {
  const card = whyCard(facts([explanation('held')], { older: '5-9', isNewest: false }), EN);
  expect(button(card, 'Older').data).toEqual({ verb: 'why.page', before: '5-9' });
  expect(button(card, 'Newest').data).toEqual({ verb: 'why.page' });
  expect(buttonsOf(card).length).toBeLessThanOrEqual(5);
});

test('names of destinations are text, not Markdown', () => {
  const trip = { ...TRIP, destinations: [{ name: '[x](http://evil.example)', spend: usd(1) }] };
  const card = whyCard(facts([explanation('tripped', { trip })]), EN);
  expect(JSON.stringify(card.content)).not.toContain('](http');
});
