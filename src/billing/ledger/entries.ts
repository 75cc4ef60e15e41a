/** Writing a line of the ledger: sequence, chain, credit line, and what people must hear about the new balance. */
import { digestOf, hashEntry } from './chain.js';
import { creditLine, debitLine, lineBalance, purchaseOnLine } from './credit-line.js';
import type { Actor, Entry, EntryKind, StoredCall } from './model.js';
import { tellCrossing } from './watch.js';
import { withAccount, withRows, type World } from './world.js';

export interface Posting {
  readonly kind: EntryKind;
  /** Signed. */
  readonly amount: bigint;
  readonly at: string;
  readonly by: Actor;
  readonly reference: string;
  readonly calls?: readonly StoredCall[];
}

const PURCHASES: readonly EntryKind[] = ['topUp', 'autoRecharge'];

/**
 * Appends an entry and moves the credit line. A crossing of zero is judged here, entry by entry, so that it doesn't
 * depend on how commands were grouped (DESIGN §5).
 */
export function post(world: World, posting: Posting): World {
  const before = world.account.balance;
  const moved = move(world, posting);
  const entry = seal(moved, posting);
  const written = withAccount(
    { ...moved, entries: [...moved.entries, entry] },
    { nextSequence: entry.sequence + 1n, head: entry.hash, balance: entry.balanceAfter },
  );
  return tellCrossing(written, before, posting);
}

function move(world: World, posting: Posting): World {
  const { account } = world;
  if (posting.amount < 0n) return withAccount(world, debitLine(account, -posting.amount));
  if (!PURCHASES.includes(posting.kind)) return withAccount(world, creditLine(account, posting.amount));
  const { line, lot } = purchaseOnLine(account, {
    amount: posting.amount,
    sequence: account.nextSequence,
    at: posting.at,
    paymentId: posting.reference,
  });
  return withRows(withAccount(world, line), [lot]);
}

function seal(world: World, posting: Posting): Entry {
  const { account } = world;
  const open = {
    format: 'entry-v1' as const,
    sequence: account.nextSequence,
    at: posting.at,
    kind: posting.kind,
    amount: posting.amount,
    balanceAfter: lineBalance(account),
    by: posting.by,
    reference: posting.reference,
    calls: (posting.calls ?? []).map((call) => call.id),
    digest: digestOf(posting.calls ?? []),
    previous: account.head,
  };
  return { ...open, hash: hashEntry(account.tenant, open) };
}
