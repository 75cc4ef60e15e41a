import { balanceCommand } from '../../../src/bot/commands/balance.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN, START, TENANT, testBilling, usd, type TestBilling } from '../../support/billing.js';
import { button, buttonsOf, expectValidCard, textOf } from '../../support/card-checks.js';
import { clicked, say, testServices, testTurn, type TestTurnOptions } from '../../support/turn.js';

const CARD = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
const DECLINING = { id: 'sandbox-expiredCard', brand: 'American Express', last4: '0069' };

function sceneOf(test: TestBilling, turn: TestTurnOptions = {}) {
  return { turn: testTurn({ now: test.clock.now(), ...turn }), services: testServices(test) };
}

async function addFunds(test: TestBilling, amount: number): Promise<void> {
  const request = {
    paymentId: 'p1',
    mintedAt: START,
    amount: money(usd(amount), 'USD'),
    method: CARD,
    by: ADMIN,
  };
  await test.billing.requestTopUp(TENANT, request);
  await test.billing.paymentWithin(TENANT, 'p1', 1_000);
}

async function spend(test: TestBilling, charge: number, start = '2026-11-17T08:00:00Z'): Promise<void> {
  const call = {
    ...{ id: `call-${start}`, startDateTime: start, duration: 60, charge, currency: 'USD' },
    ...{ licenseCapability: 'MCOPSTNPP', destinationName: 'Italy' },
  };
  await test.billing.intake.take(TENANT, [call], 'http');
}

async function wordsOf(test: TestBilling, turn: TestTurnOptions = {}): Promise<string> {
  const { card } = await say(balanceCommand, sceneOf(test, turn));
  expectValidCard(card);
  return textOf(card);
}

test('a new account shows zero, and that nothing was added yet', async () => {
  const words = await wordsOf(await testBilling());
  expect(words).toContain('$0.00\nNo funds have been added yet.');
  expect(words).toContain('No usage yet');
});

test('after a top-up and calls it shows what is left, what was spent and what expires next', async () => {
  const test = await testBilling();
  await addFunds(test, 50);
  await spend(test, 7.5);
  await spend(test, 2, '2026-11-01T08:00:00Z');
  const words = await wordsOf(test);
  expect(words).toContain('$40.50\n✓ By this ledger, calls are not blocked.');
  expect(words).toContain('Spent, last 7 days\n$7.50\nSpent, last 30 days\n$9.50');
  expect(words).toContain('$40.50 after Nov 17, 2027');
  expect(words).toContain('Calls known until\nNov 17, 2026, 8:00 AM UTC');
});

test('the seven days are today and the six before it, in the time zone of the account', async () => {
  const defaults = { currency: 'USD', timeZone: 'Europe/Rome' } as const;
  const test = await testBilling({ settings: { defaults } });
  await spend(test, 1, '2026-11-10T23:30:00Z');
  await spend(test, 2, '2026-11-10T22:30:00Z');
  const words = await wordsOf(test);
  expect(words).toContain('Spent, last 7 days\n$1.00\nSpent, last 30 days\n$3.00');
  expect(words).toContain('GMT+1');
});

test('below zero it says that calls are blocked, by this ledger', async () => {
  const test = await testBilling();
  await spend(test, 3.27);
  expect(await wordsOf(test)).toContain('-$3.27\n⛔ Below zero. By this ledger,');
  expect(await wordsOf(test, { locale: 'it-IT' })).toContain(
    '-3,27 USD\n⛔ Sotto zero. Secondo questo registro',
  );
});

test('zero is used up, and not yet blocked', async () => {
  const test = await testBilling();
  await addFunds(test, 5);
  await spend(test, 5);
  expect(await wordsOf(test)).toContain('⚠ All used up.');
});

test('an expired card pauses auto-recharge, and the card says why', async () => {
  const test = await testBilling();
  const rule = { trigger: usd(20), amount: usd(50), monthCap: usd(200), method: DECLINING, by: ADMIN };
  await test.billing.setAutoRecharge(TENANT, rule);
  await spend(test, 1);
  for (let round = 0; round < 20; round += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(await wordsOf(test)).toContain(
    'Paused\nAdds $50.00 when the balance falls below $20.00.\nThe card has expired.',
  );
});

test('it reads the account once, and nothing else', async () => {
  const test = await testBilling();
  await addFunds(test, 50);
  const scene = sceneOf(test);
  const [get, query, getMany] = [
    jest.spyOn(test.table, 'get'),
    jest.spyOn(test.table, 'query'),
    jest.spyOn(test.table, 'getMany'),
  ];
  await say(balanceCommand, scene);
  expect([get, query, getMany].map((spy) => spy.mock.calls.length)).toEqual([1, 0, 0]);
});

test('refresh takes the place of the card, with the facts of now', async () => {
  const test = await testBilling();
  const { card } = await say(balanceCommand, sceneOf(test));
  await addFunds(test, 50);
  const reply = await clicked(balanceCommand, sceneOf(test), button(card, 'Refresh').data);
  expect(reply.mode).toBe('replace');
  expect(textOf(reply.card)).toContain('$50.00');
});

test('other cards lead to a new balance card below them', async () => {
  const reply = await clicked(balanceCommand, sceneOf(await testBilling()), { verb: 'balance.show' });
  expect(reply.mode).toBe('post');
});

test('a viewer sees the balance, and no button to change anything', async () => {
  const test = await testBilling();
  const { card } = await say(balanceCommand, sceneOf(test, { role: 'viewer' }));
  expect(buttonsOf(card).map(({ title }) => title)).toEqual(['History', 'Spend', 'Refresh']);
});
