/** The way of money through the chat: one confirmation is one charge and one entry, whatever the network does. */
import { randomUUID } from 'node:crypto';
import { ADA, BEA, VERA, startApp, type TestApp } from '../support/app.js';
import { usd } from '../support/billing.js';
import type { Answer, ChatClient, ShownCard } from '../support/client.js';
import type { JsonObject } from '../support/connector.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

function client(options: Parameters<TestApp['client']>[0] = {}): ChatClient {
  return bot.client({ tenant: randomUUID(), ...options });
}

const PAY = 'Pay $50.00';

async function preview(chat: ChatClient): Promise<ShownCard> {
  const form = await chat.say('add funds');
  return (await chat.click(form.card, 'Continue', { amount: '50' })).card;
}

async function expectOneTopUp(chat: ChatClient, amount = usd(50)): Promise<void> {
  const tenant = chat.setting.tenant!;
  expect(await bot.charged(tenant)).toBe(1);
  expect((await bot.entries(tenant)).map((entry) => entry.amount)).toEqual([amount]);
  expect(await bot.balance(tenant)).toBe(amount);
}

async function expectNothing(chat: ChatClient): Promise<void> {
  const tenant = chat.setting.tenant!;
  expect(await bot.sandbox.charges(tenant)).toEqual([]);
  expect(await bot.entries(tenant)).toEqual([]);
}

/** As Teams delivers again what was not answered in time: another id, a later time, the same click. */
function again(click: JsonObject): JsonObject {
  return { ...click, id: randomUUID(), timestamp: new Date(Date.now() + 6_000).toISOString() };
}

describe.each([['personal'], ['group'], ['channel'], ['emulator']] as const)('in a %s chat', (scope) => {
  test('form, preview, confirmation and receipt take the place of each other, and one charge is one entry', async () => {
    const tenant = scope === 'emulator' ? undefined : randomUUID();
    const chat = client({ scope, tenant });
    const form = await chat.say('add funds');
    expect(form.text).toContain('You see everything once more before anything is charged.');
    const checked = await chat.click(form.card, 'Continue', { amount: '$50' });
    expect(checked.text).toMatch(/Balance now\n\$0\.00[\s\S]*Balance after\n\$50\.00/u);
    const receipt = await chat.click(checked.card, PAY);
    expect(receipt.text).toContain('✓ Funds added');
    expect(receipt.text).toMatch(/Added by\n(Ada Admin|User)/u);
    const account = tenant ?? bot.devTenant;
    expect(await bot.charged(account)).toBe(1);
    expect(await bot.balance(account)).toBe(usd(50));
  });
});

test('in the Emulator, which shows no updates, the receipt comes once', async () => {
  const chat = client({ scope: 'emulator', conversationId: 'emulator-receipt', tenant: randomUUID() });
  const receipt = await chat.click(await preview(chat), PAY);
  await bot.later({ minutes: 3 });
  expect(receipt.text).toContain('✓ Funds added');
  const receipts = chat.shown.filter(({ summary }) => summary.includes('added, the balance was'));
  expect(receipts).toHaveLength(1);
});

test('a preset needs no typing, “Change” leads back with what was chosen, “Cancel” charges nothing', async () => {
  const chat = client();
  const form = await chat.say('add funds');
  const checked = await chat.click(form.card, '$100.00', { method: 'sandbox-needsAction' });
  const changed = await chat.click(checked.card, 'Change');
  expect(changed.text).toContain('$100.00');
  expect(chat.clicking(changed.card, 'Continue')['value']).toMatchObject({
    action: { data: { method: 'sandbox-needsAction' } },
  });
  expect((await chat.click(changed.card, 'Cancel')).text).toContain('Nothing was charged');
  await expectNothing(chat);
});

