/** Billing over the in-memory table and the sandbox processor, with a clock that the test moves. */
import type { PstnCalls } from '../../src/billing/usage/graph/pstn-calls.js';
import {
  composeBilling,
  type BillingParts,
  type BillingSettings,
  type ComposedBilling,
  type Voice,
} from '../../src/compose-billing.js';
import { machineClock, type Clock } from '../../src/billing/clock.js';
import { DONE } from '../../src/billing/due/job-runner.js';
import type { Payment } from '../../src/billing/ledger/model.js';
import { SandboxMethods } from '../../src/billing/payments/sandbox/cards.js';
import {
  SandboxProcessor,
  type SandboxOptions,
} from '../../src/billing/payments/sandbox/sandbox-processor.js';
import { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import { MICROS_PER_UNIT } from '../../src/billing/money.js';

export const TENANT = 'tenant-one';
export const ADMIN = { id: 'admin-1', name: 'Ada Admin' };
export const START = '2026-11-17T09:00:00.000Z';

export const TEST_SETTINGS: BillingSettings = {
  defaults: { currency: 'USD', timeZone: 'UTC' },
  limits: { minimum: 5n * MICROS_PER_UNIT, maximum: 5_000n * MICROS_PER_UNIT },
  lowBalance: 10n * MICROS_PER_UNIT,
  configuredAdmins: [ADMIN.id],
  addConnectionCharge: false,
  callDetailDays: 400,
};

/** What an operator would see of work that fails; the rest of the log is not looked at. */
export function failureLog(failures: unknown[]): BillingParts['log'] {
  return {
    jobFailed: (_work, error) => failures.push(error),
    roundFailed: (error) => failures.push(error),
    scanFailed: (_tenant, _part, error) => failures.push(error),
    jobOverran: () => undefined,
    foreignJob: () => undefined,
    chainHead: () => undefined,
    holeFound: () => undefined,
    secondSource: () => undefined,
    usageTrouble: () => undefined,
  };
}

/** Whole units in micros. */
export function usd(amount: number): bigint {
  return BigInt(Math.round(amount * 100)) * 10_000n;
}

export class TestClock {
  private millis: number;
  constructor(start: string) {
    this.millis = Date.parse(start);
  }
  readonly now = (): string => new Date(this.millis).toISOString();
  readonly monotonic = (): number => this.millis;
  /** Waiting takes real time: the test moves the clock for deadlines, not for short waits. */
  readonly sleep: Clock['sleep'] = (ms, aborted) => machineClock.sleep(ms, aborted);
  pass(span: { seconds?: number; minutes?: number; hours?: number; days?: number }): void {
    const { seconds = 0, minutes = 0, hours = 0, days = 0 } = span;
    this.millis += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1_000;
  }
}

export interface TestBilling extends ComposedBilling {
  readonly clock: TestClock;
  readonly table: MemoryTableStore;
  readonly dueTable: MemoryTableStore;
  readonly processor: SandboxProcessor;
  readonly methods: SandboxMethods;
  readonly shown: Payment[];
  readonly alerts: bigint[];
  readonly failures: unknown[];
}

export interface TestBillingOptions {
  readonly start?: string;
  readonly settings?: Partial<BillingSettings>;
  /** Where call records are collected from. */
  readonly graph?: PstnCalls;
  readonly clock?: TestClock;
  /** Replaces what would happen in the chat. */
  readonly voice?: Voice;
  readonly available?: () => boolean;
  /** A slow processor: what it waits for, and how. */
  readonly slow?: Pick<SandboxOptions, 'latencyMs' | 'sleep'>;
}

export async function testBilling(options: TestBillingOptions = {}): Promise<TestBilling> {
  const clock = options.clock ?? new TestClock(options.start ?? START);
  const [table, dueTable, sandboxTable] = [
    new MemoryTableStore(),
    new MemoryTableStore(),
    new MemoryTableStore(),
  ];
  await Promise.all([table.ensure(), dueTable.ensure(), sandboxTable.ensure()]);
  const methods = new SandboxMethods();
  const processor = new SandboxProcessor({
    table: sandboxTable,
    publicUrl: 'http://127.0.0.1:3978',
    now: clock.now,
    sleep: async () => undefined,
    ...options.slow,
    ...(options.available !== undefined && { available: options.available }),
  });
  const shown: Payment[] = [];
  const alerts: bigint[] = [];
  const failures: unknown[] = [];
  let ids = 0;
  const composed = composeBilling({
    table,
    dueTable,
    processor,
    methods,
    accounts: table,
    ...(options.graph !== undefined && { graph: options.graph }),
    log: failureLog(failures),
    clock,
    random: () => 0.5,
    newId: () => `id-${(ids += 1)}`,
    settings: { ...TEST_SETTINGS, ...options.settings },
  });
  composed.connect(
    options.voice ?? {
      showPayment: async (_tenant, payment) => void shown.push(payment),
      deliverAlert: async (_tenant, sequence) => {
        alerts.push(sequence);
        return DONE;
      },
    },
  );
  return { ...composed, clock, table, dueTable, processor, methods, shown, alerts, failures };
}
