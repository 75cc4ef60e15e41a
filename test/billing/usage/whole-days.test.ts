/** Which days an export may take for its own, through the intake. */
import { graphRow } from '../../support/graph-rows.js';
import { TENANT, testBilling, usd } from '../../support/billing.js';
import { differencesOf, memoryTables, verifiedBilling } from '../../support/verified.js';

const ROME = { defaults: { currency: 'USD', timeZone: 'Europe/Rome' } } as const;
const CSV_DAYS = { first: '2026-11-14T12:00:00Z', last: '2026-11-16T12:00:00Z' };
/** Half past midnight of the 17th in Rome. */
const LATE = '2026-11-16T23:30:00Z';

const at = (startDateTime: string, charge = 1, more: object = {}) =>
  graphRow(charge, { startDateTime, ...more });

async function scene(settings: Parameters<typeof testBilling>[0] = {}) {
  const { billing } = await testBilling({ start: '2026-11-18T09:00:00.000Z', ...settings });
  const take = (source: 'csv' | 'graph' | 'http', ...rows: readonly object[]) =>
    billing.intake.take(TENANT, rows, source);
  return { billing, take };
}

test('calls of a local day that the file has the edge of only are left to it, and Graph’s are charged', async () => {
  const { billing, take } = await scene({ settings: ROME });
  const report = await take('csv', at(CSV_DAYS.first), at('2026-11-15T12:00:00Z'), at(LATE));
  expect(report).toMatchObject({
    charged: { count: 1, amount: { micros: usd(1) } },
    incomplete: [
      { date: '2026-11-14', count: 1 },
      { date: '2026-11-17', count: 1 },
    ],
  });
  expect(await take('graph', at('2026-11-17T10:00:00Z', 40))).toMatchObject({
    charged: { count: 1 },
    compared: [],
  });
  expect((await billing.account(TENANT)).balance).toBe(usd(-41));
});

test('sent again with the days around it, the day is charged', async () => {
  const { take } = await scene({ settings: ROME });
  const row = at(CSV_DAYS.first);
  expect(await take('csv', row)).toMatchObject({
    charged: { count: 0 },
    incomplete: [{ date: '2026-11-14' }],
  });
  const wider = await take('csv', at('2026-11-13T12:00:00Z'), row, at('2026-11-15T12:00:00Z'));
  expect(wider).toMatchObject({ charged: { count: 2 }, incomplete: [{ date: '2026-11-13' }] });
});

test('a day that is not over is not taken from an export, in UTC either', async () => {
  const { take } = await scene({ start: '2026-11-16T20:00:00.000Z' });
  expect(await take('csv', at(CSV_DAYS.first), at(CSV_DAYS.last))).toMatchObject({
    charged: { count: 1 },
    incomplete: [{ date: '2026-11-16', count: 1 }],
  });
});

test('of a day that is the export’s already, the file’s edge is taken too', async () => {
  const { take } = await scene({ settings: ROME });
  await take('csv', at('2026-11-13T12:00:00Z'), at(CSV_DAYS.first), at('2026-11-15T12:00:00Z'));
  expect(await take('csv', at('2026-11-14T13:00:00Z'))).toMatchObject({
    charged: { count: 1 },
    incomplete: [],
  });
});

test('of a day that is another source’s, the file’s edge is compared', async () => {
  const { take } = await scene({ settings: ROME });
  await take('graph', at(CSV_DAYS.first));
  expect(await take('csv', at('2026-11-14T13:00:00Z'))).toMatchObject({
    compared: [{ date: '2026-11-14' }],
    incomplete: [],
  });
});

test('rows of such a day that would be put aside come again with it; rows of another plan are skipped as ever', async () => {
  const { billing, take } = await scene({ settings: ROME });
  const report = await take('csv', at(LATE, -1), at(LATE, 1, { licenseCapability: 'MCOPSTN1' }));
  expect(report).toMatchObject({
    quarantined: [],
    skipped: { notPrepaid: 1 },
    incomplete: [{ date: '2026-11-17', count: 1 }],
  });
  expect((await billing.account(TENANT)).usage.openIssues).toBe(0);
});

test('what is no call, or has no time, is put aside as ever', async () => {
  const { take } = await scene();
  const report = await take('csv', at('11/2/2026 9:00'), { id: 'x' });
  expect(report).toMatchObject({ quarantined: [{ reason: 'unreadableTime' }], incomplete: [] });
});

test('a record without a time that an admin charges does not make its day the export’s', async () => {
  const program = verifiedBilling(memoryTables());
  const { billing } = program;
  await billing.intake.take(TENANT, [at('11/2/2026 9:00', 1, { id: 'x' })], 'csv');
  const [issue] = await billing.reader.issues(TENANT, { limit: 1 });
  await billing.decideIssue(TENANT, { issue: issue!, by: { id: 'a', name: 'A' }, charge: usd(1) });
  const arrived = at('2026-11-17T08:00:00Z', 40);
  expect(await billing.intake.take(TENANT, [arrived], 'graph')).toMatchObject({ charged: { count: 1 } });
  expect(await differencesOf(program.tables)).toEqual([]);
});
