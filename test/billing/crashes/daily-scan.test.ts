/** The scan of the day over an account whose due rows are gone, and what is done for each account every day. */
import { shardOf, shards } from '../../../src/billing/due/due-queue.js';
import { processorWith } from '../../support/crash.js';
import { ADMIN, TENANT, usd } from '../../support/billing.js';
import { first, methodOf, pass, silent, toppedUp } from '../../support/crash-deeds.js';
import { crashTests, type Scene } from '../../support/crash-scene.js';
import { graphRows } from '../../support/graph-rows.js';
import { calm, instanceOf, type SharedParts } from '../../support/shared-billing.js';

/** As after a restore of one table but not of the other. */
async function loseDueRows({ dueTable }: SharedParts): Promise<void> {
  for (const shard of shards())
    for (const { key } of await dueTable.query(shard, { from: '0', to: '~', limit: 1_000 }))
      await dueTable.commit(shard, [{ kind: 'delete', key }]);
}

/** Auto-recharge stopped, since the card has ended; then calls that took the balance below zero. */
async function stopped(parts: SharedParts): Promise<void> {
  const ended = { ...methodOf('expiredCard'), expires: '2026-10' };
  const { billing } = instanceOf(parts, { methods: { list: async () => [ended] } });
  const rule = { trigger: usd(20), amount: usd(50), monthCap: usd(200), by: ADMIN };
  await billing.setAutoRecharge(TENANT, { ...rule, method: methodOf('expiredCard') });
  await billing.reviewCards(TENANT);
  await billing.intake.take(TENANT, CALLS, 'graph');
  await calm();
}

const CALLS = graphRows(3, 5);

/** The bank sent another card under the same id: it can be charged. */
const renewed: Scene['outside'] = ({ sandbox }) => ({
  methods: { list: async () => [{ ...methodOf('expiredCard'), expires: '2031-10' }] },
  processor: processorWith(sandbox, {
    begin: (request) => sandbox.begin({ ...request, methodId: methodOf('succeeds').id }),
  }),
});

const scan: Scene['deed'] = ({ runner }) => runner.scan(shardOf(TENANT), () => true);
const round: Scene['deed'] = ({ runner }) => runner.round();

crashTests([
  {
    name: 'a round whose scan finds an open payment without a due row: it is charged and credited once',
    points: 76,
    before: first(
      toppedUp('succeeds', () => ({ begin: silent })),
      loseDueRows,
      pass({ hours: 1 }),
    ),
    deed: round,
    ends: { entries: ['topUp'], balance: usd(50), payment: 'settled' },
  },
  {
    name: 'the scan that finds a lot without a due row: what is left of it is forfeited once',
    points: 52,
    before: first(toppedUp(), loseDueRows, pass({ days: 380 })),
    deed: scan,
    ends: { entries: ['topUp', 'expired'], balance: 0n },
  },
  {
    name: 'the scan that finds a renewed card: auto-recharge goes on, and is charged and credited once',
    points: 86,
    before: first(stopped, pass({ hours: 1 })),
    outside: renewed,
    deed: scan,
    ends: { entries: ['usage', 'autoRecharge'], balance: usd(35), spent: usd(15), alerts: { recharged: 1 } },
  },
]);
