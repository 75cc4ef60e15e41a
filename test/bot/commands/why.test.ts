import { whyCommand } from '../../../src/bot/commands/why.js';
import { understand } from '../../../src/bot/matching.js';
import { readCursor } from '../../../src/bot/why/answers.js';
import { ADMIN, TENANT, usd } from '../../support/billing.js';
import { buttonsOf, textOf } from '../../support/card-checks.js';
import { chatWith, ruleOf, topUp, type Chat } from '../../support/chat.js';
import { calm } from '../../support/shared-billing.js';
import { use } from '../../support/spend.js';

test.each([
  ['en', 'why'],
  ['en', 'why was I charged'],
  ['it', 'perché'],
  ['it', 'perche nessuna ricarica'],
] as const)('in %s “%s” asks for it', (language, words) => {
  expect(understand(words, language)).toMatchObject({ kind: 'command', match: { name: 'why' } });
});

test('where nothing happened there is nothing to explain', async () => {
  const card = await (await chatWith(whyCommand)).typed();
  expect(textOf(card)).toContain('Nothing to explain yet');
  expect(buttonsOf(card).map(({ title }) => title)).toEqual(['Balance', 'History']);
});

async function charged(): Promise<Chat> {
  const chat = await chatWith(whyCommand);
  await topUp(chat.test, 'p1', 30);
  await ruleOf(chat.test);
  await use(chat.test, [{ id: 'c1', charge: 18 }]);
  await calm();
  return chat;
}

test('a recharge is explained with the rule and the numbers it saw', async () => {
  const text = textOf(await (await charged()).typed());
  expect(text).toContain('Recharge of $50.00\nNov 17, 2026, 9:00 AM UTC\n');
  expect(text).toContain('The balance of $12.00 was below the trigger of $20.00.');
  expect(text).toContain('With it, $50.00 of $200.00 are used this month.');
});

test('the alert that came of it is explained beside it', async () => {
  const text = textOf(await (await charged()).typed());
  expect(text).toContain('Alert: Auto-recharge added funds');
  expect(text).toContain('Auto-recharge added $50.00; the balance was $62.00 then.');
});

test('a recharge that did not happen is explained too', async () => {
  const chat = await charged();
  await chat.test.billing.adjust(
    TENANT,
    { amount: -usd(50), reason: 'wrong', by: ADMIN },
    { id: 'click-1', mintedAt: chat.test.clock.now() },
  );
  const text = textOf(await chat.typed());
  expect(text).toContain('No recharge\nNov 17, 2026');
  expect(text).toContain('The hold came with an adjustment, and an adjustment never starts a recharge.');
});

test('older answers come page by page, and none is left out or told twice', async () => {
  const chat = await chatWith(whyCommand);
  for (let count = 1; count <= 8; count += 1) {
    chat.test.clock.pass({ hours: 7 });
    await use(chat.test, [{ id: `c${count}`, charge: 5 }]);
    chat.test.clock.pass({ hours: 7 });
    await topUp(chat.test, `p${count}`, 5);
  }
  const alerts = await chat.test.billing.reader.alerts(TENANT, { limit: 100 });
  const explanations = await chat.test.billing.reader.explanations(TENANT, { limit: 100 });
  let card = await chat.typed();
  let told = answersOn(textOf(card));
  while (buttonsOf(card).some(({ title }) => title === 'Older')) {
    card = await chat.press(card, 'Older');
    expect(buttonsOf(card)[0]?.title).toBe('Newest');
    told += answersOn(textOf(card));
  }
  expect(told).toBe(alerts.length + explanations.length);
  expect(told).toBeGreaterThan(12);
});

function answersOn(text: string): number {
  return text.split('\n').filter((line) => /^(Alert: |No recharge$|Recharge of )/u.test(line)).length;
}

test.each(['', 'x', '1', '-', '0-0', '1-2-3', '99999999999999999999-1'])(
  'a forged place “%s” is the newest page',
  (text) => {
    expect(readCursor(text)).toEqual({});
  },
);

test('everybody may ask', () => {
  const roles = Object.values(whyCommand.actions).map(({ role }) => role);
  expect([whyCommand.role, ...new Set(roles)]).toEqual(['viewer', 'viewer']);
});

test('a page is two families and the account, read at once', async () => {
  const chat = await charged();
  const spies = (['get', 'query', 'getMany'] as const).map((name) => jest.spyOn(chat.test.table, name));
  await chat.typed();
  expect(spies.map((spy) => spy.mock.calls.length)).toEqual([1, 2, 0]);
});

test('it answers in Italian', async () => {
  const text = textOf(await (await charged()).typed('', { locale: 'it-IT' }));
  expect(text).toContain('Ricarica di 50,00 USD');
  expect(text).toContain('Il saldo di 12,00 USD era sotto la soglia di 20,00 USD.');
});
