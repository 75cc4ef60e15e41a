/** Microsoft sells the credits: the bot asks, people buy and say so, and no card ever says that the bot paid. */
import { randomUUID } from 'node:crypto';
import { BEA, VERA, startApp, type TestApp } from '../support/app.js';
import { usd } from '../support/billing.js';
import { buttonsOf, textOf } from '../support/card-nodes.js';
import type { Answer, ChatClient } from '../support/client.js';

const URL = 'https://admin.example.com/your-products';
let bot: TestApp;

beforeAll(async () => {
  bot = await startApp({ config: { payments: { kind: 'adminCenter', url: URL } } });
});

afterAll(() => bot.stop());

/** Said of a card, a bank or a charge: none of it happens here. */
const PAID =
  /\b[Cc]harged?\b(?! call)|charges |\b[Cc]ards?\b|•|\b[Bb]ank\b|\bPay\b|\b[Cc]art[ae]\b|[Bb]anca|\b[Aa]ddebit[oi]\b|\bPaga\b/u;
/** No card is, and calls are. */
const ALLOWED =
  /No card is charged\.|Nessuna carta viene addebitata\.|could not be charged|next one is charged/gu;

function ada(more: Partial<ChatClient['setting']> = {}): ChatClient {
  return bot.client({ tenant: randomUUID(), ...more });
}

/** "I have added it", field by field, up to the receipt. */
async function record(chat: ChatClient, form: Answer, typed: Record<string, string>): Promise<Answer> {
  const preview = await chat.click(form.card, 'Continue', typed);
  const confirm = buttonsOf(preview.card).find(({ title }) => title.startsWith('Record '));
  return confirm === undefined ? preview : chat.click(preview.card, confirm.title);
}

async function funded(chat: ChatClient, amount: string): Promise<void> {
  await record(chat, await chat.say(`added ${amount}`), { invoice: `E-${randomUUID()}` });
}

async function listening(chat: ChatClient): Promise<ChatClient> {
  const channel = bot.client({ tenant: chat.setting.tenant, scope: 'channel' });
  await channel.say('alerts here');
  return channel;
}

async function ruled(chat: ChatClient): Promise<Answer> {
  const form = await chat.say('set auto-recharge');
  const preview = await chat.click(form.card, 'Continue', { trigger: '20', amount: '50' });
  const [confirm] = buttonsOf(preview.card);
  return chat.click(preview.card, confirm!.title);
}

test('adding funds leads to the admin center, and the balance changes by a person’s word alone', async () => {
  const chat = ada();
  const preview = await chat.say('add 50');
  expect(preview.text).toContain('Check and ask for the purchase');
  expect(preview.text).toContain('Microsoft 365 admin center, bought by a person');
  const asked = await chat.click(preview.card, 'Ask to buy $50.00');
  expect(asked.text).toContain('Buy $50.00 in the admin center');
  expect(asked.text).toContain('The bot pays nothing');
  expect(JSON.stringify(asked.card.content)).toContain(URL);
  expect(await bot.balance(chat.setting.tenant!)).toBe(0n);
  const form = await chat.click(asked.card, 'I have added it');
  const receipt = await record(chat, form, { invoice: 'E0400-1' });
  expect(receipt.text).toContain('✓ Recorded, by Ada Admin’s word');
  expect(receipt.text).toContain('The bot paid nothing.');
  expect(await bot.balance(chat.setting.tenant!)).toBe(usd(50));
  const [entry] = await bot.entries(chat.setting.tenant!);
  expect(entry).toMatchObject({ kind: 'attested', amount: usd(50), by: { name: 'Ada Admin' } });
});

test('the card that asked says by whose word it was bought, also where it was another amount', async () => {
  const chat = ada();
  const preview = await chat.say('add 50');
  const asked = await chat.click(preview.card, 'Ask to buy $50.00');
  const form = await chat.click(asked.card, 'I have added it');
  await record(chat, form, { amount: '75.50', invoice: 'E0400-2' });
  const shows = (): boolean => chat.shown.some((card) => textOf(card).includes('$50.00 had been asked for.'));
  await bot.connector.waitFor(shows);
  expect(await bot.balance(chat.setting.tenant!)).toBe(usd(75.5));
  expect((await chat.say('payments')).text).toContain('No open payments');
});

