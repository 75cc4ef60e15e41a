/** What a dispute at Stripe moved: an inquiry nothing, a dispute what its balance transactions and its status say. */
import * as z from 'zod';
import { intentSchema } from './intent.js';

export const disputeSchema = z.object({
  object: z.literal('dispute'),
  id: z.string().min(1),
  amount: z.int().positive(),
  currency: z.string(),
  status: z.string(),
  /** What the bank took (negative) and gave back (positive), in the currency of the Stripe account. */
  balance_transactions: z.array(z.object({ amount: z.int(), currency: z.string() })),
});
type Dispute = z.infer<typeof disputeSchema>;

/** As it is read by itself, with its charge. */
export const disputeOfChargeSchema = disputeSchema.extend({ payment_intent: intentSchema });

/**
 * In minor units of the disputed charge, in all until now. Each time the bank takes, it takes the disputed amount; it takes
 * once more only what it gave back whole before.
 */
export function movedBy(dispute: Dispute): { readonly withdrawn: number; readonly returned: number } {
  const { amount, balance_transactions: moves } = dispute;
  const times = moves.filter((move) => move.amount < 0).length;
  if (times === 0) return { withdrawn: 0, returned: 0 };
  return { withdrawn: amount * times, returned: amount * (times - 1) + returnedLast(dispute) };
}

/** What the bank keeps just now. */
export function heldBy(dispute: Dispute): number {
  const { withdrawn, returned } = movedBy(dispute);
  return withdrawn - returned;
}

/**
 * Of what was taken last. The account may be kept in another currency, where the rate of that day makes two like amounts
 * differ: a dispute that is won has come back whole then. Otherwise what came back counts by its share of what was taken.
 */
function returnedLast({ amount, currency, status, balance_transactions: moves }: Dispute): number {
  const taken = moves.filter((move) => move.amount < 0);
  const back = moves.filter((move) => move.amount > 0);
  const isTakenAgain = back.length < taken.length;
  const isConverted = moves.some((move) => move.currency !== currency);
  if (status === 'won' && (isTakenAgain || isConverted)) return amount;
  if (isTakenAgain) return 0;
  const times = BigInt(taken.length);
  const all = (BigInt(amount) * times * BigInt(sum(back))) / BigInt(-sum(taken));
  return Math.min(amount, Math.max(0, Number(all) - amount * (taken.length - 1)));
}

function sum(moves: Dispute['balance_transactions']): number {
  return moves.reduce((total, { amount }) => total + amount, 0);
}
