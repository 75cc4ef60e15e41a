import { DestinationStore } from '../../../src/bot/alerts/destination-store.js';
import { unopenedChat } from '../../../src/bot/alerts/destinations.js';
import type { Sighting } from '../../../src/bot/ports.js';
import { placeOf } from '../../support/alerts.js';
import { START, TENANT } from '../../support/billing.js';
import { watchedTable, type WatchedTable } from '../../support/ledger.js';

const ADA = { id: 'ada-1', name: 'Ada Admin', channelAccountId: '29:ada' };
const ON_CALL = placeOf('on-call');

let watched: WatchedTable;
let store: DestinationStore;
beforeEach(() => {
  watched = watchedTable();
  store = new DestinationStore(watched.table, () => START);
});

const sighting = (more: Partial<Sighting> = {}): Sighting => ({
  tenant: TENANT,
  conversation: ON_CALL,
  locale: 'en-US',
  now: START,
  ...more,
});
const stored = () => store.find(TENANT, ON_CALL.key);

test('a place is new once, and the same words of it are written once', async () => {
  expect(await store.seen(sighting())).toEqual({ isNew: true });
  for (let again = 0; again < 3; again += 1) expect(await store.seen(sighting())).toEqual({ isNew: false });
  expect(watched.commits).toHaveLength(1);
});

test('a program that starts again reads the place, and writes nothing', async () => {
  await store.seen(sighting());
  expect(await new DestinationStore(watched.table, () => START).seen(sighting())).toEqual({ isNew: false });
  expect(watched.commits).toHaveLength(1);
});

test('of several sightings at the same time exactly one is told that the place is new', async () => {
  const other = new DestinationStore(watched.table, () => START);
  const answers = await Promise.all([store, other, store, other, store].map((one) => one.seen(sighting())));
  expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
});

test('another service URL or locale is kept, each in one write', async () => {
  await store.seen(sighting());
  const conversation = { ...ON_CALL, serviceUrl: 'https://smba.trafficmanager.net/amer/' };
  await store.seen(sighting({ conversation }));
  expect((await stored())?.conversation.serviceUrl).toBe('https://smba.trafficmanager.net/amer/');
  await store.seen(sighting({ conversation, locale: 'it-IT' }));
  expect(await stored()).toMatchObject({ conversation, locale: 'it-IT' });
  expect(watched.commits).toHaveLength(3);
});

test('an activity without a locale leaves the known one', async () => {
  await store.seen(sighting({ locale: 'it-IT' }));
  const { locale: _none, ...silent } = sighting();
  await store.seen(silent);
  expect(await store.localeOf(TENANT, ON_CALL.key)).toBe('it-IT');
  expect(watched.commits).toHaveLength(1);
});

test('no locale is known of a place that never sent one, or that nobody has seen', async () => {
  const { locale: _none, ...silent } = sighting();
  await store.seen(silent);
  expect(await store.localeOf(TENANT, ON_CALL.key)).toBeUndefined();
  expect(await store.localeOf(TENANT, 'elsewhere')).toBeUndefined();
});

test('that a place hears alerts survives what is seen of it later, and the locale survives “alerts here”', async () => {
  await store.seen(sighting({ locale: 'it-IT' }));
  await store.setAlerts(TENANT, ON_CALL, 'on');
  expect(await stored()).toMatchObject({ alerts: 'on', locale: 'it-IT' });
  await store.seen(sighting({ locale: 'en-GB' }));
  expect(await stored()).toMatchObject({ alerts: 'on', locale: 'en-GB' });
  await store.setAlerts(TENANT, ON_CALL, 'off');
  await store.seen(sighting({ locale: 'it-IT' }));
  expect(await stored()).toMatchObject({ alerts: 'off' });
});

test('a place that was removed is new again when it is seen again, without its old alerts', async () => {
  await store.seen(sighting());
  await store.setAlerts(TENANT, ON_CALL, 'on');
  await store.gone(TENANT, ON_CALL.key);
  await store.gone(TENANT, ON_CALL.key);
  expect(await store.list(TENANT)).toEqual([]);
  expect(await store.seen(sighting())).toEqual({ isNew: true });
  expect((await stored())?.alerts).toBe('off');
});

test('a paused place is on again as soon as anything is seen of it, the very same words too', async () => {
  await store.seen(sighting());
  await store.setAlerts(TENANT, ON_CALL, 'on');
  await store.seen(sighting());
  await store.pause(TENANT, ON_CALL.key);
  expect((await stored())?.alerts).toBe('paused');
  expect(await store.seen(sighting())).toEqual({ isNew: false });
  expect((await stored())?.alerts).toBe('on');
});

test('pausing wakes nobody up: a place without alerts, or unknown, stays so', async () => {
  await store.pause(TENANT, ON_CALL.key);
  expect(await stored()).toBeUndefined();
  await store.seen(sighting());
  await store.pause(TENANT, ON_CALL.key);
  await store.seen(sighting());
  expect((await stored())?.alerts).toBe('off');
});

