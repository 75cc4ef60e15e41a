/**
 * One call to Stripe, and what its answer is worth. The client resolves for a body that is no error, whatever its
 * status: the body is unknown until a schema took it.
 */
import Stripe from 'stripe';
import type * as z from 'zod';
import { ProcessorMisuse, StripeRefused } from './errors.js';

export type Answer<T> =
  | { readonly kind: 'answered'; readonly body: T }
  /** Stripe's definite no. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nobody knows whether it happened: a time-out, a conflict, too many requests, a fault, a body of something else. */
  | { readonly kind: 'unclear' };

export interface Refusal {
  readonly code?: string;
  /** The parameter that is wrong. */
  readonly param?: string;
  /** Their type, code and request, for an operator; no message of theirs, which may quote a key. */
  readonly summary: string;
}

/** One change: a try under its own key may be repeated for ever. */
export interface Change {
  readonly key: string;
  /** ISO, UTC. */
  readonly now: string;
}

/** What the client adds to a call that changes something: tries after the first are the caller's. */
export interface ChangeOptions {
  readonly idempotencyKey: string;
  readonly maxNetworkRetries: 0;
}

/**
 * Stripe answers a fault again for a day where it has saved it under the key. Then another key is used, the same one
 * for so long. That is safe for all that is asked here: an intent is charged once at most and costs nothing before, a
 * page that is not kept is shown to nobody, and a refund is looked for before it is made.
 */
export const NEXT_KEY_MS = 5 * 60_000;

/** @throws StripeRefused where the key may not do this. */
export async function call<T>(schema: z.ZodType<T>, send: () => Promise<unknown>): Promise<Answer<T>> {
  const { replayed: _replayed, ...answer } = await attempt(schema, send);
  return answer;
}

/** @throws ProcessorMisuse where the key was used for another content, StripeRefused where ours may not do this. */
export async function change<T>(
  schema: z.ZodType<T>,
  { key, now }: Change,
  send: (options: ChangeOptions) => Promise<unknown>,
): Promise<Answer<T>> {
  const under = async (idempotencyKey: string): Promise<Attempt<T>> =>
    attempt(schema, () => send({ idempotencyKey, maxNetworkRetries: 0 }));
  const first = await under(key);
  const next = `${key}:${Math.floor(Date.parse(now) / NEXT_KEY_MS)}`;
  const { replayed: _replayed, ...answer } = first.replayed ? await under(next) : first;
  return answer;
}

/** `replayed`: the fault is not new, but the one that was saved under this key. */
type Attempt<T> = Answer<T> & { readonly replayed: boolean };

async function attempt<T>(schema: z.ZodType<T>, send: () => Promise<unknown>): Promise<Attempt<T>> {
  try {
    const body = schema.safeParse(await send());
    return body.success
      ? { kind: 'answered', body: body.data, replayed: false }
      : { kind: 'unclear', replayed: false };
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error;
    return judged(error);
  }
}

function judged(error: Stripe.errors.StripeError): Attempt<never> {
  const { statusCode: status } = error;
  if (status === undefined || isUnclear(status))
    return { kind: 'unclear', replayed: error.headers?.['idempotent-replayed'] === 'true' };
  const refusal = refusalOf(error);
  if (error instanceof Stripe.errors.StripeIdempotencyError)
    throw new ProcessorMisuse(`one idempotency key for two contents: ${refusal.summary}`);
  if (status === 401 || status === 403) throw new StripeRefused(refusal.summary);
  return { kind: 'refused', refusal, replayed: false };
}

/** A conflict, too many requests, or a fault of theirs. */
function isUnclear(status: number): boolean {
  return status === 409 || status === 429 || status >= 500;
}

function refusalOf({ type, rawType, code, param, requestId }: Stripe.errors.StripeError): Refusal {
  const words = [rawType ?? type, code, param, requestId];
  return {
    summary: words.filter((word) => word !== undefined).join(' '),
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
  };
}
