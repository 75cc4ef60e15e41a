/** Wires billing together over any table store and processor: the program and the tests do it the same way. */
import { Billing } from './billing/billing.js';
import type { Clock } from './billing/clock.js';
import { within } from './billing/due/within.js';
import { DueQueue } from './billing/due/due-queue.js';
import { JobRunner, DONE, type JobHandlers, type JobLog, type JobResult } from './billing/due/job-runner.js';
import type { AccountDefaults } from './billing/lane/account-rows.js';
import { Ledger } from './billing/lane/ledger.js';
import type { Payment } from './billing/ledger/model.js';
import { rowKeys, type Job } from './billing/ledger/world.js';
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
  readonly clock: Clock;
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

const LAND_MS_MAX = 2_000;

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
  const { table, clock, settings, log } = parts;
  const now = (): string => clock.now();
  const queue = new DueQueue(parts.dueTable, now);
  const runner = new JobRunner({ queue, clock, log });
  const schedule = async (tenant: string, jobs: readonly Job[]) => {
    const tickets = await queue.schedule(tenant, jobs);
    return () => {
      runner.start(tickets);
    };
  };
  const ledger = new Ledger({ table, defaults: settings.defaults, clock, random: parts.random, schedule });
  const reader = new LedgerReader(table, settings.defaults);
  const common = { ledger, reader, now, lowBalance: settings.lowBalance };
  let voice: Voice | undefined;
  const saga = new PaymentSaga({
    ...common,
    processor: parts.processor,
    show: async (tenant, payment) => voice?.showPayment(tenant, payment),
  });
  const { addConnectionCharge } = settings;
  const letLand = async (tenant: string, paymentId: string): Promise<void> => {
    await within(clock, LAND_MS_MAX, runner.settled({ tenant, name: 'payment', subject: paymentId }));
  };
  const intake = new UsageIntake({ ...common, newId: parts.newId, addConnectionCharge, letLand });
  const billing = new Billing({
    ...common,
    ...settings,
    saga,
    intake,
    methods: parts.methods,
    runner,
    clock,
  });
  return {
    billing,
    runner,
    queue,
    connect: (connected) => {
      voice = connected;
      runner.use(handlersOf({ billing, ledger, saga }, connected));
    },
  };
}

interface Workers {
  readonly billing: Billing;
  readonly ledger: Ledger;
  readonly saga: PaymentSaga;
}

/** A job that finds nothing makes sure that a stalled commit can't bring it about later (DESIGN §3): `touch`. */
function handlersOf({ billing, ledger, saga }: Workers, voice: Voice): JobHandlers {
  return {
    payment: (tenant, subject) => saga.carryOn(tenant, subject),
    alert: async (tenant, subject) => {
      const sequence = BigInt(subject);
      const there = await billing.reader.row(tenant, 'alert', rowKeys.alert(sequence));
      if (there === undefined) await ledger.touch(tenant);
      return voice.deliverAlert(tenant, sequence);
    },
    recharge: async (tenant) => {
      await ledger.touch(tenant);
      await billing.sweepAutoRecharge(tenant);
      return DONE;
    },
    refund: async () => DONE,
    lots: async () => DONE,
    crossings: async (tenant) => {
      await ledger.touch(tenant);
      await billing.tellGatheredCrossings(tenant);
      return DONE;
    },
  };
}
