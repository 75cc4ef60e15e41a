import { freshTable } from '../../support/azurite.js';
import { ADMIN, TENANT, usd } from '../../support/billing.js';
import { graphRow, graphRows } from '../../support/graph-rows.js';
import { calm, instanceOf, sharedParts } from '../../support/shared-billing.js';

async function realParts() {
  const [table, dueTable] = await Promise.all([freshTable(), freshTable()]);
  return sharedParts({ table, dueTable });
}

test('a hundred calls are charged once on the real table service, however often they are sent', async () => {
  const { billing } = instanceOf(await realParts());
  const rows = graphRows(100, 0.25);
  await billing.intake.take(TENANT, rows, 'graph');
  const again = await billing.intake.take(TENANT, [...rows, graphRow(1)], 'graph');
  expect(again).toMatchObject({ charged: { count: 1 }, unchanged: 100, balance: { micros: usd(-26) } });
});

test('a correction and a broken row are kept on the real table service', async () => {
  const { billing } = instanceOf(await realParts());
  const one = graphRow(3);
  await billing.intake.take(TENANT, [one, graphRow(-1)], 'graph');
  await billing.intake.take(TENANT, [{ ...one, charge: 1 }], 'graph');
  expect(await billing.reader.account(TENANT)).toMatchObject({ balance: usd(-1), usage: { openIssues: 1 } });
});

test('two instances at once start one recharge on the real table service', async () => {
  const parts = await realParts();
  const instances = [instanceOf(parts), instanceOf(parts)];
  const method = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
  const rule = { trigger: usd(20), amount: usd(100), monthCap: usd(200), method, by: ADMIN };
  await instances[0]!.billing.setAutoRecharge(TENANT, rule);
  await instances[0]!.billing.reader.account(TENANT);
  await Promise.all(instances.map(({ billing }) => billing.intake.take(TENANT, graphRows(1, 45), 'graph')));
  for (let round = 0; round < 4; round += 1) {
    parts.clock.pass({ minutes: 3 });
    await instances[0]!.runner.round();
    await calm();
  }
  const account = await instances[0]!.billing.reader.account(TENANT);
  expect(account).toMatchObject({ balance: usd(110), openPayments: [] });
  expect(await parts.sandbox.charges(TENANT)).toHaveLength(2);
});
