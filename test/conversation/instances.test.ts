/** Two instances of the program on the same tables, as in production: what one began the other can end. */
import { randomUUID } from 'node:crypto';
import { ADA, BEA, startApp, type TestApp } from '../support/app.js';
import { usd } from '../support/billing.js';
import type { ChatClient } from '../support/client.js';

let one: TestApp;
let other: TestApp;

/** Two admins, so that the last one can be told. */
const config = { adminIds: [ADA, BEA].map(({ aadObjectId }) => aadObjectId.toLowerCase()) };

beforeAll(async () => {
  one = await startApp({ config });
  other = await startApp({ config, tables: one.tables, connector: one.connector, clock: one.clock });
});

afterAll(async () => {
  await other.stop();
  await one.stop();
});

const PAY = 'Pay $50.00';
const BY_ADA = { id: ADA.aadObjectId.toLowerCase(), name: ADA.name };

/** The same conversation, whose activities now reach the other instance. */
function elsewhere(chat: ChatClient): ChatClient {
  return other.client({ ...chat.setting });
}

async function expectOneTopUp(tenant: string): Promise<void> {
  expect(await one.charged(tenant)).toBe(1);
  expect((await one.entries(tenant)).map(({ amount }) => amount)).toEqual([usd(50)]);
}

test('a preview that one made is confirmed on the other', async () => {
  const tenant = randomUUID();
  const chat = one.client({ tenant });
  const { card } = await chat.say('add $50');
  expect((await elsewhere(chat).click(card, PAY)).text).toContain('✓ Funds added');
  expect((await chat.click(card, PAY)).text).toContain('✓ Funds added');
  await expectOneTopUp(tenant);
});

test.each([1, 2, 3])('one click that reaches both at once charges once (%i)', async () => {
  const tenant = randomUUID();
  const chat = one.client({ tenant, scope: 'channel' });
  const { card } = await chat.say('add $50');
  const click = chat.clicking(card, PAY);
  const answers = await Promise.all([
    chat.send(click),
    elsewhere(chat).send(click),
    elsewhere(chat).send({ ...click, id: randomUUID() }),
    chat.as({ person: BEA }).click(card, PAY),
  ]);
  for (const { text } of answers) expect(text).toMatch(/✓ Funds added|Payment in progress/u);
  await expectOneTopUp(tenant);
});

test('two previews confirmed at once on both charge one, and ask again about the other', async () => {
  const tenant = randomUUID();
  const chat = one.client({ tenant, scope: 'channel' });
  const first = await chat.say('add $50');
  const second = await elsewhere(chat).as({ person: BEA }).say('add $50');
  one.clock.pass({ seconds: 1 });
  const answers = await Promise.all([
    chat.click(first.card, PAY),
    elsewhere(chat).as({ person: BEA }).click(second.card, PAY),
  ]);
  const asked = answers.filter(({ text }) => text.includes('Another top-up came in after that preview'));
  expect(asked).toHaveLength(1);
  await expectOneTopUp(tenant);
});

test('usage that arrives at both at once is charged once', async () => {
  const chat = await one.funded('100');
  const tenant = chat.setting.tenant!;
  const rows = Array.from({ length: 20 }, (_, index) => ({
    id: `call-${index}`,
    startDateTime: one.clock.now(),
    duration: 60,
    charge: 1.5,
    currency: 'USD',
    licenseCapability: 'MCOPSTNPP',
  }));
  const send = (app: TestApp) =>
    fetch(`${app.url}/api/usage/${tenant}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(rows),
    });
  const answers = await Promise.all([send(one), send(other), send(one)]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await one.balance(tenant)).toBe(usd(70));
});

test('where alerts were asked for on one, the other tells them, once', async () => {
  const chat = await one.funded('50', { scope: 'channel' });
  await chat.say('alerts here');
  await other.use(chat.setting.tenant, 45);
  const isLow = ({ kind, conversationId, activity }: (typeof one.connector.sent)[number]): boolean =>
    kind === 'post' &&
    conversationId === chat.setting.conversationId &&
    String(activity['summary']).includes('below');
  await one.connector.waitFor(isLow);
  await one.later({ minutes: 3 });
  await other.later({ minutes: 3 });
  expect(one.connector.sent.filter(isLow)).toHaveLength(1);
});

test('the last admin stays, though two are removed at once by two instances', async () => {
  const tenant = randomUUID();
  const ada = one.client({ tenant });
  const bea = other.client({ tenant, person: BEA });
  await Promise.all([ada.say('hello'), bea.say('hello')]);
  const [choice, choiceOfBea] = [await ada.say('remove admin'), await bea.say('remove admin')];
  const [left, right] = await Promise.all([
    ada.click(choice.card, 'Remove admin', { person: BEA.aadObjectId }),
    bea.click(choiceOfBea.card, 'Remove admin', { person: config.adminIds[0]! }),
  ]);
  const texts = [left.text, right.text].join('\n');
  expect(texts).toContain('is no longer an admin');
  expect(texts).toMatch(/The last admin has to stay|Only an admin can do this/u);
  const members = await one.app.billing.billing.reader.members(tenant);
  expect(members.filter(({ role }) => role === 'viewer')).toHaveLength(1);
});

test('a role that one gave and took away counts at the very next click on the other', async () => {
  const tenant = randomUUID();
  const person = { id: '29:carl', name: 'Carl', aadObjectId: randomUUID() };
  const carl = other.client({ tenant, person });
  const { billing } = one.app.billing;
  const set = (role: 'admin' | 'viewer') =>
    billing.setRole(tenant, { id: person.aadObjectId, name: person.name, role, by: BY_ADA });
  await set('admin');
  const balance = await carl.say('balance');
  expect((await carl.click(balance.card, 'Add funds')).text).toContain('Balance now: $0.00');
  await set('viewer');
  expect((await carl.click(balance.card, 'Add funds')).text).toContain('Only an admin can do this');
});
