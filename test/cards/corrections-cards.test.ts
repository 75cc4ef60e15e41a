import {
  adjustForm,
  adjustPreview,
  adjustReceipt,
  type AdjustPreviewFacts,
} from '../../src/cards/adjust-card.js';
import { money } from '../../src/billing/money.js';
import { REFUNDS_PER_PAGE, refundListCard, refundPreview } from '../../src/cards/refund-card.js';
import type { Card } from '../../src/cards/render.js';
import { speechFor } from '../../src/cards/speech.js';
import { ADMIN, START, usd } from '../support/billing.js';
import { accountWith } from '../support/balance-states.js';
import { buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';
import { refundedPayment, testPayment } from '../support/payments.js';

const METHOD = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
const RULE = {
  ...{ enabled: true, trigger: usd(20), amount: usd(50), monthCap: usd(200) },
  ...{ method: METHOD, setBy: ADMIN, setAt: START },
};
const ACCOUNTS = [accountWith(), accountWith({ rule: RULE }), accountWith({ balance: usd(50) })];
const TOKEN = 'x'.repeat(900);
const REASON = '**goodwill** ${x} [a](http://b) '.repeat(6);

function refundCards(locale: string): readonly Card[] {
  const speech = speechFor(locale);
  const page = Array.from({ length: REFUNDS_PER_PAGE }, () => testPayment('settled'));
  return [
    refundListCard({ payments: [] }, speech),
    refundListCard({ payments: [...page.slice(1), refundedPayment('refused')], newer: 0, older: 10 }, speech),
    ...ACCOUNTS.flatMap((account) =>
      [true, false].map((isExpired) =>
        refundPreview({ payment: testPayment('settled'), account, isExpired, token: TOKEN }, speech),
      ),
    ),
  ];
}

function adjustCards(locale: string): readonly Card[] {
  const speech = speechFor(locale);
  const form = { balance: money(usd(12), 'USD'), reasonCharsMax: 200, amount: '', reason: '', problems: {} };
  const preview = (amount: number): readonly AdjustPreviewFacts[] =>
    ACCOUNTS.map((account) => ({
      ...{ amount: usd(amount), reason: REASON, account },
      ...{ isExpired: amount < 0, token: TOKEN },
    }));
  return [
    adjustForm(form, speech),
    adjustForm(
      {
        ...form,
        ...{ direction: 'take', amount: '${x} 5,5', reason: REASON },
        problems: { direction: 'a', amount: 'b', reason: 'c' },
      },
      speech,
    ),
    ...[5, -5, -500].flatMap(preview).map((facts) => adjustPreview(facts, speech)),
    adjustReceipt(
      {
        ...{ amount: usd(-5), reason: REASON, currency: 'USD' },
        ...{ balanceBefore: usd(2), balanceAfter: usd(-3), by: ADMIN, at: START },
      },
      speech,
    ),
  ];
}

describe.each(['en-US', 'it-IT'])('in %s', (locale) => {
  test('every card of a refund is one that every client shows', () => {
    for (const card of refundCards(locale)) expectValidCard(card);
  });

  test('every card of an adjustment is one that every client shows', () => {
    for (const card of adjustCards(locale)) expectValidCard(card);
  });

  test('no card has more than one main button, nor more than five', () => {
    for (const card of [...adjustCards(locale), ...refundCards(locale).filter((one) => !isList(one))]) {
      const buttons = buttonsOf(card);
      expect(buttons.length).toBeLessThanOrEqual(5);
      expect(buttons.filter(({ style }) => style === 'positive').length).toBeLessThanOrEqual(1);
    }
  });
});

function isList(card: Card): boolean {
  return buttonsOf(card).some(({ verb }) => verb === 'refund.page');
}

test('a reason is shown as it was typed, and is no Markdown', () => {
  const card = adjustReceipt(
    {
      ...{ amount: usd(5), reason: '**x** [a](http://b)', currency: 'USD' },
      ...{ balanceBefore: 0n, balanceAfter: usd(5), by: ADMIN, at: START },
    },
    speechFor('en-US'),
  );
  expect(textOf(card)).toContain('Reason\n**x** [a](http://b)');
  expect(JSON.stringify(card.content)).not.toContain('](http');
});
