/** Wires billing together over any table store and processor: the program and the tests do it the same way. */
import { Billing } from './billing/billing.js';
import { DueQueue } from './billing/due/due-queue.js';
import { JobRunner, DONE, type JobLog, type JobResult } from './billing/due/job-runner.js';
import type { AccountDefaults } from './billing/lane/account-rows.js';
import { Ledger } from './billing/lane/ledger.js';
import type { Payment } from './billing/ledger/model.js';
import type { Job } from './billing/ledger/world.js';
import type { PaymentMethods, PaymentProcessor } from './billing/payments/processor.js';
import { PaymentSaga } from './billing/payments/saga.js';
import { LedgerReader } from './billing/reader.js';
import type { TableStore } from './billing/storage/table.js';
import { UsageIntake } from './billing/usage/intake.js';

export interface BillingParts {
  readonly table: TableStore;
  readonly dueTable: TableStore;
  readonly processor: PaymentProcessor;
  readonly methods: PaymentMethods;
  readonly log: JobLog;
  readonly now: () => string;
  readonly random: () => number;
  readonly newId: () => string;
  readonly settings: BillingSettings;
}

export interface BillingSettings {
  readonly defaults: AccountDefaults;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
  readonly lowBalance: bigint;
  readonly configuredAdmins: readonly string[];
  readonly addConnectionCharge: boolean;
}

/** What the chat does for billing: shows a payment's outcome, and delivers an alert. */
export interface Voice {
  showPayment(tenant: string, payment: Payment): Promise<void>;
  deliverAlert(tenant: string, sequence: bigint): Promise<JobResult>;
}

export interface ComposedBilling {
  readonly billing: Billing;
  readonly runner: JobRunner;
  readonly queue: DueQueue;
  /** The chat needs billing and billing needs a voice: the voice comes last. */
  connect(voice: Voice): void;
}

export function composeBilling(parts: BillingParts): ComposedBilling {
  const { table, now, settings, log } = parts;
  const queue = new DueQueue(parts.dueTable, now);
  const runner = new JobRunner({ queue, now, log });
  const schedule = async (tenant: string, jobs: readonly Job[]) => {
    const tickets = await queue.schedule(tenant, jobs);
    return () => {
      runner.start(tickets);
    };
  };
  const ledger = new Ledger({ table, defaults: settings.defaults, now, random: parts.random, schedule });
  const reader = new LedgerReader(table, settings.defaults);
  const common = { ledger, reader, now, lowBalance: settings.lowBalance };
  let voice: Voice | undefined;
  const saga = new PaymentSaga({
    ...common,
    processor: parts.processor,
    show: async (tenant, payment) => voice?.showPayment(tenant, payment),
  });
  const { addConnectionCharge } = settings;
  const intake = new UsageIntake({ ...common, newId: parts.newId, addConnectionCharge });
  const billing = new Billing({ ...common, ...settings, saga, intake, methods: parts.methods, runner });
  return {
    billing,
    runner,
    queue,
    connect: (connected) => {
      voice = connected;
      useHandlers(connected);
    },
  };

  function useHandlers(connected: Voice): void {
    runner.use({
      payment: (tenant, subject) => saga.carryOn(tenant, subject),
      alert: (tenant, subject) => connected.deliverAlert(tenant, BigInt(subject)),
      recharge: async (tenant) => {
        await billing.sweepAutoRecharge(tenant);
        return DONE;
      },
      crossings: async (tenant) => {
        await billing.tellGatheredCrossings(tenant);
        return DONE;
      },
    });
  }
}
