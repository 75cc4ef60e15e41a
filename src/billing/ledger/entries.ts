/** Writing a line of the ledger: sequence, chain, credit line, and what people must hear about the new balance. */
import { expiryOf } from './calendar.js';
import { digestOf, hashEntry } from './chain.js';
import { creditLine, debitLine, lineBalance, lotOnLine, takeOut, withdraw } from './credit-line.js';
import type { PaymentMethod } from '../payments/processor.js';
import type { Actor, Entry, EntryKind, Lot, StoredCall } from './model.js';
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
  /** The lot that it expires or takes back; `amount` is what is left of it. */
  readonly takes?: Lot;
  /** The lot from which `amount` is withdrawn: its end, and where that is not enough, a debit. */
  readonly withdraws?: Lot;
  /** The lot that comes back, with its old dates; a purchase opens one by itself. */
  readonly reopens?: Lot;
  /** Of a purchase that was made before it was entered. */
  readonly purchasedAt?: string;
  readonly method?: Pick<PaymentMethod, 'brand' | 'last4'>;
  readonly reason?: string;
}

const PURCHASES: readonly EntryKind[] = ['topUp', 'autoRecharge', 'attested'];

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
  const { takes, withdraws } = posting;
  if (takes !== undefined) return take(world, takes, posting.kind);
  if (withdraws !== undefined) return withAccount(world, withdraw(account, withdraws, -posting.amount));
  if (posting.amount < 0n) return withAccount(world, debitLine(account, -posting.amount));
  return opensLot(posting) ? open(world, posting) : withAccount(world, creditLine(account, posting.amount));
}

function opensLot({ kind, reopens }: Posting): boolean {
  return reopens !== undefined || PURCHASES.includes(kind);
}

function open(world: World, posting: Posting): World {
  const { amount, at, reference, reopens } = posting;
  const { noticed, purchasedAt = posting.purchasedAt ?? at } = reopens ?? {};
  const { line, lot } = lotOnLine(world.account, {
    amount,
    sequence: world.account.nextSequence,
    purchasedAt,
    expiresAt: reopens?.expiresAt ?? expiryOf(purchasedAt),
    paymentId: reference,
    ...(noticed !== undefined && { noticed }),
  });
  return withRows(withAccount(world, line), [lot]);
}

function take(world: World, lot: Lot, kind: EntryKind): World {
  const how = kind === 'expired' ? 'expired' : 'refunded';
  const closed: Lot = { ...lot, closed: { how, entry: world.account.nextSequence } };
  return withRows(withAccount(world, takeOut(world.account, lot)), [closed]);
}

function takenFrom({ takes, withdraws }: Posting): Lot | undefined {
  return takes ?? withdraws;
}

const FORMAT = 'entry-v2';

function seal(world: World, posting: Posting): Entry {
  const { account } = world;
  const { method, reason } = posting;
  const lot = opensLot(posting) ? account.nextSequence : takenFrom(posting)?.sequence;
  const unsealed = {
    format: FORMAT as typeof FORMAT,
    sequence: account.nextSequence,
    at: posting.at,
    kind: posting.kind,
    amount: posting.amount,
    balanceAfter: lineBalance(account),
    by: posting.by,
    reference: posting.reference,
    calls: (posting.calls ?? []).map((call) => call.id),
    digest: digestOf(posting.calls ?? [], FORMAT),
    ...(lot !== undefined && { lot }),
    ...(method !== undefined && { method: { brand: method.brand, last4: method.last4 } }),
    ...(reason !== undefined && { reason }),
    previous: account.head,
  };
  return { ...unsealed, hash: hashEntry(account.tenant, unsealed) };
}
