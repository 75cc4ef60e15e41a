/** Runs work: at once for what was just committed, and for what is due, in the worker's rounds. */
import type { Clock } from '../clock.js';
import type { JobName } from '../ledger/world.js';
import type { DueQueue, Ticket } from './due-queue.js';
import { shards } from './due-queue.js';
import { within } from './within.js';

/** `again`: the work stays, and is looked at again at that time. */
export type JobResult = { readonly kind: 'done' } | { readonly kind: 'again'; readonly at: string };

export const DONE: JobResult = { kind: 'done' };

export type JobHandlers = Readonly<Record<JobName, (tenant: string, subject: string) => Promise<JobResult>>>;

export interface RunnerDeps {
  readonly queue: DueQueue;
  readonly clock: Clock;
  readonly log: JobLog;
}

/** The operator's view of failing work; never personal text. */
export interface JobLog {
  jobFailed(
    work: { tenant: string; name: JobName; subject: string; tries: number; parked: boolean },
    error: unknown,
  ): void;
  roundFailed(error: unknown): void;
}

type Work = Pick<Ticket, 'tenant' | 'name' | 'subject'>;

export class JobRunner {
  private readonly deps: RunnerDeps;
  private handlers: JobHandlers | undefined;
  /** One piece of work runs once at a time in this instance; a new call waits for the one before. */
  private readonly tails = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(deps: RunnerDeps) {
    this.deps = deps;
  }

  /** Handlers need what needs the runner: they come last, at the composition root. */
  use(handlers: JobHandlers): void {
    this.handlers = handlers;
  }

  /** Runs what may run at once; the rows of the rest wait for their time. */
  start(tickets: readonly Ticket[]): void {
    for (const ticket of tickets) if (ticket.atOnce) void this.run(ticket, ticket);
  }

  /** Runs work now although no row of it is at hand: its own row, if any, finds it done later. */
  kick(work: Work): Promise<void> {
    return this.run(work);
  }

  /** Resolves when what runs of this work now has ended. */
  async settled(work: Work): Promise<void> {
    await this.tails.get(nameOf(work));
  }

  /** Rounds until {@link stop}, with a pause between them. */
  startRounds(intervalMs: number): void {
    void this.rounds(intervalMs);
  }

  private async rounds(intervalMs: number): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.round();
      await this.deps.clock.sleep(intervalMs, signal);
    }
  }

  /** One round over all shards; each piece of work, and each shard, fails for itself. */
  async round(): Promise<void> {
    await Promise.all(shards().map((shard) => this.roundOf(shard)));
  }

  private async roundOf(shard: string): Promise<void> {
    try {
      const due = await this.deps.queue.dueBy(shard, this.deps.clock.now());
      await Promise.all(due.map((ticket) => this.run(ticket, ticket)));
    } catch (error) {
      this.deps.log.roundFailed(error);
    }
  }

  /** Stops the rounds and waits for what is running, at most `withinMs`. */
  async stop(withinMs: number): Promise<void> {
    this.stopping.abort();
    await within(this.deps.clock, withinMs, Promise.allSettled([...this.tails.values()]));
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
    if (this.stopping.signal.aborted || this.handlers === undefined) return;
    try {
      const result = await this.handlers[work.name](work.tenant, work.subject);
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

function nameOf(work: Work): string {
  return [work.name, work.tenant, work.subject].join('|');
}
