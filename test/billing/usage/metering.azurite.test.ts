/** On the real table service: two sources that race for a day, and a start of metering that is moved meanwhile. */
import { freshTable } from '../../support/azurite.js';
import { ADMIN, TENANT, usd } from '../../support/billing.js';
import { graphRows } from '../../support/graph-rows.js';
import { instanceOf, type Instance } from '../../support/shared-billing.js';
import {
  differencesOf,
  memoryTables,
  verifiedBilling,
  type VerifiedBilling,
} from '../../support/verified.js';
import { sharedParts } from '../../support/shared-billing.js';

const [BEFORE, FROM] = ['2026-11-10T08:00:00Z', '2026-11-15T00:00:00.000Z'];
const BACK = '2026-11-01T00:00:00.000Z';

async function twoInstances(): Promise<readonly [VerifiedBilling, Instance]> {
  const tables = { ...memoryTables(), ledger: await freshTable() };
  const one = verifiedBilling(tables);
  return [one, instanceOf({ ...sharedParts({ table: tables.ledger, dueTable: tables.due }), newId: other })];
}

let ids = 0;
const other = () => `other-${(ids += 1)}`;

test('two sources that race for a day: all of it is charged from one of them', async () => {
  for (let round = 0; round < 5; round += 1) {
    const [one, two] = await twoInstances();
    const rows = graphRows(100, 1, { startDateTime: BEFORE });
    const rounded = rows.map((row) => ({ ...row, id: `CSV-${String(row['id'])}` }));
    const [exact, csv] = await Promise.all([
      one.billing.intake.take(TENANT, rows, 'graph'),
      two.billing.intake.take(TENANT, rounded, 'csv'),
    ]);
    expect([exact.charged.count, csv.charged.count].sort()).toEqual([0, 100]);
    expect(exact.compared.length + csv.compared.length).toBe(1);
    expect((await one.billing.reader.account(TENANT)).balance).toBe(usd(-100));
    expect(await differencesOf(one.tables)).toEqual([]);
  }
});

test('a start of metering that is moved between two deliveries charges what was kept, once', async () => {
  const [one, two] = await twoInstances();
  const rows = graphRows(150, 1, { startDateTime: BEFORE });
  await one.billing.setMetering(TENANT, { from: FROM, by: ADMIN });
  expect(await one.billing.intake.take(TENANT, rows, 'graph')).toMatchObject({ kept: { count: 150 } });
  await two.billing.setMetering(TENANT, { from: BACK, by: ADMIN });
  await Promise.all([one, two].map(({ billing }) => billing.intake.take(TENANT, rows, 'graph')));
  const { balance, usage } = await one.billing.reader.account(TENANT);
  expect([balance, usage.unmetered]).toEqual([usd(-150), { spend: 0n, calls: 0 }]);
  expect(await differencesOf(one.tables)).toEqual([]);
});

test('a start of metering that is moved while a delivery is under way leaves each call kept or charged', async () => {
  const [one, two] = await twoInstances();
  const rows = graphRows(300, 1, { startDateTime: BEFORE });
  await one.billing.setMetering(TENANT, { from: FROM, by: ADMIN });
  const [{ kept, charged }] = await Promise.all([
    one.billing.intake.take(TENANT, rows, 'graph'),
    two.billing.setMetering(TENANT, { from: BACK, by: ADMIN }),
  ]);
  expect(kept.count + charged.count).toBe(300);
  const { balance, usage } = await one.billing.reader.account(TENANT);
  expect([balance, usage.unmetered?.calls ?? 0]).toEqual([usd(-charged.count), kept.count]);
  expect(await differencesOf(one.tables)).toEqual([]);
  expect(await two.billing.intake.take(TENANT, rows, 'graph')).toMatchObject({
    charged: { count: kept.count },
    balance: { micros: usd(-300) },
  });
});
