import { postWithoutCharge } from '../hold.js';
import type { Actor } from '../model.js';
import { watchLow } from '../watch.js';
import { accepted, refused, withAccount, type Decision, type World } from '../world.js';
import { ADJUSTMENT_MAX } from './adjust.js';

export interface Snapshot {
  /** What Microsoft's admin center shows, in micros of the account's currency; below zero too. */
  readonly balance: bigint;
  /** What the ledger said when it was previewed. */
  readonly ledgerSaid: bigint;
  readonly by: Actor;
  readonly lowBalance: bigint;
}

export interface Snapped {
  readonly balanceBefore: bigint;
  readonly balanceAfter: bigint;
}

/**
 * Records what the admin center shows, by a person's word: the difference is one entry, upwards credit that never expires,
 * downwards a debit like any other. Without a difference the word alone is kept. Never starts a charge. Refused as `stale`
 * where the ledger moved since the preview: the difference would be another one.
 */
export function setBalance(world: World, snapshot: Snapshot, now: string): Decision<Snapped> {
  const { balance, ledgerSaid, by, lowBalance } = snapshot;
  const { account } = world;
  if (balance > ADJUSTMENT_MAX || balance < -ADJUSTMENT_MAX) return refused('amountOutOfRange');
  if (account.balance !== ledgerSaid) return refused('stale');
  const amount = balance - account.balance;
  const reference = `snapshot-${account.nextSequence}`;
  const posted =
    amount === 0n ? world : postWithoutCharge(world, { kind: 'snapshot', amount, at: now, by, reference });
  const attested = withAccount(posted, { attested: { balance, at: now, by } });
  const watched = watchLow(attested, { at: now, by, lowBalance });
  return accepted(watched, { balanceBefore: account.balance, balanceAfter: balance });
}
