/** Where the bot takes the money itself, nothing is recorded by people's word: they are told what does the same. */
import { attestCommand } from '../../../src/bot/commands/attest.js';
import { setBalanceCommand } from '../../../src/bot/commands/set-balance.js';
import { buttonsOf, textOf } from '../../support/card-checks.js';
import { chatWith } from '../../support/chat.js';
import { usd } from '../../support/billing.js';

const COMMANDS = [
  ['added', attestCommand, { verb: 'attest.form' }],
  ['set balance', setBalanceCommand, { verb: 'setBalance.form' }],
] as const;

test.each(COMMANDS)('“%s” points to “adjust” and records nothing', async (_, command, form) => {
  const chat = await chatWith(command);
  for (const card of [await chat.typed('50'), await chat.send(form)]) {
    expect(textOf(card)).toContain('To correct the balance by hand, use “adjust”.');
    expect(buttonsOf(card)).toMatchObject([{ data: { verb: 'adjust.form' } }]);
  }
  expect(await chat.balance()).toBe(usd(0));
});

test('in Italian it names the words that are typed there', async () => {
  const chat = await chatWith(attestCommand);
  expect(textOf(await chat.typed('50', { locale: 'it-IT' }))).toMatch(/«rettifica»|“rettifica”/u);
});
