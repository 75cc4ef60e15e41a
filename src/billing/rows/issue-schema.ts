import * as z from 'zod';
import { QUARANTINE_REASONS, USAGE_SOURCES } from '../usage/call-record.js';
import { json } from './columns.js';
import { actor, text } from './parts.js';

export const issue = z.object({
  type: z.literal('issue'),
  id: text,
  reason: z.enum(QUARANTINE_REASONS),
  source: z.enum(USAGE_SOURCES),
  raw: text,
  detailsDigest: text.exactOptional(),
  at: text,
  state: z.enum(['open', 'charged', 'dismissed']),
  resolvedBy: json(actor).exactOptional(),
  resolvedAt: text.exactOptional(),
});
