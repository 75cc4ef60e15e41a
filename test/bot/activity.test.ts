import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readActivity, withoutThread } from '../../src/bot/activity.js';
import { TEXT_CHARS_MAX } from '../../src/bot/activity-text.js';
import {
  ADA,
  BOT,
  TENANT,
  activity,
  botAdded,
  execute,
  install,
  message,
  submit,
  type Setting,
} from '../support/activities.js';

const CHANNEL: Setting = {
  scope: 'channel',
  person: ADA,
  tenant: TENANT.toUpperCase(),
  locale: 'it-IT',
  serviceUrl: 'https://smba.trafficmanager.net/emea/',
  conversationId: '19:on-call@thread.tacv2',
  thread: '1795373000000',
};
const PERSONAL: Setting = { ...CHANNEL, scope: 'personal', conversationId: 'a:1' };
const EMULATOR: Setting = { ...CHANNEL, scope: 'emulator', conversationId: 'e1', tenant: undefined };

function mentionOf(id: string, name: string): object {
  return { type: 'mention', mentioned: { id, name }, text: `<at>${name}</at>` };
}

describe('an incoming activity', () => {
  test('is read with its tenant and person in lower case, since both become keys', () => {
    const read = readActivity(message(PERSONAL, 'balance'));
    expect(read?.tenant).toBe(TENANT);
    expect(read?.person).toEqual({
      id: ADA.aadObjectId.toLowerCase(),
      channelAccountId: ADA.id,
      name: ADA.name,
    });
    expect(read?.locale).toBe('it-IT');
  });

  test('takes the tenant from the conversation where the channel data name none', () => {
    const read = readActivity(message(PERSONAL, 'balance', { channelData: {} }));
    expect(read?.tenant).toBe(TENANT);
  });

  test.each([
    ['personal', PERSONAL],
    ['group', { ...CHANNEL, scope: 'group' } as const],
    ['channel', CHANNEL],
    ['personal', EMULATOR],
  ])('is in a %s conversation', (kind, setting) => {
    expect(readActivity(message(setting, 'balance'))?.conversation.kind).toBe(kind);
  });

  test('in a channel answers in its thread, and is remembered without it', () => {
    const read = readActivity(message(CHANNEL, 'balance'));
    expect(read?.replyIn).toBe('19:on-call@thread.tacv2;messageid=1795373000000');
    expect(read?.conversation.id).toBe('19:on-call@thread.tacv2');
    const elsewhere = readActivity(message({ ...CHANNEL, thread: '2' }, 'balance'));
    expect(elsewhere?.conversation.key).toBe(read?.conversation.key);
    expect(withoutThread('19:a;messageid=1;other=2')).toBe('19:a;other=2');
  });

  test('loses every mention of the bot, wherever it stands', () => {
    const text = `<at>${BOT.name}</at> add\u00a0&nbsp;funds\n<at>${BOT.name}</at>`;
    const read = readActivity(
      activity(CHANNEL, 'message', { text, entities: [mentionOf(BOT.id, BOT.name)] }),
    );
    expect(read?.text).toBe('add funds');
  });

  test('keeps the names of others, and lists them once', () => {
    const entities = [
      mentionOf(BOT.id, BOT.name),
      mentionOf('29:anna', 'Anna'),
      mentionOf('29:anna', 'Anna'),
    ];
    const text = `<at>${BOT.name}</at> add admin <at>Anna</at> <at>Anna</at>`;
    const read = readActivity(activity(CHANNEL, 'message', { text, entities }));
    expect(read?.text).toBe('add admin Anna Anna');
    expect(read?.mentions).toEqual([{ channelAccountId: '29:anna', name: 'Anna' }]);
  });

  test('may lack the recipient, the text and nearly everything else', () => {
    const bare = { type: 'message', conversation: { id: 'x' } };
    expect(readActivity(bare)).toMatchObject({
      type: 'message',
      text: '',
      replyIn: 'x',
      hasAttachments: false,
    });
    const unnamed = { ...message(CHANNEL, 'balance'), recipient: undefined };
    expect(readActivity(unnamed)?.text).toBe(`${BOT.name} balance`);
  });

  test.each([
    undefined,
    null,
    'text',
    5,
    [],
    {},
    { type: 'message' },
    { type: 7, conversation: { id: 'x' } },
  ])('is none: %p', (body) => {
    expect(readActivity(body)).toBeUndefined();
  });

  test('is cut where the text is longer than any command needs', () => {
    expect(readActivity(message(PERSONAL, 'x'.repeat(10_000)))?.text).toHaveLength(TEXT_CHARS_MAX);
  });

  test('does not take the HTML copy of a message for a file', () => {
    const html = { contentType: 'text/html', content: '<p>balance</p>' };
    expect(readActivity(message(PERSONAL, 'x', { attachments: [html] }))?.hasAttachments).toBe(false);
    const file = { contentType: 'application/vnd.microsoft.teams.file.download.info' };
    expect(readActivity(message(PERSONAL, 'x', { attachments: [html, file] }))?.hasAttachments).toBe(true);
  });

  test('whose person has an id that is too long for a key has no person', () => {
    const from = { id: 'x'.repeat(129), name: 'Long' };
    expect(readActivity(message(PERSONAL, 'balance', { from }))?.person).toBeUndefined();
  });

  test('never makes the reader throw, whatever it holds', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(message(CHANNEL, ''))), fc.anything()),
        (strange) => {
          expect(() => readActivity({ ...message(CHANNEL, 'balance'), ...strange })).not.toThrow();
        },
      ),
    );
  });
});

/** Which fields there are, to compare our shapes with recorded ones; ids and texts differ of course. */
function shape(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([name, field]) => [name, shape(field)]),
  );
}

const RECORDED = join(__dirname, '../fixtures/playground');

function recorded(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(join(RECORDED, `${name}.json`), 'utf8')) as Record<string, unknown>;
}

describe('what the Playground sent', () => {
  test.each(readdirSync(RECORDED).filter((file) => file.endsWith('.json')))('%s is read', (file) => {
    const read = readActivity(recorded(file.replace('.json', '')));
    expect(read?.tenant).toBe('00000000-0000-0000-0000-0000000000001');
    expect(read?.person?.id).toMatch(/^00000000-0000-0000-0000-00000000000\d\d$/u);
  });

  test.each([
    ['personal-message', message(PERSONAL, 'balance')],
    ['channel-message', message(CHANNEL, 'balance')],
    ['personal-submit', submit(PERSONAL, { cardActivityId: '1', data: {} })],
    ['channel-execute', execute(CHANNEL, { cardActivityId: '1', data: {} })],
    ['personal-install', install(PERSONAL)],
    ['personal-members-added', botAdded(PERSONAL)],
  ])('%s has the fields that our own activities of that kind have', (file, ours) => {
    const { from, conversation, recipient, type, channelData } = recorded(file);
    const core = shape({ type, from, recipient, conversation });
    expect(
      shape({
        type: ours['type'],
        from: ours['from'],
        recipient: ours['recipient'],
        conversation: ours['conversation'],
      }),
    ).toEqual(core);
    expect(shape(channelData)).toMatchObject(shape({ tenant: { id: '' } }) as object);
  });
});
