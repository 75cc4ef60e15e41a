/** Runs work: at once for what was just committed, and in the worker's rounds for what is due. */
import type { Clock } from '../clock.js';
import type { JobName } from '../ledger/world.js';
import type { TableStore } from '../storage/table.js';
import type { DueQueue } from './due-queue.js';
import { nameOf, shards, type Ticket, type Work } from './due-row.js';
import { ShardLease } from './lease.js';
import type { JobLog } from './job-log.js';
import { ShardRounds, type ScanShard } from './shard-rounds.js';
import { within } from './within.js';

/** `again`: the work stays, and is looked at again at that time. */
export type JobResult = { readonly kind: 'done' } | { readonly kind: 'again'; readonly at: string };

export const DONE: JobResult = { kind: 'done' };

export type JobHandlers = Readonly<Record<JobName, (tenant: string, subject: string) => Promise<JobResult>>>;

/** What the runner needs of those who need the runner. */
export interface Workers {
  readonly handlers: JobHandlers;
  /**
   * Rewrites the account unchanged. A due row may stand before its commit: behind this, a commit that stalled can't come
   * true any more without being decided anew, and what the job then does not find will not be (DESIGN §3).
   */
  readonly rewrite: (tenant: string) => Promise<void>;
  /** Looks through the accounts of a shard, once a day. */
  readonly scan: ScanShard;
}

export interface RunnerDeps {
  readonly queue: DueQueue;
  readonly clock: Clock;
  readonly log: JobLog;
  readonly leases: {
    readonly table: TableStore;
    /** Names this start of this instance, and no other one ever. */
    readonly holder: string;
    readonly leaseMs: number;
  };
}

export class JobRunner {
  private readonly deps: RunnerDeps;
  private workers: Workers | undefined;
  /** One piece of work runs once at a time in this instance; a new call waits for the one before. */
  private readonly tails = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly shards: readonly ShardRounds[];

  constructor(deps: RunnerDeps) {
    this.deps = deps;
    const { queue, clock, log, leases } = deps;
    const { signal } = this.stopping;
    const foreign = new Set<string>();
    this.shards = shards().map((shard) => {
      const lease = new ShardLease(shard, { ...leases, clock });
      const { leaseMs } = leases;
      return new ShardRounds({ lease, leaseMs, queue, clock, log, signal, foreign, runner: this });
    });
  }

  /** Handlers need what needs the runner: they come last, at the composition root. */
  use(workers: Workers): void {
    this.workers = workers;
  }

  /** Runs what may run at once, now that its commit has happened; the rows of the rest wait for their time. */
  start(tickets: readonly Ticket[]): void {
    for (const ticket of tickets) if (ticket.atOnce) void this.run(ticket, { ...ticket, confirmed: true });
  }

  /** Runs work now although no row of it is at hand: its own row, if any, finds it done later. */
  kick(work: Work): Promise<void> {
    return this.run(work);
  }

  /** Runs what a round found; nothing where this instance is at it already. */
  runDue(ticket: Ticket): Promise<void> {
    return this.tails.has(nameOf(ticket)) ? Promise.resolve() : this.run(ticket, ticket);
  }

  /** Resolves when what runs of this work now has ended. */
  async settled(work: Work): Promise<void> {
    await this.tails.get(nameOf(work));
  }

  /** The daily scan of one shard; nothing before {@link use}. @returns whether it came to its end. */
  scan(...[shard, goOn]: Parameters<ScanShard>): Promise<boolean> {
    return this.workers === undefined ? Promise.resolve(false) : this.workers.scan(shard, goOn);
  }

  /** Rounds until {@link stop}, with a pause between them; no shard waits for another one. */
  startRounds(intervalMs: number): void {
    for (const shard of this.shards) void this.rounds(shard, intervalMs);
  }

  private async rounds(shard: ShardRounds, intervalMs: number): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await shard.round();
      await this.deps.clock.sleep(intervalMs, signal);
    }
  }

  /** One round over all shards; each piece of work, and each shard, fails for itself. */
  async round(): Promise<void> {
    await Promise.all(this.shards.map((shard) => shard.round()));
  }

  /** Stops the rounds, waits for what is running, at most `withinMs`, and lets other instances take over at once. */
  async stop(withinMs: number): Promise<void> {
    this.stopping.abort();
    const running = [...this.tails.values(), ...this.shards.map((shard) => shard.ended())];
    await within(this.deps.clock, withinMs, Promise.allSettled(running));
    const released = this.shards.map((shard) => shard.release());
    await within(this.deps.clock, withinMs, Promise.allSettled(released));
  }

  private run(work: Work, ticket?: Ticket): Promise<void> {
    const name = nameOf(work);
    const before = this.tails.get(name) ?? Promise.resolve();
    const tail = before.then(() => this.runOnce(work, ticket));
    this.tails.set(name, tail);
    void tail.finally(() => {
      if (this.tails.get(name) === tail) this.tails.delete(name);
    });
    return tail;
  }

  private async runOnce(work: Work, ticket: Ticket | undefined): Promise<void> {
    const { workers } = this;
    if (this.stopping.signal.aborted || workers === undefined) return;
    try {
      if (ticket?.confirmed === false) await workers.rewrite(work.tenant);
      const result = await workers.handlers[work.name](work.tenant, work.subject);
      if (ticket === undefined) return;
      await (result.kind === 'done'
        ? this.deps.queue.finish(ticket)
        : this.deps.queue.postpone(ticket, result.at));
    } catch (error) {
      await this.failed(work, ticket, error);
    }
  }

  private async failed(work: Work, ticket: Ticket | undefined, error: unknown): Promise<void> {
    let parked = false;
    try {
      if (ticket !== undefined) parked = await this.deps.queue.putBack(ticket);
    } catch (unreachable) {
      this.deps.log.roundFailed(unreachable);
    }
    const { tenant, name, subject } = work;
    this.deps.log.jobFailed({ tenant, name, subject, tries: (ticket?.tries ?? 0) + 1, parked }, error);
  }
}
