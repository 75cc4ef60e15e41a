import {
  ADA,
  BOT,
  TENANT,
  VERA,
  activity,
  botAdded,
  botRemoved,
  install,
  message,
} from '../support/activities.js';
import { ChatClient, type ClientOptions } from '../support/client.js';
import { StubConnector, type JsonObject } from '../support/connector.js';
import { startToyBot, type ToyBot } from '../support/toy-bot.js';
import { StorageUnavailable } from '../../src/billing/storage/table.js';

let connector: StubConnector;
let bot: ToyBot;

beforeEach(async () => {
  connector = await StubConnector.start();
  bot = await startToyBot();
});

afterEach(async () => {
  await bot.stop();
  await connector.stop();
});

function client(options: Partial<ClientOptions> = {}): ChatClient {
  return new ChatClient({ botUrl: bot.url, connector, ...options });
}

describe('words', () => {
  test('are answered with a card alone, whose summary stands in for it', async () => {
    const { status, sent } = await client().say('balance');
    expect(status).toBe(200);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.activity).toMatchObject({ type: 'message', summary: 'balance|balance|' });
    expect(sent[0]?.activity['text']).toBeUndefined();
  });

  test('reach the command with their rest, the person’s language and their mentions', async () => {
    const anna = { type: 'mention', mentioned: { id: '29:anna', name: 'Anna' }, text: '<at>Anna</at>' };
    const bots = { type: 'mention', mentioned: BOT, text: `<at>${BOT.name}</at>` };
    await client({ scope: 'channel', locale: 'it-IT' }).say('add admin <at>Anna</at>', {
      entities: [bots, anna],
    });
    expect(bot.asked[0]).toMatchObject({
      name: 'members',
      input: { rest: 'Anna' },
      turn: {
        role: 'admin',
        mentions: [{ channelAccountId: '29:anna', name: 'Anna' }],
        speech: { language: 'it' },
      },
    });
  });

  test('in a channel are answered in their thread', async () => {
    const channel = client({ scope: 'channel' });
    const { sent } = await channel.say('balance');
    expect(sent[0]?.conversationId).toMatch(/;messageid=1795373000000$/u);
    expect(bot.asked[0]?.turn.conversation.id).not.toContain('messageid');
  });

  test('that are nearly a command are asked about, with a button that says it', async () => {
    const chat = client();
    const asked = await chat.say('blance');
    expect(asked.text).toContain('Did you mean “balance”?');
    const answered = await chat.click(asked.card, 'balance');
    expect(answered.text).toContain('balance|balance|');
    expect(answered.note).toBe('Answered below.');
    expect(chat.shown).toHaveLength(2);
  });

  test.each([
    ['unknown words', { text: 'xyzzy' }, 'I didn’t understand that'],
    ['a file', { text: '', attachments: [{ contentType: 'image/png' }] }, 'I can’t read attachments'],
    ['HTML and Markdown', { text: '<script>**x**</script>' }, 'I didn’t understand that'],
    ['an emoji', { text: '🙂' }, 'I didn’t understand that'],
    ['10,000 characters', { text: 'x'.repeat(10_000) }, 'I didn’t understand that'],
  ])('get a clear answer: %s', async (_what, extras, expected) => {
    const { text } = await client().say('', extras);
    expect(text).toContain(expected);
  });

  test('that are a mention only, or nothing at all, get help', async () => {
    expect((await client({ scope: 'channel' }).say('')).text).toContain('help||');
    expect((await client().say('')).text).toContain('help||');
  });

  test('of a viewer that need an admin are refused, naming who can help, and written down', async () => {
    const { text } = await client({ person: VERA }).say('members');
    expect(text).toContain('These people can help: Ada *Admin*.');
    expect(bot.audited).toEqual([
      { tenant: TENANT, personId: VERA.aadObjectId, did: 'members', outcome: 'refused' },
    ]);
    expect(bot.asked).toEqual([]);
  });

  test('that were edited into a command are answered; other edits are left in peace', async () => {
    const chat = client();
    const edit = (text: string): JsonObject =>
      message(chat.setting, text, {
        type: 'messageUpdate',
        channelData: { tenant: { id: TENANT }, eventType: 'editMessage' },
      });
    expect((await chat.send(edit('balance'))).text).toContain('balance|balance|');
    expect((await chat.send(edit('thanks a lot'))).sent).toEqual([]);
    const undeleted = {
      ...edit('balance'),
      channelData: { tenant: { id: TENANT }, eventType: 'undeleteMessage' },
    };
    expect((await chat.send(undeleted)).sent).toEqual([]);
  });

  test('delivered twice with the same id are answered once; with a new id they are new words', async () => {
    const chat = client();
    const once = message(chat.setting, 'balance');
    const [first, second] = await Promise.all([chat.send(once), chat.send(once)]);
    expect([first.status, second.status]).toEqual([200, 200]);
    expect(chat.shown).toHaveLength(1);
    await chat.send({ ...once, id: 'another' });
    expect(chat.shown).toHaveLength(2);
  });
});

