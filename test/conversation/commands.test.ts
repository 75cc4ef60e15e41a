/** Every command, everywhere it can be said, as Teams, the Emulator and the Playground say it. */
import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { VERA, activity, install, message, type Scope } from '../support/activities.js';
import { startApp, type TestApp } from '../support/app.js';
import { PLAYGROUND_TENANT } from '../../src/settings.js';
import type { ChatClient } from '../support/client.js';
import type { JsonObject } from '../support/connector.js';

const FIXTURES = resolve(__dirname, '../fixtures/playground');

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp();
});

afterAll(() => bot.stop());

/** What is typed, and a sentence that the answer must hold; in a tenant that has nothing yet. */
const ENGLISH: readonly (readonly [string, string])[] = [
  ['help', 'What I can do'],
  ['balance', 'No funds have been added yet.'],
  ['add funds', 'Add funds\nBalance now: $0.00'],
  ['add $50', 'Nothing is charged until you press “Pay $50.00”.'],
  ['set auto-recharge', 'Set auto-recharge'],
  ['set auto-recharge 100 when below 20', 'Check auto-recharge'],
  ['turn off auto-recharge', 'Auto-recharge has not been set'],
  ['history', 'Nothing has happened yet.'],
  ['alerts', 'Alerts are off here'],
  ['alerts off', 'Alerts are off here'],
  ['spend', 'No calls were charged in this period.'],
  ['spend last week', 'Spend: last week'],
  ['payments', 'No open payments'],
  ['usage issues', 'All call records could be charged.'],
  ['members', 'Members'],
  ['alerts here', 'Alerts are on here'],
];

const SCOPES: readonly Scope[] = ['personal', 'group', 'channel', 'emulator'];
const PLACES = SCOPES.map((scope) => [scope] as const);

describe.each(PLACES)('in a conversation of kind %s', (scope) => {
  test('every command is answered, each with a card of its own', async () => {
    const chat = bot.client({ scope, tenant: scope === 'emulator' ? undefined : `commands-${scope}` });
    for (const [words, expected] of ENGLISH) {
      const answer = await chat.say(words);
      expect(answer.text).toContain(expected);
      expect(answer.sent).toHaveLength(1);
    }
  });
});

test('in a channel every answer stands in the thread of its question', async () => {
  const chat = bot.client({ scope: 'channel' });
  const { sent } = await chat.say('balance');
  expect(sent[0]?.conversationId).toBe(chat.conversationId);
  expect(sent[0]?.conversationId).toContain(';messageid=');
});

test.each([
  ['aiuto', 'Che cosa so fare'],
  ['saldo', 'Saldo crediti comunicazioni'],
  ['aggiungi 50 €', 'Questo conto è in USD.'],
  ['aggiungi 50', 'Controlla e paga'],
  ['cronologia', 'Cronologia'],
  ['avvisi', 'Gli avvisi'],
  ['spesa', 'Spesa'],
  ['pagamenti', 'Nessun pagamento'],
  ['membri', 'Membri'],
])('in Italian “%s” is answered in Italian', async (words, expected) => {
  expect((await bot.client({ locale: 'it-IT' }).say(words)).text).toContain(expected);
});

test('a button of help does what typing its words would do', async () => {
  const chat = bot.client();
  const help = await chat.say('help');
  const answer = await chat.click(help.card, 'Balance');
  expect(answer.text).toContain('Communications Credits balance');
  expect(answer.note).toBe('Answered below.');
});

describe('what nobody expects', () => {
  test.each([
    ['an unknown word', 'frobnicate', 'I didn’t understand that'],
    ['a typo', 'blance', 'Did you mean “balance”?'],
    ['HTML', '<b>balance</b><script>alert(1)</script>', 'I didn’t understand that'],
    ['Markdown', '**[x](http://evil.example)**', 'I didn’t understand that'],
    ['an emoji', '💸', 'I didn’t understand that'],
    ['a name that every object has', 'constructor', 'I didn’t understand that'],
    ['an expression', '${1+1}', 'I didn’t understand that'],
    ['10,000 characters', 'x'.repeat(10_000), 'I didn’t understand that'],
    ['10,000 characters of a command', `add ${'9'.repeat(10_000)}`, 'Add funds'],
  ])('%s gets a clear answer', async (_what, words, expected) => {
    const answer = await bot.client().say(words);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain(expected);
  });

  test('a mention alone gets help, and two mentions of the bot are no part of the words', async () => {
    const chat = bot.client({ scope: 'channel' });
    expect((await chat.say('')).text).toContain('What I can do');
    expect((await chat.say('<at>Communications Credits</at> balance')).text).toContain(
      'Communications Credits balance',
    );
  });

  test('an attachment alone is not read', async () => {
    const chat = bot.client();
    const file = { contentType: 'image/png', contentUrl: 'https://example.com/a.png' };
    expect((await chat.say('', { attachments: [file] })).text).toContain('I can’t read attachments');
  });

  test('an edited message is answered where it became a command, else not', async () => {
    const chat = bot.client();
    const edited = (text: string): JsonObject => message(chat.setting, text, { type: 'messageUpdate' });
    expect((await chat.send(edited('balance'))).text).toContain('No funds');
    expect((await chat.send(edited('good morning all'))).sent).toEqual([]);
  });

  test.each([
    'typing',
    'messageReaction',
    'endOfConversation',
    'event',
    'trace',
    'messageDelete',
    'unheardOf',
  ])('an activity of type %s is taken and not answered', async (type) => {
    const chat = bot.client();
    const answer = await chat.send(activity(chat.setting, type, { name: 'x', reactionsAdded: [] }));
    expect([answer.status, answer.sent]).toEqual([200, []]);
  });

  test('malformed JSON is answered 400, an empty body 400, plain text 415, and too much 413', async () => {
    const post = async (body: string, type = 'application/json'): Promise<number> => {
      const headers = { 'content-type': type };
      return (await fetch(`${bot.url}/api/messages`, { method: 'POST', headers, body })).status;
    };
    expect(await post('{"type":"message",')).toBe(400);
    expect(await post('[]')).toBe(400);
    expect(await post('{}')).toBe(400);
    expect(await post('null')).toBe(400);
    expect(await post('balance', 'text/plain')).toBe(415);
    expect(await post(JSON.stringify({ type: 'message', text: 'x'.repeat(600_000) }))).toBe(413);
    expect((await bot.client().say('balance')).text).toContain('Communications Credits balance');
  });
});

