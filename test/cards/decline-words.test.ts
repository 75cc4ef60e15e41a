import { failureOf } from '../../src/billing/payments/stripe/outcome.js';
import { LANGUAGES, speechFor, type StringKey } from '../../src/cards/speech.js';

const SHAMING = /stolen|fraud|theft|rubat|frod|furto/iu;

test.each([
  'stolen_card',
  'lost_card',
  'fraudulent',
  'pickup_card',
  'security_violation',
  'merchant_blacklist',
])('What the bank says as %s is told without accusing anybody, in every language', (decline_code) => {
  const failure = failureOf({ code: 'card_declined', decline_code });
  if (failure.kind !== 'declined') throw new Error(failure.kind);
  for (const language of LANGUAGES) {
    const text = speechFor(language).say(`payment.declined.${failure.reason}` as StringKey);
    expect(text).not.toMatch(SHAMING);
    expect(text).not.toBe('');
  }
});
