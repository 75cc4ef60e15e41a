import { after } from '../../../src/billing/ledger/calendar.js';
import { COLLECT } from '../../../src/billing/ledger/commands/collect-usage.js';
import { usageCommand } from '../../../src/bot/commands/usage.js';
import { ADMIN, START, TENANT, TestClock, testBilling } from '../../support/billing.js';
import { button, buttonsOf, expectValidCard, textOf } from '../../support/card-checks.js';
import { collecting, PatientClock, type Collecting } from '../../support/graph/connected.js';
import { graphRow } from '../../support/graph-rows.js';
import { click, clicked, say, testServices, testTurn, type TestTurnOptions } from '../../support/turn.js';

let graph: Collecting;
let clock: TestClock;
beforeEach(async () => {
  clock = new TestClock(START);
  graph = await collecting(new PatientClock(clock));
});
afterEach(() => graph.graph.stop());

async function scene(options: TestTurnOptions & { readonly isConfigured?: false } = {}) {
  const { isConfigured = true, ...turn } = options;
  const test = await testBilling({ clock, ...(isConfigured && { graph: graph.calls }) });
  return { test, turn: testTurn({ now: clock.now(), ...turn }), services: testServices(test) };
}

type Scene = Awaited<ReturnType<typeof scene>>;

const settled = ({ test }: Scene) => test.runner.settled({ tenant: TENANT, ...COLLECT });
const usageOf = async ({ test }: Scene) => (await test.billing.reader.account(TENANT)).usage;
const titles = (card: Parameters<typeof buttonsOf>[0]) => buttonsOf(card).map(({ title }) => title);

/** From the command to the preview, with that day in the form. */
async function previewed(here: Scene, date?: string) {
  const preview = { verb: 'usage.preview', ...(date !== undefined && { date }) };
  return (await clicked(usageCommand, here, preview)).card;
}

async function connected(options: TestTurnOptions = {}): Promise<Scene> {
  const here = await scene(options);
  await clicked(usageCommand, here, button(await previewed(here), 'Connect').data);
  await settled(here);
  return here;
}

test('without settings for Graph it names the other ways in, and offers no connection', async () => {
  const { card } = await say(usageCommand, await scene({ isConfigured: false }));
  expectValidCard(card);
  expect(textOf(card)).toContain('no settings for Microsoft Graph');
  expect(textOf(card)).toContain('Charged from\nevery call that comes in');
  expect(titles(card)).toEqual(['Change start', 'Refresh']);
});

test('an admin connects in three clicks: form, preview, confirmation', async () => {
  const here = await scene();
  const first = await say(usageCommand, here);
  expect(textOf(first.card)).toContain('No call records have come in yet.');
  const form = await clicked(usageCommand, here, button(first.card, 'Connect Microsoft Graph').data);
  expectValidCard(form.card);
  expect(textOf(form.card)).toContain('First day charged (UTC); empty: from now on');
  const preview = await clicked(usageCommand, here, button(form.card, 'Continue').data);
  expectValidCard(preview.card);
  expect(textOf(preview.card)).toContain('The last 90 days are collected and shown, not charged.');
  expect(await usageOf(here)).not.toHaveProperty('graph');
  const done = await clicked(usageCommand, here, button(preview.card, 'Connect').data);
  expect(textOf(done.card)).toContain('Microsoft Graph, collected every 6 hours');
  expect(textOf(done.card)).toContain('by Ada Admin');
  await settled(here);
  expect(await usageOf(here)).toMatchObject({ metering: { from: START }, graph: { by: ADMIN } });
  expect(here.services.audit.notes).toMatchObject([{ did: 'usage.confirm', outcome: 'done' }]);
});

test('the calls of the past that come in are shown, and charge nothing', async () => {
  const start = after(START, { days: -20 });
  graph.graph.report([graphRow(3, { id: 'old', startDateTime: start }) as never]);
  const here = await connected();
  const { card } = await say(usageCommand, here);
  expectValidCard(card);
  expect(textOf(card)).toContain('Earlier, not charged\n1 call, $3.00');
  expect((await here.test.billing.reader.account(TENANT)).balance).toBe(0n);
});

test('a day in the past says what follows from it', async () => {
  const here = await connected();
  const card = await previewed(here, '2026-11-10');
  expect(textOf(card)).toContain('Calls from Nov 10, 2026, 12:00 AM UTC on are charged.');
  expect(textOf(card)).toContain('calls since then are charged when they come in');
  await clicked(usageCommand, here, button(card, 'Change').data);
  expect((await usageOf(here)).metering?.from).toBe('2026-11-10T00:00:00.000Z');
});

test('days begin at midnight where the account is', async () => {
  const test = await testBilling({
    clock,
    settings: { defaults: { currency: 'EUR', timeZone: 'Europe/Rome' } },
  });
  const here = { test, turn: testTurn(), services: testServices(test) };
  await clicked(usageCommand, here, button(await previewed(here, '2026-11-10'), 'Change').data);
  expect((await usageOf(here)).metering?.from).toBe('2026-11-09T23:00:00.000Z');
});

test.each([
  ['tomorrow-ish', 'I can’t read that as a day'],
  ['2031-01-01', 'Choose a day within a year from today.'],
])('%s is asked for again, and changes nothing', async (date, sentence) => {
  const here = await scene();
  const card = await previewed(here, date);
  expectValidCard(card);
  expect(textOf(card)).toContain(sentence);
  expect(await usageOf(here)).toEqual({ openIssues: 0 });
});