describe('one confirmation', () => {
  test('clicked twice at once charges once, and both clicks show the receipt', async () => {
    const chat = client();
    const card = await preview(chat);
    const answers = await Promise.all([chat.click(card, PAY), chat.click(card, PAY)]);
    for (const { text } of answers) expect(text).toContain('✓ Funds added');
    await expectOneTopUp(chat);
  });

  test('delivered again with the same id charges once', async () => {
    const chat = client();
    const click = chat.clicking(await preview(chat), PAY);
    const answers = [...(await Promise.all([chat.send(click), chat.send(click)])), await chat.send(click)];
    for (const { text } of answers) expect(text).toContain('✓ Funds added');
    await expectOneTopUp(chat);
  });

  test('delivered again with a new id and time charges once', async () => {
    const chat = client();
    const click = chat.clicking(await preview(chat), PAY);
    const answers = await Promise.all([chat.send(click), chat.send(again(click)), chat.send(again(click))]);
    answers.push(await chat.send(again(click)));
    for (const { text } of answers) expect(text).toContain('✓ Funds added');
    await expectOneTopUp(chat);
  });

  test('by Submit twice and Execute charges once', async () => {
    const chat = client();
    const card = await preview(chat);
    await Promise.all([chat.submit(card, PAY), chat.submit(card, PAY), chat.click(card, PAY)]);
    await expectOneTopUp(chat);
  });

  test('clicked by a second admin too charges once, and names who was first', async () => {
    const chat = client({ scope: 'channel' });
    const card = await preview(chat);
    await chat.click(card, PAY);
    const second = await chat.as({ person: BEA }).click(card, PAY);
    expect(second.text).toContain('Added by\nAda Admin');
    await expectOneTopUp(chat);
  });

  test('of two previews after each other is two charges, and the second preview says so', async () => {
    const chat = client();
    await chat.click(await preview(chat), PAY);
    const second = await chat.say('add 50');
    expect(second.text).toContain('Already added: $50.00 by Ada Admin');
    await chat.click(second.card, PAY);
    expect(await bot.charged(chat.setting.tenant!)).toBe(2);
    expect(await bot.balance(chat.setting.tenant!)).toBe(usd(100));
  });

  test('of the older of two previews asks again, since money came in between', async () => {
    const chat = client();
    const older = await preview(chat);
    bot.clock.pass({ seconds: 1 });
    await chat.click(await preview(chat), PAY);
    const asked = await chat.click(older, PAY);
    expect(asked.text).toContain('Another top-up came in after that preview');
    await expectOneTopUp(chat);
    expect((await chat.click(asked.card, PAY)).text).toContain('✓ Funds added');
    expect(await bot.charged(chat.setting.tenant!)).toBe(2);
  });

  test('on a card that is declined changes nothing, and offers another card', async () => {
    const chat = client();
    const form = await chat.say('add funds');
    const card = { amount: '50', method: 'sandbox-insufficientFunds' };
    const checked = await chat.click(form.card, 'Continue', card);
    const declined = await chat.click(checked.card, PAY);
    expect(declined.text).toContain('Not charged: the payment was declined');
    expect(declined.text).toContain('There is not enough money on the card.');
    const tenant = chat.setting.tenant!;
    expect(await bot.charged(tenant)).toBe(0);
    expect(await bot.entries(tenant)).toEqual([]);
    const other = await chat.click(declined.card, 'Try another card');
    expect(other.text).toContain('$50.00');
  });
});

describe('an amount', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['-5', 'without a minus'],
    ['0', 'must be above zero'],
    ['1e9', 'I can’t read that as an amount'],
    ['5,5,5', 'I can’t read that as an amount'],
    ['١٢', 'with the digits 0 to 9'],
    ['$', 'I can’t read that as an amount'],
    ['', 'Please write an amount'],
    ['4.99', 'between $5.00 and $5,000.00'],
    ['5000.01', 'between $5.00 and $5,000.00'],
    ['7.5055', '2 decimals at most'],
    ['12 €', 'This account is in USD'],
    ['${amount}', 'I can’t read that as an amount'],
    ['<script>', 'I can’t read that as an amount'],
    ['9'.repeat(10_000), 'too long'],
  ];
  const named = cases.map(([amount, sentence]) => [amount.slice(0, 12), amount, sentence] as const);

  test.each(named)(
    '“%s” typed into the form brings the form back with a sentence',
    async (_name, amount, sentence) => {
      const chat = client();
      const form = await chat.say('add funds');
      const answer = await chat.click(form.card, 'Continue', { amount });
      expect(answer.text).toContain('Add funds');
      expect(answer.text).toContain(sentence);
      await expectNothing(chat);
    },
  );

  test.each(named.filter(([name]) => name !== ''))(
    '“%s” typed after “add” gets the form with a sentence',
    async (_name, amount, sentence) => {
      const chat = client();
      const answer = await chat.say(`add ${amount}`);
      expect(answer.text).toContain(sentence);
      await expectNothing(chat);
    },
  );

  test('in Italian reads the decimal comma, and says what is wrong in Italian', async () => {
    const chat = client({ locale: 'it-IT' });
    expect((await chat.say('aggiungi 1.000,50')).text).toContain('1000,50 USD');
    expect((await chat.say('aggiungi -5')).text).toMatch(/meno/u);
  });
});

