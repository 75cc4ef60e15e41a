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
  readonly method: Pick<PaymentMethod, 'id' | 'brand' | 'last4'>;
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
}

export type PaymentSummary = Pick<Payment, 'id' | 'amount' | 'reason' | 'requestedAt' | 'status'> & {
  /** Past its deadline without a word of the processor: counts against caps, no longer holds auto-recharge back. */
  readonly overdue: boolean;
};

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
  readonly method: Pick<PaymentMethod, 'id' | 'brand' | 'last4'>;
  readonly setBy: Actor;
  readonly setAt: string;
}

export interface RechargeHealth {
  /** Declines in a row. */
  readonly failures: number;
  readonly notBefore?: string;
  readonly pausedBy?: DeclineReason;
  /** After a change that may never start a charge: waits for the next charged call, or for an admin. */
  readonly held: boolean;
  /** A payment is past its deadline without a word of the processor: an admin is asked before the next charge. */
  readonly asksFirst?: boolean;
}

/** Auto-recharges of the current day and month, in the account's time zone, that count against the caps. */
export interface CapCounters {
  readonly day: string;
  readonly dayTotal: bigint;
  readonly month: string;
  readonly monthTotal: bigint;
}

/** Why auto-recharge does not help just now; told with a low balance. */
export const NO_RECHARGE_REASONS = ['off', 'waiting', 'paused', 'capped', 'held'] as const;
export type NoRechargeReason = (typeof NO_RECHARGE_REASONS)[number];
