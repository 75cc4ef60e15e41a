/** A card that auto-recharge depends on comes near its end: told where alerts are on, and repaired from the card. */
import { startApp, type TestApp } from '../support/app.js';
import { buttonsOf, textOf } from '../support/card-nodes.js';
import type { ChatClient } from '../support/client.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

async function choose(chat: ChatClient, scenario: string): Promise<void> {
  const form = await chat.say('set auto-recharge');
  const inputs = { trigger: '20', amount: '50', method: `sandbox-${scenario}` };
  const preview = await chat.click(form.card, 'Continue', inputs);
  expect((await chat.click(preview.card, 'Turn on')).text).toContain('Auto-recharge is on');
}

test('the daily look tells of the expired card of the rule, its buttons open what repairs it, and another card settles it', async () => {
  const ada = await bot.funded('50');
  const channel = bot.client({ tenant: ada.setting.tenant, scope: 'channel' });
  await channel.say('alerts here');
  await choose(ada, 'expiredCard');
  await bot.reviewCards(ada.setting.tenant ?? bot.devTenant);
  const alert = await bot.heard(channel, 'The card of auto-recharge expires');
  expect(textOf(alert)).toContain('American Express •••• 0069: the last day on which it can be charged is');
  expect(buttonsOf(alert).map(({ title }) => title)).toEqual([
    'Use another card',
    'Payment methods',
    'Why?',
    'Balance',
  ]);
  expect((await channel.click(alert, 'Use another card')).text).toContain('auto-recharge');
  expect((await channel.click(alert, 'Payment methods')).text).toContain('American Express •••• 0069');
  expect((await channel.click(alert, 'Why?')).text).toContain('depends on a card');
  await choose(ada, 'succeeds');
  const healed = await bot.heard(channel, '✓ Settled: The card of auto-recharge expires');
  expect(healed.activityId).toBe(alert.activityId);
  expect(textOf(healed)).toContain('Ada Admin set auto-recharge anew.');
});
