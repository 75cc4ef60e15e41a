import { alertsCommand } from '../../../src/bot/commands/alerts.js';
import { understand } from '../../../src/bot/matching.js';
import type { Reply } from '../../../src/bot/command.js';
import { ADMIN, TENANT, testBilling } from '../../support/billing.js';
import { buttonsOf, expectValidCard, textOf } from '../../support/card-checks.js';
import { placeOf } from '../../support/alerts.js';
import { graphRow } from '../../support/graph-rows.js';
import { calm } from '../../support/shared-billing.js';
import { clicked, say, testServices, testTurn, type TestTurnOptions } from '../../support/turn.js';

const HERE = 'conversation-1';

async function scene(options: TestTurnOptions = {}) {
  const test = await testBilling();
  const services = testServices(test);
  const stateHere = async () => (await services.destinations.find(TENANT, HERE))?.alerts;
  return { turn: testTurn(options), services, test, stateHere };
}

function titles({ card }: Reply): readonly string[] {
  expectValidCard(card);
  return buttonsOf(card).map(({ title }) => title);
}

test.each([
  ['alerts', undefined],
  ['alerts here', 'on'],
  ['alerts off', 'off'],
  ['test alert', 'test'],
  ['avvisi', undefined],
  ['avvisi qui', 'on'],
  ['avvisi no', 'off'],
  ['avviso di prova', 'test'],
])('“%s” is understood', (typed, intent) => {
  const language = typed.startsWith('avvis') ? 'it' : 'en';
  const understood = understand(typed, language);
  expect(understood).toMatchObject({ kind: 'command', match: { name: 'alerts' } });
  expect(understood.kind === 'command' ? understood.match.intent : 'none').toBe(intent);
});

test('“alerts here” turns them on in this conversation, tells what will be heard, and is audited', async () => {
  const here = await scene();
  const reply = await say(alertsCommand, here, { intent: 'on' });
  expect(textOf(reply.card)).toContain('Alerts are on here');
  expect(textOf(reply.card)).toContain('Say “alerts off” here to stop them.');
  expect(titles(reply)).toEqual(['Send a test alert', 'Alerts off']);
  expect(await here.stateHere()).toBe('on');
  const note = { tenant: TENANT, personId: ADMIN.id, did: 'alerts.on', outcome: 'done' };
  expect(here.services.audit.notes).toEqual([note]);
});

test('“alerts off” turns them off, and says who hears them then', async () => {
  const here = await scene();
  await say(alertsCommand, here, { intent: 'on' });
  const reply = await say(alertsCommand, here, { intent: 'off' });
  expect(textOf(reply.card)).toContain('Alerts are off here');
  expect(textOf(reply.card)).toContain('the admins I have met are told in person');
  expect(titles(reply)).toEqual(['Alerts here', 'Send a test alert']);
  expect(await here.stateHere()).toBe('off');
});

test('“alerts” shows the state, and how many other conversations hear them', async () => {
  const here = await scene();
  await here.services.destinations.setAlerts(TENANT, placeOf('on-call'), 'on');
  await here.services.destinations.setAlerts(TENANT, placeOf('finance'), 'on');
  const reply = await say(alertsCommand, here);
  expect(textOf(reply.card)).toContain('Alerts are off here');
  expect(textOf(reply.card)).toContain('2 other conversations hear alerts.');
  expect(here.services.audit.notes).toEqual([]);
});

test('“test alert” takes the path of real ones to this conversation alone, and leaves its state', async () => {
  const here = await scene();
  const reply = await say(alertsCommand, here, { intent: 'test' });
  expect(textOf(reply.card)).toContain('A test alert is on its way');
  titles(reply);
  await calm();
  expect(here.test.alerts).toEqual([1n]);
  expect(await here.stateHere()).toBe('off');
});

test('the buttons do what the words do, and take the card’s place', async () => {
  const here = await scene();
  const on = await clicked(alertsCommand, here, { verb: 'alerts.on' });
  expect(on.mode).toBe('replace');
  expect(await here.stateHere()).toBe('on');
  for (const { verb, data } of buttonsOf(on.card)) {
    expect(data['verb']).toBe(verb);
    await clicked(alertsCommand, here, data);
  }
  expect(await here.stateHere()).toBe('off');
  expect((await clicked(alertsCommand, here, { verb: 'alerts.show' })).mode).toBe('post');
});

test.each(['on', 'off', 'test'])(
  'a viewer who says “%s” reads the state, changes nothing',
  async (intent) => {
    const here = await scene({ role: 'viewer' });
    const reply = await say(alertsCommand, here, { intent });
    expect(textOf(reply.card)).toContain('Alerts are off here');
    expect(titles(reply)).toEqual([]);
    await calm();
    expect(await here.stateHere()).toBeUndefined();
    expect(here.test.alerts).toEqual([]);
  },
);

test('a viewer’s click on a card of others is refused by its role', () => {
  const roles = Object.entries(alertsCommand.actions).map(([name, { role }]) => [name, role]);
  expect(Object.fromEntries(roles)).toEqual({ show: 'viewer', on: 'admin', off: 'admin', test: 'admin' });
});

test('alerts that reached nobody are told as soon as a conversation asks for alerts', async () => {
  const here = await scene();
  const { billing } = here.test;
  await billing.intake.take(TENANT, [graphRow(5)], 'http');
  await calm();
  const [sequence = 0n] = here.test.alerts;
  await billing.noteUndelivered(TENANT, { sequence, undelivered: true });
  await say(alertsCommand, here, { intent: 'off' });
  await calm();
  expect(here.test.alerts).toEqual([sequence]);
  await say(alertsCommand, here, { intent: 'on' });
  await calm();
  expect(here.test.alerts).toEqual([sequence, sequence]);
});

describe.each([
  ['en-US', { on: 'Alerts are on here', off: 'Alerts are off here', test: 'A test alert is on its way' }],
  [
    'it-IT',
    {
      on: 'Gli avvisi sono attivi qui',
      off: 'Gli avvisi sono spenti qui',
      test: 'Un avviso di prova è in arrivo',
    },
  ],
])('in %s', (locale, words) => {
  test.each(Object.entries(words))('“%s” is a card that every client shows', async (intent, title) => {
    for (const kind of ['personal', 'group', 'channel'] as const) {
      const here = await scene({ locale, conversation: { kind } });
      const { card } = await say(alertsCommand, here, { intent });
      expectValidCard(card);
      expect(textOf(card)).toContain(title);
    }
  });

  test('a place that was kept from hearing says so', async () => {
    const here = await scene({ locale });
    const conversation = here.turn.conversation;
    here.services.destinations.known.set(`${TENANT}|${HERE}`, { conversation, locale, alerts: 'paused' });
    const reply = await say(alertsCommand, here);
    expect(textOf(reply.card)).toMatch(/kept from sending|non riuscivo a inviarli/u);
    expect(titles(reply)).toHaveLength(2);
  });
});