describe('a person who is no admin', () => {
  test.each(['add funds', 'set auto-recharge', 'add $50', 'add admin'])(
    'is refused “%s”, reads who can help, and it is written down',
    async (words) => {
      const admin = bot.client({ tenant: `viewer-${words.replace(/\W/gu, '')}` });
      await admin.say('help');
      const answer = await admin.as({ person: VERA, conversationId: 'a:vera' }).say(words);
      expect(answer.text).toContain('Only an admin can do this');
      expect(answer.text).toContain('These people can help: Ada Admin.');
      expect(await bot.audited(admin.setting.tenant!)).toMatchObject([
        { outcome: 'refused', personId: VERA.aadObjectId },
      ]);
    },
  );
});

describe('the Playground', () => {
  /** As it was recorded, but for the address to answer at. */
  function recorded(name: string, changes: JsonObject = {}): JsonObject {
    const path = resolve(FIXTURES, `${name}.json`);
    const activities = JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
    return { ...activities, serviceUrl: bot.connector.serviceUrl, ...changes };
  }

  function at(conversationId: string): ChatClient {
    const [place = '', thread = ''] = conversationId.split(';messageid=');
    return bot.client(
      thread === '' ? { conversationId: place } : { scope: 'channel', conversationId: place, thread },
    );
  }

  test.each([
    ['personal-message', 'personal-chat-id'],
    ['group-message', 'group-chat-id'],
    ['channel-message', 'channel-on-call-id;messageid=1795373712902'],
  ])('gets its answer to %s where it asked', async (name, conversation) => {
    const answer = await at(conversation).send(recorded(name, { id: `first-${name}` }));
    expect(answer.sent).toHaveLength(1);
    expect(answer.status).toBe(200);
  });

  test('may do everything with its own user: the whole top-up, by Execute and by Submit', async () => {
    const chat = at('personal-chat-id');
    const say = recorded('personal-message', { id: 'say-1', text: 'add $50' });
    const preview = await chat.send(say);
    const clicked = chat.clicking(preview.card, 'Pay $50.00')['value'];
    const pay = recorded('personal-execute', {
      id: 'pay-1',
      replyToId: preview.card.activityId,
      value: clicked,
    });
    expect((await chat.send(pay, preview.card)).text).toContain('✓ Funds added');
    const again = await chat.send(recorded('personal-message', { id: 'say-2', text: 'add $20' }));
    const action = (chat.clicking(again.card, 'Pay $20.00')['value'] as { action: { data: JsonObject } })
      .action;
    const submit = recorded('personal-submit', {
      id: 'pay-2',
      replyToId: again.card.activityId,
      value: action.data,
    });
    expect((await chat.send(submit, again.card)).text).toContain('✓ Funds added');
    expect(await bot.charged(PLAYGROUND_TENANT)).toBe(2);
  });

  test('may send everything that was recorded from it', async () => {
    const own = await startApp();
    const names = readdirSync(FIXTURES).map((file) => file.replace('.json', ''));
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) {
      const body = JSON.stringify(recorded(name, { serviceUrl: own.connector.serviceUrl }));
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(`${own.url}/api/messages`, { method: 'POST', headers, body });
      expect([name, status]).toEqual([name, 200]);
    }
    expect(own.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
    await own.stop();
  });

  test('is welcomed once, however often its page is loaded', async () => {
    const team = at('channel-on-call-id');
    const first = await team.send(recorded('channel-install'));
    const second = await team.send(recorded('channel-install', { id: 'another' }));
    expect(first.sent.length + second.sent.length).toBeLessThanOrEqual(1);
  });
});

test('an installation is welcomed in the language of the client', async () => {
  const chat = bot.client({ locale: 'it-IT', scope: 'group' });
  const { text } = await chat.send(install(chat.setting));
  expect(text).toContain('Ciao');
  expect((await chat.send(install(chat.setting))).sent).toEqual([]);
});
