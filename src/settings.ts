/** The shape of every setting: what it may be, and what it is where nobody says. The README's table lists the same. */
import * as z from 'zod';
import { CURRENCIES, fromDecimal } from './billing/money.js';
import { STRIPE_KEY } from './billing/payments/stripe/client.js';

/** The Playground's tenant: Emulator, Playground and `npm run usage` then share one account. */
export const PLAYGROUND_TENANT = '00000000-0000-0000-0000-0000000000001';

const port = z.coerce.number().int().min(0).max(65_535);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== ''),
);
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const amount = z.string().transform((text, context) => {
  const micros = fromDecimal(text.trim());
  if (micros !== undefined && micros >= 0n) return micros;
  context.addIssue({ code: 'custom', message: 'is not an amount such as 5 or 12.50' });
  return z.NEVER;
});
const timeZone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'is not an IANA time zone such as Europe/Rome');

/** `key:tenant` pairs, comma separated; a key may stand for several tenants. */
const usageKeys = z.string().transform((text, context) => {
  const keys = new Map<string, readonly string[]>();
  for (const pair of text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')) {
    const [key = '', tenant = '', ...more] = pair.split(':');
    if (key.length < USAGE_KEY_CHARS_MIN || tenant === '' || more.length > 0) {
      context.addIssue({
        code: 'custom',
        message: `needs key:tenant pairs, keys of ${USAGE_KEY_CHARS_MIN} characters or more`,
      });
      return z.NEVER;
    }
    keys.set(key, [...(keys.get(key) ?? []), tenant.toLowerCase()]);
  }
  return keys;
});
const USAGE_KEY_CHARS_MIN = 24;

const stripeKey = z
  .string()
  .regex(
    STRIPE_KEY,
    'must be a secret or restricted key: sk_ or rk_, then test_ or live_, letters and digits',
  );
const stripeSecrets = z.string().transform((text, context) => {
  const secrets = text.split(',').map((part) => part.trim());
  if (secrets.length <= STRIPE_SECRETS_MAX && secrets.every((secret) => /^whsec_\w+$/u.test(secret)))
    return secrets;
  context.addIssue({ code: 'custom', message: 'takes one or two signing secrets (whsec_…), with a comma' });
  return z.NEVER;
});
/** One, or two while it is being changed. */
const STRIPE_SECRETS_MAX = 2;
const stripeServer = z.string().transform((text, context) => {
  const { host, port: digits, protocol } = STRIPE_SERVER.exec(text)?.groups ?? {};
  const number = Number(digits);
  if (host !== undefined && number > 0 && number <= 65_535)
    return { host, port: number, protocol: protocol === 'https' ? ('https' as const) : ('http' as const) };
  context.addIssue({ code: 'custom', message: 'takes host:port/protocol, such as 127.0.0.1:12111/http' });
  return z.NEVER;
});
const STRIPE_SERVER = /^(?<host>[\w.-]+):(?<port>\d{1,5})\/(?<protocol>https?)$/u;
/** Microsoft's own short link to Billing > Your products, as its documentation gives it: credits are bought there. */
const YOUR_PRODUCTS = 'https://go.microsoft.com/fwlink/p/?linkid=842054';

export const environment = z.object({
  NODE_ENV: z.string().default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3978),
  PUBLIC_URL: z.url().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).optional(),
  DATA_DIR: z.string().min(1).default('.data'),
  AZURITE_TABLE_PORT: port.default(10_002),
  PLAYGROUND_PORT: port.default(56_150),
  TABLE_CONNECTION_STRING: z.string().min(1).optional(),
  TABLE_ACCOUNT_URL: z.url().optional(),
  TABLE_NAME: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]{2,50}$/u, 'takes 3 to 51 letters and digits')
    .default('credits'),
  BOT_APP_ID: z.string().min(1).optional(),
  BOT_APP_TYPE: z.enum(['SingleTenant', 'UserAssignedMSI', 'MultiTenant']).default('SingleTenant'),
  BOT_APP_TENANT_ID: z.string().min(1).optional(),
  BOT_APP_PASSWORD: z.string().min(1).optional(),
  ALLOWED_TENANTS: list.default([]),
  SERVICE_HOSTS: list.optional(),
  DEV_TENANT_ID: z.string().min(1).max(128).default(PLAYGROUND_TENANT),
  ADMIN_IDS: list.default([]),
  CURRENCY: z.enum(CURRENCIES).default('USD'),
  TIME_ZONE: timeZone.default('UTC'),
  TOP_UP_MINIMUM: amount.default(5_000_000n),
  TOP_UP_MAXIMUM: amount.default(5_000_000_000n),
  TOP_UP_PRESETS: z.string().default('20,50,100,250'),
  LOW_BALANCE: amount.default(10_000_000n),
  USAGE_KEYS: usageKeys.default(new Map<string, readonly string[]>()),
  ADD_CONNECTION_CHARGE: flag.default(false),
  CALL_DETAIL_DAYS: z.coerce.number().int().min(1).max(3_650).default(400),
  GRAPH_USAGE: z.enum(['off', 'on']).default('off'),
  GRAPH_CLIENT_ID: z.string().min(1).optional(),
  GRAPH_CLIENT_SECRET: z.string().min(1).optional(),
  GRAPH_SERVER: z.url().optional(),
  PAYMENT_PROCESSOR: z.enum(['sandbox', 'stripe', 'adminCenter']).default('sandbox'),
  STRIPE_SECRET_KEY: stripeKey.optional(),
  STRIPE_WEBHOOK_SECRETS: stripeSecrets.optional(),
  STRIPE_MODE: z.enum(['test', 'live']).optional(),
  STRIPE_SERVER: stripeServer.optional(),
  STRIPE_PRODUCT_NAME: z.string().min(1).max(250).default('Communications Credits'),
  ADMIN_CENTER_URL: z.url({ protocol: /^https$/u, error: 'is not an https address' }).default(YOUR_PRODUCTS),
  SANDBOX_LATENCY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
});
export type Environment = z.infer<typeof environment>;
