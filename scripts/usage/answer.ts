import { z } from 'zod';
import { CURRENCIES, fromDecimal } from '../../src/billing/money.js';
import { USAGE_SOURCES } from '../../src/billing/usage/call-record.js';

/** Money crosses JSON as decimal text; here it becomes micros. */
const amount = z.string().transform((text, context) => {
  const micros = fromDecimal(text);
  if (micros !== undefined) return micros;
  context.addIssue({ code: 'custom', message: 'no amount' });
  return z.NEVER;
});

const count = z.int().min(0);
const counted = z.object({ count, amount });

const source = z.enum(USAGE_SOURCES);

const comparison = z.object({
  date: z.iso.date(),
  first: source,
  second: source,
  charged: counted,
  delivered: counted,
  differing: counted,
  onlyDelivered: counted,
  onlyCharged: counted,
});

/** What the bot did with one request's rows. */
export const answerSchema = z.object({
  charged: counted,
  corrected: counted,
  unchanged: count,
  kept: counted,
  compared: z.array(comparison),
  incomplete: z.array(z.object({ date: z.iso.date(), count })),
  skipped: z.record(z.string(), count),
  quarantined: z.array(z.object({ id: z.string().nullish(), reason: z.string() })),
  currency: z.enum(CURRENCIES),
  balance: amount,
});

export type Answer = z.infer<typeof answerSchema>;
export type Comparison = z.infer<typeof comparison>;
