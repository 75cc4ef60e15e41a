/** Who may tell the bot what happened at Stripe: whatever Stripe did not sign just now changes nothing, anywhere. */
import type { WebhookRequest } from '../../src/billing/payments/stripe/webhook.js';
import { loadConfig, optionsFrom } from '../../src/config.js';
import { startApp } from '../support/app.js';
import { refundByHand } from '../support/stripe/intents.js';
import { startStripeApp, type Payer, type StripeApp } from '../support/stripe/stripe-app.js';
import { eventBody, signed } from '../support/stripe/webhooks.js';

let app: StripeApp;
let payer: Payer;

beforeAll(async () => {
  app = await startStripeApp();
  payer = await app.paid();
});

afterAll(() => app.stop());

/** A refund that did happen, so that believing any of these would show in the ledger. */
function told(): object {
  const { tenant } = payer;
  const refund = refundByHand(app.records, app.intents(payer)[0]!, 100);
  return { ...refund, metadata: { tenant } };
}

const seconds = (): number => app.records.seconds();
const body = (more: object = {}): string =>
  eventBody({ id: `evt_${Math.random()}`, type: 'refund.created', object: told() }, more);

const REFUSED: Readonly<Record<string, () => WebhookRequest>> = {
  'that is not signed': () => ({ body: Buffer.from(body()), signature: undefined }),
  'that somebody else signed': () => signed(body(), { at: seconds(), secret: 'whsec_guessed' }),
  'that was recorded and is replayed later': () => signed(body(), { at: seconds() - 301 }),
  'that was parsed and written again': () => {
    const { body: bytes, signature } = signed(body(), { at: seconds() });
    return { body: Buffer.from(JSON.stringify(JSON.parse(Buffer.from(bytes).toString()))), signature };
  },
  'that is dated in the future': () => signed(body(), { at: seconds() + 301 }),
  'of another account': () => signed(body({ account: 'acct_other' }), { at: seconds() }),
  'of the other mode': () => signed(body({ livemode: true }), { at: seconds() }),
  'that is no event': () => signed('{"object":"refund"}', { at: seconds() }),
};

test.each(Object.entries(REFUSED))('A webhook %s is refused, and nothing changed', async (_, request) => {
  const forged = request();
  const before = await app.everything(payer.tenant);
  const lines = app.bot.logged.length;
  expect(await app.post(forged)).toBe(400);
  expect(await app.everything(payer.tenant)).toEqual(before);
  const refused = app.bot.logged.slice(lines).filter(({ msg }) => msg === 'webhook refused');
  expect(refused).toHaveLength(1);
  const logged = JSON.stringify(app.bot.logged.slice(lines));
  expect(logged).not.toContain(payer.tenant);
  expect(logged).not.toContain('evt_');
});

test('A webhook that is too large is refused before anything else is looked at', async () => {
  const before = await app.everything(payer.tenant);
  const large = body({ padding: 'x'.repeat(300_000) });
  expect(await app.post(signed(large, { at: seconds() }))).toBe(413);
  expect(await app.everything(payer.tenant)).toEqual(before);
});

test.each([
  ['a customer of somebody else', { object: 'payment_intent', id: 'pi_x', customer: 'cus_other' }],
  ['something that the bot does not follow', { object: 'invoice', id: 'in_1' }],
  ['a charge that was made by hand', { object: 'payment_intent', id: 'pi_y', metadata: {} }],
])('What Stripe tells of %s is taken, and changes nothing', async (_, object) => {
  const metadata = 'customer' in object ? { tenant: payer.tenant, paymentId: 'p' } : {};
  const event = eventBody({ id: 'evt_of_others', type: 't', object: { ...object, metadata } });
  const before = await app.everything(payer.tenant);
  expect(await app.post(signed(event, { at: seconds() }))).toBe(200);
  expect(await app.everything(payer.tenant)).toEqual(before);
});

test('Each of the two secrets is taken while the secret is being changed', async () => {
  const event = eventBody({ id: 'evt_1', type: 't', object: { object: 'invoice', id: 'in_1' } });
  for (const secret of ['whsec_before', 'whsec_of_the_stand_in'])
    expect(await app.post(signed(event, { at: seconds(), secret }))).toBe(200);
});

test('The true one is carried out once all the false ones were refused', async () => {
  const { length } = app.eventsOf(payer);
  expect(await app.deliver(payer)).toEqual(Array(length).fill(200));
  expect(await app.differences(payer.tenant)).toEqual([]);
});

test('In production, with everything that Stripe needs and a live key, the program starts', async () => {
  const guid = '11111111-1111-4111-8111-111111111111';
  const config = loadConfig(optionsFrom([]), {
    NODE_ENV: 'production',
    PORT: '0',
    BOT_APP_ID: 'app',
    BOT_APP_TENANT_ID: guid,
    BOT_APP_PASSWORD: 'secret',
    TABLE_ACCOUNT_URL: 'https://credits.table.core.windows.net',
    ALLOWED_TENANTS: guid,
    PUBLIC_URL: 'https://credits.example.com',
    PAYMENT_PROCESSOR: 'stripe',
    STRIPE_SECRET_KEY: 'rk_live_1',
    STRIPE_WEBHOOK_SECRETS: 'whsec_live',
  });
  const production = await startApp({ config });
  expect((await fetch(`${production.url}/readyz`)).status).toBe(200);
  const webhook = await fetch(`${production.url}/api/payments/webhook`, { method: 'POST', body: '{}' });
  expect(webhook.status).toBe(400);
  expect(production.app.payments.kind).toBe('stripe');
  await production.stop();
});
