import type { QUARANTINE_REASONS } from '../../../src/billing/usage/call-record.js';
import type { TableStore, Write } from '../../../src/billing/storage/table.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN, START, TENANT, testBilling, usd } from '../../support/billing.js';
import { graphRow, graphRows } from '../../support/graph-rows.js';
import { onFirstCommit, watchedTable } from '../../support/ledger.js';
import { calm, instanceOf, sharedParts, type Instance } from '../../support/shared-billing.js';

async function balanceOf({ billing }: Pick<Instance, 'billing'>): Promise<bigint> {
  return (await billing.reader.account(TENANT)).balance;
}

async function openIssues({ billing }: Pick<Instance, 'billing'>): Promise<number> {
  return (await billing.reader.account(TENANT)).usage.openIssues;
}

function watchedInstance() {
  const watched = watchedTable();
  const instance = instanceOf(sharedParts({ table: watched.table }));
  return { watched, ...instance };
}

test('a delivery reports what was charged and the balance after it', async () => {
  const { billing } = await testBilling();
  const report = await billing.intake.take(TENANT, graphRows(3, 0.5), 'graph');
  expect(report).toMatchObject({
    charged: { count: 3, amount: { micros: usd(1.5), currency: 'USD' } },
    balance: { micros: usd(-1.5) },
  });
});

test('the same delivery again changes nothing', async () => {
  const test = await testBilling();
  const rows = graphRows(3, 0.5);
  await test.billing.intake.take(TENANT, rows, 'graph');
  const again = await test.billing.intake.take(TENANT, rows, 'graph');
  expect(again).toMatchObject({ charged: { count: 0 }, unchanged: 3 });
  expect(await balanceOf(test)).toBe(usd(-1.5));
});

test('corrections up and down are reported with their sum', async () => {
  const test = await testBilling();
  const [one, two] = [graphRow(1), graphRow(5)];
  await test.billing.intake.take(TENANT, [one, two], 'graph');
  const corrected = [
    { ...one, charge: 2 },
    { ...two, charge: 3.5 },
  ];
  const report = await test.billing.intake.take(TENANT, corrected, 'graph');
  expect(report.corrected).toMatchObject({ count: 2, amount: { micros: usd(-0.5) } });
  expect(await balanceOf(test)).toBe(usd(-5.5));
});

test('a row known from another source is counted and left alone', async () => {
  const test = await testBilling();
  const one = graphRow(1);
  await test.billing.intake.take(TENANT, [one], 'graph');
  const report = await test.billing.intake.take(TENANT, [{ ...one, charge: 9 }], 'http');
  expect(report).toMatchObject({ otherSource: 1, corrected: { count: 0 } });
  expect(await balanceOf(test)).toBe(usd(-1));
});

test('calls of another plan are skipped', async () => {
  const test = await testBilling();
  const report = await test.billing.intake.take(
    TENANT,
    [graphRow(1, { licenseCapability: 'MCOPSTN2' })],
    'graph',
  );
  expect(report).toMatchObject({ skipped: { notPrepaid: 1 }, charged: { count: 0 } });
});

test('the connection charge is part of the charge, unless the setting says otherwise', async () => {
  const rows = [graphRow(1, { connectionCharge: 0.25 })];
  const part = instanceOf(sharedParts());
  const onTop = instanceOf(sharedParts(), { settings: { addConnectionCharge: true } });
  await Promise.all([part, onTop].map(({ billing }) => billing.intake.take(TENANT, rows, 'graph')));
  expect([await balanceOf(part), await balanceOf(onTop)]).toEqual([usd(-1), usd(-1.25)]);
});

const BROKEN: Readonly<Record<(typeof QUARANTINE_REASONS)[number], unknown>> = {
  notARow: 'a text',
  noId: graphRow(1, { id: ' ' }),
  wrongCurrency: graphRow(1, { currency: 'EUR' }),
  missingCharge: graphRow(undefined),
  unreadableCharge: graphRow('1.00'),
  negativeCharge: graphRow(-1),
  tooManyDecimals: graphRow(0.0000001),
  tooLarge: graphRow(2_000_000),
  unreadableTime: graphRow(1, { startDateTime: 'yesterday' }),
};

test.each(Object.entries(BROKEN))('%s is put aside, counted once, and never charged', async (reason, row) => {
  const test = await testBilling();
  const report = await test.billing.intake.take(TENANT, [row], 'graph');
  await test.billing.intake.take(TENANT, [row, row], 'graph');
  expect(report.quarantined).toMatchObject([{ reason }]);
  expect(await openIssues(test)).toBe(1);
  expect(await balanceOf(test)).toBe(0n);
});

