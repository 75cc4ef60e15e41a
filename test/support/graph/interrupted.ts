/** A back-fill that is interrupted, each time in another way, and started anew by another instance. */
import type { TableStore } from '../../../src/billing/storage/table.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';
import type { LedgerReader } from '../../../src/billing/reader.js';
import type { UsageIntake } from '../../../src/billing/usage/intake.js';
import { TENANT } from '../billing.js';
import { collectorOf, ninetyDays, type Collecting } from './connected.js';

export interface BackFill {
  readonly table: TableStore;
  readonly intake: UsageIntake;
  readonly reader: LedgerReader;
}

/** Lost while it was taken: before, or after everything was done. */
function breaking(intake: UsageIntake, at: number, when: 'before' | 'after'): Pick<UsageIntake, 'take'> {
  let takes = 0;
  const broken = new StorageUnavailable('interrupted');
  return {
    take: async (...given) => {
      takes += 1;
      if (takes === at && when === 'before') throw broken;
      const report = await intake.take(...given);
      if (takes === at) throw broken;
      return report;
    },
  };
}

export interface Outcome {
  /** Charged calls by the account's own count, over all its days. */
  readonly calls: number;
  readonly balance: bigint;
  /** Runs that ended in the middle. */
  readonly interruptions: number;
  /** All runs, those that ended because their time was over too. */
  readonly runs: number;
  readonly requests: number;
}

/** Each request takes so long by the clock of the test: how many fit into a run does not depend on the machine. */
const REQUEST_SECONDS = 0.1;
const RUNS_MAX = 60;

/** 90 days, interrupted three times: before a page was taken, after it, and by a service that stops answering. */
export async function interruptedBackFill(
  graph: Collecting,
  parts: BackFill,
  count: number,
): Promise<Outcome> {
  graph.graph.report(ninetyDays(count));
  const { intake, table, reader } = parts;
  let isAway = false;
  graph.graph.fault = () => {
    graph.clock.inner.pass({ seconds: REQUEST_SECONDS });
    return isAway ? { status: 503, retryAfter: '90' } : undefined;
  };
  const interruptions = [];
  for (const broken of [breaking(intake, 5, 'before'), breaking(intake, 20, 'after')])
    await collectorOf(graph, { table, intake: broken })
      .collect(TENANT)
      .catch((error: unknown) => interruptions.push(error));
  await collectorOf(graph, { table, intake }).collect(TENANT);
  isAway = true;
  await collectorOf(graph, { table, intake }).collect(TENANT);
  isAway = false;
  interruptions.push(...graph.troubles);
  const runs = await restOf(graph, parts);
  const days = await reader.days(TENANT, '2000-01-01', '2099-01-01');
  const calls = days.reduce((sum, day) => sum + day.calls, 0);
  const { balance } = await reader.account(TENANT);
  const { length: requests } = graph.graph.seen;
  return { calls, balance, interruptions: interruptions.length, runs: runs + 4, requests };
}

/** Run after run, as the worker does, until nothing is left to ask for before hours have passed. */
async function restOf(graph: Collecting, { intake, table }: BackFill): Promise<number> {
  graph.clock.inner.pass({ minutes: 2 });
  for (let runs = 1; runs <= RUNS_MAX; runs += 1) {
    const result = await collectorOf(graph, { table, intake }).collect(TENANT);
    if (result.kind === 'again' && result.at > graph.clock.now()) return runs;
  }
  throw new Error(`the back-fill came to no end in ${RUNS_MAX} runs`);
}
