/** Collects a tenant's call records slice by slice; see plan.ts for which ones. */
import type { Clock } from '../../clock.js';
import { DONE, type JobResult } from '../../due/job-runner.js';
import { after } from '../../ledger/calendar.js';
import type { GraphConnection } from '../../ledger/model.js';
import type { UsageIntake } from '../intake.js';
import type { Checkpoints } from './checkpoints.js';
import { afterSlice, afterTrouble, nextStep, type Slice } from './plan.js';
import { TROUBLES, type CallWindow, type PageAsked, type PstnCalls, type Trouble } from './pstn-calls.js';

/** One run of the job, so that a worker's round does not wait for it: the rest of a long back-fill goes on in the next one. */
const RUN_MS_MAX = 4_000;
/** After a trouble. What only passes with somebody's work is looked at now and then. */
const AGAIN_MINUTES = { passing: 5, lasting: 60 };
/** However soon the service would have it. */
const AGAIN_MINUTES_MIN = 1;
/** 200,000 calls a day. A service that repeats its pages without end must not hold up everything. */
const PAGES_PER_SLICE_MAX = 200;

export interface CollectorDeps {
  readonly calls: PstnCalls;
  readonly intake: Pick<UsageIntake, 'take'>;
  readonly checkpoints: Checkpoints;
  /** As it is just now; undefined once people have ended it. */
  readonly connection: (tenant: string) => Promise<Pick<GraphConnection, 'askedAt'> | undefined>;
  readonly clock: Clock;
  readonly log: CollectorLog;
}

export interface CollectorLog {
  /** Never personal text; what an operator can do about it is in {@link TROUBLES}. */
  usageTrouble(tenant: string, trouble: Trouble, window: CallWindow): void;
}

export class GraphCollector {
  private readonly deps: CollectorDeps;

  constructor(deps: CollectorDeps) {
    this.deps = deps;
  }

  /**
   * Takes what is due, for a bounded time, and says when to come again. May be stopped anywhere: a slice whose end was
   * not noted is taken again, which changes nothing. Between slices it looks whether it is still wanted.
   * @throws StorageUnavailable, LedgerBusy, UnreadableRow
   */
  async collect(tenant: string): Promise<JobResult> {
    const { checkpoints, clock, connection } = this.deps;
    const begun = clock.monotonic();
    let checkpoint = await checkpoints.read(tenant);
    do {
      const connected = await connection(tenant);
      if (connected === undefined) return DONE;
      const step = nextStep(checkpoint, clock.now(), connected.askedAt);
      if (step.kind === 'wait') return { kind: 'again', at: step.until };
      const trouble = await this.takeSlice(tenant, step.slice);
      const at = clock.now();
      const stuck = trouble !== undefined && TROUBLES[trouble.reason].everywhere;
      checkpoint = stuck
        ? afterTrouble(checkpoint, trouble.reason, at)
        : afterSlice(checkpoint, step.slice, { at, ...(trouble && { refused: trouble.reason }) });
      await checkpoints.write(tenant, checkpoint);
      if (stuck) return { kind: 'again', at: againAt(trouble, at) };
    } while (clock.monotonic() - begun < RUN_MS_MAX);
    return { kind: 'again', at: clock.now() };
  }

  private async takeSlice(tenant: string, { window }: Slice): Promise<Trouble | undefined> {
    const trouble = await this.takePages(tenant, window);
    if (trouble !== undefined) this.deps.log.usageTrouble(tenant, trouble, window);
    return trouble;
  }

  /** Page by page: what came before a trouble is taken, and known when it comes again. */
  private async takePages(tenant: string, window: CallWindow): Promise<Trouble | undefined> {
    let asked: PageAsked = window;
    for (let pages = 0; pages < PAGES_PER_SLICE_MAX; pages += 1) {
      const answer = await this.deps.calls.page(tenant, asked);
      if (answer.kind === 'trouble') return answer;
      if (answer.rows.length > 0) await this.deps.intake.take(tenant, answer.rows, 'graph');
      if (answer.next === undefined) return undefined;
      asked = { next: answer.next };
    }
    return {
      kind: 'trouble',
      reason: 'malformed',
      detail: `more than ${PAGES_PER_SLICE_MAX} pages for a day`,
    };
  }
}

function againAt({ reason, notBefore }: Trouble, now: string): string {
  const earliest = after(now, { minutes: AGAIN_MINUTES_MIN });
  if (notBefore !== undefined) return notBefore > earliest ? notBefore : earliest;
  return after(now, { minutes: TROUBLES[reason].passes ? AGAIN_MINUTES.passing : AGAIN_MINUTES.lasting });
}
