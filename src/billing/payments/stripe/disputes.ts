/** What a dispute at Stripe moved: an inquiry nothing, a dispute what its balance transactions say. */
import * as z from 'zod';
import { intentSchema } from './intent.js';

export const disputeSchema = z.object({
  object: z.literal('dispute'),
  id: z.string().min(1),
  amount: z.int().positive(),
  currency: z.string(),
  /** What the bank took (negative) and gave back (positive), in the currency of the Stripe account. */
  balance_transactions: z.array(z.object({ amount: z.int() })),
});

/** As it is read by itself, with its charge. */
export const disputeOfChargeSchema = disputeSchema.extend({ payment_intent: intentSchema });

/** In minor units of the disputed charge: what came back counts by its share of what was taken. */
export function movedBy({ amount, balance_transactions: moves }: z.infer<typeof disputeSchema>): {
  readonly withdrawn: number;
  readonly reinstated: number;
} {
  const taken = sum(moves.map((move) => Math.max(0, -move.amount)));
  const back = Math.min(taken, sum(moves.map((move) => Math.max(0, move.amount))));
  if (taken === 0) return { withdrawn: 0, reinstated: 0 };
  return { withdrawn: amount, reinstated: Number((BigInt(amount) * BigInt(back)) / BigInt(taken)) };
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
