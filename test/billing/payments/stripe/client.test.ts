import { inspect } from 'node:util';
import {
  API_VERSION,
  isLiveKey,
  REQUEST_TIMEOUT_MS,
  stripeClient,
} from '../../../../src/billing/payments/stripe/client.js';
import { StripeRefused, StripeSettingsRefused } from '../../../../src/billing/payments/stripe/errors.js';
import { stripeWorld, TEST_KEY } from '../../../support/stripe/stripe-world.js';

const server = { host: '127.0.0.1', port: 1, protocol: 'http' } as const;

describe('The client of Stripe', () => {
  test.each(['sk_live_abc123', 'rk_live_abc123'])('sends the live key %s to Stripe alone', (secretKey) => {
    expect(() => stripeClient({ secretKey, server })).toThrow(StripeSettingsRefused);
    expect(stripeClient({ secretKey })).toBeDefined();
    expect(isLiveKey(secretKey)).toBe(true);
  });

  test.each(['sk_test_abc123', 'rk_test_abc123'])('takes the test key %s to any server', (secretKey) => {
    expect(stripeClient({ secretKey, server })).toBeDefined();
    expect(isLiveKey(secretKey)).toBe(false);
  });

  test.each(['', 'pk_live_abc123', 'sk_live_', ' sk_live_abc123', 'sk_live_abc123\n', 'whsec_abc123'])(
    'refuses %j, and does not repeat it',
    (secretKey) => {
      let refused: unknown;
      try {
        stripeClient({ secretKey, server });
      } catch (error) {
        refused = error;
      }
      expect(refused).toBeInstanceOf(StripeSettingsRefused);
      if (secretKey !== '') expect(inspect(refused)).not.toContain('abc123');
    },
  );

  test('names the pinned version, sends no telemetry and nothing of this program', async () => {
    const { standIn, stripe } = await stripeWorld();
    const customer = standIn.records.addCustomer('contoso');
    await stripe.customers.retrieve(customer);
    await stripe.customers.retrieve(customer);
    await standIn.stop();
    expect(API_VERSION).toBe('2026-10-28.endive');
    for (const { headers } of standIn.seen) {
      expect(headers['stripe-version']).toBe(API_VERSION);
      expect(headers).not.toHaveProperty('x-stripe-client-telemetry');
      expect(headers['x-stripe-client-user-agent']).not.toContain('application');
    }
    expect(standIn.seen).toHaveLength(2);
  });

  test('waits for its own time, and tries to read once more', async () => {
    const { standIn, stripe } = await stripeWorld({ fault: () => '500' });
    await expect(stripe.customers.retrieve('cus_1')).rejects.toThrow();
    await standIn.stop();
    expect(standIn.seen).toHaveLength(2);
    expect(stripe.getApiField('timeout')).toBe(REQUEST_TIMEOUT_MS);
  });
});

test('A key that Stripe refuses is an error for the operator that does not show the key', async () => {
  const world = await stripeWorld({ fault: () => '401' });
  await world.customer('contoso');
  const asked = world.processor().find({ tenant: 'contoso', paymentId: 'p1' });
  const refused = await asked.catch((error: unknown) => error);
  await world.standIn.stop();
  expect(refused).toBeInstanceOf(StripeRefused);
  expect(inspect(refused, { depth: 9 })).not.toContain(TEST_KEY.slice(-6));
});
