import { LedgerRoles } from '../../src/bot/roles.js';
import { MetPeople } from '../../src/bot/known-people.js';
import type { KnownPerson } from '../../src/bot/ports.js';
import { ADMIN, TENANT, testBilling } from '../support/billing.js';
import { ADMIN_PERSON, FakeDestinations, VIEWER, testTurn } from '../support/turn.js';

async function scene(lookUp?: () => Promise<KnownPerson | undefined>) {
  const test = await testBilling();
  const { reader } = test.billing;
  const destinations = new FakeDestinations();
  const { conversation } = testTurn();
  destinations.known.set(`${TENANT}|${conversation.key}`, {
    conversation,
    locale: '',
    alerts: 'off',
    person: VIEWER,
  });
  const people = new MetPeople({ destinations, reader, ...(lookUp !== undefined && { lookUp }) });
  const everyoneIsAdminOn = (channelId: string) => channelId === 'emulator';
  const roles = new LedgerRoles({ reader, people, configuredAdmins: [ADMIN.id], everyoneIsAdminOn });
  return { test, roles, people, conversation };
}

const ANNA = { id: 'anna-1', name: 'Anna' };

test('configuration makes the first admins, and a member’s row wins over it', async () => {
  const { roles, test } = await scene();
  expect(await roles.roleOf(TENANT, ADMIN_PERSON)).toBe('admin');
  expect(await roles.roleOf(TENANT, VIEWER)).toBe('viewer');
  await test.billing.setRole(TENANT, { ...ANNA, role: 'admin', by: ADMIN });
  await test.billing.setRole(TENANT, { id: ADMIN.id, name: ADMIN.name, role: 'viewer', by: ADMIN });
  expect(await roles.roleOf(TENANT, { ...ANNA, channelAccountId: 'x' })).toBe('admin');
  expect(await roles.roleOf(TENANT, ADMIN_PERSON)).toBe('viewer');
  expect(await roles.roleOf('another-tenant', { ...ANNA, channelAccountId: 'x' })).toBe('viewer');
});

test('an account’s row that lists the roles tells as much, without another read', async () => {
  const { roles, test } = await scene();
  const { reader, setRole } = {
    reader: test.billing.reader,
    setRole: test.billing.setRole.bind(test.billing),
  };
  const anna = { ...ANNA, channelAccountId: 'x' };
  expect(await roles.roleIn(await reader.account(TENANT), ADMIN_PERSON)).toBe('admin');
  await setRole(TENANT, { ...ANNA, role: 'admin', by: ADMIN });
  await setRole(TENANT, { id: ADMIN.id, name: ADMIN.name, role: 'viewer', by: ADMIN });
  const account = await reader.account(TENANT);
  const read = jest.spyOn(test.table, 'get');
  expect(await roles.roleIn(account, anna)).toBe('admin');
  expect(await roles.roleIn(account, ADMIN_PERSON)).toBe('viewer');
  expect(await roles.roleIn(account, VIEWER)).toBe('viewer');
  expect(await roles.roleIn(account, VIEWER, 'emulator')).toBe('admin');
  expect(read).not.toHaveBeenCalled();
});

test('where the account’s row lists no roles the member’s row is read', async () => {
  const { roles, test } = await scene();
  await test.billing.setRole(TENANT, { ...ANNA, role: 'admin', by: ADMIN });
  const { roles: _listed, ...account } = await test.billing.reader.account(TENANT);
  expect(await roles.roleIn(account, { ...ANNA, channelAccountId: 'x' })).toBe('admin');
  expect(await roles.roleIn(account, VIEWER)).toBe('viewer');
});

test('the Emulator’s user is an admin where the embedded mode says so, and nowhere else', async () => {
  const { roles } = await scene();
  expect(await roles.roleOf(TENANT, VIEWER, 'emulator')).toBe('admin');
  expect(await roles.roleOf(TENANT, VIEWER, 'msteams')).toBe('viewer');
});

test('a refusal names five admins at most, and never an id', async () => {
  const { roles, test } = await scene();
  expect(await roles.admins(TENANT)).toEqual([]);
  for (const name of ['F', 'E', 'D', 'C', 'B', 'A'])
    await test.billing.setRole(TENANT, { id: `id-${name}`, name, role: 'admin', by: ADMIN });
  expect(await roles.admins(TENANT)).toEqual(['A', 'B', 'C', 'D', 'E']);
});

test('known are those who wrote in person and those with a role, each once, by name', async () => {
  const { people, test } = await scene();
  await test.billing.setRole(TENANT, { ...ANNA, role: 'admin', by: ADMIN });
  await test.billing.setRole(TENANT, { id: VIEWER.id, name: 'Old name', role: 'admin', by: ADMIN });
  expect(await people.list(TENANT)).toEqual([ANNA, { id: VIEWER.id, name: VIEWER.name }]);
});

test('a mention of somebody who wrote in person asks the channel nothing; others are looked up', async () => {
  const lookUp = jest.fn(async () => ANNA);
  const { people, conversation } = await scene(lookUp);
  expect(await people.find(TENANT, VIEWER.channelAccountId, conversation)).toEqual({
    id: VIEWER.id,
    name: VIEWER.name,
  });
  expect(lookUp).not.toHaveBeenCalled();
  expect(await people.find(TENANT, '29:anna', conversation)).toEqual(ANNA);
  expect(await people.find(TENANT, '29:anna')).toBeUndefined();
  expect(await (await scene()).people.find(TENANT, '29:anna', conversation)).toBeUndefined();
});
