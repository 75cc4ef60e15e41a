import { money } from '../../../src/billing/money.js';
import type { Alert } from '../../../src/billing/ledger/model.js';
import { rechargeId } from '../../../src/billing/ledger/recharge.js';
import { rowKeys } from '../../../src/billing/ledger/world.js';
import { ADMIN, TENANT, testBilling, usd, type TestBilling } from '../../support/billing.js';

const CARD = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
const SLOW = { id: 'sandbox-timeoutBeforeCharging', brand: 'JCB', last4: '0505' };
const DECLINING = { id: 'sandbox-insufficientFunds', brand: 'Mastercard', last4: '9995' };

async function topUp(test: TestBilling, paymentId: string, method = CARD): Promise<void> {
  const amount = money(usd(15), 'USD');
  await test.billing.requestTopUp(TENANT, {
    paymentId,
    mintedAt: test.clock.now(),
    amount,
    method,
    by: ADMIN,
  });
  await test.billing.paymentWithin(TENANT, paymentId, 1_000);
}

/** Saves the rule, and waits for the recharge that it may start. */
async function rule(test: TestBilling, trigger: number, method = CARD): Promise<void> {
  const amounts = { trigger: usd(trigger), amount: usd(50), monthCap: usd(50) };
  await test.billing.setAutoRecharge(TENANT, { ...amounts, method, by: ADMIN });
  await test.billing.paymentWithin(TENANT, rechargeId(TENANT, 1n), 1_000);
}

async function alertsOf(test: TestBilling): Promise<readonly Alert[]> {
  const { alertCount } = await test.billing.reader.account(TENANT);
  const sequences = Array.from({ length: Number(alertCount) }, (_none, index) => BigInt(index + 1));
  return test.billing.reader.rows(TENANT, 'alert', sequences.map(rowKeys.alert));
}

test('an unknown payment’s alert is not settled by another payment’s success', async () => {
  let reachable = false;
  const test = await testBilling({ available: () => reachable });
  await topUp(test, 'unclear', SLOW);
  test.clock.pass({ minutes: 16 });
  await test.runner.round();
  expect((await alertsOf(test)).map(({ kind }) => kind)).toEqual(['paymentUnknown']);
  reachable = true;
  await topUp(test, 'another');
  expect((await alertsOf(test))[0]?.healed).toBeUndefined();
  await test.billing.cancelPayment(TENANT, 'unclear', ADMIN);
  expect((await alertsOf(test))[0]?.healed).toMatchObject({ how: 'cancelled', by: ADMIN });
});

test('two payments of unknown outcome have a card each, and each is settled by its own answer', async () => {
  let reachable = false;
  const test = await testBilling({ available: () => reachable });
  await topUp(test, 'first', SLOW);
  test.clock.pass({ minutes: 20 });
  await topUp(test, 'second', SLOW);
  await test.runner.round();
  test.clock.pass({ minutes: 20 });
  await test.runner.round();
  expect((await alertsOf(test)).map(({ facts }) => facts.paymentId)).toEqual(['first', 'second']);
  reachable = true;
  await test.billing.cancelPayment(TENANT, 'second', ADMIN);
  expect((await alertsOf(test)).map(({ healed }) => healed?.how)).toEqual([undefined, 'cancelled']);
  await test.billing.cancelPayment(TENANT, 'first', ADMIN);
  const unknown = (await alertsOf(test)).filter(({ kind }) => kind === 'paymentUnknown');
  expect(unknown.map(({ healed }) => healed?.how)).toEqual(['cancelled', 'cancelled']);
});

test('alerts and explanations are read newest first, page by page', async () => {
  const test = await testBilling();
  await rule(test, 20, DECLINING);
  const newest = await test.billing.reader.explanations(TENANT, { limit: 1 });
  expect(newest).toMatchObject([{ kind: 'waiting', sequence: 2n }]);
  const before = newest[0]!.sequence;
  expect(await test.billing.reader.explanations(TENANT, { limit: 5, before })).toMatchObject([
    { kind: 'charged', sequence: 1n },
  ]);
  expect(await test.billing.reader.explanations(TENANT, { limit: 5, before: 1n })).toEqual([]);
  expect(await test.billing.reader.alerts(TENANT, { limit: 1 })).toMatchObject([{ kind: 'rechargeFailed' }]);
});

test('a lower trigger settles the alert that the balance is low', async () => {
  const test = await testBilling();
  await topUp(test, 'first');
  await rule(test, 100);
  const low = async () => (await alertsOf(test)).find(({ kind }) => kind === 'low');
  expect((await low())?.facts).toMatchObject({ noRecharge: 'capped' });
  test.clock.pass({ seconds: 1 });
  await rule(test, 50);
  expect((await low())?.healed).toMatchObject({ how: 'balanceBack', by: ADMIN });
});

test('another rule settles the alert of a failed recharge, and the card says how', async () => {
  const test = await testBilling();
  await rule(test, 20, DECLINING);
  test.clock.pass({ seconds: 1 });
  await test.billing.turnOffAutoRecharge(TENANT, ADMIN);
  const [failed] = (await alertsOf(test)).filter(({ kind }) => kind === 'rechargeFailed');
  expect(failed?.healed).toMatchObject({ how: 'turnedOff', by: ADMIN });
});

test('an amount that no card can be charged is refused when the rule is saved', async () => {
  const test = await testBilling();
  const request = { trigger: usd(20), amount: usd(50) + 1n, monthCap: usd(200), method: CARD, by: ADMIN };
  expect(await test.billing.setAutoRecharge(TENANT, request)).toEqual({
    kind: 'refused',
    reason: 'amountOutOfRange',
  });
});

test('the same confirmation twice, even in one transaction, sets the rule once', async () => {
  const test = await testBilling();
  const mintedAt = test.clock.now();
  const request = {
    trigger: usd(20),
    amount: usd(50),
    monthCap: usd(200),
    method: DECLINING,
    by: ADMIN,
    mintedAt,
  };
  const set = () => test.billing.setAutoRecharge(TENANT, request, { id: 'click', mintedAt });
  const answers = await Promise.all([set(), set(), set()]);
  answers.push(await set());
  for (const answer of answers) expect(answer.kind).toBe('done');
  expect(await test.processor.charges(TENANT)).toHaveLength(1);
});
