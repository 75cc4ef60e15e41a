import { adjustCommand } from '../../../src/bot/commands/adjust.js';
import { understand } from '../../../src/bot/matching.js';
import { TENANT, usd } from '../../support/billing.js';
import { buttonsOf, textOf } from '../../support/card-checks.js';
import { chatWith, ruleOf, topUp, type Chat } from '../../support/chat.js';

async function chat(balance = 0): Promise<Chat> {
  const made = await chatWith(adjustCommand);
  if (balance > 0) await topUp(made.test, 'p1', balance);
  return made;
}

const entryOf = async ({ test }: Chat) =>
  (await test.billing.reader.entries(TENANT, { limit: 1 })).entries[0];

test.each([
  ['en', 'adjust', ''],
  ['en', 'adjust +10 goodwill', '+10 goodwill'],
  ['it', 'rettifica -5,50 errore', '-5,50 errore'],
  ['it', 'correggi saldo', ''],
] as const)('in %s “%s” asks for it', (language, words, rest) => {
  expect(understand(words, language)).toMatchObject({ kind: 'command', match: { name: 'adjust', rest } });
});

test('the form asks which way, how much and why', async () => {
  const text = textOf(await (await chat(20)).typed());
  expect(text).toContain('Corrects the balance by hand. Balance now: $20.00');
  for (const label of ['What to do', 'Amount', 'Reason, for the history']) expect(text).toContain(label);
  expect(text).toContain('No card is charged.');
});

test.each([
  ['+10 goodwill', ['+$10.00', 'Reason\ngoodwill', '$30.00'], 'Add $10.00'],
  ['-$5.50 wrong charge', ['-$5.50', 'Reason\nwrong charge', '$14.50'], 'Take off $5.50'],
  ['− 1,000.50 two words', ['-$1,000.50', 'Reason\ntwo words', '-$980.50'], 'Take off $1,000.50'],
  ['+10 5 seats', ['+$10.00', 'Reason\n5 seats', '$30.00'], 'Add $10.00'],
])('“adjust %s” goes straight to the preview', async (words, [amount, reason, after], confirm) => {
  const at = await chat(20);
  const card = await at.typed(words);
  const text = textOf(card);
  expect(text).toContain(`Check the adjustment\n${amount}`);
  expect(text).toContain(reason);
  expect(text).toContain(`Balance after\n${after}`);
  expect(text).toContain('It never starts a charge.');
  expect(buttonsOf(card).map(({ title }) => title)).toEqual([confirm, 'Change', 'Cancel']);
  expect(await at.balance()).toBe(usd(20));
});

test.each([
  ['10 goodwill', 'Choose whether to add or to take off.', '10'],
  ['+10', 'Write why, in a few words.', '10'],
  ['goodwill', 'Please write an amount', 'goodwill'],
  ['+5,5,5 oops', '⚠ ', '5,5,5'],
  ['+0 nothing', 'The amount must be above zero.', '0'],
  ['+2000000 too much', 'An adjustment can be $1,000,000.00 at most.', '2000000'],
])('“adjust %s” leads to the form, with what was understood', async (words, sentence, kept) => {
  const text = textOf(await (await chat(20)).typed(words));
  expect(text).toContain('Adjust the balance');
  expect(text).toContain(sentence);
  expect(text).toContain(kept);
});

test('confirmed, it is one entry with its reason, however often it is clicked', async () => {
  const at = await chat(20);
  const preview = await at.typed('+10 goodwill');
  for (let click = 0; click < 3; click += 1) {
    const text = textOf(await at.press(preview, 'Add $10.00'));
    expect(text).toContain('✓ Balance adjusted\n+$10.00');
    expect(text).toContain('Balance before\n$20.00\n→\nNew balance\n$30.00');
    expect(text).toContain('Reason\ngoodwill\nAdjusted by\nAda Admin');
  }
  expect(await at.balance()).toBe(usd(30));
  expect(await entryOf(at)).toMatchObject({ kind: 'adjustment', amount: usd(10), reason: 'goodwill' });
});

