/**
 * One call to Stripe, and what its answer is worth. The client resolves for a body that is no error, whatever its
 * status: the body is unknown until a schema took it.
 */
import Stripe from 'stripe';
import type { z } from 'zod';
import { ProcessorMisuse, StripeRefused } from './errors.js';

export type Answer<T> =
  | { readonly kind: 'answered'; readonly body: T }
  /** Stripe's definite no. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Nobody knows whether it happened: a time-out, a conflict, too many requests, a fault, a body of something else. */
  | { readonly kind: 'unclear' };

export interface Refusal {
  readonly status: number;
  readonly code?: string;
  /** The parameter that is wrong. */
  readonly param?: string;
  /** Their type, code and request, for an operator; no message of theirs, which may quote a key. */
  readonly summary: string;
}

/**
 * A saved fault is answered again for a day: after that many the answer stays unclear. Another key is safe for all that
 * is asked here: an intent is charged once at most, one that is not confirmed costs nothing, and a refund is looked for
 * before it is asked for.
 */
export const IDEMPOTENCY_KEYS_MAX = 3;

/** @throws StripeRefused where the key may not do this. */
export async function call<T>(schema: z.ZodType<T>, send: () => Promise<unknown>): Promise<Answer<T>> {
  const { replayed: _replayed, ...answer } = await attempt(schema, send);
  return answer;
}

/**
 * For calls that change something.
 * @throws ProcessorMisuse where the key was used for another content, StripeRefused where ours may not do this.
 */
export async function callOnce<T>(
  schema: z.ZodType<T>,
  idempotencyKey: string,
  send: (options: { readonly idempotencyKey: string }) => Promise<unknown>,
): Promise<Answer<T>> {
  for (let used = 1; ; used += 1) {
    const key = used === 1 ? idempotencyKey : `${idempotencyKey}:${used}`;
    const { replayed, ...answer } = await attempt(schema, () => send({ idempotencyKey: key }));
    if (!replayed || used === IDEMPOTENCY_KEYS_MAX) return answer;
  }
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
  const { statusCode: status, code, param } = error;
  if (status === undefined || status === 409 || status === 429 || status >= 500)
    return { kind: 'unclear', replayed: error.headers?.['idempotent-replayed'] === 'true' };
  const summary = `${error.rawType ?? error.type} ${code ?? ''} ${param ?? ''} (${error.requestId ?? 'no request id'})`;
  if (error instanceof Stripe.errors.StripeIdempotencyError)
    throw new ProcessorMisuse(`one idempotency key for two contents: ${summary}`);
  if (status === 401 || status === 403) throw new StripeRefused(summary);
  const refusal: Refusal = {
    status,
    summary,
    ...(code !== undefined && { code }),
    ...(param !== undefined && { param }),
  };
  return { kind: 'refused', refusal, replayed: false };
}