test('more broken rows than fit into one transaction are all put aside', async () => {
  const test = await testBilling();
  await test.billing.intake.take(TENANT, graphRows(130, -1), 'graph');
  expect(await openIssues(test)).toBe(130);
});

test('a dismissed issue stays dismissed when its row comes again', async () => {
  const test = await testBilling();
  const row = graphRow(-1);
  await test.billing.intake.take(TENANT, [row], 'graph');
  const [issue] = await test.billing.reader.issues(TENANT, { limit: 5 });
  await test.billing.decideIssue(TENANT, { issue: issue!, by: ADMIN });
  await test.billing.intake.take(TENANT, [row], 'graph');
  expect(await test.billing.reader.issues(TENANT, { limit: 5 })).toMatchObject([{ state: 'dismissed' }]);
  expect(await openIssues(test)).toBe(0);
});

test('an issue is charged once, whoever clicks first', async () => {
  const test = await testBilling();
  await test.billing.intake.take(TENANT, [graphRow(-1)], 'graph');
  const [issue] = await test.billing.reader.issues(TENANT, { limit: 5 });
  const decision = { issue: issue!, by: ADMIN, charge: usd(1) };
  const both = await Promise.all([1, 2].map(() => test.billing.decideIssue(TENANT, decision)));
  expect(both.map((outcome) => outcome.kind)).toEqual(['done', 'refused']);
  expect(await balanceOf(test)).toBe(usd(-1));
});

test('a record with half a second that an admin charged can be read, and come again whole', async () => {
  const test = await testBilling();
  const row = graphRow(1);
  await test.billing.intake.take(TENANT, [{ ...row, charge: null, duration: 12.5 }], 'graph');
  const [issue] = await test.billing.reader.issues(TENANT, { limit: 5 });
  await test.billing.decideIssue(TENANT, { issue: issue!, by: ADMIN, charge: usd(1) });
  expect(await test.billing.intake.take(TENANT, [row], 'graph')).toMatchObject({ unchanged: 1 });
  expect(await balanceOf(test)).toBe(usd(-1));
});

function callRows(writes: readonly Write[]): number {
  return writes.filter((write) => write.key.startsWith('call:')).length;
}

test('87 calls go into one transaction of at most a hundred rows', async () => {
  const { billing, watched } = watchedInstance();
  await billing.intake.take(TENANT, graphRows(87, 1), 'graph');
  expect(watched.commits.map(callRows)).toEqual([87]);
  expect(watched.commits[0]!.length).toBeLessThanOrEqual(100);
});

/** Below zero by the new calls, back above it by the correction, and still below the trigger: with this many new calls. */
async function takeWithAllThatCanHappen(calls: number) {
  const { billing, watched } = watchedInstance();
  const method = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
  const amount = money(usd(580), 'USD');
  await billing.requestTopUp(TENANT, { paymentId: 'p1', mintedAt: START, amount, method, by: ADMIN });
  await calm();
  const caps = { monthCap: usd(50), dayCap: usd(50) };
  await billing.setAutoRecharge(TENANT, { trigger: usd(20), amount: usd(50), ...caps, method, by: ADMIN });
  const known = graphRow(500);
  await billing.intake.take(TENANT, [known], 'graph');
  const rows = graphRows(calls, 1).map((row, index) => ({
    ...row,
    startDateTime: `2026-11-${15 + (index % 3)}T08:00:00Z`,
  }));
  const report = await billing.intake.take(TENANT, [...rows, { ...known, charge: 580 - calls }], 'graph');
  return { billing, watched, report };
}

test('even with everything that can happen at once, a transaction has at most a hundred rows', async () => {
  const { billing, watched } = await takeWithAllThatCanHappen(86);
  expect(Math.max(...watched.commits.map((writes) => writes.length))).toBe(100);
  const alerts = await billing.reader.alerts(TENANT, { limit: 10 });
  expect(alerts.map(({ kind }) => kind).slice(-4)).toEqual(['capNear', 'capNear', 'recovered', 'negative']);
});

test('where more happens than a full transaction has room for, a part of its calls comes in the next', async () => {
  const { billing, watched, report } = await takeWithAllThatCanHappen(91);
  expect(Math.max(...watched.commits.map(callRows))).toBe(46);
  expect(Math.max(...watched.commits.map((writes) => writes.length))).toBeLessThanOrEqual(100);
  expect(report).toMatchObject({ charged: { count: 91 }, corrected: { count: 1 }, unchanged: 0 });
  expect(report.balance).toMatchObject({ micros: (await billing.reader.account(TENANT)).balance });
});

