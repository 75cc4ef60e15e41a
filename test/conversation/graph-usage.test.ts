/** Call records that come from Microsoft Graph by themselves, over the whole program: a server on the loopback stands in for it. */
import { randomUUID } from 'node:crypto';
import { after } from '../../src/billing/ledger/calendar.js';
import { COLLECT } from '../../src/billing/ledger/commands/collect-usage.js';
import { startApp, type AppOptions, type TestApp } from '../support/app.js';
import { START, TestClock, usd } from '../support/billing.js';
import type { Answer, ChatClient } from '../support/client.js';
import { GraphStandIn, type GraphRow } from '../support/graph/stand-in.js';

let graph: GraphStandIn;
let clock: TestClock;
let apps: TestApp[];

beforeEach(() => {
  clock = new TestClock(START);
  graph = new GraphStandIn(clock.now);
  apps = [];
});

afterEach(async () => {
  // The first one has what the others share.
  for (const app of apps.reverse()) await app.stop();
  await graph.stop();
});

let standIn: string | undefined;

async function started(options: AppOptions = {}): Promise<TestApp> {
  if (apps.length === 0) standIn = await graph.start();
  const app = await startApp({ config: { graph: { standIn: standIn! } }, clock, ...options });
  apps.push(app);
  return app;
}

/** Another instance on the same tables. */
const besides = ({ tables, connector }: TestApp) => started({ tables, connector });

const tenantOf = ({ setting }: ChatClient) => setting.tenant!;

/** As people do it. */
async function connect(chat: ChatClient): Promise<Answer> {
  const { card } = await chat.say('usage');
  const form = await chat.click(card, 'Connect Microsoft Graph');
  const preview = await chat.click(form.card, 'Continue');
  return chat.click(preview.card, 'Connect');
}

/** Run after run, until nothing is left to ask for now: how many there are depends on how fast the machine is. */
async function looked(tenant: string): Promise<void> {
  let asked: number;
  do {
    asked = graph.seen.length;
    await Promise.all(apps.map(({ app }) => app.billing.runner.round()));
    for (const { app } of apps) await app.billing.runner.settled({ tenant, ...COLLECT });
  } while (graph.seen.length > asked);
}

async function later(chat: ChatClient, span: Parameters<TestClock['pass']>[0]): Promise<void> {
  clock.pass(span);
  await looked(tenantOf(chat));
}

async function connected(app: TestApp, tenant = randomUUID()): Promise<ChatClient> {
  const chat = app.client({ tenant });
  const done = await connect(chat);
  expect(done.text).toContain('Microsoft Graph, collected every 6 hours');
  await apps[0]!.app.billing.runner.settled({ tenant, ...COLLECT });
  await looked(tenant);
  return chat;
}

function call(id: string, charge: number, startDateTime: string): GraphRow {
  const prepaid = { currency: 'USD', licenseCapability: 'MCOPSTNPP', destinationName: 'Italy' };
  return { id, startDateTime, charge, duration: 60, ...prepaid };
}

const calls = (count: number, startDateTime: string, charge = 0.25) =>
  Array.from({ length: count }, (_, index) => call(`${startDateTime}-${index}`, charge, startDateTime));

const hour = (hours: number) => after(START, { hours });

test('an admin connects in the chat: the past is shown and not charged, what follows is charged, over several pages', async () => {
  const app = await started();
  graph.pageRows = 4;
  graph.report(calls(10, hour(-240)));
  const chat = await connected(app);
  const shown = await chat.say('usage');
  expect(shown.text).toContain('Calls are known until Nov 15, 2026, 9:00 AM UTC.');
  expect(shown.text).toContain('Earlier, not charged\n10 calls, $2.50');
  expect(await app.balance(tenantOf(chat))).toBe(0n);
  graph.report(calls(9, hour(1)));
  await later(chat, { hours: 7 });
  expect(await app.balance(tenantOf(chat))).toBe(usd(-2.25));
  expect((await chat.say('balance')).text).toContain('Calls known until\nNov 17, 2026, 10:00 AM UTC');
  expect(graph.seen.filter(({ url }) => url.includes('$skip=')).length).toBeGreaterThanOrEqual(4);
});

