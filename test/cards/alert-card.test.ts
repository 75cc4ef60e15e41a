import { ALERT_KINDS, HEALED_HOWS, NO_RECHARGE_REASONS, SYSTEM } from '../../src/billing/ledger/model.js';
import type { Alert, AlertFacts, AlertKind, Trip } from '../../src/billing/ledger/model.js';
import { DECLINE_REASONS } from '../../src/billing/payments/processor.js';
import { alertCard, type AlertReader } from '../../src/cards/alert-card.js';
import { speechFor } from '../../src/cards/speech.js';
import { ADMIN, START, usd } from '../support/billing.js';
import { buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';

const METHOD = { brand: 'Visa', last4: '4242' };
const TRIP: Trip = {
  at: START,
  reason: 'recharges',
  recharges: 3,
  spend: usd(180),
  usual: usd(30),
  destinations: [
    { name: 'Cuba', spend: usd(120) },
    { name: '', spend: usd(40) },
  ],
};
const FACTS: Readonly<Record<AlertKind, AlertFacts>> = {
  recharged: { balance: usd(120), amount: usd(100), method: METHOD, paymentId: 'p1' },
  rechargeFailed: {
    balance: usd(12),
    amount: usd(100),
    method: METHOD,
    declineReason: 'insufficientFunds',
    paused: false,
    nextTry: '2026-11-17T10:00:00.000Z',
  },
  negative: { balance: -usd(3.2) },
  recovered: { balance: usd(46.8), by: ADMIN },
  low: { balance: usd(15), threshold: usd(20), noRecharge: 'off' },
  crossings: { balance: usd(1), count: 4 },
  paymentUnknown: { balance: usd(5), amount: usd(50), method: METHOD, paymentId: 'p2' },
  expiring: {
    balance: usd(62.5),
    amount: usd(62.5),
    expiring: [
      { amount: usd(42.5), expiresAt: '2026-12-17T23:59:59.999Z' },
      { amount: usd(20), expiresAt: '2027-01-03T23:59:59.999Z' },
    ],
  },
  capNear: { balance: usd(50), cap: 'month', percent: 80, amount: usd(160), limit: usd(200) },
  cardExpiring: {
    balance: usd(62.5),
    cards: [
      { method: METHOD, isBackup: false, notice: 'days30', lastDay: '2026-11-30' },
      { method: { brand: 'Mastercard', last4: '9995' }, isBackup: true, notice: 'gone' },
    ],
    nextRecharge: '2026-12-14',
  },
  tripped: { balance: usd(12), trip: TRIP },
  disputed: { balance: usd(-30), amount: usd(50), paymentId: 'pay-1', method: METHOD, paused: true },
  test: { balance: usd(5), by: ADMIN },
};
const CHANNEL: AlertReader = { place: 'channel', canAct: true, because: 'asked' };
const PERSONAL: AlertReader = { place: 'personal', canAct: true, because: 'asked' };

const EN = speechFor('en-US');

function alertOf(kind: AlertKind, facts: Partial<AlertFacts> = {}, healed?: Alert['healed']): Alert {
  const about = { type: 'alert', sequence: 1n, at: START, currency: 'USD', version: 1 } as const;
  return { ...about, kind, facts: { ...FACTS[kind], ...facts }, ...(healed !== undefined && { healed }) };
}

function healedBy(how: NonNullable<Alert['healed']>['how'], by = ADMIN): NonNullable<Alert['healed']> {
  return { at: '2026-11-17T09:30:00.000Z', by, balance: usd(112), how };
}

const titles = (alert: Alert, reader = PERSONAL): readonly string[] =>
  buttonsOf(alertCard(alert, reader, EN)).map(({ title }) => title);

describe.each(['en-US', 'it-IT'])('in %s', (locale) => {
  const speech = speechFor(locale);

  test.each(ALERT_KINDS)('%s is a card that every client shows, living and healed', (kind) => {
    for (const reader of [CHANNEL, PERSONAL, { ...PERSONAL, canAct: false, because: 'admin' as const }]) {
      expectValidCard(alertCard(alertOf(kind), reader, speech));
      for (const how of HEALED_HOWS)
        for (const by of [ADMIN, SYSTEM])
          expectValidCard(alertCard(alertOf(kind, {}, healedBy(how, by)), reader, speech));
    }
  });

  test('every reason has its words', () => {
    for (const declineReason of [...DECLINE_REASONS, 'needsAction' as const])
      expectValidCard(alertCard(alertOf('rechargeFailed', { declineReason }), CHANNEL, speech));
    for (const noRecharge of NO_RECHARGE_REASONS)
      expectValidCard(alertCard(alertOf('low', { noRecharge }), CHANNEL, speech));
  });
});

test('a failed recharge says why, when it tries again, and carries what repairs it', () => {
  const alert = alertOf('rechargeFailed');
  const text = textOf(alertCard(alert, PERSONAL, EN));
  expect(text).toContain('$100.00 was not added from Visa •••• 4242.');
  expect(text).toContain('There is not enough money on the card.');
  expect(text).toContain('It tries again by itself after Nov 17, 2026, 10:00 AM UTC.');
  expect(titles(alert)).toEqual(['Try again now', 'Use another card', 'Add funds', 'Why?', 'Balance']);
});

test('a paused recharge says so', () => {
  const alert = alertOf('rechargeFailed', { declineReason: 'expiredCard', paused: true });
  const text = textOf(alertCard(alert, PERSONAL, EN));
  expect(text).toContain('The card has expired.');
  expect(text).toContain('Auto-recharge is paused until an admin tries again or chooses another card.');
});

test('an approval that is waited for gives the link, if it is one', () => {
  const facts = { declineReason: 'needsAction', actionUrl: 'https://bank.example/3ds' } as const;
  const [first] = buttonsOf(alertCard(alertOf('rechargeFailed', facts), CHANNEL, EN));
  expect(first).toMatchObject({ type: 'Action.OpenUrl', url: 'https://bank.example/3ds' });
  const odd = alertOf('rechargeFailed', { ...facts, actionUrl: 'javascript:alert(1)' });
  expect(JSON.stringify(alertCard(odd, CHANNEL, EN).content)).not.toContain('javascript:');
});

test('a negative balance claims no more than the ledger knows', () => {
  const card = alertCard(alertOf('negative'), CHANNEL, EN);
  expect(textOf(card)).toContain('-$3.20');
  expect(textOf(card)).toContain('By this ledger, calls to toll-free and international numbers are blocked.');
  expect(card.summary).toBe(
    'The balance is -$3.20. By this ledger, calls to toll-free and international numbers are blocked.',
  );
});

test('a balance that a person took below zero names that person', () => {
  const text = textOf(alertCard(alertOf('negative', { by: ADMIN }), PERSONAL, EN));
  expect(text).toContain('Ada Admin corrected the balance. Adding funds ends it.');
  expect(text).toContain('Caused by\nAda Admin');
});

test.each([
  ['off', 'Auto-recharge is off', 'Set auto-recharge'],
  ['waiting', 'waits after a declined payment', 'Try again now'],
  ['paused', 'Auto-recharge is paused', 'Try again now'],
  ['capped', 'has reached its limit', 'Raise the limit'],
  ['held', 'Auto-recharge is on hold.', 'Try again now'],
  ['asksFirst', 'asks an admin first', 'Try again now'],
  ['tripped', 'Auto-recharge is paused for safety', 'Resume'],
] as const)('a low balance with auto-recharge %s says why it does not help', (noRecharge, words, repair) => {
  const alert = alertOf('low', { noRecharge });
  const text = textOf(alertCard(alert, PERSONAL, EN));
  expect(text).toContain('It is below $20.00.');
  expect(text).toContain(words);
  expect(titles(alert)).toContain(repair);
});

test('a low balance over a hold says what the hold came with, and what ends it', () => {
  const alert = alertOf('low', { noRecharge: 'held', heldBy: 'outsideRefund' });
  expect(textOf(alertCard(alert, PERSONAL, EN))).toContain(
    'Auto-recharge waits for the next charged call, or until an admin tries again.\n' +
      'The hold came with a refund made at the payment processor, and a refund never starts a recharge.',
  );
});

test('a low balance over a payment in doubt names it, and leads to the payments', () => {
  const inDoubt = { id: 'p1', amount: usd(30), requestedAt: START };
  const alert = alertOf('low', { noRecharge: 'asksFirst', inDoubt });
  expect(textOf(alertCard(alert, PERSONAL, EN))).toContain(
    'The payment in doubt: $30.00, requested Nov 17, 2026, 9:00 AM UTC.',
  );
  expect(titles(alert)).toEqual(['Try again now', 'Open payments', 'Add funds', 'Why?', 'Balance']);
});

test('funds that will expire are listed with their dates, and the notification tells all of it', () => {
  const card = alertCard(alertOf('expiring'), PERSONAL, EN);
  expect(textOf(card)).toContain('⚠ Funds will expire\n$62.50');
  expect(textOf(card)).toContain('$42.50 is forfeited after Dec 17, 2026, unless calls use it up before.');
  expect(textOf(card)).toContain('$20.00 is forfeited after Jan 3, 2027, unless calls use it up before.');
  expect(card.summary).toBe('$62.50 will expire by the end of Jan 3, 2027, unless calls use it up before.');
});

test('more dates than can be read at a glance are counted', () => {
  const [lot] = FACTS.expiring.expiring ?? [];
  const alert = alertOf('expiring', { expiring: Array.from({ length: 9 }, () => lot!) });
  expect(textOf(alertCard(alert, PERSONAL, EN))).toContain('and 5 more');
});

test.each([
  ['month', 80, ['80% of the monthly limit is used', 'has used $160.00 of $200.00 this month.']],
  ['day', 90, ['90% of the daily limit is used', 'does not fit into the rest is not made.']],
  ['month', 100, ['⚠ The monthly limit is used up', 'Nothing more is added by itself this month']],
  ['day', 100, ['⚠ The daily limit is used up', 'Nothing more is added by itself today']],
] as const)('the %s cap at %d percent says what it means', (cap, percent, sentences) => {
  const alert = alertOf('capNear', { cap, percent });
  const text = textOf(alertCard(alert, PERSONAL, EN));
  for (const sentence of sentences) expect(text).toContain(sentence);
  expect(titles(alert)).toEqual(['Raise the limit', 'Why?', 'Balance']);
});

test('the breaker says why it paused auto-recharge, where the money went, and how to go on', () => {
  const text = textOf(alertCard(alertOf('tripped'), PERSONAL, EN));
  expect(text).toContain('It charged 3 times within an hour; another recharge needs an admin’s word.');
  expect(text).toContain('Most of it went to Cuba ($120.00) and Unknown destination ($40.00).');
  expect(titles(alertOf('tripped'))).toEqual(['Resume', 'Change the rule', 'Why?', 'Balance']);
  const bySpend = alertCard(alertOf('tripped', { trip: { ...TRIP, reason: 'spend' } }), PERSONAL, EN);
  expect(textOf(bySpend)).toContain('$180.00 was spent in a day, more than four times the usual $30.00.');
  expect(bySpend.summary).toContain('$180.00 spent in a day that usually costs $30.00');
});

test('when a person resumed, the card of the breaker says who', () => {
  const text = textOf(alertCard(alertOf('tripped', {}, healedBy('resumed')), CHANNEL, EN));
  expect(text).toContain('✓ Settled: Auto-recharge is paused for safety');
  expect(text).toContain('Ada Admin resumed auto-recharge.');
});

test('gathered crossings are counted', () => {
  const { summary } = alertCard(alertOf('crossings'), PERSONAL, EN);
  expect(summary).toContain('4 more times');
  expect(alertCard(alertOf('crossings', { count: 1 }), PERSONAL, EN).summary).toContain('once more');
});

test('a test alert can’t be taken for a real one, and names who asked', () => {
  const card = alertCard(alertOf('test'), PERSONAL, EN);
  expect(textOf(card)).toContain('This is a test alert');
  expect(textOf(card)).toContain('Nothing is wrong. Ada Admin asked for it');
  expect(card.summary).toBe('A test alert: nothing is wrong.');
});

test('every alert says how to stop it, in the way of its place', () => {
  for (const kind of ALERT_KINDS) {
    expect(textOf(alertCard(alertOf(kind), PERSONAL, EN))).toContain('Say “alerts off” here');
    expect(textOf(alertCard(alertOf(kind), CHANNEL, EN))).toContain('Mention me with “alerts off” here');
    const alone: AlertReader = { ...PERSONAL, because: 'admin' };
    // A test also goes where nobody asked for alerts.
    const why = kind === 'test' ? 'to this conversation only' : 'because no conversation hears alerts';
    expect(textOf(alertCard(alertOf(kind), alone, EN))).toContain(why);
  }
});

test('who may not act sees no button that would refuse them', () => {
  const viewer: AlertReader = { ...PERSONAL, canAct: false };
  for (const kind of ALERT_KINDS) expect(titles(alertOf(kind), viewer)).toEqual(['Balance']);
});

test('there is at most one main button, and at most five', () => {
  for (const kind of ALERT_KINDS) {
    const buttons = buttonsOf(alertCard(alertOf(kind), CHANNEL, EN));
    expect(buttons.length).toBeLessThanOrEqual(5);
    expect(buttons.filter(({ style }) => style === 'positive').length).toBeLessThanOrEqual(1);
  }
});

describe('when it is healed', () => {
  test('the card turns calm: what ended it, by whom, when, the balance then, and nothing to repair', () => {
    const alert = alertOf('rechargeFailed', {}, healedBy('credited'));
    const card = alertCard(alert, CHANNEL, EN);
    const text = textOf(card);
    expect(text).toContain('✓ Settled: Auto-recharge failed');
    expect(text).toContain('Ada Admin added funds.');
    expect(text).toContain('Nov 17, 2026, 9:30 AM UTC');
    expect(text).toContain('$112.00');
    expect(titles(alert)).toEqual(['Balance']);
    expect(card.summary).toBe('Settled: Auto-recharge failed. Ada Admin added funds.');
  });

  test('by the bot itself nobody is named', () => {
    const alert = alertOf('rechargeFailed', {}, healedBy('credited', SYSTEM));
    expect(textOf(alertCard(alert, CHANNEL, EN))).toContain('Auto-recharge added funds.');
    const back = alertOf('negative', {}, healedBy('balanceBack', SYSTEM));
    expect(textOf(alertCard(back, CHANNEL, EN))).toContain('The balance is back.\n');
  });

  test('by a newer alert it does not claim that all is well', () => {
    const alert = alertOf('rechargeFailed', {}, healedBy('superseded', SYSTEM));
    const card = alertCard(alert, CHANNEL, EN);
    expect(textOf(card)).toContain('A newer alert tells how it went on.');
    expect(textOf(card)).not.toContain('Settled');
    expect(card.summary).not.toContain('Settled');
  });
});

test('names that people typed are not read as Markdown', () => {
  const by = { id: 'x', name: '[Eve](https://evil.example) **!**' };
  const content = JSON.stringify(alertCard(alertOf('test', { by }), CHANNEL, EN).content);
  expect(content).not.toContain('[Eve](https');
});
