/** The account: one row, read and guarded at every command. */
import type { Currency } from '../../money.js';
import type { Actor, RoleList } from './actor.js';
import type { AlertKind } from './alert.js';
import type { OpenLot, Span } from './entry.js';
import type {
  AutoRechargeRule,
  CapCounters,
  ChosenMethod,
  PaymentSummary,
  RechargeHealth,
  RecentTopUp,
} from './payment.js';
import type { WatchedCard } from './card.js';
import type { DaySpend, UsageState } from './usage.js';

/** A tenant's prepaid credit: everything that the rules read at every command. */
export interface Account {
  readonly tenant: string;
  readonly currency: Currency;
  /** IANA; days and months of caps and spend are counted in it. */
  readonly timeZone: string;
  readonly balance: bigint;
  /** The credit line (DESIGN §3): its end, and how far it is used up. */
  readonly credited: bigint;
  readonly pointer: bigint;
  /** What was taken out of the line ahead of the pointer, in order and apart from each other; bounded. */
  readonly holes: readonly Span[];
  readonly nextSequence: bigint;
  readonly head: string;
  readonly rule?: AutoRechargeRule;
  /** Cards that auto-recharge goes on with when its own is declined, in this order; bounded, never the rule's own. */
  readonly backups: readonly ChosenMethod[];
  /** What the processor last said of the cards that auto-recharge depends on. */
  readonly cards: readonly WatchedCard[];
  readonly health: RechargeHealth;
  readonly counters: CapCounters;
  readonly rechargeCount: bigint;
  /** When the auto-recharges of the last hour were requested, oldest first: what the breaker counts. */
  readonly rechargeTimes: readonly string[];
  /** Decisions about auto-recharge that were written down, and the newest one's kind, so that only news is noted. */
  readonly whyCount: bigint;
  readonly lastWhy?: string;
  /** Payments whose refund is under way at the processor. */
  readonly openRefunds: readonly string[];
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
  /** The day, in the account's time zone, on which people last heard of lots that come near their expiry. */
  readonly noticesToldOn?: string;
  /**
   * Every member's role, as in the member rows; absent where there are too many, and on rows written before it was kept:
   * then the member's row has to be read.
   */
  readonly roles?: RoleList;
  /** What a person last saw in Microsoft's own admin center, by their word. */
  readonly attested?: AttestedBalance;
  /** Alerts that reached nobody. */
  readonly undelivered: readonly bigint[];
}

export interface AttestedBalance {
  readonly balance: bigint;
  readonly at: string;
  readonly by: Actor;
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
    holes: [],
    nextSequence: 1n,
    head: GENESIS,
    backups: [],
    cards: [],
    health: { failures: 0, held: false },
    counters: { day: '', dayTotal: 0n, month: '', monthTotal: 0n },
    rechargeCount: 0n,
    rechargeTimes: [],
    whyCount: 0n,
    openRefunds: [],
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
    roles: { admins: [], viewers: [] },
    undelivered: [],
  };
}