test('an invoice is recorded once, however it is written, and it says who recorded it and when', async () => {
  const chat = ada();
  await record(chat, await chat.say('added 20'), { invoice: 'E-0400 77' });
  const again = await record(chat, await chat.as({ person: BEA }).say('added 20'), { invoice: 'e040077' });
  expect(again.text).toContain('Invoice E-0400 77 was recorded already: $20.00 by Ada Admin');
  expect(await bot.balance(chat.setting.tenant!)).toBe(usd(20));
});

test('what somebody saw in the admin center since the preview is not counted twice', async () => {
  const chat = ada();
  await funded(chat, '50');
  bot.clock.pass({ days: 2 });
  const form = await chat.say('added 100');
  const preview = await chat.click(form.card, 'Continue', { invoice: 'E0400-10' });
  bot.clock.pass({ minutes: 1 });
  const bea = chat.as({ person: BEA });
  const set = await bea.say('set balance 150');
  await bea.click(set.card, 'Set to $150.00');
  const again = await chat.click(preview.card, 'Record $100.00');
  expect(again.text).toContain('Something was added, or the balance was set, after that preview');
  expect(again.text).toContain('⚠ By Bea Boss’s word, the admin center showed $150.00');
  expect(await bot.balance(chat.setting.tenant!)).toBe(usd(150));
});

test.each([
  ['a day to come', { date: '2999-01-01', invoice: 'A1' }, 'still to come'],
  ['more than twelve months ago', { date: '2020-01-01', invoice: 'A1' }, 'has expired by now'],
  ['no day', { date: 'soon', invoice: 'A1' }, 'Choose the day'],
  ['no invoice', { invoice: ' - ' }, 'Write the invoice number'],
  ['a long invoice', { invoice: '9'.repeat(8) + 'x'.repeat(60) }, '64 characters at most'],
  ['no amount', { amount: '', invoice: 'A1' }, 'Please write an amount'],
])('%s leads back to the form', async (_, typed, sentence) => {
  const chat = ada();
  const answer = await record(chat, await chat.say('added 20'), typed);
  expect(answer.text).toContain(sentence);
  expect(await bot.balance(chat.setting.tenant!)).toBe(0n);
});

test('text of an invoice is text', async () => {
  const chat = ada();
  const form = await chat.say('added 20');
  const preview = await chat.click(form.card, 'Continue', { invoice: '${x} [1](http://evil.example) **2**' });
  expect(preview.text).toContain('1](http://evil.example)');
  expect(JSON.stringify(preview.card.content)).not.toContain('](http');
});

test('twelve months count from the day that was stated', async () => {
  const chat = ada();
  const bought = new Date(Date.parse(bot.clock.now()) - 40 * 86_400_000);
  const date = bought.toISOString().slice(0, 10);
  await record(chat, await chat.say('added 20'), { date, invoice: 'E0400-3' });
  const { lots } = await bot.app.billing.billing.reader.account(chat.setting.tenant!);
  const year = bought.getUTCFullYear() + 1;
  expect(lots[0]?.expiresAt.slice(0, 10)).toBe(`${year}${date.slice(4)}`);
});

