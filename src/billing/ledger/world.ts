/**
 * What a decision reads and gives back: the account, the rows around it, new entries and the work to start. Immutable:
 * the shell compares the world before and after, and writes the difference.
 */
import { encodeKeyPart, newestFirst, oldestFirst } from '../storage/keys.js';
import type {
  Account,
  Alert,
  Attestation,
  DayTotals,
  Entry,
  Explanation,
  Lot,
  Member,
  Payment,
  ProcessorEvent,
  StoredCall,
  UsageIssue,
} from './model.js';

export type LedgerRow =
  | Alert
  | Attestation
  | DayTotals
  | Explanation
  | Lot
  | Member
  | Payment
  | ProcessorEvent
  | StoredCall
  | UsageIssue;

export const JOB_NAMES = [
  'payment',
  'alert',
  'recharge',
  'crossings',
  'refund',
  'lots',
  'graph',
  'event',
] as const;
export type JobName = (typeof JOB_NAMES)[number];

/** Work that follows a commit. Without `at` it is run at once, and the due row is the net. */
export interface Job {
  readonly name: JobName;
  readonly subject: string;
  readonly at?: string;
}

export interface World {
  readonly account: Account;
  readonly rows: ReadonlyMap<string, LedgerRow>;
  readonly entries: readonly Entry[];
  readonly jobs: readonly Job[];
}

/** Why a command was refused, as a value that the caller can answer. */
export const REFUSALS = [
  'currencyMismatch',
  'amountOutOfRange',
  'tooManyOpenPayments',
  'otherContent',
  'stale',
  'notFound',
  'notOpen',
  'lastAdmin',
  'noRule',
  'capBelowAmount',
  'anotherTopUp',
  'partlySpent',
  'alreadyRefunded',
  'limitReached',
  'sameCard',
  'reversedOutside',
  /** An invoice that was recorded before. */
  'alreadyRecorded',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export type Decision<A> =
  | { readonly kind: 'accepted'; readonly world: World; readonly answer: A }
  | { readonly kind: 'refused'; readonly reason: Refusal };

export function accepted<A>(world: World, answer: A): Decision<A> {
  return { kind: 'accepted', world, answer };
}

export function refused(reason: Refusal): { readonly kind: 'refused'; readonly reason: Refusal } {
  return { kind: 'refused', reason };
}

export const ACCOUNT_KEY = 'account';

export const rowKeys = {
  entry: (sequence: bigint) => `entry:${newestFirst(sequence)}`,
  lot: (sequence: bigint) => `lot:${oldestFirst(sequence)}`,
  call: (id: string) => `call:${encodeKeyPart(id)}`,
  day: (date: string) => `day:${date}`,
  payment: (id: string) => `payment:${encodeKeyPart(id)}`,
  alert: (sequence: bigint) => `alert:${newestFirst(sequence)}`,
  why: (sequence: bigint) => `why:${newestFirst(sequence)}`,
  member: (id: string) => `member:${encodeKeyPart(id)}`,
  issue: (id: string) => `issue:${encodeKeyPart(id)}`,
  event: (id: string) => `event:${encodeKeyPart(id)}`,
  attestation: (id: string) => `attestation:${encodeKeyPart(id)}`,
} as const;

export function keyOf(row: LedgerRow): string {
  if (row.type === 'day') return rowKeys.day(row.date);
  return 'sequence' in row ? rowKeys[row.type](row.sequence) : rowKeys[row.type](row.id);
}

export function withRows(world: World, rows: readonly LedgerRow[]): World {
  if (rows.length === 0) return world;
  const all = new Map(world.rows);
  for (const row of rows) all.set(keyOf(row), row);
  return { ...world, rows: all };
}

export function withAccount(world: World, change: Partial<Account>): World {
  return { ...world, account: { ...world.account, ...change } };
}

/** How many rows it takes to turn one world into the next, the account's among them. */
export function rowsBetween(before: World, after: World): number {
  const changed = [...after.rows].filter(([key, row]) => before.rows.get(key) !== row).length;
  return 1 + changed + after.entries.length - before.entries.length;
}

export function withJob(world: World, job: Job): World {
  const known = world.jobs.some((other) => other.name === job.name && other.subject === job.subject);
  return known ? world : { ...world, jobs: [...world.jobs, job] };
}

/** The row of that key and type, where it was loaded or written by this group of commands. */
export function rowOf<T extends LedgerRow['type']>(
  world: World,
  type: T,
  key: string,
): Extract<LedgerRow, { type: T }> | undefined {
  const row = world.rows.get(key);
  return row?.type === type ? (row as Extract<LedgerRow, { type: T }>) : undefined;
}

export function paymentOf(world: World, id: string): Payment | undefined {
  return rowOf(world, 'payment', rowKeys.payment(id));
}
