/** Wires billing together over any table store and processor: the program and the tests do it the same way. */
import { Billing } from './billing/billing.js';
import type { Clock } from './billing/clock.js';
import { within } from './billing/due/within.js';
import { DueQueue } from './billing/due/due-queue.js';
import type { ScanLog } from './billing/due/daily-scan.js';
import type { JobLog } from './billing/due/job-log.js';
import { JobRunner, type JobResult } from './billing/due/job-runner.js';
import { LEASE_MS } from './billing/due/lease.js';
import type { AccountDefaults } from './billing/lane/account-rows.js';
import type { LaneDeps } from './billing/lane/lane.js';
import { Ledger } from './billing/lane/ledger.js';
import type { Payment } from './billing/ledger/model.js';
import type { PaymentMethods, PaymentProcessor } from './billing/payments/processor.js';
import { EventSaga, type EventSagaDeps } from './billing/payments/event-saga.js';
import type { EventSource } from './billing/payments/event-source.js';
import { RefundSaga } from './billing/payments/refund-saga.js';
import { PaymentSaga, type SagaDeps } from './billing/payments/saga.js';
import { LedgerReader } from './billing/reader.js';
import { Retention } from './billing/retention/retention.js';
import { Reversals } from './billing/reversals.js';
import type { PartitionScan, TableStore } from './billing/storage/table.js';
import { UndeliveredAlerts } from './billing/undelivered.js';
import { Checkpoints } from './billing/usage/graph/checkpoints.js';
import {
  GraphCollector,
  type CollectorDeps,
  type CollectorLog,
} from './billing/usage/graph/graph-collector.js';
import { GraphUsage, type GraphUsageDeps } from './billing/usage/graph/graph-usage.js';
import type { PstnCalls } from './billing/usage/graph/pstn-calls.js';
import { UsageIntake, type IntakeDeps } from './billing/usage/intake.js';
import type { SecondSourceLog } from './billing/usage/second-source.js';
import { workersOf } from './compose-worker.js';

export interface BillingParts {
  readonly table: TableStore;
  readonly dueTable: TableStore;
  /** Which accounts there are, for the daily scan. */
  readonly accounts: PartitionScan;
  readonly processor: PaymentProcessor;
  readonly methods: PaymentMethods;
  /** Where call records can be collected from. */
  readonly graph?: PstnCalls;
  readonly log: JobLog & ScanLog & SecondSourceLog & CollectorLog;
  /** What the processor's events mean, where it tells any. */
  readonly events?: EventSource;
  readonly clock: Clock;
  readonly random: () => number;
  readonly newId: () => string;
  readonly settings: BillingSettings;
  /** How long a shard's due work stays with an instance that is silent; several rounds. */
  readonly leaseMs?: number;
}

export interface BillingSettings {
  readonly defaults: AccountDefaults;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
  readonly lowBalance: bigint;
  readonly configuredAdmins: readonly string[];
  readonly addConnectionCharge: boolean;
  /** Personal details of older calls are removed. */
  readonly callDetailDays: number;
}

const LAND_MS_MAX = 2_000;

/** What the chat does for billing: shows a payment's outcome, and delivers an alert. */
export interface Voice {
  showPayment(tenant: string, payment: Payment): Promise<void>;
  deliverAlert(tenant: string, sequence: bigint): Promise<JobResult>;
}

export interface ComposedBilling {
  readonly billing: Billing;
  readonly graph: GraphUsage;
  readonly runner: JobRunner;
  readonly queue: DueQueue;
  /** For whoever hears of refunds and disputes that were made elsewhere. */
  readonly reversals: Reversals;
  /** What the processor tells by itself comes in here. */
  readonly events: EventSaga;
  /** The chat needs billing and billing needs a voice: the voice comes last. */
  connect(voice: Voice): void;
}

