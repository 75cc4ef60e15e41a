/** Admins whom the bot met among others only: a chat is opened with them when they must hear an alert. */
import { unopenedChat } from '../../../src/bot/alerts/destinations.js';
import { DELIVERY_TRIES_MAX } from '../../../src/bot/alerts/tell-one.js';
import type { SendFailure } from '../../../src/bot/send-result.js';
import { alertScene, chatWith, placeOf, type AlertScene } from '../../support/alerts.js';
import { ADMIN, TENANT } from '../../support/billing.js';

const BEA = { id: 'admin-2', name: 'Bea Admin' };
const VERA = { id: 'viewer-1', name: 'Vera Viewer' };
const [ADMINS_CHAT, BEAS_CHAT] = [ADMIN, BEA].map(({ id }) => chatWith(`29:${id}`)) as [string, string];
const OPENING = `open 29:${ADMIN.id}`;
const BLOCKED: SendFailure = { kind: 'blocked', reason: 'notInRoster' };
const RETRY: SendFailure = { kind: 'retry', doubtful: true };
const THROTTLED: SendFailure = { kind: 'throttled', retryAfterMs: 42_000 };
const DONE = { kind: 'done' };

let scene: AlertScene;
beforeEach(async () => {
  scene = await alertScene();
  await scene.metInChannel(ADMIN);
});

const heard = () => scene.messenger.heardBy;
const asked = () => scene.messenger.asked;

describe('an admin who was met in a channel only', () => {
  test('hears in person what no place asked for, and nothing goes to the channel', async () => {
    expect(await scene.deliver(await scene.goNegative())).toEqual(DONE);
    expect(heard()).toEqual([ADMINS_CHAT]);
    expect(scene.messenger.sent[0]?.text).toContain('You get this in person as an admin');
    expect(await scene.undelivered()).toEqual([]);
  });

  test('stands in for a place that is lost, with the admins who have a chat', async () => {
    scene.admins.add(BEA.id);
    await scene.met(BEA);
    await scene.asked('on-call', 'finance');
    scene.messenger.willAnswer('on-call', BLOCKED);
    await scene.deliver(await scene.goNegative());
    expect(heard()).toEqual([BEA.id, ADMINS_CHAT, 'finance']);
  });

  test('is left alone where the places that asked for the alert hear it', async () => {
    await scene.asked('on-call');
    await scene.deliver(await scene.goNegative());
    expect(heard()).toEqual(['on-call']);
    expect(asked()).toEqual([]);
  });

  test('has one chat opened, whatever comes after: another alert, the end of it, another program', async () => {
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    await scene.topUp();
    await scene.deliver(negative);
    await scene.instance('later').deliver(TENANT, await scene.goNegative(60));
    expect(asked()).toEqual([`29:${ADMIN.id}`]);
    expect(scene.messenger.sent.map(({ how, to }) => `${how} ${to}`)).toEqual([
      `post ${ADMINS_CHAT}`,
      `update ${ADMINS_CHAT}`,
      `post ${ADMINS_CHAT}`,
    ]);
  });

  test('met in a second channel, is one person', async () => {
    await scene.metInChannel(ADMIN, placeOf('another'));
    await scene.deliver(await scene.goNegative());
    expect(heard()).toEqual([ADMINS_CHAT]);
  });

  test('and in person too, hears it there', async () => {
    await scene.met(ADMIN);
    await scene.deliver(await scene.goNegative());
    expect(heard()).toEqual([ADMIN.id]);
    expect(asked()).toEqual([]);
  });

  test('and paused in person, is not got at through a second chat', async () => {
    await scene.met(ADMIN);
    await scene.destinations.setAlerts(TENANT, placeOf(ADMIN.id, 'personal'), 'on');
    await scene.destinations.pause(TENANT, ADMIN.id);
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    expect(asked()).toEqual([]);
    expect(await scene.undelivered()).toEqual([negative]);
  });

  test('hears nothing once the role is lost', async () => {
    scene.admins.delete(ADMIN.id);
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    expect(asked()).toEqual([]);
    expect(await scene.undelivered()).toEqual([negative]);
  });

  test('loses the role with the chat open: nothing more is heard there', async () => {
    await scene.deliver(await scene.goNegative());
    scene.admins.delete(ADMIN.id);
    await scene.topUp();
    await scene.deliver(await scene.goNegative(60));
    expect(heard()).toEqual([ADMINS_CHAT]);
  });

  test('met after the fact, hears of it only where nobody else did', async () => {
    scene.admins.add(BEA.id);
    await scene.met(ADMIN);
    const negative = await scene.goNegative();
    scene.test.clock.pass({ minutes: 1 });
    const met = unopenedChat(placeOf('channel'), BEA);
    const person = { ...BEA, channelAccountId: `29:${BEA.id}` };
    await scene.destinations.seen({
      tenant: TENANT,
      conversation: met,
      person,
      now: scene.test.clock.now(),
    });
    await scene.deliver(negative);
    expect(heard()).toEqual([ADMIN.id]);
  });
});

