import type { AutoRechargeRule } from '../../src/billing/ledger/model.js';
import { money } from '../../src/billing/money.js';
import { DECLINE_REASONS } from '../../src/billing/payments/processor.js';
import { SANDBOX_CARDS } from '../../src/billing/payments/sandbox/cards.js';
import { autoRechargeState, type Situation } from '../../src/cards/auto-recharge-card.js';
import { autoRechargeForm } from '../../src/cards/auto-recharge-form.js';
import { autoRechargePreview, type Forecast } from '../../src/cards/auto-recharge-preview.js';
import {
  autoRechargeAskOff,
  autoRechargeAskRetry,
  autoRechargeOff,
  autoRechargeUnchanged,
} from '../../src/cards/auto-recharge-question.js';
import type { Card } from '../../src/cards/render.js';
import { speechFor } from '../../src/cards/speech.js';
import { ADMIN, START, usd } from '../support/billing.js';
import { buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';

const METHOD = SANDBOX_CARDS[0]!;
const BACKUP = SANDBOX_CARDS[1]!;
const AMOUNTS = { trigger: usd(20), amount: usd(100), monthCap: usd(450), dayCap: usd(200) };
const RULE: AutoRechargeRule = { enabled: true, ...AMOUNTS, method: METHOD, setBy: ADMIN, setAt: START };
const CURRENCY = 'USD';

const SITUATIONS: readonly Situation[] = [
  { kind: 'added', total: usd(100), count: 1 },
  { kind: 'added', total: usd(300), count: 3 },
  { kind: 'charging', amount: usd(100) },
  { kind: 'needsAction', amount: usd(100), url: 'http://127.0.0.1:3978/sandbox/x' },
  ...DECLINE_REASONS.map((reason) => ({ kind: 'declined', amount: usd(100), reason }) as const),
  { kind: 'declined', amount: usd(100), reason: 'declined', until: START },
  { kind: 'capped', until: START },
  { kind: 'waiting', until: START },
  { kind: 'asksFirst', inDoubt: { id: 'p1', amount: usd(100), requestedAt: START } },
  { kind: 'held', heldBy: 'adjustment' },
  ...(['notNeeded', 'inProgress', 'paused', 'held', 'asksFirst', 'tripped'] as const).map((kind) => ({
    kind,
  })),
];

const FORECASTS: readonly Forecast[] = [
  { kind: 'due', method: METHOD, recharges: 1n, room: 4n, inAnHour: 3n },
  { kind: 'due', method: METHOD, recharges: 4n, room: 2n, inAnHour: 3n },
  { kind: 'due', method: BACKUP, recharges: 4n, room: 9n, inAnHour: 3n },
  { kind: 'notNeeded' },
  { kind: 'inProgress', pending: usd(50) },
  { kind: 'capped', cap: 'month', until: '2026-12-01T00:00:00.000Z' },
  { kind: 'capped', cap: 'day', until: '2026-11-18T00:00:00.000Z' },
  { kind: 'waiting', until: START },
  { kind: 'paused' },
  { kind: 'tripped' },
];

function allCards(locale: string): readonly Card[] {
  const speech = speechFor(locale);
  const form = {
    balance: money(usd(12), CURRENCY),
    minimum: money(usd(5), CURRENCY),
    maximum: money(usd(5000), CURRENCY),
    canAddCard: true,
  };
  const values = { trigger: '20', amount: '100' };
  const preview = {
    rule: { ...AMOUNTS, method: METHOD },
    currency: CURRENCY,
    balance: usd(12),
    token: 'x.y',
    usedToday: usd(100),
    now: START,
  } as const;
  const facts = { rule: RULE, currency: CURRENCY, balance: usd(12) } as const;
  return [
    autoRechargeForm({ ...form, methods: SANDBOX_CARDS, isOn: true, values, problems: {} }, speech),
    autoRechargeForm({ ...form, methods: [], isOn: false, values, problems: {} }, speech),
    autoRechargeForm(
      {
        ...form,
        methods: SANDBOX_CARDS,
        isOn: false,
        values,
        problems: { trigger: 'a', amount: 'b', monthCap: 'c', method: 'd' },
        notice: 'n',
      },
      speech,
    ),
    ...FORECASTS.map((forecast) => autoRechargePreview({ ...preview, forecast, usedThisMonth: 0n }, speech)),
    ...(['expired', 'changed'] as const).map((reason) =>
      autoRechargePreview(
        { ...preview, forecast: { kind: 'notNeeded' }, usedThisMonth: usd(100), reason },
        speech,
      ),
    ),
    ...SITUATIONS.flatMap((situation) => [
      autoRechargeState({ ...facts, situation, asked: 'set' }, speech),
      autoRechargeState({ ...facts, situation, asked: 'retry', superseded: true }, speech),
    ]),
    ...[METHOD, BACKUP].map((method) =>
      autoRechargeAskRetry({ ...facts, method, token: 'x.y', changed: method === BACKUP }, speech),
    ),
    ...[0n, usd(50)].flatMap((open) => [
      autoRechargeAskOff({ rule: RULE, currency: CURRENCY, open }, speech),
      autoRechargeOff({ rule: RULE, currency: CURRENCY, open }, speech),
      autoRechargeOff({ currency: CURRENCY, open }, speech),
    ]),
    autoRechargeUnchanged(true, speech),
    autoRechargeUnchanged(false, speech),
  ];
}

test.each(['en-US', 'it-IT'])('in %s every card is one that every client shows', (locale) => {
  for (const card of allCards(locale)) expectValidCard(card);
});

test('no card has more than one main button, nor more than five', () => {
  for (const card of allCards('en')) {
    const buttons = buttonsOf(card);
    expect(buttons.length).toBeLessThanOrEqual(5);
    expect(buttons.filter(({ style }) => style === 'positive').length).toBeLessThanOrEqual(1);
  }
});

test('the limits are told in money and in whole recharges', () => {
  const facts = {
    rule: RULE,
    currency: CURRENCY,
    balance: usd(50),
    situation: { kind: 'notNeeded' },
    asked: 'set',
  } as const;
  expect(textOf(autoRechargeState(facts, speechFor('en-US')))).toContain(
    'Monthly limit\n$450.00 (4 recharges at most)\nDaily limit\n$200.00 (2 recharges at most)',
  );
});

test('what people typed comes back as it is, and never as an expression', () => {
  const form = { balance: money(0n, CURRENCY), minimum: money(0n, CURRENCY), maximum: money(0n, CURRENCY) };
  const values = { amount: '${constructor} 5,5,5' };
  const card = autoRechargeForm(
    { ...form, methods: SANDBOX_CARDS, canAddCard: false, isOn: false, values, problems: {} },
    speechFor('en'),
  );
  expect(textOf(card)).toContain('5,5,5');
});

function stateOf(situation: Situation): string {
  const facts = { rule: RULE, currency: CURRENCY, balance: usd(12), situation, asked: 'set' } as const;
  return textOf(autoRechargeState(facts, speechFor('en-US')));
}

test('a rule that was saved with the declined card says that it is still paused, and why', () => {
  const text = stateOf({ kind: 'paused' });
  expect(text).toContain('⚠ Auto-recharge is set, but still paused');
  expect(text).toContain('The same card was declined before, so saving it again does not end the pause.');
  expect(text).toContain('Try again now');
});

test('what auto-recharge holds for is named, also where the rule was just saved', () => {
  const facts = { rule: RULE, currency: CURRENCY, balance: usd(12) } as const;
  const wordsOf = (situation: Situation, asked: 'set' | 'retry') =>
    textOf(autoRechargeState({ ...facts, situation, asked }, speechFor('en-US')));
  const inDoubt = { id: 'p1', amount: usd(100), requestedAt: START };
  const asking = wordsOf({ kind: 'asksFirst', inDoubt }, 'set');
  expect(asking).toContain('⚠ Auto-recharge is set, but asks an admin first');
  expect(asking).toContain('The payment in doubt: $100.00, requested Nov 17, 2026, 9:00 AM UTC.');
  expect(wordsOf({ kind: 'held', heldBy: 'refund' }, 'retry')).toContain('The hold came with a refund');
});

test('a rule that was saved behind the safety stop offers to resume', () => {
  const text = stateOf({ kind: 'tripped' });
  expect(text).toContain('⚠ Auto-recharge is set, but still paused');
  expect(text).toContain('Resume');
});

test.each<[Forecast, string]>([
  [
    { kind: 'due', method: METHOD, recharges: 5n, room: 9n, inAnHour: 3n },
    'After 3 within an hour it pauses for safety and asks an admin.',
  ],
  [
    { kind: 'due', method: BACKUP, recharges: 1n, room: 9n, inAnHour: 3n },
    'Mastercard •••• 9995 is charged: it is a backup, and takes the place of Visa •••• 4242',
  ],
  [
    { kind: 'due', method: METHOD, recharges: 5n, room: 2n, inAnHour: 3n },
    'The limit leaves room for 2 of them.',
  ],
  [
    { kind: 'capped', cap: 'day', until: '2026-11-18T00:00:00.000Z' },
    'the daily limit leaves no room for another $100.00 before Nov 18, 2026.',
  ],
  [{ kind: 'paused' }, 'this card was declined, so auto-recharge stays paused.'],
  [{ kind: 'waiting', until: START }, 'so auto-recharge waits until Nov 17, 2026, 9:00 AM UTC.'],
  [{ kind: 'tripped' }, 'auto-recharge stays paused for safety until an admin resumes it.'],
])('the preview of a rule says what follows: %o %s', (forecast, sentence) => {
  const card = autoRechargePreview(
    {
      rule: { ...AMOUNTS, method: METHOD },
      currency: CURRENCY,
      balance: usd(12),
      forecast,
      usedThisMonth: usd(100),
      usedToday: usd(100),
      token: 'x.y',
      now: START,
    },
    speechFor('en-US'),
  );
  expect(textOf(card)).toContain(sentence);
  expect(textOf(card)).toContain('Used this month\n$100.00\nUsed today\n$100.00');
});
