/** Attempts to get money, and the rule that starts them by itself. */
import type { Currency } from '../../money.js';
import type { DeclineReason, PaymentMethod } from '../../payments/processor.js';
import type { Actor } from './actor.js';

export const PAYMENT_STATUSES = [
  'requested',
  'begun',
  'actionRequired',
  'unknown',
  'settled',
  'declined',
  'cancelled',
] as const;
export type PaymentStatus = (typeof PAYMENT_STATUSES)[number];

/** The stored method as it was chosen. The fingerprint tells whether another one is the same card entered again. */
export type ChosenMethod = Pick<PaymentMethod, 'id' | 'brand' | 'last4' | 'fingerprint'>;

/** What people know a card by. */
export type CardLabel = Pick<PaymentMethod, 'brand' | 'last4'>;

/** Giving an unspent top-up back: taken off the ledger first, then asked of the processor until it answers. */
export interface Refund {
  /** Idempotency key at the processor. */
  readonly id: string;
  readonly status: 'requested' | 'refunded' | 'refused';
  readonly at: string;
  readonly by: Actor;
  /** Sequence of the entry that took it off. */
  readonly entry: bigint;
}

/**
 * Money of a settled payment that the processor gave back, or that a bank withdrew, without this bot. In micros of the
 * payment's currency.
 */
export interface Reversal {
  readonly kind: 'refund' | 'dispute';
  /** The processor's: one that is told of again changes nothing. */
  readonly id: string;
  readonly at: string;
  /** As the processor tells it; the most that a dispute ever keeps. */
  readonly amount: bigint;
  /** Of a dispute: what the bank withdrew in all, as often as it did. Absent where it is the amount, once. */
  readonly withdrawn?: bigint;
  /** What came back in all: the refund failed, or the bank gave it back. */
  readonly returned: bigint;
  /** What it takes off the ledger just now: less where more was taken in all than the payment had. */
  readonly taken: bigint;
  /** Sequence of the alert that told the dispute. */
  readonly alert?: bigint;
}

/** The message that shows a payment, so that its outcome can take the place of "in progress". */
export interface CardOrigin {
  readonly conversationKey: string;
  readonly activityId: string;
}

/** One attempt to get money. */
export interface Payment {
  readonly type: 'payment';
  readonly id: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly method: ChosenMethod;
  /** The rule's own card, where `method` is one of its backups. */
  readonly insteadOf?: CardLabel;
  readonly reason: 'manual' | 'autoRecharge';
  readonly status: PaymentStatus;
  readonly requestedAt: string;
  readonly requestedBy: Actor;
  readonly updatedAt: string;
  readonly balanceBefore: bigint;
  readonly balanceAfter?: bigint;
  readonly processorId?: string;
  readonly declineReason?: DeclineReason;
  readonly actionUrl?: string;
  /** When it is cancelled at the processor unless it is known by then. */
  readonly deadline?: string;
  /** Somebody wants it cancelled: from then on it is never charged by us, and cancelled as soon as the processor answers. */
  readonly cancelWishedBy?: Actor;
  readonly cancelledBy?: Actor;
  readonly origin?: CardOrigin;
  /** Admins were told that its outcome is unknown. */
  readonly told?: boolean;
  /** Sequence of the lot that it bought. */
  readonly lot?: bigint;
  readonly refund?: Refund;
  /** In the order in which they became known; bounded, and never this bot's own refund. */
  readonly reversals?: readonly Reversal[];
  /** Settled by a person's word: what they say was bought, which may be another amount than was asked for. */
  readonly attested?: PaymentAttested;
}

export interface PaymentAttested {
  readonly amount: bigint;
  /** `YYYY-MM-DD`, as stated. */
  readonly date: string;
  readonly invoice: string;
  readonly by: Actor;
}

export type PaymentSummary = Pick<Payment, 'id' | 'amount' | 'reason' | 'requestedAt' | 'status'> & {
  /** Past its deadline without a word of the processor: counts against caps, no longer holds auto-recharge back. */
  readonly overdue: boolean;
  /** Sequence of the alert that told admins that its outcome is unknown: each such payment has its own. */
  readonly alert?: bigint;
};

/** A payment past its deadline without a word of the processor, as people are told of it. */
export type PaymentInDoubt = Pick<PaymentSummary, 'id' | 'amount' | 'requestedAt'>;

export interface RecentTopUp {
  readonly paymentId: string;
  readonly amount: bigint;
  readonly at: string;
  readonly by: Actor;
}

export interface AutoRechargeRule {
  readonly enabled: boolean;
  readonly trigger: bigint;
  readonly amount: bigint;
  readonly monthCap: bigint;
  readonly dayCap?: bigint;
  readonly method: ChosenMethod;
  readonly setBy: Actor;
  readonly setAt: string;
}

