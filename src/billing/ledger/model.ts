/** The nouns of the ledger (DESIGN §3, §8). Amounts are micros of the account's one currency; times are ISO, UTC. */
import type { Currency } from '../money.js';
import type { DeclineReason, PaymentMethod } from '../payments/processor.js';
import type { QuarantineReason, UsageSource } from '../usage/call-record.js';

/** Who did something. Names are kept as they were then; `system` is the bot itself. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

export const SYSTEM: Actor = { id: 'system', name: '' };

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

export interface StoredCall {
  readonly type: 'call';
  readonly id: string;
  readonly charge: bigint;
  readonly connectionCharge: bigint;
  readonly start: string;
  readonly durationSeconds: number;
  readonly source: UsageSource;
  readonly details: Readonly<Record<string, string>>;
}

/** Where money of a day went. Bounded: what has no place of its own is counted in `otherSpend` and `otherCalls`. */
export interface DayTotals {
  readonly type: 'day';
  /** `YYYY-MM-DD` in the account's time zone. */
  readonly date: string;
  readonly spend: bigint;
  readonly calls: number;
  readonly destinations: Readonly<Record<string, DestinationTotal>>;
  readonly otherSpend: bigint;
  readonly otherCalls: number;
  /** Balance after the last entry that touched the day. */
  readonly closingBalance: bigint;
}

export interface DestinationTotal {
  readonly spend: bigint;
  readonly calls: number;
}

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
  readonly cancelledBy?: Actor;
  readonly origin?: CardOrigin;
  /** Admins were told that its outcome is unknown. */
  readonly told?: boolean;
}

export type PaymentSummary = Pick<Payment, 'id' | 'amount' | 'reason' | 'requestedAt' | 'status'> & {
  /** Past its deadline without a word of the processor: counts against caps, no longer holds auto-recharge back. */
  readonly overdue: boolean;
};

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
}

/** Auto-recharges of the current day and month, in the account's time zone, that count against the caps. */
export interface CapCounters {
  readonly day: string;
  readonly dayTotal: bigint;
  readonly month: string;
  readonly monthTotal: bigint;
}

export const ALERT_KINDS = [
  'recharged',
  'rechargeFailed',
  'negative',
  'recovered',
  'low',
  'crossings',
  'paymentUnknown',
  'test',
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Why auto-recharge does not help just now; told with a low balance. */
export const NO_RECHARGE_REASONS = ['off', 'waiting', 'paused', 'capped', 'held'] as const;
export type NoRechargeReason = (typeof NO_RECHARGE_REASONS)[number];

/** What people are told. Facts only; words are made for each reader. */
export interface AlertFacts {
  readonly balance: bigint;
  readonly amount?: bigint;
  readonly threshold?: bigint;
  readonly declineReason?: DeclineReason | 'needsAction';
  readonly paused?: boolean;
  readonly nextTry?: string;
  readonly noRecharge?: NoRechargeReason;
  readonly paymentId?: string;
  readonly actionUrl?: string;
  readonly method?: Pick<PaymentMethod, 'brand' | 'last4'>;
  readonly count?: number;
  readonly by?: Actor;
}

/** A fact that people must hear (DESIGN §5). */
export interface Alert {
  readonly type: 'alert';
  readonly sequence: bigint;
  readonly kind: AlertKind;
  readonly at: string;
  readonly currency: Currency;
  readonly facts: AlertFacts;
  /** Grows with every change, so that a delivery knows whether it shows the newest. */
  readonly version: number;
  readonly healed?: { readonly at: string; readonly by: Actor; readonly balance: bigint };
  /** A test alert goes to this conversation only. */
  readonly only?: string;
}

export interface Member {
  readonly type: 'member';
  readonly id: string;
  readonly name: string;
  readonly role: 'viewer' | 'admin';
  readonly setBy: Actor;
  readonly setAt: string;
}

/** A call record that could not be charged by the rules; a person decides. */
export interface UsageIssue {
  readonly type: 'issue';
  /** The record's id, or a digest of the row where it has none. */
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly source: UsageSource;
  readonly raw: string;
  readonly at: string;
  readonly state: 'open' | 'charged' | 'dismissed';
  readonly resolvedBy?: Actor;
  readonly resolvedAt?: string;
}

export interface OpenLot {
  readonly sequence: bigint;
  readonly start: bigint;
  readonly end: bigint;
  readonly expiresAt: string;
}

export interface DaySpend {
  readonly date: string;
  readonly spend: bigint;
  readonly calls: number;
}

/** A tenant's prepaid credit: everything that the rules read at every command. */
export interface Account {
  readonly tenant: string;
  readonly currency: Currency;
  /** IANA; days and months of caps and spend are counted in it. */
  readonly timeZone: string;
  readonly balance: bigint;
  /** The credit line (DESIGN §3): its end, and how far it is used up. Holes come with refunds and expiry. */
  readonly credited: bigint;
  readonly pointer: bigint;
  readonly nextSequence: bigint;
  readonly head: string;
  readonly rule?: AutoRechargeRule;
  readonly health: RechargeHealth;
  readonly counters: CapCounters;
  readonly rechargeCount: bigint;
  readonly alertCount: bigint;
  readonly openPayments: readonly PaymentSummary[];
  readonly recentTopUps: readonly RecentTopUp[];
  /** Sequence of the living alert of a kind. */
  readonly livingAlerts: Readonly<Partial<Record<AlertKind, bigint>>>;
  /** Times of the negative crossings told in the last 24 hours. */
  readonly crossings: readonly string[];
  readonly gatheredCrossings: number;
  readonly usage: UsageState;
  /** The newest days with spend, newest first, bounded: what `balance` shows without another read. */
  readonly days: readonly DaySpend[];
  /** The unspent lots next to be used, oldest first, bounded; for showing only. */
  readonly lots: readonly OpenLot[];
  /** There are more lots than listed. */
  readonly moreLots: boolean;
  /** Alerts that reached nobody. */
  readonly undelivered: readonly bigint[];
}

export interface RecentTopUp {
  readonly paymentId: string;
  readonly amount: bigint;
  readonly at: string;
  readonly by: Actor;
}

export interface UsageState {
  /** Start of the newest call that is known. */
  readonly knownUntil?: string;
  readonly receivedAt?: string;
  readonly openIssues: number;
}

export const GENESIS = '0'.repeat(64);

export function newAccount(tenant: string, currency: Currency, timeZone: string): Account {
  return {
    tenant,
    currency,
    timeZone,
    balance: 0n,
    credited: 0n,
    pointer: 0n,
    nextSequence: 1n,
    head: GENESIS,
    health: { failures: 0, held: false },
    counters: { day: '', dayTotal: 0n, month: '', monthTotal: 0n },
    rechargeCount: 0n,
    alertCount: 0n,
    openPayments: [],
    recentTopUps: [],
    livingAlerts: {},
    crossings: [],
    gatheredCrossings: 0,
    usage: { openIssues: 0 },
    days: [],
    lots: [],
    moreLots: false,
    undelivered: [],
  };
}
