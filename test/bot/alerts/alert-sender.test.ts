import type { BlockReason, SendFailure } from '../../../src/bot/send-result.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import { alertScene, placeOf, RETRY, THROTTLED, type AlertScene } from '../../support/alerts.js';
import { ADMIN, TENANT } from '../../support/billing.js';

const BEA = { id: 'admin-2', name: 'Bea Admin' };
const VERA = { id: 'viewer-1', name: 'Vera Viewer' };
const GONE: SendFailure = { kind: 'gone' };
const BLOCKED: SendFailure = { kind: 'blocked', reason: 'writesBlocked' };
const TOO_LARGE: SendFailure = { kind: 'tooLarge' };
const FAILED: SendFailure = { kind: 'failed', cause: new Error('the stored service URL is not allowed') };
const DONE = { kind: 'done' };

let scene: AlertScene;
beforeEach(async () => {
  scene = await alertScene();
});

const alertsOf = async (key: string) => (await scene.destinations.find(TENANT, key))?.alerts;

describe('who hears an alert', () => {
  test('every conversation that asked, once, and nobody else', async () => {
    await scene.met(ADMIN);
    await scene.asked('on-call', 'finance');
    const negative = await scene.goNegative();
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.heardBy).toEqual(['finance', 'on-call']);
    expect(scene.messenger.sent[0]?.text).toContain('The balance is below zero');
  });

  test('where nobody asked, the admins whom the bot has met, in person', async () => {
    scene.admins.add(BEA.id);
    for (const person of [ADMIN, BEA, VERA]) await scene.met(person);
    await scene.sees(placeOf('channel'));
    await scene.deliver(await scene.goNegative());
    expect(scene.messenger.heardBy).toEqual([ADMIN.id, BEA.id]);
    expect(scene.messenger.sent[0]?.text).toContain('You get this in person as an admin');
  });

  test('where nobody can be reached, it is logged and shown on the account', async () => {
    await scene.met(VERA);
    const negative = await scene.goNegative();
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.log.undelivered).toEqual([negative]);
    expect(await scene.undelivered()).toEqual([negative]);
  });

  test('delivered later, it is taken off the account', async () => {
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    await scene.asked('on-call');
    await scene.deliver(negative);
    expect(scene.messenger.heardBy).toEqual(['on-call']);
    expect(await scene.undelivered()).toEqual([]);
  });

  test('who refused an alert that reached nobody is told it after all once it takes it', async () => {
    await scene.asked('on-call');
    scene.messenger.willAnswer('on-call', BLOCKED);
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    expect(await scene.undelivered()).toEqual([negative]);
    await scene.asked('on-call');
    await scene.deliver(negative);
    expect(scene.messenger.heardBy).toEqual(['on-call']);
    expect(await scene.undelivered()).toEqual([]);
  });

  test('an alert that is not there is no work', async () => {
    expect(await scene.deliver(99n)).toEqual(DONE);
    expect(scene.messenger.tries).toBe(0);
  });
});

describe('a test alert', () => {
  test('goes to its conversation alone, and says why when alerts are off there', async () => {
    await scene.met(ADMIN);
    await scene.asked('on-call');
    await scene.sees(placeOf('quiet'));
    await scene.deliver(await scene.testAlert('quiet'));
    expect(scene.messenger.heardBy).toEqual(['quiet']);
    expect(scene.messenger.sent[0]?.text).toContain('A test goes to this conversation only.');
  });

  test('that fails is nobody else’s business', async () => {
    await scene.met(ADMIN);
    scene.messenger.willAnswer('quiet', BLOCKED);
    await scene.sees(placeOf('quiet'));
    expect(await scene.deliver(await scene.testAlert('quiet'))).toEqual(DONE);
    expect(scene.messenger.heardBy).toEqual([]);
    expect(await scene.undelivered()).toEqual([]);
    expect(scene.log).toMatchObject({ undelivered: [], failed: [BLOCKED] });
  });
});

