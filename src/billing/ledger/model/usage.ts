/** Call records, what they add up to, and those that wait for a person. */
import type { QuarantineReason, UsageSource } from '../../usage/call-record.js';
import type { TroubleNoted } from '../../usage/graph/pstn-calls.js';
import type { Actor } from './actor.js';

export interface StoredCall {
  readonly type: 'call';
  readonly id: string;
  readonly charge: bigint;
  readonly connectionCharge: bigint;
  readonly start: string;
  readonly durationSeconds: number;
  readonly source: UsageSource;
  /** Personal; empty once it is older than the retention allows, see `detailsDigest`. */
  readonly details: Readonly<Record<string, string>>;
  /** SHA-256 of the details, kept when they go, so that the entry's digest can still be checked. */
  readonly detailsDigest?: string;
  /** Sequence of the entry that holds the present charge. */
  readonly entry?: bigint;
  /** What earlier entries said of it, oldest first: their digests are over that. */
  readonly earlier?: readonly CallVersion[];
  /** It is from before the start of metering: kept and shown, and in no entry. */
  readonly unmetered?: true;
}

/** A call record as an entry charged it before it was corrected. */
export interface CallVersion {
  /** 0 where the record was charged before rows noted their entry: the newest entry that lists it then. */
  readonly entry: bigint;
  readonly charge: bigint;
  readonly start: string;
  readonly detailsDigest: string;
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
  /** Of its first charge; see `sourceOfDay` for days that were written before this was noted. */
  readonly source?: UsageSource;
  /** Calls that were kept without being charged: no part of the spend. */
  readonly unmetered?: UnmeteredTotal;
  /** Of its first kept call; absent on days that were written before this was noted. */
  readonly keptSource?: UsageSource;
}

/** Calls from before the start of metering. */
export interface UnmeteredTotal {
  /** What they would have cost. */
  readonly spend: bigint;
  readonly calls: number;
}

/** From when on calls are charged. */
export interface Metering {
  /** ISO, UTC, milliseconds. Calls that start at this moment or later are charged. */
  readonly from: string;
  readonly setBy: Actor;
  readonly setAt: string;
}

export interface DestinationTotal {
  readonly spend: bigint;
  readonly calls: number;
}

export interface DaySpend {
  readonly date: string;
  readonly spend: bigint;
  readonly calls: number;
}

/** A call record that could not be charged by the rules; a person decides. */
export interface UsageIssue {
  readonly type: 'issue';
  /** The record's id, or a digest of the row where it has none. */
  readonly id: string;
  readonly reason: QuarantineReason;
  readonly source: UsageSource;
  readonly raw: string;
  /** Of the details that `raw` said; present once they are too old to be kept, see `StoredCall`. */
  readonly detailsDigest?: string;
  readonly at: string;
  readonly state: 'open' | 'charged' | 'dismissed';
  readonly resolvedBy?: Actor;
  readonly resolvedAt?: string;
}

export interface UsageState {
  /** Start of the newest call that is known. */
  readonly knownUntil?: string;
  readonly receivedAt?: string;
  readonly openIssues: number;
  /** Where none was set every call is charged. */
  readonly metering?: Metering;
  /** All that was kept without being charged, so far. */
  readonly unmetered?: UnmeteredTotal;
  /** The newest days of which a second source says more than was charged; newest first, bounded. */
  readonly differences?: readonly UsageDifference[];
  /** Present while call records are collected from Microsoft Graph. */
  readonly graph?: GraphConnection;
}

/** Calls that only the second source of a day knows: not charged, and perhaps lost by the first one. */
export interface UsageDifference {
  /** `YYYY-MM-DD` in the account's time zone. */
  readonly date: string;
  readonly first: UsageSource;
  readonly second: UsageSource;
  readonly count: number;
  readonly amount: bigint;
  /** How many calls of the day the second source delivered, these among them: who says less knows it less well. */
  readonly delivered: number;
}

export interface GraphConnection {
  readonly connectedAt: string;
  readonly by: Actor;
  /** When somebody last wanted the newest days at once. */
  readonly askedAt?: string;
  /** As the collector last told; absent before its first look. */
  readonly collected?: Collected;
}

/** How far collecting has come, so that nobody has to read the collector's own row for it. */
export interface Collected {
  /** Of the last 90. */
  readonly days: number;
  /** When the source last answered. */
  readonly answeredAt?: string;
  /** End of the newest window that it answered. */
  readonly askedUntil?: string;
  readonly trouble?: TroubleNoted;
}
