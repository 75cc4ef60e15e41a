/** The tables are away, or take a write without saying so: people are told, nothing is half done, and it goes on after. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { usd } from '../support/billing.js';
import type { ChatClient } from '../support/client.js';
import type { Sent } from '../support/connector.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterEach(() => {
  bot.setStorage('works');
});

afterAll(() => bot.stop());

const AWAY = 'I can’t reach the ledger right now';
const PAY = 'Pay $50.00';

async function ready(path: string): Promise<number> {
  return (await fetch(`${bot.url}${path}`)).status;
}

async function expectOneTopUp(chat: ChatClient): Promise<void> {
  const tenant = chat.setting.tenant!;
  expect(await bot.charged(tenant)).toBe(1);
  expect((await bot.entries(tenant)).map(({ amount }) => amount)).toEqual([usd(50)]);
}

test('while the tables are away everybody is told to try again, in their language', async () => {
  const chat = bot.client({ tenant: randomUUID() });
  bot.setStorage('down');
  for (const words of ['balance', 'add funds', 'history', 'alerts here', 'members']) {
    const answer = await chat.say(words);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining(AWAY)]);
    expect(answer.text).toContain('Nothing was changed. Please try again in a minute.');
  }
  const italian = await chat.as({ locale: 'it-IT' }).say('saldo');
  expect(italian.text).not.toContain(AWAY);
  expect(italian.text).toMatch(/registro/u);
  bot.setStorage('works');
  expect((await chat.say('balance')).text).toContain('No funds have been added yet.');
});

test('the program stays alive, says that it is not ready, and is ready again by itself', async () => {
  bot.setStorage('down');
  expect([await ready('/healthz'), await ready('/readyz')]).toEqual([200, 503]);
  bot.setStorage('works');
  expect(await ready('/readyz')).toBe(200);
});

test('a confirmation while the tables are away charges nothing; the same button works when they are back', async () => {
  const chat = bot.client({ tenant: randomUUID() });
  const { card } = await chat.say('add $50');
  bot.setStorage('down');
  expect((await chat.click(card, PAY)).text).toContain(AWAY);
  bot.setStorage('works');
  expect(await bot.sandbox.charges(chat.setting.tenant!)).toEqual([]);
  expect((await chat.click(card, PAY)).text).toContain('✓ Funds added');
  await expectOneTopUp(chat);
});

test('a confirmation whose write is not acknowledged is looked up, and charges once', async () => {
  const chat = bot.client({ tenant: randomUUID() });
  const { card } = await chat.say('add $50');
  bot.storage.ledger = 'loses';
  await chat.click(card, PAY);
  bot.storage.ledger = 'works';
  await bot.later({ minutes: 3 });
  expect((await chat.click(card, PAY)).text).toContain('✓ Funds added');
  await expectOneTopUp(chat);
});

test('a charge that could not be written down is settled later, once, and the card is updated', async () => {
  const own = await startApp({ config: { payments: { kind: 'sandbox', latencyMs: 300 } } });
  const chat = own.client({ tenant: randomUUID() });
  const { card } = await chat.say('add $50');
  const clicked = chat.click(card, PAY);
  // From here on the slow card needs another 300 ms until it is charged: the ledger is gone before that.
  await own.begun(chat.setting.tenant!);
  own.storage.ledger = 'down';
  const answer = await clicked;
  expect(await own.charged(chat.setting.tenant!)).toBe(1);
  expect(answer.text).toContain('Payment in progress');
  own.storage.ledger = 'works';
  await own.later({ minutes: 3 });
  await own.connector.waitFor(
    ({ kind, activity }) => kind === 'update' && String(activity['summary']).includes('the balance was'),
  );
  expect(await own.charged(chat.setting.tenant!)).toBe(1);
  expect(await own.entries(chat.setting.tenant!)).toHaveLength(1);
  await own.stop();
});

test('usage that arrives meanwhile is refused as a whole, and charged once when it is sent again', async () => {
  const chat = await bot.funded('50');
  const tenant = chat.setting.tenant!;
  const rows = JSON.stringify([
    {
      id: randomUUID(),
      startDateTime: bot.clock.now(),
      duration: 60,
      charge: 12.5,
      currency: 'USD',
      licenseCapability: 'MCOPSTNPP',
    },
  ]);
  const send = async (): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch(`${bot.url}/api/usage/${tenant}`, { method: 'POST', headers, body: rows })).status;
  };
  bot.setStorage('down');
  expect(await send()).toBe(503);
  bot.storage.ledger = 'loses';
  await send();
  bot.setStorage('works');
  expect(await send()).toBe(200);
  expect(await bot.balance(tenant)).toBe(usd(37.5));
});

test('where the alert’s own work can’t be noted, the call is not charged either; sent again both happen once', async () => {
  const chat = await bot.funded('50', { scope: 'channel' });
  const tenant = chat.setting.tenant!;
  await chat.say('alerts here');
  bot.storage.due = 'loses';
  await expect(bot.use(tenant, 45)).rejects.toThrow('The ledger can’t be reached right now.');
  expect(await bot.balance(tenant)).toBe(usd(50));
  bot.storage.due = 'works';
  await bot.use(tenant, 45);
  const isTold = ({ conversationId, activity }: Sent): boolean =>
    conversationId === chat.setting.conversationId && String(activity['summary']).includes('below');
  await bot.connector.waitFor(isTold);
  await bot.later({ minutes: 3 });
  expect(bot.connector.sent.filter(isTold)).toHaveLength(1);
});