test('whose personal chat it is stays known; of a channel nobody is', async () => {
  const personal = placeOf('personal-1', 'personal');
  await store.seen(sighting({ conversation: personal, person: ADA }));
  await store.seen(sighting({ conversation: personal, locale: 'it-IT' }));
  await store.seen(sighting({ person: ADA }));
  expect((await store.find(TENANT, personal.key))?.person).toEqual(ADA);
  expect(await stored()).not.toHaveProperty('person');
});

test('a tenant’s places are its own', async () => {
  await store.seen(sighting());
  expect(await store.list('tenant-two')).toEqual([]);
  expect(await store.seen(sighting({ tenant: 'tenant-two' }))).toEqual({ isNew: true });
  await store.gone('tenant-two', ON_CALL.key);
  expect(await store.list(TENANT)).toHaveLength(1);
});

test('a sighting that could not be stored is tried again with the next message', async () => {
  watched.faults = { before: () => Promise.reject(new Error('down')) };
  await expect(store.seen(sighting())).rejects.toThrow('down');
  watched.faults = {};
  expect(await store.seen(sighting())).toEqual({ isNew: true });
});

describe('a place that another instance writes to', () => {
  let other: DestinationStore;
  beforeEach(async () => {
    jest.useFakeTimers();
    other = new DestinationStore(watched.table, () => START);
    await store.setAlerts(TENANT, ON_CALL, 'on');
    await store.seen(sighting());
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('paused there, wakes up half a minute later by the one message that was seen here meanwhile', async () => {
    await other.pause(TENANT, ON_CALL.key);
    await store.seen(sighting());
    await jest.advanceTimersByTimeAsync(30_000);
    expect((await stored())?.alerts).toBe('on');
  });

  test('paused there after it was seen here last, stays paused until it is seen again', async () => {
    await other.pause(TENANT, ON_CALL.key);
    await jest.advanceTimersByTimeAsync(60_000);
    expect((await stored())?.alerts).toBe('paused');
    await store.seen(sighting());
    expect((await stored())?.alerts).toBe('on');
  });

  test('removed there, is new here when the app is installed again, and comes back by itself at no time', async () => {
    await store.seen(sighting());
    await other.gone(TENANT, ON_CALL.key);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(await stored()).toBeUndefined();
    expect(await store.seen(sighting({ isEvent: true }))).toEqual({ isNew: true });
  });

  test('costs an ordinary message no storage call', async () => {
    watched.faults = { before: () => Promise.reject(new Error('asked')) };
    for (let again = 0; again < 10; again += 1)
      expect(await store.seen(sighting())).toEqual({ isNew: false });
  });
});

describe('an admin met among others', () => {
  const conversation = unopenedChat(ON_CALL, ADA);
  const meet = (more: Partial<Sighting> = {}) => store.seen(sighting({ conversation, person: ADA, ...more }));
  afterEach(() => {
    jest.useRealTimers();
  });

  test('costs one read and one write in a day, whichever channel they work in', async () => {
    jest.useFakeTimers();
    await meet();
    watched.faults = { before: () => Promise.reject(new Error('asked')) };
    await jest.advanceTimersByTimeAsync(86_000_000);
    await meet({ conversation: unopenedChat(placeOf('another'), ADA) });
    await jest.advanceTimersByTimeAsync(401_000);
    await expect(meet()).rejects.toThrow('asked');
  });

  test('is kept with what opens a chat, brought up to date by what is new', async () => {
    await meet();
    const moved = { ...conversation, serviceUrl: 'https://smba.trafficmanager.net/amer/' };
    await meet({ conversation: moved, locale: 'it-IT' });
    expect(await store.list(TENANT)).toEqual([
      { conversation: moved, locale: 'it-IT', alerts: 'off', since: START, person: ADA },
    ]);
    expect(watched.commits).toHaveLength(2);
  });

  test('has their place in the chat once that is open, as long as they were met; one that is known stays', async () => {
    await meet();
    const [met] = await store.list(TENANT);
    const chat = placeOf('chat', 'personal');
    await store.opened(TENANT, met!, chat);
    expect(await store.find(TENANT, chat.key)).toEqual({ ...met, conversation: chat });
    await store.setAlerts(TENANT, chat, 'on');
    await store.opened(TENANT, met!, chat);
    expect((await store.find(TENANT, chat.key))?.alerts).toBe('on');
  });
});

test('when a place asked for alerts is kept, and is not news because somebody writes there', async () => {
  const later = new DestinationStore(watched.table, () => '2026-11-18T09:00:00.000Z');
  await store.seen(sighting());
  expect((await stored())?.since).toBe(START);
  await later.setAlerts(TENANT, ON_CALL, 'on');
  await later.setAlerts(TENANT, ON_CALL, 'on');
  await later.seen(sighting({ locale: 'it-IT', now: '2026-11-19T09:00:00.000Z' }));
  expect((await stored())?.since).toBe('2026-11-18T09:00:00.000Z');
});
