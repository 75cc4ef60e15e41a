/** A line of the ledger, and a purchase on the credit line. */
import type { PaymentMethod } from '../../payments/processor.js';
import type { Actor } from './actor.js';

export const ENTRY_KINDS = [
  'topUp',
  'autoRecharge',
  'usage',
  'correction',
  /** What was left of a lot twelve months after its purchase. */
  'expired',
  'refund',
  /** The processor refused a refund: the lot comes back with its old expiry. */
  'refundReversed',
  'adjustment',
  /** Given back at the processor without this bot, such as from its dashboard; and one of these that failed after all. */
  'outsideRefund',
  'outsideRefundFailed',
  /** A bank withdrew the money of a payment that its holder disputes; and what it gave back of that. */
  'disputed',
  'disputeReinstated',
  /** Bought by a person where the bot can't pay, and credited by that person's word: opens a lot. */
  'attested',
  /** What Microsoft's admin center shows, by a person's word: the difference to what the ledger said. */
  'snapshot',
] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** Versions of the canonical text under an entry's hash; what was written before there were two is the first. */
export const ENTRY_FORMATS = ['entry-v1', 'entry-v2'] as const;
export type EntryFormat = (typeof ENTRY_FORMATS)[number];

/** One line of the append-only ledger. */
export interface Entry {
  readonly format: EntryFormat;
  readonly sequence: bigint;
  readonly at: string;
  readonly kind: EntryKind;
  /** Signed: credits are positive. */
  readonly amount: bigint;
  readonly balanceAfter: bigint;
  readonly by: Actor;
  /** The payment, or the operation, that caused it. */
  readonly reference: string;
  /** Ids of the call records that it charges or corrects. */
  readonly calls: readonly string[];
  /** SHA-256 over the charges of those call records. */
  readonly digest: string;
  /** Sequence of the lot that this entry opens, expires, takes back or takes from. */
  readonly lot?: bigint;
  /** How a purchase was paid, so that `history` needs no further read. */
  readonly method?: Pick<PaymentMethod, 'brand' | 'last4'>;
  /** An adjustment's, as an admin typed it; of what was attested its day and invoice: see `attestedReason`. */
  readonly reason?: string;
  readonly previous: string;
  readonly hash: string;
}

/** A purchase by a person's word: its invoice is recorded once, so that it can't be credited twice. */
export interface Attestation {
  readonly type: 'attestation';
  /** The invoice number without case, spaces and signs. */
  readonly id: string;
  /** As it was typed. */
  readonly invoice: string;
  readonly amount: bigint;
  /** `YYYY-MM-DD`, as stated. */
  readonly date: string;
  readonly at: string;
  readonly by: Actor;
  /** Sequence of the entry that credited it. */
  readonly entry: bigint;
  /** The request that it answers. */
  readonly paymentId?: string;
}

/** A part of the credit line: from `start`, inclusive, to `end`, exclusive. */
export interface Span {
  readonly start: bigint;
  readonly end: bigint;
}

/** Days before its expiry at which people hear of an unspent lot. */
export const EXPIRY_NOTICE_DAYS = [90, 30, 7, 1] as const;

/** A purchase that can expire: its span on the credit line. */
export interface Lot {
  readonly type: 'lot';
  readonly sequence: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly purchasedAt: string;
  readonly expiresAt: string;
  readonly paymentId: string;
  /** The last of {@link EXPIRY_NOTICE_DAYS} that was told. */
  readonly noticed?: number;
  readonly closed?: { readonly how: 'expired' | 'refunded'; readonly entry: bigint };
}

export interface OpenLot {
  readonly sequence: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly expiresAt: string;
}
