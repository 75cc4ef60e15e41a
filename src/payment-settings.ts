/** Who takes the money: what the settings say of it, and which of them stop the start. No line of a refusal holds a value. */
import { isLiveKey } from './billing/payments/stripe/client.js';
import type { Environment } from './settings.js';

/** Who takes the money. */
export type PaymentSettings =
  | { readonly kind: 'sandbox'; readonly latencyMs: number }
  /** Nobody here: people buy at that address, and say so. */
  | { readonly kind: 'adminCenter'; readonly url: string }
  | ({ readonly kind: 'stripe' } & StripeAccess);

export interface StripeAccess {
  /** A secret or restricted key. */
  readonly secretKey: string;
  /** One, or two while the endpoint's secret is being changed. */
  readonly webhookSecrets: readonly string[];
  /** What stands in for Stripe's own server; with test keys only. */
  readonly server?: NonNullable<Environment['STRIPE_SERVER']>;
  /** What people read on Stripe's pages as the thing that is paid. */
  readonly productName: string;
}

export function paymentsOf(settings: Environment): PaymentSettings {
  if (settings.PAYMENT_PROCESSOR === 'sandbox')
    return { kind: 'sandbox', latencyMs: settings.SANDBOX_LATENCY_MS };
  if (settings.PAYMENT_PROCESSOR === 'adminCenter')
    return { kind: 'adminCenter', url: settings.ADMIN_CENTER_URL };
  return {
    kind: 'stripe',
    // Both are there: the start is refused without them.
    secretKey: settings.STRIPE_SECRET_KEY ?? '',
    webhookSecrets: settings.STRIPE_WEBHOOK_SECRETS ?? [],
    ...(settings.STRIPE_SERVER !== undefined && { server: settings.STRIPE_SERVER }),
    productName: settings.STRIPE_PRODUCT_NAME,
  };
}

export type Refusal = readonly [refused: boolean, line: string];

export function wrongPayments(settings: Environment, production: boolean): readonly Refusal[] {
  if (settings.PAYMENT_PROCESSOR === 'sandbox')
    return [[production, 'PAYMENT_PROCESSOR=sandbox is refused in production.']];
  if (settings.PAYMENT_PROCESSOR === 'adminCenter') return [];
  const { STRIPE_SECRET_KEY: key, STRIPE_WEBHOOK_SECRETS: secrets } = settings;
  return [
    [secrets === undefined, 'STRIPE_WEBHOOK_SECRETS is missing: PAYMENT_PROCESSOR=stripe needs it.'],
    ...(key === undefined ? KEY_MISSING : wrongKey(settings, isLiveKey(key), production)),
  ];
}

const KEY_MISSING: readonly Refusal[] = [
  [true, 'STRIPE_SECRET_KEY is missing: PAYMENT_PROCESSOR=stripe needs it.'],
];

/**
 * A key of the wrong mode is refused in both directions: real money moves in production alone, and production moves real
 * money, unless STRIPE_MODE says otherwise by name.
 */
function wrongKey(settings: Environment, live: boolean, production: boolean): readonly Refusal[] {
  const { STRIPE_MODE: mode = production ? 'live' : 'test', STRIPE_SERVER: server } = settings;
  const given = live ? 'live' : 'test';
  return [
    [given !== mode, `STRIPE_SECRET_KEY is no ${mode} key: set STRIPE_MODE=${given} if that is meant.`],
    [live && server !== undefined, 'STRIPE_SERVER is refused with a live STRIPE_SECRET_KEY.'],
  ];
}
