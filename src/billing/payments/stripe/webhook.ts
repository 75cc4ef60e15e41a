/**
 * What Stripe tells by itself. The signature is checked on the raw body, the age both ways; what the body says is not
 * believed beyond which object to read again, so that order and duplicates don't matter.
 */
import Stripe from 'stripe';
import * as z from 'zod';
import type { EventSubject } from '../../ledger/model.js';
import { StripeSettingsRefused } from './errors.js';

/** Stripe's own bound for old ones; its client lets the future pass. */
export const TOLERANCE_SECONDS = 300;

export type WebhookRefusal =
  | 'unsigned'
  | 'wronglySigned'
  | 'tooOld'
  | 'fromTheFuture'
  /** Signed, and not an event as documented. */
  | 'malformed'
  /** Of another account, or of the other mode: test or live. */
  | 'foreign';

/** Which object changed: it is read again, whatever the event said of it. */
export interface StripeEvent {
  /** The same each time this event is delivered. */
  readonly id: string;
  readonly kind: EventSubject;
  readonly objectId: string;
  readonly tenant?: string;
  readonly paymentId?: string;
  /** Stripe's customer, where the object itself does not tell the tenant. */
  readonly customerId?: string;
  /** Of a refund or a dispute: the charge, which tells the tenant. */
  readonly intentId?: string;
}

export type WebhookReading =
  | { readonly kind: 'event'; readonly event: StripeEvent }
  /** Genuine, and about something that this program does not follow. */
  | { readonly kind: 'ignored'; readonly id: string }
  | { readonly kind: 'refused'; readonly reason: WebhookRefusal };

export interface WebhookSettings {
  /** The endpoint's signing secret; two while it is being changed. */
  readonly secrets: readonly string[];
  /** Whether the key moves real money. */
  readonly live: boolean;
  /** ISO, UTC. */
  readonly now: () => string;
}

export interface WebhookRequest {
  /** As it came: a body that was parsed and written again is another one. */
  readonly body: Uint8Array;
  /** The `stripe-signature` header. */
  readonly signature: string | undefined;
}

const KIND_OF: ReadonlyMap<string, StripeEvent['kind']> = new Map([
  ['payment_intent', 'payment'],
  ['refund', 'refund'],
  ['dispute', 'dispute'],
  ['payment_method', 'cards'],
  ['customer', 'cards'],
]);

const referenceSchema = z.string().nullish().catch(undefined);
const eventSchema = z.object({
  object: z.literal('event'),
  id: z.string().min(1),
  type: z.string(),
  livemode: z.boolean(),
  account: z.string().nullish(),
  data: z.object({
    object: z.object({
      object: z.string(),
      id: z.string().min(1),
      mode: z.string().nullish(),
      customer: referenceSchema,
      payment_intent: referenceSchema,
      metadata: z.record(z.string(), z.string()).nullish(),
    }),
    /** What was there before: a card that was removed names its customer here alone. */
    previous_attributes: z.object({ customer: referenceSchema }).nullish().catch(undefined),
  }),
});
type Event = z.infer<typeof eventSchema>;

/** @throws StripeSettingsRefused without any secret: nothing could be checked. */
export function readWebhook(request: WebhookRequest, settings: WebhookSettings): WebhookReading {
  const refused = refusalOf(request, settings);
  if (refused !== undefined) return { kind: 'refused', reason: refused };
  const event = eventSchema.safeParse(parsed(request.body));
  if (!event.success) return { kind: 'refused', reason: 'malformed' };
  // This program has no connected accounts: an event of one is none of ours.
  const foreign = event.data.livemode !== settings.live || typeof event.data.account === 'string';
  return foreign ? { kind: 'refused', reason: 'foreign' } : readingOf(event.data);
}

function refusalOf(
  { body, signature }: WebhookRequest,
  { secrets, now }: WebhookSettings,
): WebhookRefusal | undefined {
  if (secrets.length === 0 || secrets.includes(''))
    throw new StripeSettingsRefused('the webhook needs the signing secret of its endpoint');
  if (signature === undefined || signature === '') return 'unsigned';
  const signedAt = signedAtOf(signature);
  const genuine = secrets.some((secret) => isSignedBy(secret, body, signature));
  if (signedAt === undefined || !genuine) return 'wronglySigned';
  return refusalOfAge(Math.floor(Date.parse(now()) / 1_000) - signedAt);
}

function refusalOfAge(seconds: number): WebhookRefusal | undefined {
  if (seconds > TOLERANCE_SECONDS) return 'tooOld';
  return seconds < -TOLERANCE_SECONDS ? 'fromTheFuture' : undefined;
}

/** The one moment that the header names, in seconds; undefined where it names none or several. */
function signedAtOf(signature: string): number | undefined {
  const times = signature.split(',').filter((part) => part.startsWith('t='));
  const [digits] = times.map((part) => part.slice(2));
  return times.length === 1 && digits !== undefined && /^\d{1,12}$/u.test(digits)
    ? Number(digits)
    : undefined;
}

/** The age is judged here, both ways: a tolerance of 0 leaves it out. The client throws for all that it does not like. */
function isSignedBy(secret: string, body: Uint8Array, signature: string): boolean {
  try {
    return Stripe.webhooks.signature?.verifyHeader(body, signature, secret, 0) === true;
  } catch {
    return false;
  }
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
}

function readingOf({ id, data: { object, previous_attributes: before } }: Event): WebhookReading {
  const kind = kindOf(object);
  if (kind === undefined) return { kind: 'ignored', id };
  const customerId = customerOf(object, before);
  const { payment_intent: intentId, metadata } = object;
  return {
    kind: 'event',
    event: {
      id,
      kind,
      objectId: object.id,
      ...named(metadata ?? {}),
      ...(typeof customerId === 'string' && { customerId }),
      ...(typeof intentId === 'string' && { intentId }),
    },
  };
}

function named({ tenant, paymentId }: Readonly<Record<string, string | undefined>>): {
  tenant?: string;
  paymentId?: string;
} {
  return { ...(tenant !== undefined && { tenant }), ...(paymentId !== undefined && { paymentId }) };
}

type Data = Event['data'];

function customerOf(object: Data['object'], before: Data['previous_attributes']): string | null | undefined {
  return object.object === 'customer' ? object.id : (object.customer ?? before?.customer);
}

/** A page of Checkout is about a payment, or about a card. */
function kindOf({ object, mode }: Event['data']['object']): StripeEvent['kind'] | undefined {
  if (object !== 'checkout.session') return KIND_OF.get(object);
  return mode === 'payment' ? 'payment' : 'cards';
}