test('below the trigger the channel is asked once to buy; whoever did says so there, and the card says who and how much', async () => {
  const chat = ada();
  await funded(chat, '30');
  const channel = await listening(chat);
  expect((await ruled(chat)).text).toContain('people are asked to buy $50.00');
  await bot.use(chat.setting.tenant, 15);
  const alert = await bot.heard(channel, '⚠ Buy $50.00 of credits');
  expect(textOf(alert)).toContain('this request lapses');
  const titles = buttonsOf(alert).map(({ title }) => title);
  expect(titles).toEqual(['Open the admin center', 'I have added it', 'Not now', 'Balance']);
  for (let hour = 0; hour < 5; hour += 1) {
    await bot.later({ hours: 1 });
    await bot.use(chat.setting.tenant, 1);
  }
  expect(channel.posted.filter((card) => textOf(card).includes('Buy $50.00'))).toHaveLength(1);
  const bea = channel.as({ person: BEA });
  await record(bea, await bea.click(alert, 'I have added it'), { amount: '60', invoice: 'E0400-9' });
  const healed = await bot.heard(channel, 'Bea Boss says that $60.00 was bought and added.');
  expect(healed.activityId).toBe(alert.activityId);
  expect(await bot.balance(chat.setting.tenant!)).toBe(usd(70));
});

test('“not now” closes the request, and it is not asked again before the balance was back', async () => {
  const chat = ada();
  await funded(chat, '30');
  const channel = await listening(chat);
  await ruled(chat);
  await bot.use(chat.setting.tenant, 15);
  const alert = await bot.heard(channel, '⚠ Buy $50.00 of credits');
  const closed = await channel.click(alert, 'Not now');
  expect(closed.text).toContain('Ada Admin said “not now”. The bot bought nothing.');
  await bot.heard(channel, 'Closed: Buy $50.00 of credits');
  for (let hour = 0; hour < 3; hour += 1) {
    await bot.later({ hours: 1 });
    await bot.use(chat.setting.tenant, 1);
  }
  expect(channel.posted.some((card) => textOf(card).includes('⚠ Buy'))).toBe(false);
  expect((await chat.say('balance')).text).toContain('Asked, not bought');
  await funded(chat, '40');
  await bot.use(chat.setting.tenant, 40);
  await bot.heard(channel, '⚠ Buy $50.00 of credits');
});

test('a request that nobody answers lapses after a week, is told, and can still be recorded', async () => {
  const chat = ada();
  await funded(chat, '30');
  const channel = await listening(chat);
  await ruled(chat);
  await bot.use(chat.setting.tenant, 15);
  await bot.heard(channel, '⚠ Buy $50.00 of credits');
  await bot.later({ days: 7, minutes: 31 });
  await bot.heard(channel, 'Nobody recorded a purchase in time.');
  await bot.heard(channel, '⚠ The balance is low');
  const { openPayments } = await bot.app.billing.billing.reader.account(chat.setting.tenant!);
  expect(openPayments).toEqual([]);
});

test('“set balance” records what the portal shows, with the difference, and never asks for anything', async () => {
  const chat = ada();
  await funded(chat, '30');
  await ruled(chat);
  const preview = await chat.say('set balance 12.50');
  expect(preview.text).toContain('The ledger says\n$30.00\n→\nThe admin center shows\n$12.50');
  expect(preview.text).toContain('Difference\n-$17.50');
  const done = await chat.click(preview.card, 'Set to $12.50');
  expect(done.text).toContain('✓ Balance set, by Ada Admin’s word');
  const account = await bot.app.billing.billing.reader.account(chat.setting.tenant!);
  expect(account).toMatchObject({ balance: usd(12.5), openPayments: [], health: { held: true } });
  expect(account.attested).toMatchObject({ balance: usd(12.5), by: { name: 'Ada Admin' } });
  // It comes into the same chat by itself: not between a word and its answer.
  await bot.heard(chat, 'The balance is low');
  const balance = await chat.say('balance');
  expect(balance.text).toContain('By Ada Admin’s word, Microsoft’s admin center showed $12.50');
  expect((await chat.say('history')).text).toContain('by Ada Admin’s word');
});

test('without a difference the word alone is kept, and the balance card speaks by it until something changes', async () => {
  const chat = ada();
  await funded(chat, '30');
  const preview = await chat.say('imposta saldo 30');
  await chat.click(preview.card, 'Set to $30.00');
  expect((await bot.entries(chat.setting.tenant!)).map(({ kind }) => kind)).toEqual(['attested']);
  expect((await chat.say('balance')).text).toContain('✓ As Ada Admin attested, calls are not blocked.');
  await bot.use(chat.setting.tenant, 1);
  expect((await chat.say('balance')).text).toContain('✓ By this ledger, calls are not blocked.');
});

