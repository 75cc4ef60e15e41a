import { understand } from '../../../src/bot/matching.js';
import { membersCommand } from '../../../src/bot/commands/members.js';
import { ADMIN, TENANT, testBilling } from '../../support/billing.js';
import { button, buttonsOf, expectValidCard, textOf } from '../../support/card-checks.js';
import {
  FakePeople,
  click,
  clicked,
  say,
  testServices,
  testTurn,
  type TestTurnOptions,
} from '../../support/turn.js';

const ANNA = { id: 'anna-1', name: 'Anna *Bold* Rossi' };
const BRUNO = { id: 'bruno-1', name: 'Bruno Neri' };
const mention = ({ id, name }: typeof ANNA) => ({ channelAccountId: `29:${id}`, name });
const CHANNEL = { kind: 'channel' } as const;

async function scene(options: TestTurnOptions = {}) {
  const test = await testBilling();
  const people = new FakePeople();
  people.people = [{ id: ADMIN.id, name: ADMIN.name }, ANNA, BRUNO];
  const services = testServices(test, { people });
  const inTurn = (more: TestTurnOptions) => ({ turn: testTurn({ ...options, ...more }), services });
  const roleOf = async (id: string) => (await test.billing.reader.member(TENANT, id))?.role;
  return { ...inTurn({}), test, inTurn, services, roleOf };
}

const add = { intent: 'add', phrase: 'add admin' };
const remove = { intent: 'remove', phrase: 'remove admin' };

test('the words are understood in both languages', () => {
  for (const typed of ['add admin @Anna', 'aggiungi amministratore Anna'])
    expect(understand(typed, 'en')).toMatchObject({ match: { name: 'members', intent: 'add' } });
  for (const typed of ['remove admin @Anna', 'rimuovi amministratore Anna'])
    expect(understand(typed, 'it')).toMatchObject({ match: { name: 'members', intent: 'remove' } });
  expect(understand('membri', 'it')).toMatchObject({ match: { name: 'members', phrase: 'membri' } });
});

test('members lists configured admins and everybody who is known', async () => {
  const { card } = await say(membersCommand, await scene());
  expectValidCard(card);
  const text = textOf(card);
  expect(text).toContain('1 admin\n');
  expect(text).toContain('Ada Admin\nfrom the configuration');
  expect(text).toContain('2 viewers');
  expect(text).toContain('Anna *Bold* Rossi\nBruno Neri');
});

test('a viewer reads the list, without buttons to change it, and is refused by words', async () => {
  const here = await scene({ role: 'viewer' });
  expect(buttonsOf((await say(membersCommand, here)).card)).toEqual([]);
  const { turn, services } = here.inTurn({ mentions: [mention(ANNA)] });
  const { card } = await say(membersCommand, { turn, services }, add);
  expect(textOf(card)).toContain('These people can help: Ada Admin.');
  expect(await here.roleOf(ANNA.id)).toBeUndefined();
  expect(services.audit.notes).toMatchObject([{ did: 'members.add', outcome: 'refused' }]);
  expect(membersCommand.actions['add']?.role).toBe('admin');
  expect(membersCommand.actions['remove']?.role).toBe('admin');
});

test('a mention makes somebody an admin, saying who did it, and it is audited', async () => {
  const here = await scene({ conversation: CHANNEL });
  const { card } = await say(membersCommand, here.inTurn({ mentions: [mention(ANNA)] }), add);
  expectValidCard(card);
  expect(textOf(card)).toContain('Ada Admin made Anna *Bold* Rossi an admin, Nov 17, 2026, 9:00 AM UTC.');
  expect(await here.roleOf(ANNA.id)).toBe('admin');
  expect(here.services.audit.notes).toEqual([
    { tenant: TENANT, personId: ADMIN.id, did: 'members.add', outcome: 'done', subject: ANNA.id },
  ]);
  expect(textOf((await say(membersCommand, here)).card)).toContain('made admin by Ada Admin, Nov 17, 2026');
  const again = await say(membersCommand, here.inTurn({ mentions: [mention(ANNA)] }), add);
  expect(textOf(again.card)).toContain('Anna *Bold* Rossi is an admin already');
});

