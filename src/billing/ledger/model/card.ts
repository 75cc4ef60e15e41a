/** The stored cards as auto-recharge sees them. */

/** One that auto-recharge depends on, as the processor last described it. */
export interface WatchedCard {
  /** The stored method's id. */
  readonly id: string;
  /** `YYYY-MM`; absent where the processor has no such card any more. */
  readonly expires?: string;
}
