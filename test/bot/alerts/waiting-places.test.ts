/** Places that take nothing right now: each is tried again at its own time. */
import { deliveryPrefix } from '../../../src/bot/alerts/delivery.js';
import { DELIVERY_TRIES_MAX } from '../../../src/bot/alerts/tell-one.js';
import type { SendFailure } from '../../../src/bot/send-result.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import { alertScene, RETRY, THROTTLED, type AlertScene } from '../../support/alerts.js';
import { ADMIN, TENANT } from '../../support/billing.js';

const DONE = { kind: 'done' };

let scene: AlertScene;
beforeEach(async () => {
  scene = await alertScene();
});

describe('a place that takes nothing right now', () => {
  test('hears it at the time that the service names, and not before', async () => {
    await scene.asked('on-call');
    scene.messenger.willAnswer('on-call', THROTTLED);
    const negative = await scene.goNegative();
    const named = { kind: 'again', at: after(scene.test.clock.now(), { seconds: 42 }) };
    expect(await scene.deliver(negative)).toEqual(named);
    scene.test.clock.pass({ seconds: 41 });
    expect(await scene.deliver(negative)).toEqual(named);
    expect([scene.messenger.tries, await scene.undelivered()]).toEqual([1, []]);
    scene.test.clock.pass({ seconds: 1 });
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.heardBy).toEqual(['on-call']);
  });

  test('keeps its own time when another place is tried sooner, and its tries with it', async () => {
    await scene.asked('on-call', 'finance');
    scene.messenger.willAnswer('finance', ...Array<SendFailure>(DELIVERY_TRIES_MAX - 1).fill(RETRY));
    scene.messenger.willAnswer('on-call', { kind: 'throttled', retryAfterMs: 3_600_000 });
    const negative = await scene.goNegative();
    const named = after(scene.test.clock.now(), { seconds: 3_600 });
    let result = await scene.deliver(negative);
    while (result.kind === 'again' && result.at < named) {
      scene.passUntil(result.at);
      result = await scene.deliver(negative);
    }
    expect(result).toEqual({ kind: 'again', at: named });
    expect(scene.messenger.heardBy).toEqual(['finance']);
    const onCall = (await scene.deliveries(negative)).find(
      ({ conversationKey }) => conversationKey === 'on-call',
    );
    expect(onCall).toMatchObject({ state: 'waiting', tries: 1, notBefore: named });
    scene.passUntil(named);
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.heardBy).toEqual(['finance', 'on-call']);
  });

  test('is left in peace until then also when the alert changes, and hears how it stands then', async () => {
    await scene.asked('on-call', 'finance');
    scene.messenger.willAnswer('on-call', THROTTLED);
    const negative = await scene.goNegative();
    const named = after(scene.test.clock.now(), { seconds: 42 });
    await scene.deliver(negative);
    await scene.topUp();
    expect(await scene.deliver(negative)).toEqual({ kind: 'again', at: named });
    expect(scene.messenger.sent.map(({ how, to }) => `${how} ${to}`)).toEqual([
      'post finance',
      'update finance',
    ]);
    scene.passUntil(named);
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.sent[2]).toMatchObject({ how: 'post', to: 'on-call' });
    expect(scene.messenger.sent[2]?.text).toContain('Settled');
  });

  test('that was noted before a time was kept is tried at once', async () => {
    await scene.asked('on-call');
    const negative = await scene.goNegative();
    const key = `${deliveryPrefix(negative)}:on-call`;
    const values = { conversationKey: 'on-call', state: 'waiting', version: '0', tries: '3' };
    await scene.table.commit(TENANT, [{ kind: 'put', key, values }]);
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.heardBy).toEqual(['on-call']);
  });

  test('is tried later and later, and given up in the end: then the admins are told', async () => {
    await scene.met(ADMIN);
    await scene.asked('on-call');
    scene.messenger.willAnswer('on-call', ...Array<SendFailure>(DELIVERY_TRIES_MAX + 1).fill(RETRY));
    const negative = await scene.goNegative();
    const waits: number[] = [];
    for (let tries = 1; tries < DELIVERY_TRIES_MAX; tries += 1) {
      const now = Date.parse(scene.test.clock.now());
      const result = await scene.deliver(negative);
      waits.push(result.kind === 'again' ? (Date.parse(result.at) - now) / 1_000 : 0);
      if (result.kind === 'again') scene.passUntil(result.at);
    }
    // Doubled each time, less a random part, so that those who failed together don't come back together.
    const longest = [5, 10, 20, 40, 80, 160, 320];
    longest.forEach((seconds, index) => {
      expect(waits[index]).toBeGreaterThanOrEqual(seconds / 2);
      expect(waits[index]).toBeLessThanOrEqual(seconds);
    });
    expect(scene.messenger.heardBy).toEqual([]);
    expect(await scene.deliver(negative)).toEqual(DONE);
    expect(scene.messenger.heardBy).toEqual([ADMIN.id]);
    await scene.deliver(negative);
    expect(scene.log.failed).toHaveLength(DELIVERY_TRIES_MAX);
  });

  test('does not make the others wait, or hear it twice', async () => {
    await scene.asked('on-call', 'finance');
    scene.messenger.willAnswer('on-call', RETRY, THROTTLED);
    const negative = await scene.goNegative();
    await scene.deliver(negative);
    expect(scene.messenger.heardBy).toEqual(['finance']);
    for (const _round of [1, 2]) {
      scene.test.clock.pass({ minutes: 1 });
      await scene.deliver(negative);
    }
    expect(scene.messenger.heardBy).toEqual(['finance', 'on-call']);
  });
});
