/** Deliveries around the start of metering, and from a second source, through the intake and its table. */
import type { IntakeReport } from '../../../src/billing/usage/intake.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { graphRow, graphRows } from '../../support/graph-rows.js';
import { watchedTable } from '../../support/ledger.js';
import { calm, instanceOf, sharedParts } from '../../support/shared-billing.js';
import { CARD } from '../../support/world.js';

const [BEFORE, FROM, LATER] = ['2026-11-10T08:00:00Z', '2026-11-15T00:00:00.000Z', '2026-11-16T08:00:00Z'];
const EARLIER = '2026-11-01T00:00:00.000Z';

function scene() {
  const watched = watchedTable();
  const { billing } = instanceOf(sharedParts({ table: watched.table }));
  const take = (rows: readonly unknown[], source: 'graph' | 'csv' | 'http' = 'graph') =>
    billing.intake.take(TENANT, rows, source);
  const meterFrom = (from: string) => billing.setMetering(TENANT, { from, by: ADMIN });
  return { billing, watched, take, meterFrom };
}

const at = (startDateTime: string, charge: number, more: object = {}) =>
  graphRow(charge, { startDateTime, ...more });

test('connecting usage does not bill the past: its calls are reported as kept', async () => {
  const { take, meterFrom } = scene();
  await meterFrom(START);
  const report = await take([at(BEFORE, 3), at(BEFORE, 4)]);
  expect(report).toMatchObject({
    charged: { count: 0, amount: { micros: 0n } },
    kept: { count: 2, amount: { micros: usd(7), currency: 'USD' } },
    balance: { micros: 0n },
  } satisfies Partial<Record<keyof IntakeReport, unknown>>);
});

test('a past that would have used up everything starts no recharge', async () => {
  const { billing, take, meterFrom } = scene();
  const rule = { trigger: usd(20), amount: usd(50), monthCap: usd(500), method: CARD, by: ADMIN };
  await meterFrom(FROM);
  await billing.setAutoRecharge(TENANT, rule);
  await calm();
  const before = await billing.account(TENANT);
  await take(graphRows(40, 30, { startDateTime: BEFORE }));
  await calm();
  const after = await billing.account(TENANT);
  expect(after).toMatchObject({ balance: before.balance, rechargeCount: before.rechargeCount });
  expect(after.openPayments).toEqual(before.openPayments);
});

test('the same calls again are unchanged, and cost no transaction', async () => {
  const { take, meterFrom, watched } = scene();
  await meterFrom(FROM);
  const rows = graphRows(100, 1, { startDateTime: BEFORE });
  await take(rows);
  const commits = watched.commits.length;
  expect(await take(rows)).toMatchObject({ unchanged: 100, kept: { count: 0 } });
  expect(watched.commits).toHaveLength(commits);
});

test('moved back, the start charges what was kept since then when it comes again, once', async () => {
  const { billing, take, meterFrom } = scene();
  await meterFrom(FROM);
  const rows = [at(BEFORE, 3), at(EARLIER, 50), at(LATER, 1)];
  await take(rows);
  await meterFrom('2026-11-10T00:00:00.000Z');
  expect(await take(rows)).toMatchObject({
    charged: { count: 1 },
    unchanged: 2,
    balance: { micros: usd(-4) },
  });
  expect(await take(rows)).toMatchObject({ charged: { count: 0 }, unchanged: 3 });
  expect((await billing.account(TENANT)).usage.unmetered).toEqual({ spend: usd(50), calls: 1 });
});

test('moved ahead, it leaves what was charged: corrections of that are debited', async () => {
  const { take, meterFrom } = scene();
  const one = at(LATER, 1);
  await take([one]);
  await meterFrom('2026-11-20T00:00:00.000Z');
  expect(await take([{ ...one, charge: 3 }])).toMatchObject({ corrected: { count: 1 }, kept: { count: 0 } });
  expect(await take([at(LATER, 9)])).toMatchObject({ kept: { count: 1 }, balance: { micros: usd(-3) } });
});

test('a correction of a kept call stays uncharged, on another day too', async () => {
  const { billing, take, meterFrom } = scene();
  await meterFrom(FROM);
  const one = at(BEFORE, 1, { id: 'a' });
  await take([one, at(BEFORE, 2)]);
  const report = await take([{ ...one, charge: 5, startDateTime: '2026-11-09T08:00:00Z' }]);
  expect(report).toMatchObject({ kept: { count: 1, amount: { micros: usd(5) } }, balance: { micros: 0n } });
  const days = await billing.reader.days(TENANT, '2026-11-09', '2026-11-10');
  expect(days.map(({ unmetered }) => unmetered)).toEqual([
    { spend: usd(5), calls: 1 },
    { spend: usd(2), calls: 1 },
  ]);
});

test('a kept call that turns out to be of a metered day is charged there', async () => {
  const { billing, take, meterFrom } = scene();
  await meterFrom(FROM);
  const one = at(BEFORE, 1, { id: 'a' });
  await take([one]);
  expect(await take([{ ...one, startDateTime: LATER }])).toMatchObject({ charged: { count: 1 } });
  expect((await billing.account(TENANT)).usage.unmetered).toEqual({ spend: 0n, calls: 0 });
});

