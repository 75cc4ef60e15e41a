/** The stored cards as auto-recharge sees them. */
import type { CardLabel } from './payment.js';

/**
 * What people are told of a card that auto-recharge depends on, the least urgent first: it ends before the next recharge is
 * expected, in 30 days, in 7, today or in the past; or the processor has no such card any more.
 */
export const CARD_NOTICES = ['beforeRecharge', 'days30', 'days7', 'ended', 'gone'] as const;
export type CardNotice = (typeof CARD_NOTICES)[number];

/** One that auto-recharge depends on, as the processor last described it. */
export interface WatchedCard {
  /** The stored method's id. */
  readonly id: string;
  /** `YYYY-MM`; absent where the processor has no such card any more. */
  readonly expires?: string;
  /** The most urgent that was told of it, as it is now: each is told once. */
  readonly told?: CardNotice;
}

/** As an alert tells it. */
export interface CardTrouble {
  readonly method: CardLabel;
  readonly isBackup: boolean;
  readonly notice: CardNotice;
  /** `YYYY-MM-DD`: the last day on which it can be charged. */
  readonly lastDay?: string;
}
