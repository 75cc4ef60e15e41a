/** An account's connection to Microsoft Graph: made and ended by people, served by a job of its own. */
import { isDeepStrictEqual } from 'node:util';
import { DONE, type JobResult } from '../../due/job-runner.js';
import { after } from '../../ledger/calendar.js';
import {
  askToCollect,
  connectGraph,
  disconnectGraph,
  noteCollected,
  type ConnectRequest,
} from '../../ledger/commands/collect-usage.js';
import type { GraphConnection } from '../../ledger/model.js';
import type { LedgerCommand, Outcome } from '../../lane/command.js';
import type { Ledger } from '../../lane/ledger.js';
import type { LedgerReader } from '../../reader.js';
import type { Checkpoints } from './checkpoints.js';
import type { GraphCollector } from './graph-collector.js';
import { collectedOf } from './plan.js';

/** Where this program can't reach Graph although the account is connected: another start may have the settings. */
const UNSET_AGAIN_MINUTES = 15;
/** Account and operation. */
const ROWS_MAX = 2;

type Click = NonNullable<LedgerCommand<unknown>['operation']>;

export interface GraphUsageDeps {
  readonly ledger: Pick<Ledger, 'submit'>;
  readonly reader: LedgerReader;
  readonly checkpoints: Checkpoints;
  readonly now: () => string;
  /** Absent where the configuration does not say how Graph is reached. */
  readonly collector?: Pick<GraphCollector, 'collect'>;
}

export class GraphUsage {
  private readonly deps: GraphUsageDeps;

  constructor(deps: GraphUsageDeps) {
    this.deps = deps;
  }

  /** Whether this program knows how to reach Graph. */
  get isConfigured(): boolean {
    return this.deps.collector !== undefined;
  }

  /** Collecting begins at once. Connecting again changes the start of metering alone. */
  connect(tenant: string, request: ConnectRequest, click: Click): Promise<Outcome<GraphConnection>> {
    return this.submit(tenant, {
      name: 'connectGraph',
      operation: click,
      decide: (world, now) => connectGraph(world, request, now),
    });
  }

  /** Refused as `notFound` where it is not connected. */
  disconnect(tenant: string, click: Click): Promise<Outcome<null>> {
    return this.submit(tenant, { name: 'disconnectGraph', operation: click, decide: disconnectGraph });
  }

  /**
   * Has the newest days asked for now, however long ago they were asked for. The look itself goes on beside the caller.
   * Refused as `notFound` where it is not connected.
   */
  collectNow(tenant: string, click: Click): Promise<Outcome<GraphConnection>> {
    return this.submit(tenant, { name: 'collectNow', operation: click, decide: askToCollect });
  }

  /** The job: takes what is due, tells the account how far it has come, and comes again. */
  async run(tenant: string): Promise<JobResult> {
    const { collector, reader, now } = this.deps;
    const { graph } = (await reader.account(tenant)).usage;
    if (graph === undefined) return DONE;
    if (collector === undefined) return { kind: 'again', at: after(now(), { minutes: UNSET_AGAIN_MINUTES }) };
    const result = await collector.collect(tenant);
    await this.tell(tenant, graph);
    return result;
  }

  private async tell(tenant: string, { collected: told }: GraphConnection): Promise<void> {
    const collected = collectedOf(await this.deps.checkpoints.read(tenant));
    if (isDeepStrictEqual(collected, told)) return;
    await this.submit(tenant, {
      name: 'noteCollected',
      priority: 'batch',
      decide: (world) => noteCollected(world, collected),
    });
  }

  private submit<A>(
    tenant: string,
    command: Pick<LedgerCommand<A>, 'name' | 'decide' | 'operation'> &
      Partial<Pick<LedgerCommand<A>, 'priority'>>,
  ): Promise<Outcome<A>> {
    return this.deps.ledger.submit<A>(tenant, {
      priority: 'person',
      rowsMax: ROWS_MAX,
      reads: () => ({}),
      ...command,
    });
  }
}
