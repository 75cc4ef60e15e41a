/** The rounds over one shard: holding its lease, running what is due, and once a day looking for what the net misses. */
import type { Clock } from '../clock.js';
import type { DuePage, DueQueue } from './due-queue.js';
import type { Ticket } from './due-row.js';
import type { JobLog } from './job-log.js';
import type { ShardLease } from './lease.js';
import { within } from './within.js';

/** A round waits for a job at most for this part of the lease time, so that it comes to renew the lease. */
const JOBS_PER_LEASE = 6;
const DAY_MS = 24 * 3_600_000;
/** A scan that could not be carried to its end is begun anew after this time. */
const SCAN_AGAIN_MS = 10 * 60_000;

/** @returns whether it came to its end; it stops where `goOn` says no. */
export type ScanShard = (shard: string, goOn: () => boolean) => Promise<boolean>;

export interface RoundDeps {
  readonly lease: ShardLease;
  readonly leaseMs: number;
  readonly queue: DueQueue;
  readonly clock: Clock;
  readonly log: JobLog;
  readonly signal: AbortSignal;
  /** Names of unknown jobs that were told already. */
  readonly foreign: Set<string>;
  readonly runner: {
    runDue(ticket: Ticket): Promise<void>;
    readonly scan: ScanShard;
  };
}

export class ShardRounds {
  private readonly deps: RoundDeps;
  private current = Promise.resolve();
  private scanning: Promise<void> | undefined;
  private scanNotBefore = -Infinity;

  constructor(deps: RoundDeps) {
    this.deps = deps;
  }

  /** Never rejects. One at a time: another call waits for the one before. */
  round(): Promise<void> {
    this.current = this.logged(this.current.then(() => this.sweep()));
    return this.current;
  }

  /** Resolves when neither a round nor the scan is under way. */
  async ended(): Promise<void> {
    await this.current;
    await this.scanning;
  }

  /** Never rejects: a lease that could not be given back runs out. */
  release(): Promise<void> {
    return this.logged(this.deps.lease.release());
  }

  /** Page after page, so that rows which stay where they are don't keep the worker from those behind them. */
  private async sweep(): Promise<void> {
    const { queue, clock, lease } = this.deps;
    const to = clock.now();
    let page = await this.firstPage(to);
    while (this.mayGoOn()) {
      await this.work(page);
      if (page.next === undefined) return this.scanDaily();
      await this.logged(lease.renew());
      page = await queue.page(lease.shard, { from: page.next, to });
    }
  }

  private async firstPage(to: string): Promise<DuePage> {
    const { queue, clock, lease, signal } = this.deps;
    const askedAt = clock.monotonic();
    const page = await queue.page(lease.shard, { to });
    if (!signal.aborted) await this.logged(lease.look(page.lease, askedAt));
    return page;
  }

  /** What fails is tried again in the next round; a lease that could not be renewed is still held for its time. */
  private logged(step: Promise<void>): Promise<void> {
    return step.catch((error: unknown) => {
      this.deps.log.roundFailed(error);
    });
  }

  private mayGoOn(): boolean {
    return this.deps.lease.held && !this.deps.signal.aborted;
  }

  private async work({ tickets, foreign }: DuePage): Promise<void> {
    for (const name of foreign) {
      if (!this.deps.foreign.has(name)) this.deps.log.foreignJob(name);
      this.deps.foreign.add(name);
    }
    await Promise.all(tickets.map((ticket) => this.runBounded(ticket)));
  }

  private async runBounded(ticket: Ticket): Promise<void> {
    const { clock, log, runner } = this.deps;
    const ended = await within(clock, this.boundMs(), runner.runDue(ticket));
    if (!ended) log.jobOverran({ tenant: ticket.tenant, name: ticket.name, subject: ticket.subject });
  }

  private boundMs(): number {
    return this.deps.leaseMs / JOBS_PER_LEASE;
  }

  private async scanDaily(): Promise<void> {
    const { clock, lease } = this.deps;
    const since = Date.parse(clock.now()) - Date.parse(lease.scannedAt ?? '');
    const scanned = since >= 0 && since < DAY_MS;
    if (scanned || this.scanning !== undefined || clock.monotonic() < this.scanNotBefore) return;
    this.scanning = this.scan().finally(() => {
      this.scanning = undefined;
    });
    await within(clock, this.boundMs(), this.scanning);
  }

  private async scan(): Promise<void> {
    const { clock, lease, log, runner } = this.deps;
    const at = clock.now();
    this.scanNotBefore = clock.monotonic() + SCAN_AGAIN_MS;
    try {
      if (await runner.scan(lease.shard, () => this.mayGoOn())) lease.noteScan(at);
    } catch (error) {
      log.roundFailed(error);
    }
  }
}
