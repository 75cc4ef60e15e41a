/** Wires the work for later: what each job does, and what is looked at every day. */
import type { Billing } from './billing/billing.js';
import { DailyScan, type ScanLog } from './billing/due/daily-scan.js';
import type { DueQueue } from './billing/due/due-queue.js';
import { DONE, type JobHandlers, type JobResult, type Workers } from './billing/due/job-runner.js';
import { OwedRows } from './billing/due/owed-work.js';
import type { Ledger } from './billing/lane/ledger.js';
import type { EventSaga } from './billing/payments/event-saga.js';
import type { RefundSaga } from './billing/payments/refund-saga.js';
import type { PaymentSaga } from './billing/payments/saga.js';
import type { Retention } from './billing/retention/retention.js';
import type { GraphUsage } from './billing/usage/graph/graph-usage.js';
import type { PartitionScan, TableStore } from './billing/storage/table.js';

export interface WorkerParts {
  readonly billing: Billing;
  readonly graph: GraphUsage;
  readonly ledger: Ledger;
  readonly queue: DueQueue;
  readonly saga: PaymentSaga;
  readonly refunds: RefundSaga;
  readonly events: EventSaga;
  readonly retention: Retention;
  readonly table: TableStore;
  readonly accounts: PartitionScan;
  readonly now: () => string;
  readonly log: ScanLog;
}

type DeliverAlert = (tenant: string, sequence: bigint) => Promise<JobResult>;

export function workersOf(parts: WorkerParts, deliverAlert: DeliverAlert): Workers {
  const { billing, ledger, table, retention } = parts;
  const scan = new DailyScan({
    ...parts,
    reader: billing.reader,
    alerts: new OwedRows(table),
    chores: [
      { name: 'lots', run: (tenant) => billing.expireLots(tenant) },
      { name: 'cards', run: (tenant) => billing.reviewCards(tenant) },
      { name: 'recharge', run: (tenant) => billing.sweepAutoRecharge(tenant) },
      { name: 'retention', run: (tenant) => retention.run(tenant) },
    ],
  });
  return {
    handlers: handlersOf(parts, deliverAlert),
    rewrite: (tenant) => ledger.touch(tenant),
    scan: (shard, goOn) => scan.run(shard, goOn),
  };
}

function handlersOf(
  { billing, graph, saga, refunds, events }: WorkerParts,
  deliverAlert: DeliverAlert,
): JobHandlers {
  const once = (run: (tenant: string) => Promise<void>) => async (tenant: string) => {
    await run(tenant);
    return DONE;
  };
  return {
    payment: (tenant, subject) => saga.carryOn(tenant, subject),
    refund: (tenant, subject) => refunds.carryOn(tenant, subject),
    event: (tenant, subject) => events.carryOn(tenant, subject),
    alert: (tenant, subject) => deliverAlert(tenant, BigInt(subject)),
    recharge: once((tenant) => billing.sweepAutoRecharge(tenant)),
    crossings: once((tenant) => billing.tellGatheredCrossings(tenant)),
    graph: (tenant) => graph.run(tenant),
    lots: once((tenant) => billing.expireLots(tenant)),
  };
}
