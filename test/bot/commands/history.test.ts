import { historyCommand } from '../../../src/bot/commands/history.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN, START, TENANT, testBilling, usd, type TestBilling } from '../../support/billing.js';
import { button, buttonsOf, expectValidCard, textOf } from '../../support/card-checks.js';
import { click, clicked, say, testServices, testTurn, type Scene } from '../../support/turn.js';

const CARD = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };

async function addFunds(test: TestBilling): Promise<void> {
  const request = {
    paymentId: 'p1',
    mintedAt: START,
    amount: money(usd(50), 'USD'),
    method: CARD,
    by: ADMIN,
  };
  await test.billing.requestTopUp(TENANT, request);
  await test.billing.paymentWithin(TENANT, 'p1', 1_000);
}

/** One entry for each charge. */
async function spend(test: TestBilling, ...charges: readonly number[]): Promise<void> {
  for (const charge of charges) {
    const call = {
      ...{
        id: `call-${charge}`,
        startDateTime: '2026-11-17T08:00:00Z',
        duration: 60,
        charge,
        currency: 'USD',
      },
      ...{ licenseCapability: 'MCOPSTNPP', destinationName: 'Italy' },
    };
    await test.billing.intake.take(TENANT, [call], 'http');
  }
}

async function sceneWith(charges: number): Promise<Scene & { readonly test: TestBilling }> {
  const test = await testBilling();
  await addFunds(test);
  await spend(test, ...Array.from({ length: charges }, (_none, index) => (index + 1) / 100));
  return { test, turn: testTurn(), services: testServices(test) };
}

test('an empty ledger says so', async () => {
  const test = await testBilling();
  const { card } = await say(historyCommand, { turn: testTurn(), services: testServices(test) });
  expectValidCard(card);
  expect(textOf(card)).toContain('Nothing has happened yet.');
});

test('the newest line stands first, with what it did to the balance', async () => {
  const { card, mode } = await say(historyCommand, await sceneWith(1));
  expectValidCard(card);
  expect(mode).toBe('post');
  const words = textOf(card);
  expect(words).toContain('1–2 of 2, newest first');
  expect(words).toContain('**Calls**, one call\nNov 17, 2026, 9:00 AM UTC\n-$0.01\nBalance $49.99');
  expect(words).toContain(
    'added by Ada Admin\nNov 17, 2026, 9:00 AM UTC\nVisa •••• 4242\n+$50.00\nBalance $50.00',
  );
  expect(words.indexOf('Calls')).toBeLessThan(words.indexOf('Top-up'));
});

test('older and newer pages take the place of the card, and meet again where they began', async () => {
  const scene = await sceneWith(19);
  const first = (await say(historyCommand, scene)).card;
  const second = await clicked(historyCommand, scene, button(first, 'Older').data);
  expect(second.mode).toBe('replace');
  expect(textOf(second.card)).toContain('9–16 of 20');
  const third = (await clicked(historyCommand, scene, button(second.card, 'Older').data)).card;
  expect(textOf(third)).toContain('17–20 of 20');
  expect(buttonsOf(third).map(({ title }) => title)).toEqual(['Newer', 'Balance']);
  const back = (await clicked(historyCommand, scene, button(third, 'Newer').data)).card;
  expect(textOf(back)).toBe(textOf(second.card));
  const start = (await clicked(historyCommand, scene, button(back, 'Newer').data)).card;
  expect(textOf(start)).toBe(textOf(first));
});

test('an old card leads to the same older lines after new ones came, and “Newer” shows the new ones', async () => {
  const scene = await sceneWith(9);
  const { card } = await say(historyCommand, scene);
  await spend(scene.test, 5, 6);
  const older = (await clicked(historyCommand, scene, button(card, 'Older').data)).card;
  expect(textOf(older)).toContain('11–12 of 12');
  const newer = (await clicked(historyCommand, scene, button(older, 'Newer').data)).card;
  expect(textOf(newer)).toContain('3–10 of 12');
  const newest = (await clicked(historyCommand, scene, button(newer, 'Newer').data)).card;
  expect(textOf(newest)).toContain('1–8 of 12');
  expect(textOf(newest)).toContain('-$6.00');
});

test('a page takes two reads, whatever its length', async () => {
  const scene = await sceneWith(7);
  const spies = (['get', 'query', 'getMany'] as const).map((name) => jest.spyOn(scene.test.table, name));
  await say(historyCommand, scene);
  expect(spies.map((spy) => spy.mock.calls.length)).toEqual([1, 1, 0]);
});

test.each(['', '0', '1', '-5', '1.5', '1e3', '99999999999999999', 'constructor', '٣', 7, null])(
  'a forged page %p is refused',
  async (before) => {
    const scene = await sceneWith(0);
    expect(await click(historyCommand, scene, { verb: 'history.page', before })).toBe('malformed');
  },
);

test('a page far beyond the newest is the newest page', async () => {
  const scene = await sceneWith(1);
  const data = { verb: 'history.page', before: '9999999999999999' };
  expect(textOf((await clicked(historyCommand, scene, data)).card)).toContain('1–2 of 2');
});

test('times are in the time zone of the account', async () => {
  const defaults = { currency: 'USD', timeZone: 'Europe/Rome' } as const;
  const test = await testBilling({ settings: { defaults } });
  await addFunds(test);
  const scene = { turn: testTurn({ locale: 'it-IT' }), services: testServices(test) };
  expect(textOf((await say(historyCommand, scene)).card)).toContain('17 nov 2026, 10:00 CET');
});