test('the day that stands there keeps its moment', async () => {
  const here = await connected();
  const form = await clicked(usageCommand, here, { verb: 'usage.form' });
  expect(JSON.stringify(form.card.content)).toContain('"value":"2026-11-17"');
  await clicked(usageCommand, here, button(await previewed(here, '2026-11-17'), 'Change').data);
  expect((await usageOf(here)).metering?.from).toBe(START);
});

test('missing consent is told with what to do about it', async () => {
  graph.graph.fault = () => ({ status: 403 });
  const here = await connected();
  const { card } = await say(usageCommand, here);
  expectValidCard(card);
  expect(textOf(card)).toContain('Consent is missing: an administrator must allow the app');
});

test('collecting now is answered at once, and asks for the newest days', async () => {
  const here = await connected();
  const before = graph.graph.seen.length;
  clock.pass({ minutes: 1 });
  const { card } = await clicked(usageCommand, here, { verb: 'usage.collect' });
  expect(textOf(card)).toContain('Collecting now. Refresh in a moment.');
  await settled(here);
  expect(graph.graph.seen.length).toBeGreaterThan(before);
});

test('disconnecting is asked about first; a second click finds it done', async () => {
  const here = await connected();
  const ask = await clicked(usageCommand, here, { verb: 'usage.askOff' });
  expectValidCard(ask.card);
  const { data } = button(ask.card, 'Disconnect');
  const done = await clicked(usageCommand, here, data);
  expect(textOf(done.card)).toContain('By Ada Admin');
  expect(textOf((await clicked(usageCommand, here, data)).card)).toContain('By Ada Admin');
  expect(await usageOf(here)).not.toHaveProperty('graph');
  expect(titles((await say(usageCommand, here)).card)).toContain('Connect Microsoft Graph');
});

test('where two admins disconnect, the second one reads that it was not connected', async () => {
  const here = await connected();
  const asks = [await clicked(usageCommand, here, { verb: 'usage.askOff' })];
  asks.push(await clicked(usageCommand, here, { verb: 'usage.askOff' }));
  const answers = [];
  for (const { card } of asks)
    answers.push(await clicked(usageCommand, here, button(card, 'Disconnect').data));
  expect(textOf(answers[1]!.card)).toContain('It was not connected. Nothing was changed.');
});

test('the token of one question does not answer another', async () => {
  const here = await connected();
  const ask = await clicked(usageCommand, here, { verb: 'usage.askOff' });
  const { token } = button(ask.card, 'Disconnect').data as { token: string };
  const reply = await clicked(usageCommand, here, { verb: 'usage.confirm', token });
  expect(reply.mode).toBe('post');
  expect((await usageOf(here)).metering?.from).toBe(START);
  expect(await click(usageCommand, here, { verb: 'usage.off' })).toBe('malformed');
});

test('a preview of yesterday is shown anew before anything happens', async () => {
  const here = await scene();
  const { data } = button(await previewed(here), 'Connect');
  const late = { ...here, turn: testTurn({ now: after(START, { hours: 25 }) }) };
  const reply = await clicked(usageCommand, late, data);
  expect(textOf(reply.card)).toContain('This preview was a day old');
  expect(await usageOf(here)).not.toHaveProperty('graph');
});

test('a viewer sees the facts, and none of the buttons that would refuse them', async () => {
  const here = await connected();
  const { card } = await say(usageCommand, { ...here, turn: testTurn({ role: 'viewer' }) });
  expect(titles(card)).toEqual(['Refresh']);
  for (const name of ['form', 'preview', 'confirm', 'collect', 'askOff', 'off'])
    expect(usageCommand.actions[name]?.role).toBe('admin');
});

test('in Italian every card is in Italian', async () => {
  const here = await scene({ locale: 'it-IT' });
  const first = await say(usageCommand, here);
  expect(textOf(first.card)).toContain('Non è ancora arrivato alcun registro di chiamate.');
  const preview = await previewed(here);
  expectValidCard(preview);
  expect(textOf(preview)).toContain('Si addebitano le chiamate da adesso.');
});

test('calls that only a second source knows are told, newest days first, with what to do', async () => {
  const here = await scene();
  const row = (day: string, id: string) => graphRow(2, { id, startDateTime: `2026-11-${day}T08:00:00Z` });
  for (const day of ['11', '12', '13', '14', '15']) {
    await here.test.billing.intake.take(TENANT, [row(day, `first-${day}`)], 'csv');
    await here.test.billing.intake.take(TENANT, [row(day, `second-${day}`)], 'graph');
  }
  const { card } = await say(usageCommand, here);
  expectValidCard(card);
  const text = textOf(card);
  expect(text).toContain('Nov 15, 2026: 1 call ($2.00) that Microsoft Graph reports is not charged');
  expect(text).toContain('the admin center’s export was charged for that day first');
  expect(text).toContain('And 2 earlier days.');
  expect(text).toContain('correct the balance with “adjust”');
  expect(text).not.toContain('Nov 12');
  const italian = await say(usageCommand, { ...here, turn: testTurn({ now: clock.now(), locale: 'it' }) });
  expect(textOf(italian.card)).toContain('1 chiamata (2,00 USD) da Microsoft Graph non è addebitata');
});
