/** Which conversations hear alerts: this one from now on, or no longer; and a test on the very path of real ones. */
import * as z from 'zod';
import { noticeCard, type Button, type Tone } from '../../cards/notice.js';
import type { Card } from '../../cards/render.js';
import type { Speech, StringKey } from '../../cards/speech.js';
import { action, post, replace, type Command } from '../command.js';
import type { Destination } from '../alerts/destinations.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

type State = 'on' | 'off' | 'paused';

const LOOKS: Readonly<Record<State, { tone: Tone; title: StringKey; text: StringKey }>> = {
  on: { tone: 'good', title: 'alerts.on.title', text: 'alerts.on.text' },
  off: { tone: 'info', title: 'alerts.off.title', text: 'alerts.off.text' },
  paused: { tone: 'warning', title: 'alerts.paused.title', text: 'alerts.paused.text' },
};

const anyData = z.looseObject({});

export const alertsCommand: Command = {
  role: 'viewer',
  run: async ({ intent }, turn, services) => {
    // Words of a viewer that would change something show the state instead: the card has no button for them either.
    if (turn.role !== 'admin' || intent === undefined) return post(await show(turn, services));
    if (intent === 'test') return post(await sendTest(turn, services));
    return post(await set(intent === 'on' ? 'on' : 'off', turn, services));
  },
  actions: {
    show: action('viewer', anyData, async (_data, turn, services) => post(await show(turn, services))),
    on: action('admin', anyData, async (_data, turn, services) => replace(await set('on', turn, services))),
    off: action('admin', anyData, async (_data, turn, services) => replace(await set('off', turn, services))),
    test: action('admin', anyData, async (_data, turn, services) => replace(await sendTest(turn, services))),
  },
};

async function set(alerts: 'on' | 'off', turn: Turn, services: Services): Promise<Card> {
  const { tenant, conversation, person } = turn;
  await services.destinations.setAlerts(tenant, conversation, alerts);
  if (alerts === 'on') await services.billing.tellUndelivered(tenant);
  await services.audit.note({ tenant, personId: person.id, did: `alerts.${alerts}`, outcome: 'done' });
  return stateCard(alerts, turn, heardElsewhere(turn, await services.destinations.list(tenant)));
}

async function show(turn: Turn, services: Services): Promise<Card> {
  const places = await services.destinations.list(turn.tenant);
  const here = places.find((place) => place.conversation.key === turn.conversation.key);
  return stateCard(here?.alerts ?? 'off', turn, heardElsewhere(turn, places));
}

function heardElsewhere(turn: Turn, places: readonly Destination[]): number {
  return places.filter((place) => place.alerts === 'on' && place.conversation.key !== turn.conversation.key)
    .length;
}

function stateCard(state: State, turn: Turn, elsewhere: number): Card {
  const { speech } = turn;
  const { tone, title, text } = LOOKS[state];
  // "Nobody has asked" would be wrong where this conversation did.
  const others =
    state === 'off' || elsewhere > 0 ? ` ${speech.say('alerts.elsewhere', { count: elsewhere })}` : '';
  const buttons = turn.role === 'admin' ? buttonsFor(state, speech) : [];
  return noticeCard({ tone, title: speech.say(title), text: speech.say(text) + others, buttons });
}

function buttonsFor(state: State, speech: Speech): readonly Button[] {
  const test: Button = { title: speech.say('alerts.button.test'), data: { verb: 'alerts.test' } };
  return state === 'off'
    ? [{ title: speech.say('alerts.button.on'), data: { verb: 'alerts.on' } }, test]
    : [test, { title: speech.say('alerts.button.off'), data: { verb: 'alerts.off' } }];
}

async function sendTest(turn: Turn, services: Services): Promise<Card> {
  const { tenant, conversation, person, speech } = turn;
  const known = await services.destinations.find(tenant, conversation.key);
  // A place must be on record to be sent to; whether it hears real alerts stays as it was.
  if (known === undefined) await services.destinations.setAlerts(tenant, conversation, 'off');
  await services.billing.testAlert(tenant, {
    only: conversation.key,
    by: { id: person.id, name: person.name },
  });
  return noticeCard({
    tone: 'info',
    title: speech.say('alerts.test.title'),
    text: speech.say('alerts.test.text'),
    buttons: buttonsFor(known?.alerts ?? 'off', speech),
  });
}