export interface DeclinedCard {
  /** Its fingerprint, or its id where it has none. */
  readonly card: string;
  /** In a row. */
  readonly times: number;
  /** Of the last time; absent in rows from before it was kept. */
  readonly reason?: DeclineReason;
  /** It rests until then; absent where it is not tried again by itself. */
  readonly notBefore?: string;
}

/** What may never start a charge and so makes auto-recharge hold: kinds of entries, and a person who cancels a recharge. */
export const HOLD_CAUSES = [
  'adjustment',
  'snapshot',
  'expired',
  'refund',
  'outsideRefund',
  'disputed',
  'cancelled',
] as const;
export type HoldCause = (typeof HOLD_CAUSES)[number];

export interface RechargeHealth {
  /** Declines in a row. */
  readonly failures: number;
  readonly notBefore?: string;
  readonly pausedBy?: DeclineReason;
  /** The card that was declined: the pause ends with another one, not with the same one chosen again. */
  readonly pausedMethod?: string;
  /** The cards that were declined, each since it was last charged; absent in rows from before there were backups. */
  readonly declined?: readonly DeclinedCard[];
  /** The breaker: a person must resume. */
  readonly tripped?: Trip;
  /** A payment is disputed: a person must resume. */
  readonly disputed?: DisputePause;
  /** When a person last resumed after the breaker: it judges what came later. */
  readonly breakerFrom?: string;
  /** After a change that may never start a charge: waits for the next charged call, or for an admin. */
  readonly held: boolean;
  /** What the hold came with; absent where there is none, and in rows from before it was kept. */
  readonly heldBy?: HoldCause;
  /**
   * People were asked to buy, and nobody did: somebody said "not now", or the request lapsed. Asked again when the balance
   * was back and falls anew, or when an admin says so.
   */
  readonly notBought?: 'notNow' | 'lapsed';
  /** A payment is past its deadline without a word of the processor: an admin is asked before the next charge. */
  readonly asksFirst?: boolean;
}

/** The dispute that paused auto-recharge: charging on would only bring further ones. */
export interface DisputePause {
  readonly at: string;
  readonly paymentId: string;
  readonly amount: bigint;
}

/** What made the breaker pause auto-recharge, with the numbers it saw. */
export interface Trip {
  readonly at: string;
  readonly reason: 'recharges' | 'spend';
  /** Recharges of the last hour. */
  readonly recharges: number;
  /** The newest day's spend, and what a day usually costs. */
  readonly spend: bigint;
  readonly usual: bigint;
  /** Where the newest day's money went, the most first; bounded. */
  readonly destinations: readonly { readonly name: string; readonly spend: bigint }[];
}

/** Auto-recharges of the current day and month, in the account's time zone, that count against the caps. */
export interface CapCounters {
  readonly day: string;
  readonly dayTotal: bigint;
  readonly month: string;
  readonly monthTotal: bigint;
  /** The highest share of the cap, in per cent, that was told for this day and month. */
  readonly dayTold?: number;
  readonly monthTold?: number;
}

/** Why auto-recharge does not help just now; told with a low balance. */
export const NO_RECHARGE_REASONS = [
  'off',
  'waiting',
  'paused',
  'capped',
  'held',
  /** A payment is past its deadline without a word: an admin is asked before the next charge. */
  'asksFirst',
  'tripped',
  'disputed',
  'notBought',
] as const;
export type NoRechargeReason = (typeof NO_RECHARGE_REASONS)[number];

/**
 * Why auto-recharge charged, or did not although the balance was below the trigger: the rule and the numbers it saw
 * (`why` shows them). Written with the decision; one that repeats the last one is not written again.
 */
export interface Explanation {
  readonly type: 'why';
  readonly sequence: bigint;
  readonly at: string;
  /** `inProgress`: another payment was open that lifts the balance, or an auto-recharge. */
  readonly kind: 'charged' | 'inProgress' | NoRechargeReason;
  readonly balance: bigint;
  readonly pending: bigint;
  readonly trigger: bigint;
  readonly amount: bigint;
  readonly dayTotal: bigint;
  readonly dayCap?: bigint;
  readonly monthTotal: bigint;
  readonly monthCap: bigint;
  readonly failures: number;
  readonly pausedBy?: DeclineReason;
  readonly trip?: Trip;
  /** `held`; absent in rows from before it was kept, which were also written where an admin was to be asked first. */
  readonly heldBy?: HoldCause;
  /** `asksFirst`. */
  readonly inDoubt?: PaymentInDoubt;
  /** Which cap, and until when it, or a wait, lasts. */
  readonly cap?: 'day' | 'month';
  readonly until?: string;
  readonly paymentId?: string;
  /** `charged`: with which card, and in place of which. */
  readonly method?: CardLabel;
  readonly insteadOf?: CardLabel;
}
