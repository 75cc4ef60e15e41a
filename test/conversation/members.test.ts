/** Who may do what, changed from the chat: by mention where somebody can be mentioned, by choice in a personal chat. */
import { randomUUID } from 'node:crypto';
import { ADA, BEA, VERA, startApp, until, type TestApp } from '../support/app.js';
import { BOT } from '../support/activities.js';
import type { Answer, ChatClient } from '../support/client.js';
import { FAULTS, type Fault, type JsonObject } from '../support/connector.js';

let bot: TestApp;

beforeAll(async () => {
  const adminIds = [ADA, BEA].map(({ aadObjectId }) => aadObjectId.toLowerCase());
  bot = await startApp({ config: { adminIds } });
});

beforeEach(() => {
  bot.connector.members = [ADA, BEA, VERA, ANNA, OTTO].map((one) => ({ ...one }));
});

afterEach(() => {
  bot.connector.heal();
});

afterAll(() => bot.stop());

const ANNA = { id: '29:anna', name: 'Anna *Rossi*', aadObjectId: 'DDDDDDDD-1111-4111-8111-111111111111' };
/** Some answers of the service name the id differently. */
const OTTO = { id: '29:otto', name: 'Otto Neri', objectId: 'eeeeeeee-1111-4111-8111-111111111111' };

interface Mentioned {
  readonly id: string;
  readonly name: string;
}

/** `add admin @Anna`, with the mentions as Teams sends them. */
function mentioning(chat: ChatClient, words: string, ...people: readonly Mentioned[]): Promise<Answer> {
  const tag = ({ name }: Mentioned): string => `<at>${name}</at>`;
  const entities = [BOT, ...people].map((one) => ({ type: 'mention', mentioned: one, text: tag(one) }));
  return chat.say(`${words} ${people.map(tag).join(' ')}`, { entities });
}

function channel(): ChatClient {
  return bot.client({ scope: 'channel', tenant: randomUUID() });
}

test('somebody mentioned in a channel becomes an admin, may add funds, and is one no longer', async () => {
  const chat = channel();
  const anna = chat.as({ person: ANNA, conversationId: '19:annas', scope: 'group' });
  expect((await anna.say('add funds')).text).toContain('Only an admin can do this');
  const added = await mentioning(chat, 'add admin', ANNA);
  expect(added.text).toContain('Anna *Rossi* is an admin now');
  expect(bot.connector.requests.at(-2)).toContain('/members/29%3Aanna');
  expect((await anna.say('add funds')).text).toContain('Balance now: $0.00');
  expect((await chat.say('members')).text).toContain('3 admins');
  expect((await mentioning(chat, 'remove admin', ANNA)).text).toContain('is no longer an admin');
  expect((await anna.say('add funds')).text).toContain('Only an admin can do this');
  expect(await bot.audited(chat.setting.tenant!)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        did: 'members.add',
        outcome: 'done',
        subject: ANNA.aadObjectId.toLowerCase(),
      }),
      expect.objectContaining({ did: 'members.remove', outcome: 'done' }),
    ]),
  );
});

test('is known by the other name of the object id too', async () => {
  const chat = channel();
  await mentioning(chat, 'add admin', OTTO);
  const otto = chat.as({
    person: { ...OTTO, aadObjectId: OTTO.objectId },
    scope: 'personal',
    conversationId: 'a:o',
  });
  expect((await otto.say('add funds')).text).toContain('Balance now: $0.00');
});

const NOT_TOLD: readonly (readonly [
  string,
  { readonly members?: readonly JsonObject[]; readonly fault?: Fault },
])[] = [
  ['does not know them', { members: [] }],
  ['refuses', { fault: FAULTS.notInRoster }],
  ['is broken', { fault: FAULTS.badGateway }],
  ['is silent', { fault: FAULTS.silence }],
  ['talks nonsense', { members: [{ id: ANNA.id, name: 5 }] }],
];

test.each(NOT_TOLD)(
  'nobody becomes an admin where the chat service %s',
  async (_what, { members, fault }) => {
    if (members !== undefined) bot.connector.members = members;
    if (fault !== undefined) bot.connector.fail(fault, { kind: 'member' });
    const chat = channel();
    const answer = await mentioning(chat, 'add admin', ANNA);
    expect(answer.text).toContain('I can’t tell who Anna *Rossi* is');
    expect(await bot.app.billing.billing.reader.members(chat.setting.tenant!)).toEqual([]);
  },
);

test('two people at once are too many, and nobody is not enough', async () => {
  const chat = channel();
  expect((await mentioning(chat, 'add admin', ANNA, OTTO)).text).toContain('One person at a time, please');
  expect((await mentioning(chat, 'add admin')).text).toContain('mention the person');
});

test('in a personal chat people who are known are offered to choose from', async () => {
  const chat = bot.client({ tenant: randomUUID() });
  const vera = chat.as({ person: VERA, conversationId: 'a:vera-chooses' });
  await vera.say('hello');
  await until(async () => (await chat.say('members')).text.includes('Vera Viewer'));
  const choice = await chat.say('add admin');
  expect(choice.text).toContain('Vera Viewer');
  const done = await chat.click(choice.card, 'Make admin', { person: VERA.aadObjectId });
  expect(done.text).toContain('Vera Viewer is an admin now');
  expect((await vera.say('add funds')).text).toContain('Balance now: $0.00');
});

test('a viewer can’t make himself an admin, by words or by a click', async () => {
  const chat = channel();
  const vera = chat.as({ person: VERA });
  expect((await mentioning(vera, 'add admin', VERA)).text).toContain('Only an admin can do this');
  const members = await chat.say('members');
  expect((await vera.click(members.card, 'Add an admin')).text).toContain('Only an admin can do this');
  expect(await bot.app.billing.billing.reader.members(chat.setting.tenant!)).toEqual([]);
});

test('the last admin stays', async () => {
  const chat = channel();
  expect((await mentioning(chat, 'remove admin', BEA)).text).toContain('Bea Boss is no longer an admin');
  expect((await mentioning(chat, 'remove admin', ADA)).text).toContain('The last admin has to stay');
  expect((await chat.say('add funds')).text).toContain('Balance now: $0.00');
});

test.each([1, 2, 3])('of two admins who remove each other at once one stays (%i)', async () => {
  const chat = channel();
  const bea = chat.as({ person: BEA });
  await Promise.all([mentioning(chat, 'remove admin', BEA), mentioning(bea, 'remove admin', ADA)]);
  const answers = [await chat.say('add funds'), await bea.say('add funds')];
  expect(answers.filter(({ text }) => text.includes('Balance now'))).toHaveLength(1);
});