describe('a place that is lost', () => {
  test('404 removes it, and the admins are told in person', async () => {
    await scene.met(ADMIN);
    await scene.asked('on-call', 'finance');
    scene.messenger.willAnswer('on-call', GONE);
    await scene.deliver(await scene.goNegative());
    expect(await alertsOf('on-call')).toBeUndefined();
    expect(scene.messenger.heardBy).toEqual([ADMIN.id, 'finance']);
    expect(await scene.undelivered()).toEqual([]);
  });

  const reasons: readonly BlockReason[] = [
    'notInRoster',
    'blockedByUser',
    'disabledByAdmin',
    'writesBlocked',
    'other',
  ];
  test.each(reasons)('403 (%s) pauses it until something is heard from there', async (reason) => {
    await scene.met(ADMIN);
    await scene.asked('on-call');
    scene.messenger.willAnswer('on-call', { kind: 'blocked', reason });
    await scene.deliver(await scene.goNegative());
    expect(await alertsOf('on-call')).toBe('paused');
    expect(scene.messenger.heardBy).toEqual([ADMIN.id]);
    expect(await scene.sees(placeOf('on-call'))).toBe(false);
    expect(await alertsOf('on-call')).toBe('on');
  });

  test('an admin who is blocked and never asked for alerts does not ask for them by writing again', async () => {
    await scene.met(ADMIN);
    scene.messenger.willAnswer(ADMIN.id, { kind: 'blocked', reason: 'blockedByUser' });
    await scene.deliver(await scene.goNegative());
    expect(await scene.undelivered()).toHaveLength(1);
    await scene.met(ADMIN);
    expect(await alertsOf(ADMIN.id)).toBe('off');
  });

  test.each([TOO_LARGE, FAILED])('$kind is not tried again, and the place stays', async (failure) => {
    await scene.met(ADMIN);
    await scene.asked('on-call');
    scene.messenger.willAnswer('on-call', failure, failure);
    const negative = await scene.goNegative();
    expect(await scene.deliver(negative)).toEqual(DONE);
    await scene.deliver(negative);
    expect(await alertsOf('on-call')).toBe('on');
    expect(scene.messenger.heardBy).toEqual([ADMIN.id]);
    expect(scene.messenger.tries).toBe(2);
  });

  test('an admin whose turn to hear it comes late is not forgotten with the lost place', async () => {
    await scene.met(ADMIN);
    await scene.asked('on-call', 'finance');
    scene.messenger.willAnswer('on-call', GONE);
    scene.messenger.willAnswer(ADMIN.id, RETRY);
    const negative = await scene.goNegative();
    expect(await scene.deliver(negative)).toMatchObject({ kind: 'again' });
    scene.test.clock.pass({ minutes: 1 });
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.heardBy).toEqual([ADMIN.id, 'finance']);
  });

  test('a crash right after a place was lost leaves the admins to be told', async () => {
    await scene.met(ADMIN);
    await scene.asked('on-call', 'finance');
    scene.messenger.willAnswer('on-call', BLOCKED);
    const negative = await scene.goNegative();
    const pause = jest.spyOn(scene.destinations, 'pause');
    pause.mockImplementationOnce(async (tenant, key) => {
      pause.mockRestore();
      await scene.destinations.pause(tenant, key);
      throw new Error('crashed');
    });
    await expect(scene.deliver(negative)).rejects.toThrow('crashed');
    await scene.deliver(negative);
    expect(scene.messenger.heardBy).toEqual([ADMIN.id, 'finance']);
  });
});

describe('an alert that changed', () => {
  test('healed, its card is brought up to date where it stands', async () => {
    await scene.asked('on-call');
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    await scene.topUp();
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.sent).toMatchObject([
      { how: 'post', activityId: 'message-1' },
      { how: 'update', activityId: 'message-1' },
    ]);
    expect(scene.messenger.sent[1]?.text).toContain('Settled: The balance is below zero');
    await scene.deliver(negative);
    expect(scene.messenger.tries).toBe(2);
  });

  test('also where alerts were turned off meanwhile', async () => {
    await scene.asked('on-call', 'finance');
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    await scene.destinations.setAlerts(TENANT, placeOf('on-call'), 'off');
    await scene.topUp();
    await scene.deliver(negative);
    expect(scene.messenger.sent.filter(({ how }) => how === 'update')).toHaveLength(2);
  });

  test.each([GONE, BLOCKED])(
    'a message that is $kind is not posted again, and no place is lost',
    async (failure) => {
      await scene.met(ADMIN);
      await scene.asked('on-call');
      const negative = await scene.goNegative();
      await scene.deliver(negative);
      await scene.topUp();
      scene.messenger.willAnswer('on-call', failure);
      expect(await scene.deliver(negative)).toEqual(DONE);
      expect(await scene.deliver(negative)).toEqual(DONE);
      expect(scene.messenger.heardBy).toEqual(['on-call']);
      expect(scene.messenger.tries).toBe(2);
      expect(await alertsOf('on-call')).toBe('on');
    },
  );

  test('an update that fails for now comes later', async () => {
    await scene.asked('on-call');
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    await scene.topUp();
    scene.messenger.willAnswer('on-call', THROTTLED);
    const named = after(scene.test.clock.now(), { seconds: 42 });
    for (const _round of [1, 2]) expect(await scene.deliver(negative)).toEqual({ kind: 'again', at: named });
    expect(scene.messenger.tries).toBe(2);
    scene.passUntil(named);
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.sent.map(({ how }) => how)).toEqual(['post', 'update']);
  });
});

