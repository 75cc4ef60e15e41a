/** Backups that would be charged at once: the question before it, and the preview that names the card. */
import { randomUUID } from 'node:crypto';
import { startApp, until, type TestApp } from '../support/app.js';
import type { ChatClient } from '../support/client.js';
import { manage, recharge } from '../support/stored-cards.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

const DEFAULT = 'Visa •••• 4242';
const DECLINING = 'Mastercard •••• 9995';

async function backupsOf(chat: ChatClient): Promise<readonly string[]> {
  const { backups } = await bot.app.billing.billing.reader.account(chat.setting.tenant!);
  return backups.map(({ id }) => id.replace('sandbox-', ''));
}

describe('backups that would be charged at once', () => {
  /** Auto-recharge that is due, and paused since its own card had expired. */
  async function paused(app: TestApp = bot, locale = 'en-US'): Promise<ChatClient> {
    const chat = await app.funded('50');
    const tenant = chat.setting.tenant!;
    await recharge(chat, 'expiredCard');
    await app.use(tenant, 60);
    const { conversationId } = chat.setting;
    // Otherwise the alert may come between the next words and their answer.
    await app.connector.waitFor(
      (sent) =>
        sent.acknowledged &&
        sent.conversationId === conversationId &&
        JSON.stringify(sent.activity).includes('⚠ Auto-recharge failed'),
    );
    return chat.as({ locale });
  }

  const ASK = 'Use as backup 1';
  const YES = 'Use as backup and charge $50.00';

  test('are asked about, and changed only by the confirmation, which charges once and says what became of it', async () => {
    const chat = await paused();
    const question = await chat.click((await manage(chat, DEFAULT)).card, ASK);
    expect(question.text).toContain('Charge $50.00 now?');
    expect(question.text).toContain('the balance is -$10.00, below $20.00');
    expect(question.text).toContain(`${DEFAULT} is charged: it is a backup, and takes the place of American`);
    expect(question.text).toContain('Balance now\n-$10.00\nBalance after\n$40.00');
    expect((await chat.click(question.card, 'Not now')).text).toContain('Backup order');
    expect(await backupsOf(chat)).toEqual([]);
    expect(await bot.charged(chat.setting.tenant!)).toBe(1);
    for (const _delivery of ['first', 'second']) {
      const { text } = await chat.click(question.card, YES);
      expect(text).toContain('✓ It is backup 1 of auto-recharge now.');
      expect(text).toContain('$50.00 was added. The balance is $40.00.');
    }
    expect(await backupsOf(chat)).toEqual(['succeeds']);
    expect(await bot.charged(chat.setting.tenant!)).toBe(2);
  });

  test('are asked about anew where another charge would be made by then', async () => {
    const chat = await paused();
    const question = await chat.click((await manage(chat, DEFAULT)).card, ASK);
    await bot.use(chat.setting.tenant, 60);
    const again = await chat.click(question.card, YES);
    expect(again.text).toContain('Something changed since the question was asked, so nothing was charged.');
    expect(again.text).toContain('It takes 2 in a row, $100.00 in all.');
    expect(await backupsOf(chat)).toEqual([]);
    expect((await chat.click(again.card, YES)).text).toContain('$100.00 was added in 2 recharges.');
  });

  test('are set by the confirmation where nothing is to be charged any more', async () => {
    const chat = await paused();
    const question = await chat.click((await manage(chat, DEFAULT)).card, ASK);
    await chat.click((await chat.say('add $50')).card, 'Pay $50.00');
    const { text } = await chat.click(question.card, YES);
    expect(text).toContain('✓ It is backup 1 of auto-recharge now.');
    expect(text).toContain('Nothing was charged: the balance is $40.00.');
    expect(await bot.charged(chat.setting.tenant!)).toBe(2);
  });

  test('say so where the bank declines', async () => {
    const chat = await paused();
    const question = await chat.click((await manage(chat, DECLINING)).card, ASK);
    const { text } = await chat.click(question.card, YES);
    expect(text).toContain('✓ It is backup 1 of auto-recharge now.');
    expect(text).toContain('$50.00 was not added: the payment was declined.');
  });

  test('are asked about in Italian', async () => {
    const chat = await paused(bot, 'it-IT');
    const list = await chat.say('metodi di pagamento');
    expect(list.text).toContain(DEFAULT);
    const card = await chat.click(list.card, 'Gestisci');
    const question = await chat.click(card.card, 'Usa come riserva 1');
    expect(question.text).toContain(
      'la ricarica automatica riprende: il saldo è -10,00 USD, sotto 20,00 USD',
    );
    expect(question.text).toContain(
      `Viene addebitata ${DEFAULT}: è una riserva e prende il posto di American`,
    );
    const done = await chat.click(question.card, 'Usa come riserva e addebita 50,00 USD');
    expect(done.text).toContain('✓ Ora è la riserva 1 della ricarica automatica.');
    expect(done.text).toContain('Aggiunti 50,00 USD. Il saldo è 40,00 USD.');
  });

  test('are asked about anew a day later, and not at all with a question from elsewhere or for a card that is gone', async () => {
    const own = await startApp({ connector: bot.connector });
    const chat = await paused(own);
    const card = (await manage(chat, DEFAULT)).card;
    const question = await chat.click(card, ASK);
    const elsewhere = chat.as({ tenant: randomUUID() });
    expect((await elsewhere.click(question.card, YES)).text).toContain('This card no longer works');
    own.clock.pass({ hours: 25 });
    expect((await chat.click(question.card, YES)).text).toContain('so nothing was charged');
    expect(await own.charged(chat.setting.tenant!)).toBe(1);
    await own.app.payments.wallet!.changes.remove(chat.setting.tenant!, 'sandbox-succeeds');
    expect((await chat.click(question.card, YES)).text).toContain('That card is no longer stored.');
    await own.stop();
  });

  test('are named by the preview of the rule, which is shown anew where another one is charged by then', async () => {
    const chat = await paused();
    const form = await chat.say('set auto-recharge');
    const other = (await manage(chat, 'Diners Club')).card;
    const question = await chat.click((await manage(chat, DEFAULT)).card, ASK);
    await chat.click(question.card, YES);
    const inputs = { trigger: '60', amount: '50', method: 'sandbox-expiredCard' };
    const preview = await chat.click(form.card, 'Continue', inputs);
    expect(preview.text).toContain(`${DEFAULT} is charged: it is a backup, and takes the place of American`);
    await chat.click(other, ASK);
    const again = await chat.click(preview.card, 'Turn on and charge $50.00');
    expect(again.text).toContain('The balance, or the card that is charged, changed since that preview');
    expect(again.text).toContain('Diners Club •••• 5904 is charged: it is a backup');
    expect(await bot.charged(chat.setting.tenant!)).toBe(2);
    await chat.click(again.card, 'Turn on and charge $50.00');
    await until(async () => (await bot.charged(chat.setting.tenant!)) === 3);
  });
});
