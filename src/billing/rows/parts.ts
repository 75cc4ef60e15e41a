/** What the rows of several nouns are made of. */
import * as z from 'zod';
import { CURRENCIES } from '../money.js';

export const text = z.string();
export const micros = z.bigint();
export const count = z.number().int().nonnegative();
export const actor = z.object({ id: text, name: text });
export const currency = z.enum(CURRENCIES);
export const span = z.object({ start: micros, end: micros });
export const unmetered = z.object({ spend: micros, calls: count });
export const cardLabel = z.object({ brand: text, last4: text });
export const method = z.object({ id: text, brand: text, last4: text, fingerprint: text.exactOptional() });

export const refund = z.object({
  id: text,
  status: z.enum(['requested', 'refunded', 'refused']),
  at: text,
  by: actor,
  entry: micros,
});

export const reversal = z.object({
  kind: z.enum(['refund', 'dispute']),
  id: text,
  at: text,
  amount: micros,
  withdrawn: micros.exactOptional(),
  returned: micros,
  taken: micros,
  alert: micros.exactOptional(),
});

export const inDoubt = z.object({ id: text, amount: micros, requestedAt: text });

export const trip = z.object({
  at: text,
  reason: z.enum(['recharges', 'spend']),
  recharges: count,
  spend: micros,
  usual: micros,
  destinations: z.array(z.object({ name: text, spend: micros })),
});
