import { autoRechargeCommand } from '../../../src/bot/commands/auto-recharge.js';
import { typedRule } from '../../../src/bot/auto-recharge/words.js';
import { TENANT, usd } from '../../support/billing.js';
import { button, textOf } from '../../support/card-checks.js';
import { chatWith, topUp, type Chat } from '../../support/chat.js';

async function chat(balance = 50): Promise<Chat> {
  const made = await chatWith(autoRechargeCommand);
  if (balance > 0) await topUp(made.test, 'p1', balance);
  return made;
}

async function previewOf(at: Chat, fields: Readonly<Record<string, string>> = {}) {
  const terms = { trigger: '20', amount: '50', dayCap: '100', method: 'sandbox-succeeds', ...fields };
  return at.send({ verb: 'autoRecharge.preview', ...terms });
}

const ruleOf = async ({ test }: Chat) => (await test.billing.reader.account(TENANT)).rule;

test('a daily limit is set beside the monthly one, and both are shown before and after', async () => {
  const at = await chat();
  const preview = await previewOf(at);
  const caps = 'Monthly limit\n$200.00 (4 recharges at most)\nDaily limit\n$100.00 (2 recharges at most)';
  expect(textOf(preview)).toContain(caps);
  expect(textOf(await at.press(preview, 'Turn on'))).toContain(caps);
  expect(await ruleOf(at)).toMatchObject({ dayCap: usd(100), monthCap: usd(200) });
});

test('saving the form again keeps the daily limit, and emptying its field takes it away', async () => {
  const at = await chat();
  await at.press(await previewOf(at), 'Turn on');
  at.test.clock.pass({ seconds: 2 });
  const form = await at.typed();
  expect(textOf(form)).toContain('At most in a day (optional)\nLeft empty: no daily limit\n$100.00');
  await at.press(await previewOf(at, { dayCap: '' }), 'Turn on');
  expect(await ruleOf(at)).not.toHaveProperty('dayCap');
});

test('a daily limit below one recharge, or one that can’t be read, comes back with its sentence', async () => {
  const at = await chat();
  expect(textOf(await previewOf(at, { dayCap: '30' }))).toContain(
    'The daily limit must be at least one recharge of $50.00.',
  );
  expect(textOf(await previewOf(at, { dayCap: '5,5,5' }))).toContain('⚠ ');
  expect(await ruleOf(at)).toBeUndefined();
});

test('“Change” on the preview leads back with the daily limit', async () => {
  const at = await chat();
  expect(textOf(await at.press(await previewOf(at), 'Change'))).toContain('no daily limit\n$100.00');
});

test('where the daily limit leaves no room the preview says so, and nothing is charged', async () => {
  const at = await chat(0);
  await at.press(await previewOf(at, { dayCap: '50' }), 'Turn on and charge $50.00');
  at.test.clock.pass({ seconds: 2 });
  const preview = await previewOf(at, { trigger: '100', dayCap: '60' });
  expect(textOf(preview)).toContain('the daily limit leaves no room for another $50.00 before Nov 18, 2026');
  expect(textOf(preview)).toContain('Used today\n$50.00');
  await at.press(preview, 'Turn on');
  expect(await at.balance()).toBe(usd(50));
});

test('more recharges in a row than the breaker lets through are announced', async () => {
  const at = await chat(0);
  const preview = await previewOf(at, { trigger: '250', dayCap: '', monthCap: '1000' });
  expect(textOf(preview)).toContain('It takes 5 in a row, $250.00 in all.');
  expect(textOf(preview)).toContain('After 3 within an hour it pauses for safety and asks an admin.');
  expect(button(preview, 'Turn on and charge $50.00').style).toBe('positive');
});

test.each([
  ['100 when below 20 daily cap 300', { amount: '100', trigger: '20', dayCap: '300' }],
  ['100 sotto 20 limite giornaliero 300', { amount: '100', trigger: '20', dayCap: '300' }],
  ['100 when below 20 max 400', { amount: '100', trigger: '20', monthCap: '400' }],
])('“%s” names the limits by their words', (words, rule) => {
  expect(typedRule(words)).toEqual(rule);
});
