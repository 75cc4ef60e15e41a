import { postWithoutCharge } from '../hold.js';
import type { Actor } from '../model.js';
import { watchLow } from '../watch.js';
import { accepted, refused, type Decision, type World } from '../world.js';
import { MICROS_PER_UNIT } from '../../money.js';

/** Either way; far from what a column can hold, however often it is done. */
export const ADJUSTMENT_MAX = 1_000_000n * MICROS_PER_UNIT;
export const ADJUSTMENT_REASON_CHARS_MAX = 200;

export interface Adjustment {
  /** Signed, in micros of the account's currency. */
  readonly amount: bigint;
  /** As a person typed it. */
  readonly reason: string;
  readonly by: Actor;
  readonly lowBalance: bigint;
}

export interface Adjusted {
  readonly balanceBefore: bigint;
  readonly balanceAfter: bigint;
}

/**
 * Corrects the balance by hand: more of it is credit that never expires, less of it a debit like any other. Never starts a
 * charge. Refused as `limitReached` for a reason that is empty or too long.
 */
export function adjust(world: World, adjustment: Adjustment, now: string): Decision<Adjusted> {
  const { amount, by, lowBalance } = adjustment;
  const reason = adjustment.reason.trim();
  if (amount === 0n || amount > ADJUSTMENT_MAX || amount < -ADJUSTMENT_MAX)
    return refused('amountOutOfRange');
  if (reason === '' || reason.length > ADJUSTMENT_REASON_CHARS_MAX) return refused('limitReached');
  const reference = `adjustment-${world.account.nextSequence}`;
  const posted = postWithoutCharge(world, { kind: 'adjustment', amount, at: now, by, reference, reason });
  const watched = watchLow(posted, { at: now, by, lowBalance });
  return accepted(watched, {
    balanceBefore: world.account.balance,
    balanceAfter: watched.account.balance,
  });
}
