/** A charge at Stripe is a PaymentIntent: what we read of it, that it is the one we asked for, and what it says. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { ChargeRef, ChargeState } from '../processor.js';
import { ChargeDiffers, ProcessorMisuse } from './errors.js';
import { fromMinor } from './minor-units.js';
import { failureOf } from './outcome.js';

const codeSchema = z.string().nullish();

export const intentSchema = z.object({
  object: z.literal('payment_intent'),
  id: z.string().min(1),
  status: z.string(),
  amount: z.int().nonnegative(),
  amount_received: z.int().nonnegative(),
  currency: z.string(),
  customer: z.string().nullable(),
  livemode: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  cancellation_reason: codeSchema,
  last_payment_error: z
    .object({ code: codeSchema, decline_code: codeSchema, advice_code: codeSchema })
    .nullish(),
});
export type Intent = z.infer<typeof intentSchema>;

/** A payment, and the tenant's customer at Stripe. */
export type Subject = ChargeRef & { readonly customer: string };

/** Begun by another processor: Stripe knows nothing of it, and nothing is claimed. */
export function isForeign({ processorId }: ChargeRef): boolean {
  return processorId !== undefined && !processorId.startsWith('pi_');
}

/** The way back from Stripe's objects to the payment. */
export function metadataOf({ tenant, paymentId }: ChargeRef): { tenant: string; paymentId: string } {
  return { tenant, paymentId };
}

/** What the intent that a page makes carries: it is found through the page, never by itself. */
export function metadataByPage(charge: ChargeRef): { tenant: string; paymentId: string; by: string } {
  return { ...metadataOf(charge), by: 'page' };
}

export function carries(metadata: Intent['metadata'], { tenant, paymentId }: ChargeRef): boolean {
  return metadata['tenant'] === tenant && metadata['paymentId'] === paymentId;
}

/** Derived from our payment id, the same for every try. Stripe takes 255 characters; payment ids are unique per tenant. */
export function keyOf(step: string, { tenant, paymentId }: ChargeRef): string {
  const ofTenant = createHash('sha256').update(tenant).digest('hex').slice(0, 16);
  return `${step}:${paymentId}:${ofTenant}`;
}

/**
 * @throws ProcessorMisuse where the object is that of another payment, ChargeDiffers where it is ours but not with this
 * customer or in this mode.
 */
export function assertOurs(
  { id, metadata, customer, livemode }: Pick<Intent, 'id' | 'metadata' | 'customer' | 'livemode'>,
  subject: Subject,
  live: boolean,
): void {
  if (!carries(metadata, subject)) throw new ProcessorMisuse(`${id} is not of payment ${subject.paymentId}`);
  if (customer !== subject.customer || livemode !== live)
    throw new ChargeDiffers(`${id} of payment ${subject.paymentId} has another customer or mode`);
}

/** A page took the place of this charge: see Approvals. */
export const REPLACED = { kind: 'replaced' } as const;
/** How an intent says so. A person cancelling in Stripe's dashboard may choose it too: then there is no page. */
export const REPLACED_REASON = 'duplicate';

/** What the intent says by itself; the amount is what was received, for the saga to compare with what was asked for. */
export function stateOf(intent: Intent, actionUrl: string): ChargeState | typeof REPLACED {
  switch (intent.status) {
    case 'succeeded':
      return { kind: 'succeeded', amount: fromMinor(intent.amount_received, intent.currency) };
    case 'requires_confirmation':
      return { kind: 'unconfirmed', processorId: intent.id };
    case 'requires_payment_method':
      return failed(intent, actionUrl);
    case 'requires_action':
      return { kind: 'actionRequired', url: actionUrl };
    case 'canceled':
      return intent.cancellation_reason === REPLACED_REASON ? REPLACED : { kind: 'cancelled' };
    default:
      return { kind: 'unknown' };
  }
}

/**
 * After a failed attempt Stripe waits for another method, which nobody will give it: we confirm without one. What was
 * said of the failure is cleared where somebody edits the intent by hand.
 */
function failed({ last_payment_error: error }: Intent, url: string): ChargeState {
  const failure = failureOf(error ?? {});
  return failure.kind === 'declined' ? failure : { kind: 'actionRequired', url };
}