describe('a chat that can’t be opened', () => {
  test.each<SendFailure>([BLOCKED, { kind: 'gone' }])(
    '($kind) is not asked for again until its person is met again; the alert reached nobody',
    async (failure) => {
      scene.messenger.willAnswer(OPENING, failure);
      const negative = await scene.goNegative();
      expect(await scene.deliver(negative)).toEqual(DONE);
      await scene.deliver(negative);
      await scene.topUp();
      const again = await scene.goNegative(60);
      await scene.deliver(again);
      expect(asked()).toHaveLength(1);
      expect(scene.log.failed).toEqual([failure]);
      expect(await scene.undelivered()).toEqual([again, negative]);
      await scene.metInChannel(ADMIN);
      await scene.deliver(again);
      expect(heard()).toEqual([ADMINS_CHAT]);
    },
  );

  test('now is tried at the time that the service names', async () => {
    scene.messenger.willAnswer(OPENING, THROTTLED);
    const negative = await scene.goNegative();
    expect(await scene.deliver(negative)).toMatchObject({ kind: 'again' });
    scene.test.clock.pass({ seconds: 42 });
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(heard()).toEqual([ADMINS_CHAT]);
  });

  test('is given up for this alert after as many rounds as any place, and asked for by the next one', async () => {
    scene.messenger.willAnswer(OPENING, ...Array<SendFailure>(DELIVERY_TRIES_MAX).fill(RETRY));
    const negative = await scene.goNegative();
    for (let round = 0; round < DELIVERY_TRIES_MAX; round += 1) {
      await scene.deliver(negative);
      scene.test.clock.pass({ minutes: 15 });
    }
    expect(await scene.undelivered()).toEqual([negative]);
    await scene.topUp();
    await scene.deliver(await scene.goNegative(60));
    expect(asked()).toHaveLength(DELIVERY_TRIES_MAX + 1);
    expect(heard()).toEqual([ADMINS_CHAT]);
  });

  test('leaves no double behind where only the answer to the opening was lost', async () => {
    scene.messenger.willAnswer(OPENING, RETRY);
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    scene.test.clock.pass({ minutes: 1 });
    await scene.deliver(negative);
    expect(heard()).toEqual([ADMINS_CHAT]);
    expect(scene.log.rounds.map(({ doubtful }) => doubtful)).toEqual([0, 0]);
  });

  test('keeps nobody else waiting', async () => {
    scene.admins.add(BEA.id);
    await scene.metInChannel(BEA);
    scene.messenger.willAnswer(OPENING, BLOCKED);
    await scene.deliver(await scene.goNegative());
    expect(heard()).toEqual([BEAS_CHAT]);
    expect(await scene.undelivered()).toEqual([]);
  });
});

test('once open, a chat that takes nothing right now is posted to later, and not opened again', async () => {
  scene.messenger.willAnswer(ADMINS_CHAT, THROTTLED);
  const negative = await scene.goNegative();
  expect(await scene.deliver(negative)).toMatchObject({ kind: 'again' });
  scene.test.clock.pass({ seconds: 42 });
  expect(await scene.deliver(negative)).toEqual(DONE);
  expect(asked()).toHaveLength(1);
  expect(heard()).toEqual([ADMINS_CHAT]);
});

test('viewers who are known from their chats stay out of it', async () => {
  await scene.met(VERA);
  await scene.deliver(await scene.goNegative());
  expect(heard()).toEqual([ADMINS_CHAT]);
});
