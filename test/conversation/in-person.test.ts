/** Admins whom the bot met among others only: a chat with them is opened when they must hear something. */
import { DestinationStore } from '../../src/bot/alerts/destination-store.js';
import { ADA, BEA, VERA, startApp, until, type TestApp } from '../support/app.js';
import type { ChatClient } from '../support/client.js';
import { FAULTS, type Fault, type Sent } from '../support/connector.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp({ sendTimeoutMs: 250 });
});

afterEach(() => {
  bot.connector.heal();
});

afterAll(() => bot.stop());

/** Ada in a channel and nowhere else, with funds. */
async function inChannel(): Promise<ChatClient> {
  const channel = await bot.funded('50', { scope: 'channel' });
  await until(async () => (await met(channel)).length > 0);
  return channel;
}

/** Everybody of the tenant whom the bot could tell something in person. */
async function met({ setting }: ChatClient): Promise<readonly string[]> {
  const places = await new DestinationStore(bot.tables.ledger, bot.clock.now).list(setting.tenant ?? '');
  return places.flatMap(({ person }) => (person === undefined ? [] : [person.name]));
}

/** Tries to open a chat in this tenant, refused ones included. */
function openings({ setting }: ChatClient): readonly Sent[] {
  return bot.connector.sent.filter(
    ({ kind, activity }) => kind === 'create' && activity['tenantId'] === setting.tenant,
  );
}

/** What is read in the chats that were opened in this tenant, by its summaries. */
function heard(chat: ChatClient): readonly string[] {
  const opened = openings(chat).filter(({ acknowledged }) => acknowledged);
  return opened.flatMap(({ conversationId }) =>
    bot.connector.shown(conversationId).map(({ activity }) => String(activity['summary'])),
  );
}

async function undelivered({ setting }: ChatClient): Promise<number> {
  const account = await bot.app.billing.billing.reader.account(setting.tenant ?? '');
  return account.undelivered.length;
}

test('where nobody asked for alerts, an admin who was met in a channel only hears them in a chat of their own', async () => {
  const channel = await inChannel();
  await bot.use(channel.setting.tenant, 41);
  await until(() => heard(channel).length > 0);
  expect(openings(channel)[0]?.activity).toMatchObject({
    isGroup: false,
    members: [{ id: ADA.id }],
    channelData: { tenant: { id: channel.setting.tenant } },
  });
  expect(heard(channel)[0]).toContain('below $10.00');
  await bot.use(channel.setting.tenant, 15);
  await until(() => heard(channel).length > 1);
  expect(openings(channel)).toHaveLength(1);
  expect(await undelivered(channel)).toBe(0);
});

test.each<[string, Fault]>([
  ['403', FAULTS.notInRoster],
  ['404', FAULTS.notFound],
])(
  'a channel that answers %s is stood in for by the admin who talked to the bot there',
  async (_status, fault) => {
    const channel = await inChannel();
    await channel.say('alerts here');
    bot.connector.fail(fault, { kind: 'post', conversationId: channel.setting.conversationId });
    await bot.use(channel.setting.tenant, 41);
    await until(() => heard(channel).length > 0);
    expect(openings(channel)).toHaveLength(1);
    expect(await undelivered(channel)).toBe(0);
  },
);

test('a person who refuses the chat is asked once, and again only after they were met again', async () => {
  const channel = await inChannel();
  bot.connector.fail(FAULTS.blockedByUser, { kind: 'create' });
  await bot.use(channel.setting.tenant, 41);
  await until(async () => (await undelivered(channel)) === 1);
  await bot.use(channel.setting.tenant, 15);
  await until(async () => (await undelivered(channel)) === 2);
  expect(openings(channel)).toHaveLength(1);
  bot.connector.heal();
  expect(await met(channel)).toEqual([]);
  expect((await channel.say('balance')).text).toContain('2 alerts reached nobody');
  await until(async () => (await met(channel)).length > 0);
  await channel.click((await channel.say('add 50')).card, 'Pay $50.00');
  await until(() => heard(channel).length > 0);
});

test.each<[string, Fault]>([
  ['a throttled request', FAULTS.throttled],
  ['a gateway’s error', FAULTS.badGateway],
  ['a lost answer', FAULTS.dropAfterDelivery],
])('opening the chat is tried again after %s', async (_what, fault) => {
  const channel = await inChannel();
  bot.connector.fail(fault, { kind: 'create', times: 1 });
  await bot.use(channel.setting.tenant, 41);
  await until(() => heard(channel).length > 0);
  expect(openings(channel)).toHaveLength(2);
  expect(heard(channel)).toHaveLength(1);
});

test('who may only look is not noted in a channel, nor told in person', async () => {
  const channel = await inChannel();
  await channel.as({ person: VERA }).say('balance');
  await channel.as({ person: BEA }).say('balance');
  await until(async () => (await met(channel)).includes(BEA.name));
  expect([...(await met(channel))].sort()).toEqual([ADA.name, BEA.name]);
});

test('an admin who only asks for what is the same for everybody is noted too', async () => {
  const channel = await inChannel();
  await channel.as({ person: BEA }).say('history');
  await until(async () => (await met(channel)).includes(BEA.name));
});

test('who is no admin any more is not told, and the others are', async () => {
  const channel = await inChannel();
  const bea = channel.as({ person: BEA });
  await bea.say('balance');
  await until(async () => (await met(channel)).includes(BEA.name));
  await bot.app.billing.billing.setRole(channel.setting.tenant ?? '', {
    id: ADA.aadObjectId.toLowerCase(),
    name: ADA.name,
    role: 'viewer',
    by: { id: BEA.aadObjectId, name: BEA.name },
  });
  await bot.use(channel.setting.tenant, 41);
  await until(() => heard(channel).length > 0);
  expect(openings(channel).map(({ activity }) => activity['members'])).toEqual([[{ id: BEA.id, name: '' }]]);
});