test('two mentions are one too many', async () => {
  const here = await scene({ mentions: [mention(ANNA), mention(BRUNO)], conversation: CHANNEL });
  expect(textOf((await say(membersCommand, here, add)).card)).toContain('One person at a time, please');
  expect(await here.roleOf(ANNA.id)).toBeUndefined();
});

test('somebody who can’t be found out is asked to write once', async () => {
  const here = await scene({
    mentions: [{ channelAccountId: '29:nobody', name: 'Nora' }],
    conversation: CHANNEL,
  });
  expect(textOf((await say(membersCommand, here, add)).card)).toContain('Ask Nora to write to me once');
});

test('without a mention a channel asks for one, and a personal chat offers those who are known', async () => {
  const here = await scene();
  const inChannel = await say(membersCommand, here.inTurn({ conversation: CHANNEL }), add);
  expect(textOf(inChannel.card)).toContain('mention the person, for example: add admin @Anna');
  const { card } = await say(membersCommand, here, add);
  expectValidCard(card);
  expect(JSON.stringify(card.content)).not.toContain(`"value":"${ADMIN.id}"`);
  const done = await clicked(membersCommand, here, { ...button(card, 'Make admin').data, person: BRUNO.id });
  expect(done.mode).toBe('replace');
  expect(textOf(done.card)).toContain('Bruno Neri is an admin now');
  const choice = await say(membersCommand, here, remove);
  const removed = await clicked(membersCommand, here, {
    ...button(choice.card, 'Remove admin').data,
    person: BRUNO.id,
  });
  expect(textOf(removed.card)).toContain('Ada Admin removed Bruno Neri as an admin');
});

test('a forged choice changes nothing', async () => {
  const here = await scene();
  const { card } = await clicked(membersCommand, here, { verb: 'members.add', person: 'stranger' });
  expect(textOf(card)).toContain('I don’t know this person');
  expect(await click(membersCommand, here, { verb: 'members.add', person: 7 })).toBe('malformed');
  expect(await here.roleOf('stranger')).toBeUndefined();
});

test('the last admin stays, and the try is audited', async () => {
  const here = await scene();
  const { card } = await clicked(membersCommand, here, { verb: 'members.remove', person: ADMIN.id });
  expectValidCard(card);
  expect(textOf(card)).toContain(
    'Ada Admin is the only admin. Nothing was changed. Add another admin first.',
  );
  expect(here.services.audit.notes).toMatchObject([{ did: 'members.remove', outcome: 'refused' }]);
});

test('who gives up the role is told so, where another admin is left', async () => {
  const here = await scene({ locale: 'it-IT' });
  await clicked(membersCommand, here, { verb: 'members.add', person: ANNA.id });
  const { card } = await clicked(membersCommand, here, { verb: 'members.remove', person: ADMIN.id });
  expect(textOf(card)).toContain('Non sei più amministratore');
  expect(await here.roleOf(ADMIN.id)).toBe('viewer');
});

test('of two admins who remove each other at once, one is refused', async () => {
  const here = await scene();
  await clicked(membersCommand, here, { verb: 'members.add', person: ANNA.id });
  const anna = here.inTurn({ person: { ...ANNA, channelAccountId: '29:anna-1' } });
  const both = await Promise.all([
    clicked(membersCommand, here, { verb: 'members.remove', person: ANNA.id }),
    clicked(membersCommand, anna, { verb: 'members.remove', person: ADMIN.id }),
  ]);
  const refused = both.filter(({ card }) => textOf(card).includes('The last admin has to stay'));
  expect(refused).toHaveLength(1);
  expect(textOf((await say(membersCommand, here)).card)).toContain('1 admin\n');
});

test('somebody who is no admin can’t be removed as one', async () => {
  const here = await scene();
  const { card } = await clicked(membersCommand, here, { verb: 'members.remove', person: BRUNO.id });
  expect(textOf(card)).toContain('Bruno Neri is not an admin');
});
