/** Payments that take their time, lose their answer, or wait for a person: the card tells how it stands, and ends right. */
import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../support/app.js';
import { usd } from '../support/billing.js';
import { buttonsOf, textOf } from '../support/card-nodes.js';
import type { ChatClient, ShownCard } from '../support/client.js';
import type { Sent } from '../support/connector.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

async function preview(chat: ChatClient, scenario: string): Promise<ShownCard> {
  const form = await chat.say('add funds');
  return (await chat.click(form.card, 'Continue', { amount: '50', method: `sandbox-${scenario}` })).card;
}

const PAY = 'Pay $50.00';

function read({ activity }: Sent): string {
  const [attachment] = activity['attachments'] as readonly { content: ShownCard['content'] }[];
  return textOf({ content: attachment?.content ?? {}, summary: '' });
}

/** The clicked card, once it was brought up to date with these words. */
async function updated(app: TestApp, card: ShownCard, words: string): Promise<ShownCard> {
  const sent = await app.connector.waitFor(
    (one) => one.kind === 'update' && one.activityId === card.activityId && read(one).includes(words),
  );
  const [attachment] = sent.activity['attachments'] as readonly { content: ShownCard['content'] }[];
  return { content: attachment?.content ?? {}, summary: '', activityId: sent.activityId };
}

async function expectOneTopUp(app: TestApp, chat: ChatClient): Promise<void> {
  const tenant = chat.setting.tenant!;
  expect(await app.charged(tenant)).toBe(1);
  expect((await app.entries(tenant)).map(({ amount }) => amount)).toEqual([usd(50)]);
}

async function expectNoMoney(app: TestApp, chat: ChatClient): Promise<void> {
  const tenant = chat.setting.tenant!;
  expect(await app.charged(tenant)).toBe(0);
  expect(await app.entries(tenant)).toEqual([]);
}

describe('a slow processor', () => {
  let slow: TestApp;

  beforeAll(async () => {
    slow = await startApp({ config: { payments: { kind: 'sandbox', latencyMs: 1_200 } } });
  });

  afterAll(() => slow.stop());

  test('is waited for two seconds at most, then the card says so, and becomes the receipt', async () => {
    const chat = slow.client({ tenant: randomUUID(), scope: 'channel' });
    const card = await preview(chat, 'succeeds');
    const started = performance.now();
    const first = await chat.click(card, PAY);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(first.text).toContain('Payment in progress');
    expect(first.text).toContain('I’ll update this card when the outcome is known.');
    const again = await chat.click(card, PAY);
    expect(again.text).toMatch(/Payment in progress|✓ Funds added/u);
    const receipt = await slowly(() => updated(slow, card, '✓ Funds added'));
    expect(buttonsOf(receipt).map(({ title }) => title)).toEqual(['Balance', 'History', 'Refund']);
    await expectOneTopUp(slow, chat);
  });
});

/** Longer than the connector waits by itself. */
async function slowly<T>(wait: () => Promise<T>): Promise<T> {
  try {
    return await wait();
  } catch {
    return wait();
  }
}

test('a processor that charged and lost its answer is asked, and ends as one credit', async () => {
  const chat = bot.client({ tenant: randomUUID() });
  const card = await preview(chat, 'timeoutAfterCharging');
  expect((await chat.click(card, PAY)).text).toContain('Payment in progress');
  await updated(bot, card, '✓ Funds added');
  expect((await chat.click(card, PAY)).text).toContain('✓ Funds added');
  await expectOneTopUp(bot, chat);
});

test('a processor that did not charge at first is asked again later, and ends as one credit', async () => {
  const own = await startApp({ connector: bot.connector });
  const chat = own.client({ tenant: randomUUID() });
  const card = await preview(chat, 'timeoutBeforeCharging');
  expect((await chat.click(card, PAY)).text).toContain('Payment in progress');
  await updated(own, card, 'Outcome not known yet');
  expect((await chat.say('payments')).text).toContain('Outcome not known yet');
  await own.later({ minutes: 3 });
  await slowly(() => updated(own, card, '✓ Funds added'));
  await expectOneTopUp(own, chat);
  await own.stop();
});

