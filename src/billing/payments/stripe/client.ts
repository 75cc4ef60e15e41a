/** Stripe's own client, with everything that matters set here and nothing left to its defaults. */
import Stripe from 'stripe';
import { StripeSettingsRefused } from './errors.js';

/** What Stripe's answers look like: changing it is a change of this program, with its tests. */
export const API_VERSION = '2026-10-28.endive';
/** A bank may take its time; what takes longer is asked for later. */
export const REQUEST_TIMEOUT_MS = 20_000;
/** By the client, and of what only reads; what changes something is tried again by the saga. */
export const NETWORK_RETRIES_MAX = 1;

export interface StripeSettings {
  /** A secret or restricted key; whether it moves real money shows in its prefix. */
  readonly secretKey: string;
  /** Where another server stands in for Stripe's, with test keys only. */
  readonly server?: { readonly host: string; readonly port: number; readonly protocol: 'http' | 'https' };
}

/** Secret keys and restricted ones, of either mode. */
export const STRIPE_KEY = /^(?:sk|rk)_(test|live)_[A-Za-z0-9]+$/u;

/** Whether the key moves real money. @throws StripeSettingsRefused where it is no secret or restricted key. */
export function isLiveKey(secretKey: string): boolean {
  const mode = STRIPE_KEY.exec(secretKey)?.[1];
  if (mode === undefined)
    throw new StripeSettingsRefused('the Stripe key must begin with sk_ or rk_ and test_ or live_');
  return mode === 'live';
}

/** @throws StripeSettingsRefused for no key at all, and for a live key together with another server than Stripe's. */
export function stripeClient({ secretKey, server }: StripeSettings): Stripe {
  if (isLiveKey(secretKey) && server !== undefined)
    throw new StripeSettingsRefused('a live Stripe key is only ever sent to Stripe itself');
  return new Stripe(secretKey, {
    apiVersion: API_VERSION,
    telemetry: false,
    timeout: REQUEST_TIMEOUT_MS,
    maxNetworkRetries: NETWORK_RETRIES_MAX,
    ...server,
  });
}