test('87 kept calls go into one transaction', async () => {
  const { take, meterFrom, watched } = scene();
  await meterFrom(FROM);
  const commits = watched.commits.length;
  await take(graphRows(87, 1, { startDateTime: BEFORE }));
  expect(watched.commits.slice(commits).map(({ length }) => length)).toEqual([90]);
});

test('where no start is set, or all calls are after it, metering asks nothing more of the table', async () => {
  const askedOf = async (from?: string) => {
    const { take, meterFrom, watched } = scene();
    if (from !== undefined) await meterFrom(from);
    await take([at(LATER, 1)]);
    const asked: string[] = [];
    watched.faults = { before: async ({ kind }) => void asked.push(kind) };
    await take(graphRows(200, 0.01, { startDateTime: LATER }));
    return asked;
  };
  expect(await askedOf(EARLIER)).toEqual(await askedOf());
});

test('a second source for a day is compared, and neither charged nor taken for a correction', async () => {
  const { take } = scene();
  const one = at(LATER, 0.4512);
  await take([one, at(LATER, 2)]);
  const report = await take([{ ...one, charge: 0.45 }, at(LATER, 9), at(BEFORE, 1)], 'csv');
  expect(report).toMatchObject({
    charged: { count: 1, amount: { micros: usd(1) } },
    corrected: { count: 0 },
    otherSource: 0,
    compared: [
      {
        date: '2026-11-16',
        first: 'graph',
        second: 'csv',
        charged: { count: 2, amount: 2_451_200n },
        delivered: { count: 2, amount: usd(9.45) },
        differing: { count: 0 },
        onlyDelivered: { count: 1, amount: usd(9) },
        onlyCharged: { count: 1, amount: usd(2) },
      },
    ],
    balance: { micros: -3_451_200n },
  });
});

test('a second source that reports more than was charged is noted on the account, until the first one has it too', async () => {
  const { billing, take } = scene();
  const noted = async () => (await billing.account(TENANT)).usage.differences;
  const [one, lost] = [at(LATER, 1), at(LATER, 2)];
  await take([one], 'csv');
  expect(await noted()).toBeUndefined();
  await take([one, lost]);
  const difference = {
    date: '2026-11-16',
    first: 'csv',
    second: 'graph',
    count: 1,
    amount: usd(2),
    delivered: 2,
  };
  expect(await noted()).toEqual([difference]);
  await take([lost], 'csv');
  await take([one, lost]);
  expect(await noted()).toEqual([]);
});

test('what was noted of a day already costs no transaction when it is told again', async () => {
  const { take, watched } = scene();
  await take([at(LATER, 1)], 'csv');
  const rows = [at(LATER, 2)];
  await take(rows);
  const commits = watched.commits.length;
  await take(rows);
  expect(watched.commits).toHaveLength(commits);
});

test('a call that two sources name differently is kept once', async () => {
  const { billing, take, meterFrom } = scene();
  await meterFrom(FROM);
  const one = at(BEFORE, 1, { id: 'abc' });
  await take([one], 'csv');
  const { kept, compared } = await take([{ ...one, id: 'ABC' }]);
  expect(kept.count).toBe(0);
  expect(compared).toMatchObject([{ first: 'csv', second: 'graph', onlyDelivered: { count: 0 } }]);
  const { usage } = await billing.account(TENANT);
  expect(usage.unmetered).toEqual({ spend: usd(1), calls: 1 });
  expect(usage.differences).toBeUndefined();
});

test('a day that was kept from one source is charged from another, once the start was moved back', async () => {
  const { take, meterFrom } = scene();
  await meterFrom(FROM);
  await take([at(BEFORE, 1)], 'csv');
  await meterFrom(EARLIER);
  expect(await take([at(BEFORE, 2)])).toMatchObject({ charged: { count: 1, amount: { micros: usd(2) } } });
});

test('a day that comes in several batches is compared once, as a whole', async () => {
  const { take } = scene();
  await take([at(LATER, 1)]);
  const { compared } = await take(graphRows(200, 0.5, { startDateTime: LATER }), 'csv');
  expect(compared).toMatchObject([{ delivered: { count: 200, amount: usd(100) } }]);
});

test('Graph may share a day with the same rows that came over HTTP', async () => {
  const { take } = scene();
  await take([at(LATER, 1)], 'http');
  expect(await take([at(LATER, 2)], 'graph')).toMatchObject({ charged: { count: 1 }, compared: [] });
});

test('two sources at once for one day: one is charged, the other compared', async () => {
  const parts = sharedParts();
  const [one, other] = [instanceOf(parts), instanceOf(parts)];
  const sources = ['graph', 'csv'] as const;
  const reports = await Promise.all(
    [one, other].map(({ billing }, index) =>
      billing.intake.take(TENANT, graphRows(5, index + 1, { startDateTime: LATER }), sources[index]!),
    ),
  );
  expect(reports.map(({ charged }) => charged.count).sort()).toEqual([0, 5]);
  expect(reports.map(({ compared }) => compared.length).sort()).toEqual([0, 1]);
});
