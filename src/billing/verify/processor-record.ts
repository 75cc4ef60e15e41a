/** The processor's own record of what it charged, which the ledger is compared with, both ways. */
import type { Money } from '../money.js';

/** One time that money was taken, or an attempt that took none. A payment charged twice is in the list twice. */
export interface RecordedCharge {
  readonly paymentId: string;
  readonly amount: Money;
  readonly state: 'charged' | 'open' | 'notCharged';
  /** Given back so far, in micros. */
  readonly refunded: bigint;
  /** Withdrawn by banks for disputes, and not reinstated, in micros. */
  readonly disputed: bigint;
}

export interface ProcessorRecord {
  /** Throws where the record can't be read: a comparison with a part of it would accuse the ledger. */
  charges(tenant: string): Promise<readonly RecordedCharge[]>;
}