test('where the ledger moved since the preview, the difference is shown anew', async () => {
  const chat = ada();
  await funded(chat, '30');
  const preview = await chat.say('set balance -5');
  await bot.use(chat.setting.tenant, 2);
  const again = await chat.click(preview.card, 'Set to -$5.00');
  expect(again.text).toContain('The ledger moved since that preview');
  await chat.click(again.card, 'Set to -$5.00');
  expect(await bot.balance(chat.setting.tenant!)).toBe(usd(-5));
});

test('“payment methods” says where the cards of the admin center are, and changes nothing', async () => {
  const chat = ada();
  expect((await chat.say('payment methods')).text).toContain('This bot charges no cards');
  const italian = await chat.as({ locale: 'it-IT' }).say('metodi di pagamento');
  expect(italian.text).toContain('I fondi si comprano nell’admin center di Microsoft');
});

test('why a purchase was asked for names the rule, and no card', async () => {
  const chat = ada();
  await funded(chat, '30');
  await ruled(chat);
  await bot.use(chat.setting.tenant, 15);
  const why = await chat.say('why');
  expect(why.text).toContain('Request of $50.00');
  expect(why.text).toContain('With it, $50.00 of $200.00 are asked for this month.');
  expect(why.text).not.toMatch(/[Cc]harged/u);
});

test('who may only look can neither record nor set', async () => {
  const chat = ada();
  const form = await chat.say('added 20');
  const vera = chat.as({ person: VERA });
  for (const answer of [
    await vera.say('added 20'),
    await vera.say('set balance 5'),
    await vera.click(form.card, 'Continue', { invoice: 'A' }),
  ])
    expect(answer.text + (answer.note ?? '')).toContain('admin');
  expect(await bot.balance(chat.setting.tenant!)).toBe(0n);
});

const EN = {
  locale: 'en-US',
  words: [
    'balance',
    'payments',
    'history',
    'why',
    'help',
    'refund',
    'set auto-recharge off',
    'added',
    'set balance',
  ],
  addFunds: ['add funds', 'add 50'],
  done: 'I have added it',
  rule: 'set auto-recharge',
  go: 'Continue',
};
const IT: typeof EN = {
  locale: 'it-IT',
  words: [
    ...['saldo', 'pagamenti', 'cronologia', 'perché', 'aiuto', 'rimborso'],
    ...['imposta ricarica automatica no', 'aggiunto', 'imposta saldo'],
  ],
  addFunds: ['aggiungi fondi', 'aggiungi 50'],
  done: 'L’ho aggiunto',
  rule: 'imposta ricarica automatica',
  go: 'Continua',
};

test.each([EN, IT])('no card of a whole journey in $locale says that the bot paid', async (say) => {
  const chat = ada({ locale: say.locale });
  const seen: string[] = [];
  const see = (answer: Answer): Answer => {
    seen.push(`${answer.text} ${answer.card.summary}`);
    return answer;
  };
  const press = async (answer: Answer, title = buttonsOf(answer.card)[0]!.title): Promise<Answer> =>
    see(await chat.click(answer.card, title));
  const all = async (words: readonly string[]): Promise<Answer> => {
    const answers: Answer[] = [];
    for (const word of words) answers.push(see(await chat.say(word)));
    return answers.at(-1)!;
  };
  const asked = await press(await all(say.addFunds));
  await all(say.words);
  const form = await press(asked, say.done);
  await press(see(await chat.click(form.card, say.go, { invoice: `J-${say.locale}` })));
  const rule = await all([say.rule]);
  await press(see(await chat.click(rule.card, say.go, { trigger: '60', amount: '50' })));
  await bot.use(chat.setting.tenant, 55);
  await all(say.words);
  for (const card of [...chat.shown.map(textOf), ...seen])
    expect(card.replace(ALLOWED, '')).not.toMatch(PAID);
});
