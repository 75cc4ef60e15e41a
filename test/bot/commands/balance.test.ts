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
  expect(buttonsOf(card).map(({ title }) => title)).toEqual([
    'History',
    'Spend',
    'Refresh',
    'On a day',
    'Show',
  ]);
});

describe('on a day', () => {
  const defaults = { currency: 'USD', timeZone: 'Europe/Rome' } as const;

  async function asked(test: TestBilling, rest: string, turn: TestTurnOptions = {}): Promise<string> {
    const { card } = await say(balanceCommand, sceneOf(test, turn), { rest });
    expectValidCard(card);
    return textOf(card);
  }

  /** $50 on Nov 17, 10:00 in Rome; $7.50 spent two days later. */
  async function withHistory(): Promise<TestBilling> {
    const test = await testBilling({ settings: { defaults } });
    await addFunds(test, 50);
    test.clock.pass({ days: 2 });
    await spend(test, 7.5, '2026-11-19T08:00:00Z');
    test.clock.pass({ days: 3 });
    return test;
  }

  test.each([
    ['on 17 November', 'en-US', 'Balance at the end of Nov 17, 2026\n$50.00'],
    ['2026-11-18', 'en-US', '$50.00'],
    ['as of Nov 19th', 'en-US', '$42.50\nThe day ends at midnight in Europe/Rome.\nBalance now: $42.50'],
    ['on 11/16/2026', 'en-US', 'Balance at the end of Nov 16, 2026\n$0.00\nNothing had happened yet.'],
    ['yesterday', 'en-US', 'Balance at the end of Nov 21, 2026\n$42.50'],
    ['today', 'en-US', 'Balance today, so far\n$42.50'],
    ['al 18 novembre', 'it-IT', 'Saldo alla fine del 18 nov 2026\n50,00 USD'],
    ['al 18/11', 'it-IT', 'Saldo alla fine del 18 nov 2026\n50,00 USD'],
  ])('“balance %s” in %s', async (words, locale, sentence) => {
    expect(await asked(await withHistory(), words, { locale })).toContain(sentence);
  });

  test('a day ends at midnight in the time zone of the account', async () => {
    const test = await testBilling({ start: '2026-11-17T22:59:59.999Z', settings: { defaults } });
    await addFunds(test, 50);
    test.clock.pass({ days: 2 });
    expect(await asked(test, '2026-11-17')).toContain('$50.00\nThe day ends');
    const late = await testBilling({ start: '2026-11-17T23:00:00.000Z', settings: { defaults } });
    await addFunds(late, 50);
    late.clock.pass({ days: 2 });
    expect(await asked(late, '2026-11-17')).toContain('$0.00\nNothing had happened yet.');
  });

  test.each([
    ['on 3/4/2026', 'en', 'I can’t tell the day from the month there.'],
    ['on Friday', 'en-US', 'I can’t read that as a day.'],
    ['on 31 December 2030', 'en-US', 'That day is still to come.'],
  ])('“balance %s” in %s asks for the day', async (words, locale, sentence) => {
    const text = await asked(await testBilling(), words, { locale });
    expect(text).toContain('Balance on a day');
    expect(text).toContain(sentence);
  });

  test('words that name no day ask for the balance of now', async () => {
    expect(await asked(await testBilling(), 'please')).toContain('No funds have been added yet.');
  });

  test('it is reached by clicking too, and another day takes the place of the first', async () => {
    const test = await withHistory();
    const { card } = await say(balanceCommand, sceneOf(test));
    const { data } = button(card, 'Show');
    expect(data).toEqual({ verb: 'balance.on', shown: '2026-11-22' });
    const first = await clicked(balanceCommand, sceneOf(test), { ...data, date: '2026-11-18' });
    expect(first.mode).toBe('post');
    expect(textOf(first.card)).toContain('$50.00');
    const again = button(first.card, 'Show').data;
    const second = await clicked(balanceCommand, sceneOf(test), { ...again, date: '2026-11-16' });
    expect(second.mode).toBe('replace');
    expect(textOf(second.card)).toContain('Nothing had happened yet.');
  });

  test('an untouched picker means the day that it showed; none at all is asked for', async () => {
    const test = await withHistory();
    const untouched = { verb: 'balance.on', shown: '2026-11-18' };
    expect(textOf((await clicked(balanceCommand, sceneOf(test), untouched)).card)).toContain('Nov 18, 2026');
    const empty = await clicked(balanceCommand, sceneOf(test), { verb: 'balance.on' });
    expect(textOf(empty.card)).toContain('Choose a day.');
  });
});

test('funds are listed with their dates once there are several, and credit that never expires', async () => {
  const test = await testBilling();
  await addFunds(test, 50);
  await test.billing.adjust(
    TENANT,
    { amount: usd(5), reason: 'goodwill', by: ADMIN },
    { id: 'click-1', mintedAt: test.clock.now() },
  );
  await spend(test, 7.5);
  expect(await wordsOf(test)).toContain(
    'Funds and when they expire\n$42.50\nafter Nov 17, 2027\n$5.00\nnever expires',
  );
});