export function composeBilling(parts: BillingParts): ComposedBilling {
  const { table, accounts, methods, clock, settings, log, newId } = parts;
  const now = (): string => clock.now();
  const { queue, runner, schedule } = workOf(parts, now);
  const ledger = new Ledger({ table, defaults: settings.defaults, clock, random: parts.random, schedule });
  const reader = new LedgerReader(table, settings.defaults);
  const retention = new Retention({ table, now, callDetailDays: settings.callDetailDays });
  const kept = retention.kept.bind(retention);
  const common = { ledger, reader, now, lowBalance: settings.lowBalance };
  let voice: Voice | undefined;
  const show: SagaDeps['show'] = async (tenant, payment) => voice?.showPayment(tenant, payment);
  const sagaDeps = { ...common, processor: parts.processor, show };
  const [saga, refunds] = [new PaymentSaga(sagaDeps), new RefundSaga(sagaDeps)];
  const intake = intakeOf(parts, { ...common, kept }, runner);
  const graph = graphOfParts(parts, { ...common, intake });
  const undelivered = new UndeliveredAlerts({ ledger, reader, queue, runner });
  const shared = { ...common, ...settings, saga, intake, methods, runner, undelivered, clock, kept, newId };
  const billing = new Billing(shared);
  const reversals = new Reversals(common);
  const events = eventsOf(parts, { ...common, billing, runner, saga, refunds, reversals });
  const sagas = { saga, refunds, events };
  const worker = { billing, graph, ledger, queue, ...sagas, retention, table, accounts, now, log };
  return {
    billing,
    graph,
    runner,
    queue,
    reversals,
    events,
    connect: (connected) => {
      voice = connected;
      runner.use(workersOf(worker, (tenant, sequence) => connected.deliverAlert(tenant, sequence)));
    },
  };
}

function graphOfParts(
  { table, graph: calls, clock, log }: BillingParts,
  shared: Omit<GraphUsageDeps, 'checkpoints' | 'collector'> & { readonly intake: UsageIntake },
): GraphUsage {
  const { intake, ...deps } = shared;
  const checkpoints = new Checkpoints(table);
  const connection: CollectorDeps['connection'] = async (tenant) =>
    (await deps.reader.account(tenant)).usage.graph;
  if (calls === undefined) return new GraphUsage({ ...deps, checkpoints });
  const collector = new GraphCollector({ calls, intake, checkpoints, connection, clock, log });
  return new GraphUsage({ ...deps, checkpoints, collector });
}

function intakeOf(
  { newId, clock, settings, log }: BillingParts,
  common: Omit<IntakeDeps, 'newId' | 'log' | 'addConnectionCharge' | 'letLand'>,
  runner: JobRunner,
): UsageIntake {
  const { addConnectionCharge } = settings;
  const letLand: IntakeDeps['letLand'] = async (tenant, paymentId) => {
    await within(clock, LAND_MS_MAX, runner.settled({ tenant, name: 'payment', subject: paymentId }));
  };
  return new UsageIntake({ ...common, newId, log, addConnectionCharge, letLand });
}

interface EventParts extends Omit<EventSagaDeps, 'source' | 'reversal' | 'reviewCards' | 'idle' | 'tryNow'> {
  readonly billing: Billing;
  readonly runner: JobRunner;
  readonly reversals: Reversals;
}

/** What the processor tells by itself ends in the same commands as what was asked for. */
function eventsOf(
  { events: source }: BillingParts,
  { billing, runner, reversals, ...common }: EventParts,
): EventSaga {
  return new EventSaga({
    ...common,
    ...(source !== undefined && { source }),
    reversal: (tenant, meaning) => reversals.commandFor(tenant, meaning),
    reviewCards: (tenant, also) => billing.reviewCards(tenant, also),
    tryNow: (tenant, subject) => void runner.kick({ tenant, name: 'event', subject }),
    idle: (tenant, subject) => runner.settled({ tenant, name: 'payment', subject }),
  });
}

/** Work for later: written before its commit, started behind it. */
function workOf(
  parts: BillingParts,
  now: () => string,
): Pick<ComposedBilling, 'queue' | 'runner'> & Pick<LaneDeps, 'schedule'> {
  const { dueTable: table, clock, log, leaseMs = LEASE_MS } = parts;
  const queue = new DueQueue(table, now);
  const runner = new JobRunner({ queue, clock, log, leases: { table, holder: parts.newId(), leaseMs } });
  return {
    queue,
    runner,
    schedule: async (tenant, jobs) => {
      const tickets = await queue.schedule(tenant, jobs);
      return () => {
        runner.start(tickets);
      };
    },
  };
}