test('while the processor is away the payment is kept, and finished when it is back', async () => {
  const own = await startApp({ connector: bot.connector });
  const chat = own.client({ tenant: randomUUID() });
  const card = await preview(chat, 'succeeds');
  own.storage.sandbox = 'down';
  expect((await chat.click(card, PAY)).text).toContain('The payment is kept and will be finished');
  own.storage.sandbox = 'works';
  await own.later({ minutes: 3 });
  await updated(own, card, '✓ Funds added');
  await expectOneTopUp(own, chat);
  await own.stop();
});

describe('a payment that the bank wants approved', () => {
  async function waiting(chat: ChatClient): Promise<{ card: ShownCard; page: string; asked: ShownCard }> {
    const card = await preview(chat, 'needsAction');
    const asked = await chat.click(card, PAY);
    expect(asked.text).toContain('Nothing is charged until then.');
    const link = buttonsOf(asked.card).find(({ title }) => title === 'Open the bank’s page');
    return { card, asked: asked.card, page: new URL(link?.url ?? '').pathname };
  }

  async function decide(app: TestApp, page: string, decision: string): Promise<number> {
    const body = new URLSearchParams({ decision });
    return (await fetch(`${app.url}${page}`, { method: 'POST', body })).status;
  }

  test('is charged once it is approved on the bank’s page, and the card becomes the receipt', async () => {
    const chat = bot.client({ tenant: randomUUID(), scope: 'group' });
    const { card, page } = await waiting(chat);
    await expectNoMoney(bot, chat);
    expect((await fetch(`${bot.url}${page}`)).status).toBe(200);
    expect(await decide(bot, page, 'approve')).toBe(200);
    await updated(bot, card, '✓ Funds added');
    expect(await decide(bot, page, 'approve')).toBe(200);
    await expectOneTopUp(bot, chat);
  });

  test('is declined once it is refused there, and nothing was charged', async () => {
    const chat = bot.client({ tenant: randomUUID() });
    const { card, page } = await waiting(chat);
    expect(await decide(bot, page, 'refuse')).toBe(200);
    await updated(bot, card, 'The payment was not approved with the bank.');
    expect(await decide(bot, page, 'approve')).toBe(409);
    await expectNoMoney(bot, chat);
  });

  test('can be asked for with “I’ve done it”, which changes nothing while it waits', async () => {
    const chat = bot.client({ tenant: randomUUID() });
    const { asked } = await waiting(chat);
    expect((await chat.click(asked, 'I’ve done it')).text).toContain('The bank asks for your approval');
    await expectNoMoney(bot, chat);
  });

  test('can be cancelled, and can’t be approved afterwards', async () => {
    const chat = bot.client({ tenant: randomUUID() });
    const { card, page } = await waiting(chat);
    const open = await chat.say('payments');
    expect(open.text).toContain('Waits for approval at the bank');
    expect((await chat.click(open.card, 'Cancel payment')).text).toContain('Ada Admin cancelled it.');
    await updated(bot, card, 'Payment cancelled');
    expect(await decide(bot, page, 'approve')).toBe(409);
    await expectNoMoney(bot, chat);
  });

  test('lapses after an hour: it is cancelled at the processor, and the card says so', async () => {
    const own = await startApp({ connector: bot.connector });
    const chat = own.client({ tenant: randomUUID() });
    const { card, page } = await waiting(chat);
    await own.later({ minutes: 61 });
    await updated(own, card, 'It was not finished in time');
    expect(await decide(own, page, 'approve')).toBe(409);
    await expectNoMoney(own, chat);
    await own.stop();
  });

  test('is updated in Italian where the conversation is Italian', async () => {
    const chat = bot.client({ tenant: randomUUID(), locale: 'it-IT' });
    const form = await chat.say('aggiungi fondi');
    const input = { amount: '50', method: 'sandbox-needsAction' };
    const { card } = await chat.click(form.card, 'Continua', input);
    const asked = await chat.click(card, 'Paga 50,00 USD');
    const page = new URL(buttonsOf(asked.card).find(({ url }) => url !== undefined)?.url ?? '').pathname;
    await decide(bot, page, 'approve');
    await updated(bot, card, 'Fondi aggiunti');
  });
});
