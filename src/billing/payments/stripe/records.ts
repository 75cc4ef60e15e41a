/** The few ids of Stripe's that this program must keep to find its way back; each changes only if nobody else was first. */

/** `customer` holds the tenant's customer; `approval:` and the payment's id the page that took the place of a charge. */
export type RecordName = 'customer' | `approval:${string}`;

export interface RecordChange {
  /** The id that was read before; undefined where there was none. */
  readonly from: string | undefined;
  readonly to: string;
}

/** Both methods may throw StorageUnavailable. */
export interface StripeRecords {
  read(tenant: string, name: RecordName): Promise<string | undefined>;
  /** @returns the id that stands now: `to`, or the one of whoever was first. */
  change(tenant: string, name: RecordName, change: RecordChange): Promise<string>;
}
