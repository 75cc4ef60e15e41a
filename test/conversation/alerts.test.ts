/** What people must hear without asking: told once where alerts are on, repaired from the card, and healed on the card. */
import { randomUUID } from 'node:crypto';
import { ADA, VERA, startApp, type TestApp } from '../support/app.js';
import { usd } from '../support/billing.js';
import { buttonsOf } from '../support/card-nodes.js';
import type { ChatClient } from '../support/client.js';
import { textOf } from '../support/card-nodes.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

/** Ada with funds, and a channel of the same tenant that asked for alerts. */
async function listening(
  amount: string,
  locale = 'en-US',
): Promise<{ ada: ChatClient; channel: ChatClient }> {
  const ada = await bot.funded(amount);
  const channel = bot.client({ tenant: ada.setting.tenant, scope: 'channel', locale });
  await channel.say(locale === 'it-IT' ? 'avvisi qui' : 'alerts here');
  return { ada, channel };
}

/** Sets `add 50 when below 20` with that card, through the form. */
async function autoRecharge(chat: ChatClient, scenario: string): Promise<void> {
  const form = await chat.say('set auto-recharge');
  const inputs = { trigger: '20', amount: '50', method: `sandbox-${scenario}` };
  const preview = await chat.click(form.card, 'Continue', inputs);
  expect((await chat.click(preview.card, 'Turn on')).text).toContain('Auto-recharge is on');
}

test('low, negative and recovered are told once each, in the language of the channel', async () => {
  const { ada, channel } = await listening('50', 'it-IT');
  const tenant = ada.setting.tenant;
  const english = bot.client({ tenant, scope: 'group' });
  await english.say('alerts here');
  const before = english.posted.length;
  await bot.use(tenant, 41);
  await bot.heard(channel, '⚠ Il saldo è basso');
  await bot.heard(english, '⚠ The balance is low');
  await bot.use(tenant, 1);
  await bot.use(tenant, 10);
  await bot.heard(channel, '⚠ Il saldo è sotto zero');
  await bot.heard(english, '⚠ The balance is below zero');
  await bot.use(tenant, 1);
  const add = await ada.say('add 50');
  await ada.click(add.card, 'Pay $50.00');
  await bot.heard(english, '✓ The balance is back');
  await bot.heard(channel, '✓ Il saldo è di nuovo in positivo');
  await bot.later({ minutes: 3 });
  expect(channel.posted).toHaveLength(3);
  expect(english.posted).toHaveLength(before + 3);
  for (const card of channel.posted) expect(textOf(card)).not.toMatch(/balance|alerts are on/u);
});

test('“Add funds” on an alert opens the form below and leaves the alert; the receipt heals it, with who did it', async () => {
  const { ada, channel } = await listening('50');
  await bot.use(ada.setting.tenant, 53);
  const alert = await bot.heard(channel, 'The balance is below zero');
  expect(textOf(alert)).toContain(
    'By this ledger, calls to toll-free and international numbers are blocked.',
  );
  const thread = channel.as({ thread: alert.activityId });
  const form = await thread.click(alert, 'Add funds');
  expect(form.note).toBe('Answered below.');
  expect(form.sent.map(({ kind }) => kind)).toEqual(['post']);
  expect(textOf(await bot.heard(channel, 'The balance is below zero'))).toBe(textOf(alert));
  const preview = await thread.click(form.card, '$50.00');
  expect((await thread.click(preview.card, 'Pay $50.00')).text).toContain('✓ Funds added');
  const healed = await bot.heard(channel, '✓ Settled: The balance is below zero');
  expect(healed.activityId).toBe(alert.activityId);
  expect(textOf(healed)).toContain('Ada Admin brought the balance back.');
  expect(buttonsOf(healed).map(({ title }) => title)).toEqual(['Balance']);
});

test('a viewer who presses the alert’s button is refused, and the alert stays', async () => {
  const { ada, channel } = await listening('50');
  await bot.use(ada.setting.tenant, 53);
  const alert = await bot.heard(channel, 'The balance is below zero');
  const answer = await channel.as({ person: VERA }).click(alert, 'Add funds');
  expect(answer.text).toContain('Only an admin can do this');
  expect(textOf(await bot.heard(channel, 'The balance is below zero'))).toBe(textOf(alert));
});