describe('a click', () => {
  test('on an Execute button that replaces comes back in the answer, and nothing is posted', async () => {
    const chat = client();
    const form = await chat.say('balance');
    const answer = await chat.click(form.card, 'replace');
    expect(answer.body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' });
    expect(answer.text).toContain('clicked n1 by Ada Admin');
    expect(answer.sent).toEqual([]);
    expect(bot.clicks[0]?.cardActivityId).toBe(form.card.activityId);
  });

  test.each(['group', 'channel'] as const)('that replaces in a %s is shown to everybody', async (scope) => {
    const chat = client({ scope });
    const form = await chat.say('balance');
    await chat.click(form.card, 'replace');
    await bot.chat.settled();
    const update = await connector.waitFor((sent) => sent.kind === 'update');
    expect(update.activityId).toBe(form.card.activityId);
    expect(update.activity['summary']).toBe('clicked n1 by Ada Admin');
  });

  test('that posts leaves the clicked card, and answers the invoke with words: Teams takes nothing for an error', async () => {
    const chat = client({ scope: 'channel' });
    const form = await chat.say('balance');
    const answer = await chat.click(form.card, 'post');
    expect(answer.body).toEqual({
      statusCode: 200,
      type: 'application/vnd.microsoft.activity.message',
      value: 'Answered below.',
    });
    expect(answer.sent.map(({ kind }) => kind)).toEqual(['post']);
    expect(chat.shown).toHaveLength(2);
  });

  test('on a Submit button updates the card that was clicked', async () => {
    const chat = client();
    const form = await chat.say('balance');
    const answer = await chat.submit(form.card, 'replace');
    expect(answer.sent.map(({ kind, activityId }) => [kind, activityId])).toEqual([
      ['update', form.card.activityId],
    ]);
    expect(chat.shown).toHaveLength(1);
  });

  test('in the Emulator is answered with a new message, since updates are not shown there', async () => {
    const chat = client({ scope: 'emulator' });
    const form = await chat.say('balance');
    const answer = await chat.click(form.card, 'replace');
    expect(answer.sent.map(({ kind }) => kind)).toEqual(['post']);
    expect(bot.clicks[0]?.tenant).toBe('dev-tenant');
  });

  test('of a viewer on an admin’s button is refused, and the card stays', async () => {
    const chat = client({ scope: 'channel' });
    const form = await chat.say('balance');
    const answer = await chat.as({ person: VERA }).click(form.card, 'admin');
    expect(answer.text).toContain('Only an admin can do this');
    expect(answer.sent.map(({ kind }) => kind)).toEqual(['post']);
    expect(bot.audited).toMatchObject([{ did: 'balance.admin', outcome: 'refused' }]);
  });

  test.each([
    ['an unknown action', { verb: 'balance.nothing' }],
    ['an unknown command', { verb: 'nothing.post' }],
    ['a name that every object has', { verb: 'constructor.constructor' }],
    ['an action that every object has', { verb: 'balance.toString' }],
    ['no verb', { nonce: 'n1' }],
    ['a verb that is no text', { verb: 5 }],
    ['data that the schema refuses', { verb: 'balance.replace', nonce: 5 }],
    ['words that are too long', { verb: 'say', text: 'x'.repeat(201) }],
    ['no data', undefined],
  ])('with %s gets “no longer works” and changes nothing', async (_what, data) => {
    const chat = client();
    const form = await chat.say('balance');
    const invoke = chat.clicking(form.card, 'replace');
    const answer = await chat.send({
      ...invoke,
      value: { action: { type: 'Action.Execute', verb: 'x', data } },
    });
    expect(answer.text).toContain('This card no longer works');
    const submitted = await chat.send(
      activity(chat.setting, 'message', { value: data ?? {}, replyToId: '1' }),
    );
    expect(submitted.text).toContain('This card no longer works');
    expect(bot.clicks).toEqual([]);
  });

  test('delivered twice with the same id runs once and gets the same answer', async () => {
    const chat = client();
    const form = await chat.say('balance');
    const invoke = chat.clicking(form.card, 'replace');
    const [first, second] = await Promise.all([chat.send(invoke), chat.send(invoke)]);
    expect(second.body).toEqual(first.body);
    expect(bot.clicks).toHaveLength(1);
  });

  test('of a kind that is not used is answered 501', async () => {
    const chat = client();
    expect(
      (await chat.send(activity(chat.setting, 'invoke', { name: 'composeExtension/query' }))).status,
    ).toBe(501);
  });
});

describe('what goes wrong inside', () => {
  test('becomes a sentence with the reference that stands in the log, once', async () => {
    bot.failWith = new Error('secret detail');
    const { text, status } = await client().say('balance');
    const logged = bot.logged.filter((line) => Number(line['level']) >= 50);
    expect(logged).toHaveLength(1);
    expect(status).toBe(200);
    expect(text).toContain('Something went wrong');
    expect(text).toContain(String(logged[0]?.['correlationId']));
    expect(text).not.toContain('secret detail');
  });

  test('of storage has a sentence of its own, for words and clicks', async () => {
    const chat = client();
    const form = await chat.say('balance');
    bot.failWith = new StorageUnavailable('away');
    expect((await chat.say('balance')).text).toContain('I can’t reach the ledger right now');
    expect((await chat.click(form.card, 'replace')).text).toContain('I can’t reach the ledger right now');
  });

  test('with remembering a conversation costs nobody their answer', async () => {
    bot.sightings.fails = true;
    expect((await client().say('balance')).text).toContain('balance|balance|');
    await bot.chat.settled();
    expect(bot.logged.map((line) => line['msg'])).toContain('conversation not noted');
  });
});

describe('a new conversation', () => {
  test.each(['personal', 'group', 'channel'] as const)(
    '(%s) is welcomed once, however often it is installed',
    async (scope) => {
      const chat = client({ scope });
      const answers = [];
      for (const event of [install(chat.setting), botAdded(chat.setting), install(chat.setting)])
        answers.push(await chat.send(event));
      expect(answers.map(({ sent }) => sent.length)).toEqual([1, 0, 0]);
      expect(answers[0]?.status).toBe(200);
    },
  );

  test('in the Emulator, which adds only the person, is welcomed too', async () => {
    const chat = client({ scope: 'emulator' });
    const added = activity(chat.setting, 'conversationUpdate', { membersAdded: [{ id: ADA.id }] });
    expect((await chat.send(added)).sent).toHaveLength(1);
  });

  test('that begins with words gets their answer, and no welcome after it', async () => {
    const chat = client();
    await chat.say('balance');
    await bot.chat.settled();
    await chat.send(install(chat.setting));
    expect(chat.shown).toHaveLength(1);
  });

  test('is not made by a new colleague in a channel', async () => {
    const chat = client({ scope: 'channel' });
    const added = activity(chat.setting, 'conversationUpdate', { membersAdded: [{ id: VERA.id }] });
    expect((await chat.send(added)).sent).toEqual([]);
  });

  test('remembers the person of a personal chat, and the locale for events that bring none', async () => {
    const chat = client({ locale: 'it-IT' });
    await chat.send(install(chat.setting));
    expect([...bot.sightings.known.values()][0]?.person?.id).toBe(ADA.aadObjectId.toLowerCase());
    await chat.send(activity(chat.setting, 'message', { text: 'boh', locale: undefined, entities: [] }));
    expect(chat.shown.at(-1)?.summary).toBe('Non ho capito');
  });
});

describe('a removal', () => {
  test.each([
    ['an uninstall', (chat: ChatClient) => install(chat.setting, 'remove')],
    ['the bot leaving', (chat: ChatClient) => botRemoved(chat.setting)],
    [
      'a deleted team',
      (chat: ChatClient) =>
        activity(chat.setting, 'conversationUpdate', {
          channelData: { tenant: { id: TENANT }, eventType: 'teamDeleted' },
        }),
    ],
  ])('(%s) is remembered, and the next install is welcomed again', async (_what, removal) => {
    const chat = client({ scope: 'group' });
    await chat.send(install(chat.setting));
    expect((await chat.send(removal(chat))).sent).toEqual([]);
    expect(bot.sightings.known.size).toBe(0);
    expect((await chat.send(install(chat.setting))).sent).toHaveLength(1);
  });

  test('of a channel forgets that channel, though the event comes from the team', async () => {
    const channel = client({ scope: 'channel' });
    await channel.send(install(channel.setting));
    const team = client({ scope: 'channel', conversationId: '19:team' });
    const channelData = {
      tenant: { id: TENANT },
      channel: { id: channel.setting.conversationId },
      eventType: 'channelDeleted',
    };
    await team.send(activity(team.setting, 'conversationUpdate', { channelData }));
    expect(bot.sightings.known.size).toBe(0);
  });
});

describe('without authentication', () => {
  test('the bot refuses to be sent elsewhere, for messages and for clicks', async () => {
    const chat = client({ serviceUrl: 'https://smba.trafficmanager.net/emea/' });
    expect((await chat.say('balance')).status).toBe(403);
    const click = await chat.send(
      activity(chat.setting, 'invoke', { name: 'adaptiveCard/action', value: {} }),
    );
    expect(click.status).toBe(200);
    expect(click.body).toMatchObject({ statusCode: 403, type: 'application/vnd.microsoft.error' });
    expect(bot.logged.filter((line) => line['msg'] === 'activity refused at the door')).toHaveLength(2);
    expect(bot.sightings.seenAll).toEqual([]);
  });

  test('logs hold no words, names or ids of people', async () => {
    const chat = client();
    const form = await chat.say('add admin Beatrice');
    await chat.say('frobnicate');
    await chat.send({ ...chat.clicking((await chat.say('balance')).card, 'post') });
    const log = JSON.stringify(bot.logged);
    for (const personal of ['Beatrice', 'frobnicate', ADA.name, ADA.id, ADA.aadObjectId.toLowerCase()]) {
      expect(log).not.toContain(personal);
    }
    expect(form.status).toBe(200);
  });
});
