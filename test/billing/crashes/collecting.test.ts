/** Call records that the program fetches from Microsoft Graph. */
import type { PstnCalls } from '../../../src/billing/usage/graph/pstn-calls.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { toppedUp, worker } from '../../support/crash-deeds.js';
import { crashTests, type Scene } from '../../support/crash-scene.js';
import { graphRow } from '../../support/graph-rows.js';
import { calm, instanceOf, type SharedParts } from '../../support/shared-billing.js';

/** On the day that is asked for first. */
const OLDEST = { startDateTime: '2026-11-11T08:00:00Z' };
const PAGES = [[graphRow(1, OLDEST), graphRow(2, OLDEST)], [graphRow(4, OLDEST)]] as const;

/** So slow that a run has time for two days only. Every other day has no calls. */
function slowCalls({ clock }: SharedParts): PstnCalls {
  return {
    page: async (_tenant, asked) => {
      clock.pass({ seconds: 2 });
      if ('next' in asked) return { kind: 'page', rows: PAGES[1] };
      const isOldest = asked.from.startsWith('2026-11-11');
      return isOldest ? { kind: 'page', rows: PAGES[0], next: 'second' } : { kind: 'page', rows: [] };
    },
  };
}

const outside: Scene['outside'] = (parts) => ({ graph: slowCalls(parts) });

const connect: Scene['deed'] = ({ graph }) => {
  const request = { by: ADMIN, meteredFrom: '2026-11-01T00:00:00.000Z' };
  return graph.connect(TENANT, request, { id: 'click-1', mintedAt: START });
};

/** Connected by an instance that died before it could collect anything. */
async function connected(parts: SharedParts): Promise<void> {
  await toppedUp()(parts);
  const away: PstnCalls = { page: () => new Promise(() => undefined) };
  await connect(instanceOf(parts, { graph: away }), parts);
  await calm();
  parts.clock.pass({ minutes: 5 });
}

const ends: Scene['ends'] = {
  entries: ['topUp', 'usage', 'usage'],
  balance: usd(43),
  spent: usd(7),
  collecting: 1,
};

crashTests([
  {
    name: 'connecting to Graph: each call is charged once, and collecting goes on',
    points: 34,
    before: toppedUp(),
    outside,
    deed: connect,
    ends,
  },
  {
    name: 'a run of the collector: each call is charged once, and it comes again',
    points: 34,
    before: connected,
    outside,
    deed: worker,
    ends,
  },
]);
