import { ADMIN, TENANT, START, testBilling, usd, type TestBilling } from '../../support/billing.js';
import { graphRow } from '../../support/graph-rows.js';
import { money } from '../../../src/billing/money.js';

const CARD = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
const DECLINING = { id: 'sandbox-insufficientFunds', brand: 'Visa', last4: '9995' };

function topUp(id: string, amount = 50) {
  return { paymentId: id, mintedAt: START, amount: money(usd(amount), 'USD'), method: CARD, by: ADMIN };
}

async function settle(billing: TestBilling): Promise<void> {
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(billing.failures).toEqual([]);
}

test('a top-up charges once and credits once', async () => {
  const test = await testBilling();
  const requested = await test.billing.requestTopUp(TENANT, topUp('p1'));
  expect(requested.kind).toBe('done');
  const payment = await test.billing.paymentWithin(TENANT, 'p1', 1_000);
  expect(payment?.status).toBe('settled');
  const again = await test.billing.requestTopUp(TENANT, topUp('p1'));
  expect(again).toMatchObject({ kind: 'done', answer: { status: 'settled' } });
  const account = await test.billing.reader.account(TENANT);
  expect(account.balance).toBe(usd(50));
  expect(await test.processor.charges(TENANT)).toHaveLength(1);
  const { entries } = await test.billing.reader.entries(TENANT, { limit: 10 });
  expect(entries.map((entry) => entry.kind)).toEqual(['topUp']);
  expect(test.shown.at(-1)?.status).toBe('settled');
  await settle(test);
});

test('usage below the trigger starts one recharge, and the balance carries both', async () => {
  const test = await testBilling();
  await test.billing.requestTopUp(TENANT, topUp('p1'));
  await test.billing.paymentWithin(TENANT, 'p1', 1_000);
  await test.billing.setAutoRecharge(TENANT, {
    trigger: usd(20),
    amount: usd(50),
    monthCap: usd(200),
    method: CARD,
    by: ADMIN,
  });
  const rows = Array.from({ length: 60 }, () => graphRow(1));
  const report = await test.billing.intake.take(TENANT, rows, 'http');
  expect(report.charged).toMatchObject({ count: 60 });
  await settle(test);
  const account = await test.billing.reader.account(TENANT);
  expect(account.balance).toBe(usd(40));
  const again = await test.billing.intake.take(TENANT, rows, 'http');
  expect(again).toMatchObject({ unchanged: 60, charged: { count: 0 } });
  expect(
    (await test.billing.reader.entries(TENANT, { limit: 10 })).entries.map((entry) => entry.kind),
  ).toEqual(['autoRecharge', 'usage', 'topUp']);
  expect(account.days).toEqual([{ date: '2026-11-17', spend: usd(60), calls: 60 }]);
  await settle(test);
});

test('a declining card is tried once, then waits, and people are told', async () => {
  const test = await testBilling();
  await test.billing.setAutoRecharge(TENANT, {
    trigger: usd(20),
    amount: usd(50),
    monthCap: usd(200),
    method: DECLINING,
    by: ADMIN,
  });
  await settle(test);
  const account = await test.billing.reader.account(TENANT);
  expect(account.health).toMatchObject({ failures: 1 });
  expect(test.alerts.length).toBe(1);
  expect(account.counters.monthTotal).toBe(0n);
  test.clock.pass({ minutes: 59 });
  await test.runner.round();
  expect((await test.billing.reader.account(TENANT)).health.failures).toBe(1);
  test.clock.pass({ minutes: 2 });
  await test.runner.round();
  await settle(test);
  expect((await test.billing.reader.account(TENANT)).health.failures).toBe(2);
});

test('the breaker stops the fourth recharge of an hour, and names where the money went', async () => {
  const test = await testBilling();
  await test.billing.requestTopUp(TENANT, topUp('p1'));
  await test.billing.paymentWithin(TENANT, 'p1', 1_000);
  const rule = { trigger: usd(20), amount: usd(50), monthCap: usd(1_000), method: CARD, by: ADMIN };
  await test.billing.setAutoRecharge(TENANT, rule);
  for (let call = 1; call <= 4; call += 1) {
    await test.billing.intake.take(TENANT, [graphRow(45, { destinationName: 'Cuba' })], 'graph');
    await settle(test);
  }
  const { balance, health } = await test.billing.reader.account(TENANT);
  expect(balance).toBe(usd(20));
  expect(health.tripped).toBeUndefined();
  // An older call: the newest day's row is read although no call of the batch is of that day.
  const older = graphRow(5, { startDateTime: '2026-11-10T08:00:00Z' });
  await test.billing.intake.take(TENANT, [older], 'graph');
  const [alert] = await test.billing.reader.alerts(TENANT, { limit: 1 });
  expect(alert).toMatchObject({
    kind: 'tripped',
    facts: { trip: { recharges: 3, destinations: [{ name: 'Cuba', spend: usd(180) }] } },
  });
  expect(await test.processor.charges(TENANT)).toHaveLength(4);
});