describe('an alert that was told before somebody came', () => {
  test('is not heard by who asks for alerts after it, neither now nor when it is over', async () => {
    await scene.asked('on-call');
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    scene.test.clock.pass({ minutes: 1 });
    await scene.asked('late');
    await scene.deliver(negative);
    await scene.topUp();
    await scene.deliver(negative);
    expect(scene.messenger.sent.map(({ how, to }) => `${how} ${to}`)).toEqual([
      'post on-call',
      'update on-call',
    ]);
  });

  test('is heard by them where it reached nobody', async () => {
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    scene.test.clock.pass({ minutes: 1 });
    await scene.asked('late');
    await scene.deliver(negative);
    expect(scene.messenger.heardBy).toEqual(['late']);
    expect(await scene.undelivered()).toEqual([]);
  });

  test('reaches also those whose turn came only when it was over', async () => {
    await scene.asked('on-call', 'finance');
    scene.messenger.willAnswer('finance', THROTTLED);
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    await scene.topUp();
    scene.test.clock.pass({ minutes: 1 });
    await scene.deliver(negative);
    expect(scene.messenger.heardBy).toEqual(['finance', 'on-call']);
  });
});

describe('a post whose answer is lost', () => {
  const LOST: SendFailure = { kind: 'retry', doubtful: true };

  test('is posted again, and counted as one that may stand there twice', async () => {
    await scene.asked('on-call');
    scene.messenger.willAnswer('on-call', LOST, LOST);
    const negative = await scene.goNegative();
    for (const _round of [1, 2, 3]) {
      await scene.deliver(negative);
      scene.test.clock.pass({ minutes: 1 });
    }
    expect(scene.messenger.heardBy).toEqual(['on-call']);
    expect(scene.log.rounds.map(({ doubtful }) => doubtful)).toEqual([1, 1, 0]);
    const [row] = await scene.deliveries(negative);
    expect(row).toMatchObject({ state: 'sent', doubtful: 2 });
  });

  test('is no double where it was an update', async () => {
    await scene.asked('on-call');
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    await scene.topUp();
    scene.messenger.willAnswer('on-call', LOST);
    for (const _round of [1, 2]) {
      await scene.deliver(negative);
      scene.test.clock.pass({ minutes: 1 });
    }
    expect(scene.log.rounds.map(({ doubtful }) => doubtful)).toEqual([0, 0, 0]);
  });

  test('is tried again within the round where that takes a moment only', async () => {
    await scene.asked('on-call');
    scene.messenger.willAnswer('on-call', LOST, RETRY);
    const sender = scene.instance('patient', { patience: { triesMax: 3, budgetMs: 1_000, delayMs: 1 } });
    expect(await sender.deliver(TENANT, await scene.goNegative())).toEqual(DONE);
    expect(scene.log.rounds).toEqual([{ told: 1, again: 0, failed: 0, doubtful: 1 }]);
  });
});

test('each place reads the alert in its own language', async () => {
  await scene.asked('on-call', 'milano');
  await scene.sees(placeOf('on-call'), { locale: 'en-GB' });
  await scene.sees(placeOf('milano'), { locale: 'it-IT' });
  await scene.deliver(await scene.goNegative());
  const textAt = (key: string) => scene.messenger.sent.find(({ to }) => to === key)?.text;
  expect(textAt('on-call')).toContain('The balance is below zero');
  expect(textAt('milano')).toContain('Il saldo è sotto zero');
});

test('a viewer who asked in a personal chat sees no button that would refuse them; a channel sees them all', async () => {
  await scene.met(VERA);
  await scene.destinations.setAlerts(TENANT, placeOf(VERA.id, 'personal'), 'on');
  await scene.asked('on-call');
  await scene.deliver(await scene.goNegative());
  const textAt = (key: string) => scene.messenger.sent.find(({ to }) => to === key)?.text;
  expect(textAt(VERA.id)).not.toContain('Add funds');
  expect(textAt('on-call')).toContain('Add funds');
});
