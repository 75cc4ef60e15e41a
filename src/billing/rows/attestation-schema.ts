import * as z from 'zod';
import { json } from './columns.js';
import { actor, micros, text } from './parts.js';

export const attestation = z.object({
  type: z.literal('attestation'),
  id: text,
  invoice: text,
  amount: micros,
  date: text,
  at: text,
  by: json(actor),
  entry: micros,
  paymentId: text.exactOptional(),
});
