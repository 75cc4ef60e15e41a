import { addFundsCommand } from '../../../src/bot/commands/add-funds.js';
import type { Card } from '../../../src/cards/render.js';
import { textOf } from '../../support/card-checks.js';
import { chatWith, type Chat } from '../../support/chat.js';
import { use } from '../../support/spend.js';

/** Ten days of calls for $1 each. */
async function withUsage(): Promise<Chat> {
  const chat = await chatWith(addFundsCommand);
  for (let day = 8; day <= 17; day += 1) {
    const start = `2026-11-${day.toString().padStart(2, '0')}T08:00:00Z`;
    await use(chat.test, [{ id: `call-${day}`, charge: 1, start }]);
  }
  return chat;
}

const preview = (chat: Chat, amount: string, locale = 'en-US'): Promise<Card> =>
  chat.typed(amount, { locale });

test('a purchase that would partly expire at the usual spend is told before it is paid', async () => {
  const text = textOf(await preview(await withUsage(), '1000'));
  expect(text).toMatch(
    /At the spend of the last 10 days \(\$1\.00 a day\), \$6\d\d\.\d\d of this would be left unused and forfeited after Nov 17, 2027\./u,
  );
});

test('in Italian too', async () => {
  expect(textOf(await preview(await withUsage(), '1000', 'it-IT'))).toContain(
    'andrebbero persi dopo il 17 nov 2027.',
  );
});

test('a purchase that will be used in time brings no warning', async () => {
  expect(textOf(await preview(await withUsage(), '100'))).not.toContain('forfeited');
});

test('without known spend nothing is foretold', async () => {
  expect(textOf(await preview(await chatWith(addFundsCommand), '1000'))).not.toContain('forfeited');
});
