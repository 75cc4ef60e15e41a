/** A line of the ledger, and a purchase on the credit line. */
import type { Actor } from './actor.js';

export const ENTRY_KINDS = ['topUp', 'autoRecharge', 'usage', 'correction'] as const;
export type EntryKind = (typeof ENTRY_KINDS)[number];

/** One line of the append-only ledger. */
export interface Entry {
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
  readonly previous: string;
  readonly hash: string;
}

/** A purchase that can expire: its span on the credit line. */
export interface Lot {
  readonly type: 'lot';
  readonly sequence: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly purchasedAt: string;
  readonly expiresAt: string;
  readonly paymentId: string;
}

export interface OpenLot {
  readonly sequence: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly expiresAt: string;
}