test('a correction that moves a call to another day is counted there, and on the old day no more', async () => {
  const test = watchedInstance();
  const first = graphRow(3, { startDateTime: '2026-11-15T08:00:00Z' });
  await test.billing.intake.take(TENANT, [first], 'graph');
  const moved = { ...first, charge: 5, startDateTime: '2026-11-17T08:00:00Z' };
  const report = await test.billing.intake.take(TENANT, [graphRow(1), moved], 'graph');
  expect(report).toMatchObject({
    charged: { count: 1 },
    corrected: { count: 1, amount: { micros: usd(2) } },
  });
  expect(report.balance.micros).toBe(usd(-6));
  expect(await test.billing.reader.days(TENANT, '2026-11-15', '2026-11-17')).toMatchObject([
    { date: '2026-11-15', spend: 0n, calls: 0 },
    { date: '2026-11-17', spend: usd(6), calls: 2 },
  ]);
  const again = await test.billing.intake.take(TENANT, [moved], 'graph');
  expect(again).toMatchObject({ unchanged: 1, corrected: { count: 0 } });
});

test('calls of many days are split, three days to a transaction', async () => {
  const { billing, watched } = watchedInstance();
  const rows = Array.from({ length: 8 }, (_, day) =>
    graphRow(1, { startDateTime: `2026-11-0${day + 1}T08:00:00Z` }),
  );
  const report = await billing.intake.take(TENANT, rows, 'graph');
  expect(watched.commits.map(callRows)).toEqual([3, 3, 2]);
  expect(report.charged.count).toBe(8);
});

test('a late record among known ones is met with a careful second look', async () => {
  const test = watchedInstance();
  const known = graphRows(5, 1);
  await test.billing.intake.take(TENANT, known, 'graph');
  const report = await test.billing.intake.take(TENANT, [...known, graphRow(2)], 'graph');
  expect(report).toMatchObject({ charged: { count: 1 }, unchanged: 5 });
  expect(await balanceOf(test)).toBe(usd(-7));
});

test('an answer lost after the commit charges once, and the report is the original one', async () => {
  const test = watchedInstance();
  test.watched.faults = {
    after: onFirstCommit(() => {
      throw new StorageUnavailable('the answer was lost');
    }),
  };
  const report = await test.billing.intake.take(TENANT, graphRows(5, 1), 'graph');
  expect(report).toMatchObject({ charged: { count: 5 }, unchanged: 0, balance: { micros: usd(-5) } });
  expect(await balanceOf(test)).toBe(usd(-5));
});

test('two instances that get the same delivery at once charge it once', async () => {
  const parts = sharedParts();
  const instances = [instanceOf(parts), instanceOf(parts)];
  const rows = graphRows(100, 1);
  await Promise.all(instances.map(({ billing }) => billing.intake.take(TENANT, rows, 'graph')));
  expect(await balanceOf(instances[0]!)).toBe(usd(-100));
});

async function alertKinds(table: TableStore): Promise<readonly unknown[]> {
  const rows = await table.query(TENANT, { from: 'alert:', to: 'alert;', limit: 100 });
  return rows.map((row) => row.values['kind']).reverse();
}

test('crossings are the same whether deliveries are grouped or come one after the other', async () => {
  const deliver = async (together: boolean) => {
    const { billing, watched } = watchedInstance();
    const one = graphRow(1);
    const deliveries = [[graphRow(5)], [one], [graphRow(3)]];
    await billing.intake.take(TENANT, [graphRow(0)], 'graph');
    if (together) await Promise.all(deliveries.map((rows) => billing.intake.take(TENANT, rows, 'graph')));
    else for (const rows of deliveries) await billing.intake.take(TENANT, rows, 'graph');
    return alertKinds(watched.table);
  };
  expect(await deliver(true)).toEqual(await deliver(false));
  expect(await deliver(true)).toEqual(['low', 'negative']);
});

test('two instances that both see the crossing start one recharge', async () => {
  const parts = sharedParts();
  const instances = [instanceOf(parts), instanceOf(parts)];
  const card = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
  const rule = { trigger: usd(20), amount: usd(100), monthCap: usd(100), method: card, by: ADMIN };
  await instances[0]!.billing.setAutoRecharge(TENANT, rule);
  await calm();
  await Promise.all(instances.map(({ billing }) => billing.intake.take(TENANT, graphRows(1, 90), 'graph')));
  await calm();
  expect(await parts.sandbox.charges(TENANT)).toHaveLength(1);
});
