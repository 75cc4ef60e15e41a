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
  readonly requests: number;
}

/** 90 days, interrupted three times: before a page was taken, after it, and by a service that stops answering. */
export async function interruptedBackFill(
  graph: Collecting,
  parts: BackFill,
  count: number,
): Promise<Outcome> {
  graph.graph.report(ninetyDays(count));
  const { intake, table, reader } = parts;
  let interruptions = 0;
  for (const broken of [breaking(intake, 5, 'before'), breaking(intake, 20, 'after')])
    await collectorOf(graph, { table, intake: broken })
      .collect(TENANT)
      .catch(() => (interruptions += 1));
  const asked = graph.graph.seen.length;
  graph.graph.fault = (_seen, request) =>
    request > asked + 15 ? { status: 503, retryAfter: '90' } : undefined;
  const stopped = await collectorOf(graph, { table, intake }).collect(TENANT);
  if (graph.troubles.length > 0) interruptions += 1;
  graph.graph.fault = () => undefined;
  if (stopped.kind === 'done') throw new Error('nothing was left to collect');
  graph.clock.inner.pass({ seconds: (Date.parse(stopped.at) - Date.parse(graph.clock.now())) / 1_000 });
  await collectorOf(graph, { table, intake }).collect(TENANT);
  const days = await reader.days(TENANT, '2000-01-01', '2099-01-01');
  const calls = days.reduce((sum, day) => sum + day.calls, 0);
  const { balance } = await reader.account(TENANT);
  return { calls, balance, interruptions, requests: graph.graph.seen.length };
}
