import { CANCEL_NOTICES, paymentCard } from '../../src/cards/payment-card.js';
import { paymentsCard } from '../../src/cards/payments-card.js';
import { addFundsForm, addFundsPreview, type AddFundsFormFacts } from '../../src/cards/add-funds-card.js';
import { speechFor } from '../../src/cards/speech.js';
import { PAYMENT_STATUSES, type Reversal } from '../../src/billing/ledger/model.js';
import { money } from '../../src/billing/money.js';
import { SANDBOX_CARDS } from '../../src/billing/payments/sandbox/cards.js';
import { ADMIN, START, usd } from '../support/billing.js';
import { buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';
import { PAYMENT_STATES, refundedPayment, testPayment } from '../support/payments.js';

const LOCALES = ['en-US', 'it-IT'] as const;
const SPEECH = speechFor('en-US');

describe.each(LOCALES)('in %s', (locale) => {
  const speech = speechFor(locale);

  test.each(Object.keys(PAYMENT_STATES))(
    'the card of a payment that is %s is valid for everybody',
    (state) => {
      for (const canAct of [true, false]) {
        const card = paymentCard(PAYMENT_STATES[state]!, { canAct }, speech);
        expectValidCard(card);
        expect(buttonsOf(card).filter(({ style }) => style === 'positive').length).toBeLessThanOrEqual(1);
      }
    },
  );

  test.each(CANCEL_NOTICES)('the notice %s is valid', (notice) => {
    expectValidCard(paymentCard(PAYMENT_STATES['unknown']!, { canAct: true, notice }, speech));
  });

  test('the list is valid and below the limit with as many payments as can be open', () => {
    const name = 'Maximiliana-Alexandra von und zu Hohenstein (Einkauf) '.repeat(2);
    for (const count of [0, 1, 2, 6, 7, 10]) {
      const payments = Array.from({ length: count }, (_none, index) =>
        testPayment('actionRequired', {
          id: `6f1c2a3e-8d41-4c52-9a77-0b1f6f2f3c${10 + index}`,
          actionUrl: `https://bank.example/${'x'.repeat(120)}`,
          requestedBy: { ...ADMIN, name },
        }),
      );
      for (const canAct of [true, false])
        expectValidCard(
          paymentsCard({ payments, refunds: payments.slice(0, 2), now: START, canAct }, speech),
        );
    }
  });

  test.each(PAYMENT_STATUSES)('the list has a word for %s', (status) => {
    const card = paymentsCard(
      { payments: [testPayment(status)], refunds: [], now: START, canAct: true },
      speech,
    );
    expectValidCard(card);
  });

  test('the form is valid as it is first shown, with problems, and without a card', () => {
    const facts = formFacts();
    const problems = { amount: '5,5,5', amountProblem: 'Wrong.', methodProblem: 'Gone.' };
    expectValidCard(addFundsForm(facts, speech));
    expectValidCard(addFundsForm({ ...facts, ...problems }, speech));
    expectValidCard(addFundsForm({ ...facts, methods: [] }, speech));
    expectValidCard(addFundsForm({ ...facts, presets: [] }, speech));
  });

  test.each(SANDBOX_CARDS)('the preview with the card “$scenario” is valid', (method) => {
    for (const reason of [undefined, 'expired', 'another'] as const) {
      const facts = { ...previewFacts(), method, ...(reason && { reason }) };
      expectValidCard(addFundsPreview(facts, speech));
      expectValidCard(addFundsPreview({ ...facts, forfeit: FORFEIT }, speech));
    }
  });
});

const FORFEIT = { amount: usd(12.5), at: '2027-11-17T23:59:59.999Z', perDay: usd(0.1), days: 90 };

test('the preview says in one sentence what would expire unused, how much of it and when', () => {
  const card = addFundsPreview({ ...previewFacts(), forfeit: FORFEIT }, SPEECH);
  expect(textOf(card)).toContain(
    'At the spend of the last 90 days ($0.10 a day), $12.50 of this would be left unused and forfeited after Nov 17, 2027.',
  );
});

test.each([
  ['refundRequested', ['Refund in progress', 'has not confirmed it yet'], ['Refresh', 'Balance', 'History']],
  ['refunded', ['✓ Refunded', '$50.00 was taken off the balance and goes back'], ['Balance', 'History']],
  [
    'refundRefused',
    ['⚠ The refund was refused', 'in the balance again, with its old expiry'],
    ['Balance', 'History', 'Refund'],
  ],
])('the receipt of a payment that is %s says so, and by whom', (state, sentences, titles) => {
  const card = paymentCard(PAYMENT_STATES[state]!, { canAct: true }, SPEECH);
  const text = textOf(card);
  for (const sentence of [...sentences, 'Refunded by\n*Bea*']) expect(text).toContain(sentence);
  expect(text).not.toContain('New balance');
  expect(buttonsOf(card).map(({ title }) => title)).toEqual(titles);
});

test('refunds that are under way stand in the list of what is not finished', () => {
  const facts = { payments: [], refunds: [refundedPayment('requested')], now: START, canAct: true };
  const text = textOf(paymentsCard(facts, SPEECH));
  expect(text).toContain('No payment is open. One refund is not finished yet.');
  expect(text).toContain('Refund in progress\n*Bea*, just now\nVisa •••• 4242\n$50.00');
});

function formFacts(): AddFundsFormFacts {
  return {
    balance: money(usd(10), 'USD'),
    minimum: money(usd(5), 'USD'),
    maximum: money(usd(5_000), 'USD'),
    presets: [20, 50, 100, 250].map((preset) => money(usd(preset), 'USD')),
    methods: SANDBOX_CARDS,
    canAddCard: true,
    amount: '',
  };
}

function previewFacts() {
  const other = { amount: usd(20), by: ADMIN, at: START };
  return {
    amount: money(usd(50), 'USD'),
    balance: money(usd(-10), 'USD'),
    method: SANDBOX_CARDS[0]!,
    others: [
      { ...other, state: 'open' as const },
      { ...other, state: 'recent' as const },
    ],
    token: 'x'.repeat(600),
    now: START,
  };
}

test.each(Object.keys(PAYMENT_STATES))('who may not act sees no button to act (%s)', (state) => {
  const verbs = buttonsOf(paymentCard(PAYMENT_STATES[state]!, { canAct: false }, SPEECH)).map(
    ({ verb }) => verb,
  );
  const forEverybody = ['addFunds.status', 'balance.show', 'history.show', 'payments.show'];
  expect(verbs.filter((verb) => !forEverybody.includes(verb ?? 'a link'))).toEqual([]);
});

test.each(['requested', 'begun', 'unreached', 'unknown', 'actionRequired'])(
  'a payment that is not finished (%s) is never said to have failed',
  (state) => {
    const text = textOf(paymentCard(PAYMENT_STATES[state]!, { canAct: true }, SPEECH));
    expect(text).not.toMatch(/fail|declined|was not charged/iu);
  },
);

test('a name is shown as it was typed, and is no Markdown', () => {
  const card = paymentCard(PAYMENT_STATES['cancelled']!, { canAct: true }, SPEECH);
  expect(textOf(card)).toContain('**Bea** [B](http://x) <b> cancelled it.');
  expect(JSON.stringify(card.content)).not.toContain('**Bea**');
});

test('only a test card says that no real money moves', () => {
  const note = 'Test card: no real money moves.';
  expect(textOf(paymentCard(PAYMENT_STATES['settled']!, { canAct: true }, SPEECH))).toContain(note);
  expect(textOf(paymentCard(PAYMENT_STATES['settledNegative']!, { canAct: true }, SPEECH))).not.toContain(
    note,
  );
});

test('the balance before is the one just before the credit, not the one of the request', () => {
  const card = paymentCard(
    testPayment('settled', { balanceBefore: usd(10), balanceAfter: usd(45) }),
    { canAct: true },
    SPEECH,
  );
  expect(textOf(card)).toContain('Balance before\n-$5.00');
});

test('the notification of a receipt says what was added', () => {
  const { summary } = paymentCard(PAYMENT_STATES['settled']!, { canAct: true }, SPEECH);
  expect(summary).toBe('$50.00 added, the balance was $60.00 afterwards');
});

test('an address that is none of the web becomes no link', () => {
  const payment = testPayment('actionRequired', { actionUrl: 'javascript:alert(1)' });
  const card = paymentCard(payment, { canAct: true }, SPEECH);
  expect(buttonsOf(card).map(({ type }) => type)).not.toContain('Action.OpenUrl');
});

test('with more open payments than a card holds, the rest is counted', () => {
  const payments = Array.from({ length: 10 }, () => testPayment('unknown'));
  const text = textOf(paymentsCard({ payments, refunds: [], now: START, canAct: true }, SPEECH));
  expect(text).toContain('10 payments are not finished yet.');
  expect(text).toContain('4 more are open.');
});

describe('a payment of which money went back without this bot', () => {
  const about = { at: START, returned: 0n, taken: usd(20) } as const;
  const refund = { kind: 'refund', id: 're-1', amount: usd(20), ...about } as const;
  const dispute = { kind: 'dispute', id: 'du-1', amount: usd(30), ...about } as const;
  const cardOf = (reversals: readonly Reversal[], speech = SPEECH) =>
    paymentCard({ ...testPayment('settled'), reversals }, { canAct: true }, speech);

  test('shows what was refunded, and offers no refund', () => {
    const card = cardOf([refund]);
    expect(textOf(card)).toContain('$20.00 was given back to Visa •••• 4242 without this bot');
    expect(buttonsOf(card).map(({ title }) => title)).not.toContain('Refund');
  });

  test('says of a dispute where to respond', () => {
    expect(textOf(cardOf([refund, dispute]))).toContain('Respond to the dispute at the payment processor');
  });

  test('is a receipt again where all came back, and shows what had gone', () => {
    const text = textOf(cardOf([{ ...dispute, returned: usd(30), taken: 0n }]));
    expect(text).toContain('✓ Funds added');
    expect(text).toContain('Dispute won');
  });

  test.each(LOCALES)('is valid in %s', (locale) => {
    const back = { ...refund, id: 're-2', returned: usd(20), taken: 0n };
    expectValidCard(cardOf([refund, dispute, back, { ...back, kind: 'dispute' }], speechFor(locale)));
  });
});
