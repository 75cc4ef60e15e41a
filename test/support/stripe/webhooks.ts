/** Webhooks as Stripe signs and sends them (https://docs.stripe.com/webhooks#verify-manually), written without its client. */
import { createHmac } from 'node:crypto';
import type { WebhookRequest } from '../../../src/billing/payments/stripe/webhook.js';
import type { Happened, Records } from './records.js';

export const WEBHOOK_SECRET = 'whsec_of_the_stand_in';

export interface Signing {
  readonly secret?: string;
  /** Seconds since the epoch. */
  readonly at: number;
}

export function signed(body: string, { secret = WEBHOOK_SECRET, at }: Signing): WebhookRequest {
  const digest = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
  return { body: Buffer.from(body), signature: `t=${at},v1=${digest}` };
}

/** One event per change so far, in the order in which they happened. The caller delivers them late, twice or mixed up. */
export function deliveries(records: Records): readonly WebhookRequest[] {
  return records.happened.map((happened, index) =>
    signed(eventBody({ id: `evt_${index + 1}`, ...happened }), { at: records.seconds() }),
  );
}

export function eventBody(event: Happened & { readonly id: string }, more: object = {}): string {
  const { id, type, ...data } = event;
  return JSON.stringify({ object: 'event', id, type, livemode: false, data, ...more }, null, 2);
}
