/** What a person should not have typed: a payment card's number reaches no table, no log line and no answer. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { partitionOf } from '../../src/billing/lane/account-rows.js';
import { toJson } from '../../src/billing/rows/columns.js';
import { commands } from '../../src/bot/commands/index.js';
import { activity, submit } from '../support/activities.js';
import { startApp, type TestApp } from '../support/app.js';
import { typedCardNumber } from '../support/card-numbers.js';
import type { ChatClient } from '../support/client.js';

const FIELDS = [
  'text',
  'amount',
  'reason',
  'method',
  'preset',
  'trigger',
  'monthCap',
  'date',
  'name',
  'id',
  'verb',
];

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

const VERBS = Object.entries(commands).flatMap(([name, { actions }]) =>
  Object.keys(actions).map((action) => `${name}.${action}`),
);

/** Each in a conversation of its own: the bot's answers are paced within one. */
async function sendEverywhere(tenant: string, number: string, verb: string): Promise<void> {
  const somewhere = (): ChatClient => bot.client({ tenant, conversationId: `a:personal-${randomUUID()}` });
  const { setting } = somewhere();
  const eventType = { channelData: { eventType: 'editMessage', tenant: { id: tenant } } };
  await somewhere().say(number);
  await somewhere().say(`add $50 from ${number}, please`);
  await somewhere().send(activity(setting, 'messageUpdate', { text: number, ...eventType }));
  for (const field of FIELDS) {
    const data = { verb, [field]: `my card: ${number}` };
    const chat = somewhere();
    await chat.send(submit(chat.setting, { cardActivityId: 'any', data }));
  }
}

/** Everything that was kept, logged or said, without what people put between digits. */
async function traces(tenant: string): Promise<string> {
  const rows = await bot.tables.ledger.query(partitionOf(tenant), { from: '!', to: '~', limit: 5_000 });
  const said = bot.connector.sent.map((sent) => sent.activity);
  return toJson([rows, bot.logged, said]).replace(/[ \u00a0-]/gu, '');
}

test('a card number that is typed or sent by any field of any button leaves no trace', async () => {
  const tenant = randomUUID();
  await fc.assert(
    fc.asyncProperty(typedCardNumber, fc.constantFrom(...VERBS), async (number, verb) => {
      await sendEverywhere(tenant, number, verb);
      expect(await traces(tenant)).not.toContain(number.replace(/[ \u00a0-]/gu, ''));
    }),
    { numRuns: 10 },
  );
});

test('the person is told to delete the message, in their language', async () => {
  const chat = bot.client({ tenant: randomUUID() });
  expect((await chat.say('4242 4242 4242 4242')).text).toContain('Please delete your message');
  const italian = chat.as({ locale: 'it-IT' });
  expect((await italian.say('la mia carta è 4242-4242-4242-4242')).text).toContain(
    'Elimina il tuo messaggio',
  );
});

test('a telephone number is no card number', async () => {
  const { text } = await bot.client().say('add admin +4242424242424242');
  expect(text).not.toContain('delete your message');
});
