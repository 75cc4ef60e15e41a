/** A tenant whose call records come from a Graph that stands in, over billing as the program composes it. */
import { Checkpoints } from '../../../src/billing/usage/graph/checkpoints.js';
import { GraphCollector, type CollectorLog } from '../../../src/billing/usage/graph/graph-collector.js';
import { GraphPstnCalls } from '../../../src/billing/usage/graph/graph-pstn-calls.js';
import { graphOrigin } from '../../../src/billing/usage/graph/graph-server.js';
import type { Trouble } from '../../../src/billing/usage/graph/pstn-calls.js';
import type { Clock } from '../../../src/billing/clock.js';
import type { UsageIntake } from '../../../src/billing/usage/intake.js';
import type { TableStore } from '../../../src/billing/storage/table.js';
import { START, TestClock } from '../billing.js';
import { GraphStandIn, TOKEN, type GraphRow } from './stand-in.js';

/** Pauses pass at once, and are noted. A time-out comes only when the test says so. */
export class PatientClock implements Clock {
  readonly pauses: number[] = [];
  timeOuts = false;
  readonly inner: TestClock;

  constructor(inner = new TestClock(START)) {
    this.inner = inner;
  }
  now(): string {
    return this.inner.now();
  }
  monotonic(): number {
    return this.inner.monotonic();
  }
  async sleep(ms: number, aborted?: AbortSignal): Promise<void> {
    if (aborted === undefined) {
      this.pauses.push(ms);
      this.inner.pass({ seconds: ms / 1_000 });
    } else if (!this.timeOuts) {
      await new Promise((resolve) => {
        aborted.addEventListener('abort', resolve);
      });
    }
  }
}

export interface Collecting {
  readonly graph: GraphStandIn;
  readonly clock: PatientClock;
  readonly calls: GraphPstnCalls;
  readonly troubles: Trouble[];
}

/** Stop it with `graph.stop()`. */
export async function collecting(clock = new PatientClock()): Promise<Collecting> {
  const graph = new GraphStandIn(() => clock.now());
  const origin = graphOrigin({ production: false, standIn: await graph.start() });
  const tokens = { getToken: async () => ({ token: TOKEN }) };
  const calls = new GraphPstnCalls({ tokens, origin, clock, fetch });
  return { graph, clock, calls, troubles: [] };
}

export interface CollectorParts {
  readonly table: TableStore;
  readonly intake: Pick<UsageIntake, 'take'>;
}

/** Another one over the same parts is what a new start of the program has. */
export function collectorOf({ calls, clock, troubles }: Collecting, parts: CollectorParts): GraphCollector {
  const log: CollectorLog = { usageTrouble: (_tenant, trouble) => troubles.push(trouble) };
  const checkpoints = new Checkpoints(parts.table);
  const connection = async () => ({});
  return new GraphCollector({ calls, intake: parts.intake, checkpoints, connection, clock, log });
}

const DAY_MS = 24 * 3_600_000;
/** Days back at which another band of the collector's begins: the newest one is asked for first. */
const BANDS_AT = [7, 30];

/** Rows spread evenly over the 90 days that end with the day of START. */
export function ninetyDays(count: number, charge = 0.01): readonly GraphRow[] {
  const end = Date.parse(START);
  return Array.from({ length: count }, (_, index) => {
    const start = end - Math.floor((89 * DAY_MS * (count - index)) / (count + 1));
    const days = Math.floor((end - start) / DAY_MS);
    return {
      // In the order in which they are asked for: a table in memory has to move nothing for a key that comes last.
      id: `record-${BANDS_AT.filter((from) => days >= from).length}-${String(index).padStart(6, '0')}`,
      startDateTime: new Date(start).toISOString(),
      duration: 60,
      charge,
      currency: 'USD',
      licenseCapability: 'MCOPSTNPP',
      destinationName: 'United Kingdom',
    };
  });
}
