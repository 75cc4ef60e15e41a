/** Several instances of the program over the same tables, as in production, with one clock and one processor. */
import {
  composeBilling,
  type BillingSettings,
  type ComposedBilling,
  type Voice,
} from '../../src/compose-billing.js';
import type { Clock } from '../../src/billing/clock.js';
import type { PstnCalls } from '../../src/billing/usage/graph/pstn-calls.js';
import { DONE } from '../../src/billing/due/job-runner.js';
import type { Payment } from '../../src/billing/ledger/model.js';
import type { EventSource } from '../../src/billing/payments/event-source.js';
import { SandboxMethods } from '../../src/billing/payments/sandbox/cards.js';
import type { PaymentMethods, PaymentProcessor } from '../../src/billing/payments/processor.js';
import { SandboxProcessor } from '../../src/billing/payments/sandbox/sandbox-processor.js';
import { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import type { PartitionScan, TableStore } from '../../src/billing/storage/table.js';
import { failureLog, START, TEST_SETTINGS, TestClock } from './billing.js';

export interface SharedParts {
  readonly table: TableStore & PartitionScan;
  readonly dueTable: TableStore;
  readonly sandbox: SandboxProcessor;
  /** What the sandbox knows, for `verify`. */
  readonly sandboxTable: TableStore;
  readonly clock: TestClock;
  readonly newId: () => string;
}

export interface Instance extends ComposedBilling {
  readonly shown: Payment[];
  readonly failures: unknown[];
}

export interface InstanceOptions {
  readonly table?: TableStore;
  readonly dueTable?: TableStore;
  /** Which accounts there are. */
  readonly accounts?: PartitionScan;
  readonly processor?: PaymentProcessor;
  readonly methods?: PaymentMethods;
  /** What the processor's events mean. */
  readonly events?: EventSource;
  /** Where call records are collected from. */
  readonly graph?: PstnCalls;
  readonly settings?: Partial<BillingSettings>;
  readonly voice?: Voice;
  /** Its machine's own. */
  readonly clock?: Clock;
}

/** In memory, unless other tables are given. */
export function sharedParts(
  given: Partial<Pick<SharedParts, 'table' | 'dueTable'>> & { readonly available?: () => boolean } = {},
): SharedParts {
  const clock = new TestClock(START);
  const sandboxTable = new MemoryTableStore();
  let ids = 0;
  return {
    sandboxTable,
    table: given.table ?? new MemoryTableStore(),
    dueTable: given.dueTable ?? new MemoryTableStore(),
    clock,
    sandbox: new SandboxProcessor({
      table: sandboxTable,
      publicUrl: 'http://127.0.0.1:3978',
      now: clock.now,
      sleep: async () => undefined,
      ...(given.available !== undefined && { available: given.available }),
    }),
    newId: () => `id-${(ids += 1)}`,
  };
}

/** One instance; what it is given takes the place of a shared part, for instance a table that fails. */
export function instanceOf(parts: SharedParts, options: InstanceOptions = {}): Instance {
  const shown: Payment[] = [];
  const failures: unknown[] = [];
  const { settings, voice, ...replaced } = options;
  const composed = composeBilling({
    table: parts.table,
    dueTable: parts.dueTable,
    accounts: parts.table,
    processor: parts.sandbox,
    methods: new SandboxMethods(),
    log: failureLog(failures),
    clock: parts.clock,
    random: () => 0.5,
    newId: parts.newId,
    ...replaced,
    settings: { ...TEST_SETTINGS, ...settings },
  });
  composed.connect(
    voice ?? {
      showPayment: async (_tenant, payment) => void shown.push(payment),
      deliverAlert: async () => DONE,
    },
  );
  return { ...composed, shown, failures };
}

/** Lets everything run that was started and waits for nothing but other promises. */
export async function calm(turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
