/** What a row of something that the processor told must look like. */
import * as z from 'zod';
import { EVENT_SUBJECTS } from '../ledger/model.js';
import { text } from './parts.js';

export const eventSchema = z.object({
  type: z.literal('event'),
  id: text,
  about: z.enum(EVENT_SUBJECTS),
  objectId: text,
  paymentId: text.exactOptional(),
  at: text,
  doneAt: text.exactOptional(),
});