describe('a card that must not be believed', () => {
  function changed(click: JsonObject, change: (data: JsonObject) => JsonObject): JsonObject {
    const { action } = click['value'] as { action: { data: JsonObject } };
    return { ...click, value: { action: { ...action, data: change(action.data) } } };
  }

  async function expectStale(answer: Answer, chat: ChatClient): Promise<void> {
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('This card no longer works');
    await expectNothing(chat);
  }

  test('25 hours old is shown anew with today’s facts, and charges nothing until that is confirmed', async () => {
    const own = await startApp({ connector: bot.connector });
    const chat = own.client({ tenant: randomUUID() });
    const old = await preview(chat);
    own.clock.pass({ hours: 25 });
    const asked = await chat.click(old, PAY);
    expect(asked.text).toContain('The preview was more than a day old, so nothing was charged.');
    expect(await own.sandbox.charges(chat.setting.tenant!)).toEqual([]);
    expect((await chat.click(asked.card, PAY)).text).toContain('✓ Funds added');
    expect(await own.charged(chat.setting.tenant!)).toBe(1);
    await own.stop();
  });

  test('with one changed byte does nothing', async () => {
    const chat = client();
    const click = chat.clicking(await preview(chat), PAY);
    for (const at of [0, 40, -1]) {
      const forged = changed(click, (data) => {
        const token = String(data['token']);
        const index = at < 0 ? token.length + at : at;
        const other = token[index] === 'A' ? 'B' : 'A';
        return { ...data, token: token.slice(0, index) + other + token.slice(index + 1) };
      });
      await expectStale(await chat.send({ ...forged, id: randomUUID() }), chat);
    }
  });

  test.each([
    ['no token', {}],
    ['an empty token', { token: '' }],
    ['a token that is no text', { token: { toString: 'x' } }],
    ['a token of 10,000 characters', { token: 'x'.repeat(10_000) }],
  ])('with %s does nothing', async (_what, data) => {
    const chat = client();
    const click = chat.clicking(await preview(chat), PAY);
    await expectStale(await chat.send(changed(click, () => ({ verb: 'addFunds.confirm', ...data }))), chat);
  });

  test('of another conversation does nothing there', async () => {
    const chat = client({ scope: 'channel' });
    const card = await preview(chat);
    const elsewhere = chat.as({ conversationId: '19:elsewhere' });
    await expectStale(await elsewhere.click(card, PAY), chat);
  });

  test('of another tenant does nothing in either', async () => {
    const chat = client();
    const card = await preview(chat);
    const foreign = chat.as({ tenant: randomUUID() });
    await expectStale(await foreign.click(card, PAY), chat);
    await expectNothing(foreign);
  });

  test('with an auto-recharge token does not add funds', async () => {
    const chat = client();
    const rule = await chat.say('set auto-recharge 100 when below 20');
    const [confirm] = JSON.stringify(rule.card.content).match(/"token":"[^"]+"/u) ?? [];
    const token = (JSON.parse(`{${confirm ?? ''}}`) as { token: string }).token;
    const click = chat.clicking(await preview(chat), PAY);
    await expectStale(await chat.send(changed(click, (data) => ({ ...data, token }))), chat);
  });

  test.each(['addFunds.nothing', 'nothing.confirm', 'addFunds', '', '__proto__.x', 'x'.repeat(10_000)])(
    'with the verb “%s” does nothing',
    async (verb) => {
      const chat = client();
      const click = chat.clicking(await preview(chat), PAY);
      await expectStale(await chat.send(changed(click, (data) => ({ ...data, verb }))), chat);
    },
  );

  test('that a viewer clicks is refused, names who can help, and is written down', async () => {
    const chat = client({ scope: 'channel' });
    const card = await preview(chat);
    for (const [title, verb] of [
      [PAY, 'addFunds.confirm'],
      ['Change', 'addFunds.change'],
    ] as const) {
      const answer = await chat.as({ person: VERA }).click(card, title);
      expect(answer.text).toContain('Only an admin can do this');
      expect(await bot.audited(chat.setting.tenant!)).toContainEqual(
        expect.objectContaining({ did: verb, outcome: 'refused', personId: VERA.aadObjectId }),
      );
    }
    await expectNothing(chat);
    expect((await chat.as({ person: ADA }).click(card, PAY)).text).toContain('✓ Funds added');
  });
});