test('auto-recharge adds funds when usage takes the balance below the trigger, and says so once', async () => {
  const { ada, channel } = await listening('50');
  await autoRecharge(ada, 'succeeds');
  await bot.use(ada.setting.tenant, 30.5);
  const alert = await bot.heard(channel, '✓ Auto-recharge added funds');
  expect(textOf(alert)).toContain('Balance now: $69.50');
  expect(await bot.balance(ada.setting.tenant!)).toBe(usd(69.5));
  await bot.later({ minutes: 3 });
  expect(channel.posted).toHaveLength(1);
  expect(await bot.charged(ada.setting.tenant!)).toBe(2);
});

test('a declined auto-recharge is told with its reason and what repairs it; trying again charges once more only', async () => {
  const { ada, channel } = await listening('50');
  await autoRecharge(ada, 'insufficientFunds');
  await bot.use(ada.setting.tenant, 31);
  const alert = await bot.heard(channel, '⚠ Auto-recharge failed');
  expect(textOf(alert)).toContain('There is not enough money on the card.');
  expect(buttonsOf(alert).map(({ title }) => title)).toEqual([
    'Try again now',
    'Use another card',
    'Add funds',
    'Why?',
    'Balance',
  ]);
  const thread = channel.as({ thread: alert.activityId });
  const question = await thread.click(alert, 'Try again now');
  expect(question.text).toContain('Charge $50.00 now?');
  const again = await thread.click(question.card, 'Charge $50.00');
  expect(again.text).toContain('Declined again');
  expect((await bot.sandbox.charges(ada.setting.tenant!)).length).toBe(3);
  expect(await bot.charged(ada.setting.tenant!)).toBe(1);
  const form = await thread.click(alert, 'Use another card');
  const inputs = { method: 'sandbox-succeeds', trigger: '20', amount: '50' };
  const preview = await thread.click(form.card, 'Continue', inputs);
  expect(preview.text).toContain('This charges $50.00 now');
  await thread.click(preview.card, 'Turn on and charge $50.00');
  await bot.heard(channel, '✓ Settled: Auto-recharge failed');
  expect(await bot.balance(ada.setting.tenant!)).toBe(usd(69));
});

test('the balance falls below zero although auto-recharge is on: never muted', async () => {
  const { ada, channel } = await listening('50');
  await autoRecharge(ada, 'expiredCard');
  await bot.use(ada.setting.tenant, 31);
  await bot.heard(channel, 'The card has expired.');
  await bot.use(ada.setting.tenant, 25);
  await bot.heard(channel, '⚠ The balance is below zero');
});

test('with no destination the admins hear it in person, viewers don’t', async () => {
  const ada = await bot.funded('50');
  const vera = ada.as({ person: VERA, conversationId: `a:vera-${randomUUID()}` });
  await vera.say('hello');
  const before = vera.shown.length;
  await bot.use(ada.setting.tenant, 45);
  const alert = await bot.heard(ada, '⚠ The balance is low');
  expect(textOf(alert)).toContain('You get this in person as an admin');
  expect(vera.shown).toHaveLength(before);
});

test('“alerts off” ends it, and a test alert takes the real way to this conversation only', async () => {
  const { ada, channel } = await listening('50');
  await channel.say('test alert');
  expect(textOf(await bot.heard(channel, 'This is a test alert'))).toContain('Ada Admin asked for it');
  expect((await channel.say('alerts off')).text).toContain('Alerts are off here');
  const before = channel.posted.length;
  await bot.use(ada.setting.tenant, 45);
  await bot.heard(ada, '⚠ The balance is low');
  expect(channel.posted).toHaveLength(before);
});

test('where alerts were asked for in a thread, they come as posts of their own', async () => {
  const { ada, channel } = await listening('50');
  await bot.use(ada.setting.tenant, 45);
  await bot.heard(channel, '⚠ The balance is low');
  const posts = bot.connector.sent.filter(({ activity }) =>
    String(activity['summary']).includes('below $10'),
  );
  expect(posts.every(({ conversationId }) => !conversationId.includes('messageid'))).toBe(true);
  expect(ADA.name).toBe(ada.setting.person.name);
});
