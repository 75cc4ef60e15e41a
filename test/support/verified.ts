/** An instance of billing whose tables are at hand, and `verify` over them. */
import type { PaymentProcessor } from '../../src/billing/payments/processor.js';
import { SandboxProcessor } from '../../src/billing/payments/sandbox/sandbox-processor.js';
import { SandboxRecord } from '../../src/billing/payments/sandbox/sandbox-record.js';
import { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import type { PartitionScan, TableStore } from '../../src/billing/storage/table.js';
import type { AccountReport, NotedHead } from '../../src/billing/verify/finding.js';
import type { ProcessorRecord } from '../../src/billing/verify/processor-record.js';
import { verifyAccounts } from '../../src/billing/verify/verify.js';
import { TestClock, START } from './billing.js';
import { instanceOf, sharedParts, type Instance, type InstanceOptions } from './shared-billing.js';

export interface VerifiedTables {
  readonly ledger: TableStore & PartitionScan;
  readonly due: TableStore;
  readonly sandbox: TableStore;
}

export interface VerifiedBilling extends Instance {
  readonly tables: VerifiedTables;
  readonly sandbox: SandboxProcessor;
  readonly clock: TestClock;
}

export interface VerifiedOptions extends Omit<InstanceOptions, 'processor'> {
  readonly start?: string;
  /** While it answers false the processor is down. */
  readonly available?: () => boolean;
  /** What takes the sandbox's place. */
  readonly processor?: (sandbox: SandboxProcessor) => PaymentProcessor;
}

export function memoryTables(): VerifiedTables {
  const table = () => new MemoryTableStore();
  return { ledger: table(), due: table(), sandbox: table() };
}

export function verifiedBilling(
  tables = memoryTables(),
  { start = START, available, processor, ...options }: VerifiedOptions = {},
): VerifiedBilling {
  const clock = new TestClock(start);
  const sandbox = new SandboxProcessor({
    table: tables.sandbox,
    publicUrl: 'http://127.0.0.1:3978',
    now: clock.now,
    sleep: async () => undefined,
    ...(available !== undefined && { available }),
  });
  const parts = {
    ...sharedParts({ table: tables.ledger, dueTable: tables.due }),
    clock,
    sandbox,
    sandboxTable: tables.sandbox,
  };
  const replaced = processor === undefined ? {} : { processor: processor(sandbox) };
  return { ...instanceOf(parts, { ...options, ...replaced }), tables, sandbox, clock };
}

export async function reportsOf(
  { ledger, sandbox }: VerifiedTables,
  heads: readonly NotedHead[] = [],
  record: ProcessorRecord = new SandboxRecord(sandbox),
): Promise<readonly AccountReport[]> {
  const reports: AccountReport[] = [];
  const deps = { table: ledger, scan: ledger, record, heads };
  for await (const report of verifyAccounts(deps)) reports.push(report);
  return reports;
}

/** One line for each difference. */
export async function differencesOf(
  tables: VerifiedTables,
  heads: readonly NotedHead[] = [],
  record?: ProcessorRecord,
): Promise<readonly string[]> {
  const reports = await reportsOf(tables, heads, record);
  return reports.flatMap(({ differences }) => differences.map(({ subject, what }) => `${subject}: ${what}`));
}