test('a service that asks for patience once is waited for, and nothing is missed', async () => {
  const app = await started();
  graph.report(calls(3, hour(1)));
  const chat = await connected(app);
  graph.fault = (_seen, request) => (request === 95 ? { status: 429, retryAfter: '1' } : undefined);
  await later(chat, { hours: 7 });
  expect(graph.seen[94]!.url).toBe(graph.seen[95]!.url);
  expect(await app.balance(tenantOf(chat))).toBe(usd(-0.75));
  expect((await chat.say('usage')).text).not.toContain('fewer requests');
});

test('late rows are charged when they come, and rows that change are corrected, both ways', async () => {
  const app = await started();
  const chat = await connected(app);
  graph.report([call('up', 1, hour(1)), call('down', 2, hour(1))]);
  graph.report([call('late', 4, hour(1))], hour(40));
  await later(chat, { hours: 7 });
  expect(await app.balance(tenantOf(chat))).toBe(usd(-3));
  graph.report([call('up', 1.5, hour(1)), call('down', 1.25, hour(1))]);
  await later(chat, { hours: 7 });
  expect(await app.balance(tenantOf(chat))).toBe(usd(-2.75));
  await later(chat, { hours: 30 });
  expect(await app.balance(tenantOf(chat))).toBe(usd(-6.75));
  const entries = await app.entries(tenantOf(chat));
  expect(entries.map(({ kind, amount }) => `${kind} ${amount}`)).toEqual([
    `usage ${usd(-4)}`,
    `correction ${usd(0.25)}`,
    `usage ${usd(-3)}`,
  ]);
});

test('missing consent is told with what to do about it, on both cards, and goes away with its cause', async () => {
  const app = await started();
  graph.fault = () => ({ status: 403 });
  const chat = await connected(app);
  expect((await chat.say('usage')).text).toContain('Consent is missing: an administrator must allow the app');
  expect((await chat.say('balance')).text).toContain('Call records don’t come in as they should.');
  graph.fault = () => undefined;
  await later(chat, { hours: 2 });
  expect((await chat.say('usage')).text).not.toContain('Consent is missing');
  expect((await chat.say('balance')).text).not.toContain('don’t come in as they should');
});

test('two instances that look at the same time charge each call once', async () => {
  const app = await started();
  const other = await besides(app);
  const chat = await connected(app);
  graph.pageRows = 20;
  graph.report(calls(60, hour(1)));
  clock.pass({ hours: 7 });
  const asked = graph.seen.length;
  await Promise.all([app, other].map((one) => one.app.billing.graph.run(tenantOf(chat))));
  expect(graph.seen.length - asked).toBeGreaterThan(7 + 3);
  expect(await app.balance(tenantOf(chat))).toBe(usd(-15));
  expect(await other.balance(tenantOf(chat))).toBe(usd(-15));
});

test('a back-fill that a restart interrupts goes on where it stopped, and says how far it has come', async () => {
  const first = await started();
  graph.fault = (_seen, request) => (request > 40 ? { status: 503, retryAfter: '30' } : undefined);
  const chat = await connected(first);
  expect((await chat.say('usage')).text).toContain('Collected so far\n40 of 90 days');
  const second = await besides(first);
  await first.app.stop();
  graph.fault = () => undefined;
  const asked = graph.seen.length;
  await later(chat, { minutes: 10 });
  const urls = graph.seen.slice(asked).map(({ url }) => url);
  expect(new Set(urls).size).toBe(50);
  const elsewhere = second.client({ ...chat.setting });
  expect((await elsewhere.say('usage')).text).not.toContain('Collected so far');
});
