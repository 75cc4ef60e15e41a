import { SANDBOX_CARDS } from '../../src/billing/payments/sandbox/cards.js';
import type { PaymentMethod } from '../../src/billing/payments/processor.js';
import { backupQuestion } from '../../src/cards/backup-question-card.js';
import { cardLinkCard } from '../../src/cards/card-link-card.js';
import { removalQuestion, removalRefused } from '../../src/cards/card-removal-card.js';
import { oneCardCard } from '../../src/cards/one-card-card.js';
import { paymentMethodsCard } from '../../src/cards/payment-methods-card.js';
import type { Card } from '../../src/cards/render.js';
import { LANGUAGES, speechFor, type Language, type Speech } from '../../src/cards/speech.js';
import { expirySentence } from '../../src/cards/stored-card.js';
import { START, usd } from '../support/billing.js';
import { accountWith } from '../support/balance-states.js';
import { buttonsOf, expectValidCard, textOf } from '../support/card-checks.js';
import { ruleRequest } from '../support/world.js';

/** As Stripe's are: no scenario, long ids. */
const REAL: readonly PaymentMethod[] = Array.from({ length: 100 }, (_none, index) => ({
  id: `pm_1AbCdEfGhIjKlMnOpQrSt${index}`,
  brand: 'Cartes Bancaires',
  last4: String(1_000 + index),
  expires: '2031-03',
  fingerprint: `print-${index}`,
}));

const [OWN, FIRST, SECOND, THIRD] = SANDBOX_CARDS as unknown as readonly [
  PaymentMethod,
  PaymentMethod,
  PaymentMethod,
  PaymentMethod,
];
const { limits: _limits, by, ...numbers } = ruleRequest({ method: OWN });
const RULE = { enabled: true, ...numbers, setBy: by, setAt: START };
const account = accountWith({ rule: RULE, backups: [FIRST, SECOND, THIRD] });
const gone = accountWith({
  rule: { ...RULE, method: { ...OWN, id: 'gone' } },
  backups: [{ ...FIRST, id: 'gone-2' }],
});
const common = { account, methods: SANDBOX_CARDS, now: START };
const banner = { style: 'good', lines: ['✓'] } as const;

function cardsIn(speech: Speech): Readonly<Record<string, Card>> {
  const real = { account: accountWith(), methods: REAL, now: START };
  const link = { url: 'https://example.com/page', token: 'x'.repeat(4_000) };
  return {
    list: paymentMethodsCard({ ...common, from: 0, banner }, speech),
    listOfReal: paymentMethodsCard({ ...real, from: 6 }, speech),
    listOfNone: paymentMethodsCard({ ...real, methods: [], from: 0 }, speech),
    listWithMissing: paymentMethodsCard({ ...common, account: gone, from: 0 }, speech),
    ...Object.fromEntries(
      SANDBOX_CARDS.map((method) => [method.id, oneCardCard({ ...common, method, banner }, speech)]),
    ),
    replaced: oneCardCard({ ...common, method: THIRD, old: FIRST, banner }, speech),
    link: cardLinkCard({ ...link, until: START }, speech),
    linkToReplace: cardLinkCard({ ...link, old: { id: OWN.id, name: 'Visa' } }, speech),
    ...Object.fromEntries(
      [OWN, FIRST].map((charged) => [
        `askBackup${charged.id}`,
        backupQuestion(
          {
            method: FIRST,
            rule: RULE,
            currency: 'USD',
            balance: -usd(10),
            forecast: { kind: 'due', method: charged, recharges: 2n, room: 4n, inAnHour: 3n },
            token: 'x'.repeat(1_000),
            changed: charged === OWN,
          },
          speech,
        ),
      ]),
    ),
    question: removalQuestion(
      { id: OWN.id, name: 'Visa', next: 'JCB', isLast: true, isBackup: true, token: 'x' },
      speech,
    ),
    refusedForRecharge: removalRefused({ name: 'Visa' }, speech),
    refusedForPayment: removalRefused({ name: 'Visa', open: '$50.00' }, speech),
  };
}

const ALL = LANGUAGES.flatMap((language) =>
  Object.entries(cardsIn(speechFor(language))).map(([name, card]) => [language, name, card] as const),
);

test.each(ALL)('in %s the card “%s” is valid', (_language, _name, card) => {
  expectValidCard(card);
});

test.each(ALL.filter(([language]) => language === 'it'))(
  'in %s the card “%s” has no English left on it',
  (_language, _name, card) => {
    expect(textOf(card)).not.toMatch(/\b(card|cards|the|stored|until|remove|backup|used|page|link to)\b/iu);
  },
);

test('at most six buttons stand together, whatever the card is used for', () => {
  const speech = speechFor('en');
  for (const method of SANDBOX_CARDS) {
    const { actions } = oneCardCard({ ...common, method }, speech).content as { actions: unknown[] };
    expect(actions.length).toBeLessThanOrEqual(6);
  }
});

test.each<[PaymentMethod, readonly string[]]>([
  [FIRST, ['Move down', 'Not a backup']],
  [SECOND, ['Move up', 'Move down', 'Not a backup']],
  [THIRD, ['Try first', 'Move up', 'Not a backup']],
  [OWN, []],
])('a backup can go wherever it is not yet: $brand', (method, expected) => {
  const titles = buttonsOf(oneCardCard({ ...common, method }, speechFor('en'))).map(({ title }) => title);
  const places = ['Try first', 'Move up', 'Move down', 'Not a backup', 'Use as backup 1'];
  expect(titles.filter((title) => places.includes(title))).toEqual(expected);
});

test('what auto-recharge depends on and is gone is named', () => {
  const text = textOf(paymentMethodsCard({ ...common, account: gone, from: 0 }, speechFor('en')));
  expect(text).toContain('⚠ Auto-recharge is set to Visa •••• 4242, which is no longer stored.');
  expect(text).toContain('⚠ Backup 1, Mastercard •••• 9995, is no longer stored.');
});

test.each<{ expires: string; now: string; locale: Language; sentence: string }>([
  { expires: '2026-10', now: START, locale: 'en', sentence: '⚠ Expired at the end of October 2026' },
  { expires: '2026-11', now: START, locale: 'en', sentence: '⚠ Expires soon, at the end of November 2026' },
  { expires: '2026-12', now: START, locale: 'en', sentence: 'Valid until December 2026' },
  {
    expires: '2026-12',
    now: '2026-12-02T00:00:00.000Z',
    locale: 'en',
    sentence: '⚠ Expires soon, at the end of December 2026',
  },
  {
    expires: '2026-12',
    now: '2027-01-01T00:00:00.000Z',
    locale: 'en',
    sentence: '⚠ Expired at the end of December 2026',
  },
  { expires: '2026-10', now: START, locale: 'it', sentence: '⚠ Scaduta alla fine di ottobre 2026' },
])(
  'a card that is valid until $expires reads at $now as “$sentence”',
  ({ expires, now, locale, sentence }) => {
    expect(expirySentence({ expires }, now, speechFor(locale))).toBe(sentence);
  },
);
