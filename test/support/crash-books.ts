/** Everything that must add up after a crash: the ledger, the processor, the due table, and `verify` over all. */
import { shards } from '../../src/billing/due/due-queue.js';
import type {
  Alert,
  AlertKind,
  EntryKind,
  PaymentStatus,
  ProcessorEvent,
} from '../../src/billing/ledger/model.js';
import { rowKeys } from '../../src/billing/ledger/world.js';
import { readLedgerRow } from '../../src/billing/lane/account-rows.js';
import { SandboxRecord } from '../../src/billing/payments/sandbox/sandbox-record.js';
import type { RecordedCharge } from '../../src/billing/verify/processor-record.js';
import { verifyAccount } from '../../src/billing/verify/verify-account.js';
import { TENANT } from './billing.js';
import type { Instance, SharedParts } from './shared-billing.js';

export interface Books {
  /** Oldest first. */
  readonly entries: readonly EntryKind[];
  readonly balance: bigint;
  /** Payments that were credited, and those that the processor charged, as often as it was done. */
  readonly credited: readonly string[];
  readonly charged: readonly string[];
  /** Of the payment `p1`. */
  readonly payment: PaymentStatus | undefined;
  readonly open: readonly unknown[];
  readonly openRefunds: readonly string[];
  /** What the processor gave back, in micros. */
  readonly refunds: readonly bigint[];
  readonly alerts: Readonly<Partial<Record<AlertKind, number>>>;
  /** What the processor told, and the entries that were made in the transaction that ended it. */
  readonly events: readonly { readonly done: boolean; readonly doneWith: readonly EntryKind[] }[];
  readonly spent: bigint;
  /** Balance less entries, and credit line less balance. */
  readonly unbalanced: bigint;
  readonly offLine: bigint;
  /** Work that has a due row although its time is over, or it should be done by now. */
  readonly waiting: readonly string[];
  /** Due rows of the collector, which comes again and again. */
  readonly collecting: number;
  readonly parked: number;
  readonly failures: readonly unknown[];
  readonly differences: readonly string[];
}

export interface After {
  readonly parts: SharedParts;
  readonly sound: Instance;
  readonly recorded: ((charge: RecordedCharge) => RecordedCharge) | undefined;
}

interface DueWork {
  readonly at: string;
  readonly name: string;
}

async function dueWork({ dueTable }: SharedParts): Promise<readonly DueWork[]> {
  const all = { from: '0', to: '~', limit: 1_000 };
  const pages = await Promise.all(shards().map((shard) => dueTable.query(shard, all)));
  return pages
    .flat()
    .map(({ key, values }) => ({ at: key.slice(0, key.indexOf('|')), name: String(values['name']) }));
}

/** A lot waits for its day, the collector for its next hour: anything else is waited for. */
export async function waitingWork(parts: SharedParts): Promise<readonly string[]> {
  const now = parts.clock.now();
  const due = await dueWork(parts);
  return due
    .filter(({ at, name }) => name !== 'graph' && (name !== 'lots' || at <= now))
    .map(({ name }) => name);
}

export async function booksOf(after: After): Promise<Books> {
  const { parts, sound } = after;
  const { reader } = sound.billing;
  const due = await dueWork(parts);
  return {
    ...(await ledgerBooks(after)),
    ...(await processorBooks(parts)),
    payment: (await reader.payment(TENANT, 'p1'))?.status,
    alerts: countsOf(await alertsOf(sound)),
    waiting: await waitingWork(parts),
    collecting: due.filter(({ name }) => name === 'graph').length,
    parked: await sound.queue.countParked(),
    failures: sound.failures,
    differences: await differencesOf(after),
  };
}

async function ledgerBooks({ parts, sound }: After) {
  const { reader } = sound.billing;
  const account = await reader.account(TENANT);
  const { balance, openPayments: open, openRefunds, days, credited, pointer } = account;
  const entries = [...(await reader.entries(TENANT, { limit: 100 })).entries].reverse();
  const credits = entries.filter(({ kind }) => kind === 'topUp' || kind === 'autoRecharge');
  const events = await eventsOf(parts);
  return {
    entries: entries.map(({ kind }) => kind),
    credited: credits.map(({ reference }) => reference).sort(),
    ...{ balance, open, openRefunds },
    unbalanced: balance - entries.reduce((sum, { amount }) => sum + amount, 0n),
    offLine: credited - pointer - balance,
    spent: days.reduce((sum, { spend }) => sum + spend, 0n),
    events: events.map(({ doneAt }) => ({
      done: doneAt !== undefined,
      doneWith: entries.filter(({ at }) => at === doneAt).map(({ kind }) => kind),
    })),
  };
}

async function processorBooks({ sandbox }: SharedParts) {
  const charges = await sandbox.charges(TENANT);
  return {
    charged: charges
      .flatMap(({ paymentId, timesCharged }) => Array<string>(Number(timesCharged)).fill(paymentId))
      .sort(),
    refunds: charges.flatMap(({ refunds }) => refunds).map(({ micros }) => micros),
  };
}

async function eventsOf({ table }: SharedParts): Promise<readonly ProcessorEvent[]> {
  const rows = await table.query(TENANT, { from: 'event:', to: 'event;', limit: 100 });
  return rows.map(readLedgerRow).filter((row) => row.type === 'event');
}

async function alertsOf({ billing }: Instance): Promise<readonly Alert[]> {
  const { alertCount } = await billing.reader.account(TENANT);
  const keys = Array.from({ length: Number(alertCount) }, (_, index) => rowKeys.alert(BigInt(index + 1)));
  return billing.reader.rows(TENANT, 'alert', keys);
}

function countsOf(alerts: readonly Alert[]): Books['alerts'] {
  const counts: Partial<Record<AlertKind, number>> = {};
  for (const { kind } of alerts) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

async function differencesOf({ parts, recorded = (charge) => charge }: After): Promise<readonly string[]> {
  const sandbox = new SandboxRecord(parts.sandboxTable);
  const record = { charges: async (tenant: string) => (await sandbox.charges(tenant)).map(recorded) };
  const { differences } = await verifyAccount(TENANT, { table: parts.table, record, heads: [] });
  return differences.map(({ subject, what }) => `${subject}: ${what}`);
}