test('by the form it works in either direction', async () => {
  const at = await chat(20);
  const data = { verb: 'adjust.preview', direction: 'take', amount: '5', reason: 'wrong charge' };
  await at.press(await at.send(data), 'Take off $5.00');
  expect(await at.balance()).toBe(usd(15));
});

test('fields that were left out are asked for, and the others are kept', async () => {
  const text = textOf(await (await chat()).send({ verb: 'adjust.preview', reason: 'because' }));
  expect(text).toContain('Choose whether to add or to take off.');
  expect(text).toContain('Please write an amount');
  expect(text).toContain('because');
});

test('a reason is text: bounded, and neither Markdown nor an expression', async () => {
  const at = await chat();
  const long = { verb: 'adjust.preview', direction: 'add', amount: '5', reason: 'x'.repeat(201) };
  expect(textOf(await at.send(long))).toContain('The reason can have 200 characters at most.');
  const odd = await at.typed('+5 ${balance} [x](http://evil.example) **!**');
  expect(textOf(odd)).toContain('[x](http://evil.example) **!**');
  expect(JSON.stringify(odd.content)).not.toContain('](http');
});

test('an adjustment that takes the balance below zero says what that means', async () => {
  const text = textOf(await (await chat(20)).typed('-25 wrong'));
  expect(text).toContain('⚠ After that the balance is below zero. By this ledger,');
});

test('below the trigger it says that auto-recharge waits, and charges nothing', async () => {
  const at = await chat(60);
  await ruleOf(at.test, { trigger: 40 });
  const preview = await at.typed('-50 wrong');
  expect(textOf(preview)).toContain('below $40.00, auto-recharge waits');
  await at.press(preview, 'Take off $50.00');
  expect((await at.test.processor.charges(TENANT)).length).toBe(1);
  expect(await at.balance()).toBe(usd(10));
});

test('“Change” leads back to the form with the same values', async () => {
  const at = await chat(20);
  const text = textOf(await at.press(await at.typed('-5 wrong'), 'Change'));
  expect(text).toContain('$5.00');
  expect(text).toContain('wrong');
});

test('a preview of yesterday changes nothing and comes anew', async () => {
  const at = await chat(20);
  const preview = await at.typed('+10 goodwill');
  at.test.clock.pass({ hours: 25 });
  const card = await at.press(preview, 'Add $10.00');
  expect(textOf(card)).toContain('The preview was more than a day old, so nothing was changed.');
  expect(await at.balance()).toBe(usd(20));
});

test('a token of another tenant or conversation changes nothing', async () => {
  const at = await chat(20);
  const preview = await at.typed('+10 goodwill');
  for (const turn of [{ tenant: 'tenant-two' }, { conversation: { key: 'conversation-2' } }])
    expect(textOf(await at.press(preview, 'Add $10.00', turn))).toContain('This card no longer works');
  expect(await at.balance()).toBe(usd(20));
});

test('dropped, it says that nothing was adjusted', async () => {
  const at = await chat();
  expect(textOf(await at.press(await at.typed('+5 x'), 'Cancel'))).toContain('Nothing was adjusted');
});

test('words and every button are for admins', () => {
  const roles = Object.values(adjustCommand.actions).map(({ role }) => role);
  expect([adjustCommand.role, ...new Set(roles)]).toEqual(['admin', 'admin']);
});

test('it works in Italian', async () => {
  const at = await chat(20);
  const preview = await at.typed('+10,50 credito per il disservizio', { locale: 'it-IT' });
  expect(textOf(preview)).toContain('Controlla la rettifica\n+10,50 USD');
  expect(textOf(await at.press(preview, 'Aggiungi 10,50 USD', { locale: 'it-IT' }))).toContain(
    '✓ Saldo rettificato',
  );
});
