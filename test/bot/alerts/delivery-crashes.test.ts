/** A sender that is stopped anywhere, and two at once. */
import type { Messenger, SendFailure } from '../../../src/bot/messenger.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';
import { alertScene, chatWith, type AlertScene } from '../../support/alerts.js';
import { ADMIN, TENANT } from '../../support/billing.js';
import { CrashPoints, type CrashKind } from '../../support/crash.js';

const PLACES = ['finance', 'lost', 'on-call', 'ops'];
const BEA = { id: 'admin-2', name: 'Bea Admin' };
const BEAS_CHAT = chatWith(`29:${BEA.id}`);
/** The lost place is stood in for by the admins, one of whom was met in a channel only. */
const HEARERS = [ADMIN.id, BEAS_CHAT, 'finance', 'on-call', 'ops'];
/**
 * Where nothing breaks: reads, the claim, posts, notes, the place that is paused, the chat that is opened and kept, the
 * claim given back, two points for each.
 */
const POINTS = 34;

async function sceneBelowZero(): Promise<{ scene: AlertScene; negative: bigint }> {
  const scene = await alertScene();
  scene.admins.add(BEA.id);
  await scene.met(ADMIN);
  await scene.metInChannel(BEA);
  await scene.asked(...PLACES);
  scene.messenger.willAnswer('lost', { kind: 'blocked', reason: 'writesBlocked' }, { kind: 'gone' });
  return { scene, negative: await scene.goNegative() };
}

/** A request or its answer is lost where the point falls; a real messenger never throws. */
function crashing(points: CrashPoints, messenger: Messenger): Messenger {
  const guarded = <T>(send: () => Promise<T>): Promise<T | SendFailure> =>
    points.around(send).catch((error: unknown): SendFailure => {
      if (error instanceof StorageUnavailable) return { kind: 'retry', doubtful: true };
      throw error;
    });
  const post: Messenger['post'] = (to, card) => guarded(() => messenger.post(to, card));
  const update: Messenger['update'] = (to, id, card) => guarded(() => messenger.update(to, id, card));
  const openPersonal: Messenger['openPersonal'] = (near, whom) =>
    guarded(() => messenger.openPersonal(near, whom));
  return { post, update, openPersonal };
}

/** Rounds as the worker makes them, until nothing is left to do. */
async function finish(scene: AlertScene, negative: bigint): Promise<void> {
  const later = scene.instance('later');
  for (let round = 0; round < 10; round += 1) {
    scene.test.clock.pass({ minutes: 5 });
    if ((await later.deliver(TENANT, negative)).kind === 'done') return;
  }
  throw new Error('it never ends');
}

function doubles({ messenger }: AlertScene): number {
  return messenger.heardBy.length - new Set(messenger.heardBy).size;
}

async function stoppedAt(kind: CrashKind, at: number) {
  const { scene, negative } = await sceneBelowZero();
  const points = new CrashPoints(kind, at);
  const messenger = crashing(points, scene.messenger);
  const sender = scene.instance('stopped', { table: points.table(scene.table), messenger });
  await sender.deliver(TENANT, negative).catch(() => undefined);
  await finish(scene, negative);
  return { scene, passed: points.count };
}

describe.each<[CrashKind, string]>([
  ['dies', 'an instance that stops'],
  ['fails', 'one answer or request that is lost'],
])('%s: %s before or after any I/O call', (kind) => {
  test(`leaves nobody untold, and doubles bounded (${POINTS} points)`, async () => {
    expect((await stoppedAt('dies', Infinity)).passed).toBe(POINTS);
    for (let at = 1; at <= POINTS; at += 1) {
      const { scene } = await stoppedAt(kind, at);
      expect([...new Set(scene.messenger.heardBy)]).toEqual(HEARERS);
      // What was posted and not yet noted when the instance stopped; of a lost answer, that post alone.
      expect(doubles(scene)).toBeLessThanOrEqual(kind === 'dies' ? HEARERS.length : 1);
    }
  });
});

describe('two instances at once', () => {
  test('tell everybody once: the second waits for the first', async () => {
    const { scene, negative } = await sceneBelowZero();
    const results = await Promise.all(
      ['first', 'second'].map((name) => scene.instance(name).deliver(TENANT, negative)),
    );
    expect(results.map(({ kind }) => kind).sort()).toEqual(['again', 'done']);
    await finish(scene, negative);
    expect(scene.messenger.heardBy).toEqual(HEARERS);
  });

  test('when one stalls until the other takes over, double only what it had under way', async () => {
    const { scene, negative } = await sceneBelowZero();
    const many = Array.from({ length: 100 }, (_, index) => `place-${index}`);
    await scene.asked(...many);
    let underWay = 0;
    let goOn = (): void => undefined;
    const stalled = new Promise<void>((resolve) => (goOn = resolve));
    const post: Messenger['post'] = async (to, card) => {
      underWay += 1;
      await stalled;
      return scene.messenger.post(to, card);
    };
    const { messenger } = scene;
    const update: Messenger['update'] = (to, id, card) => messenger.update(to, id, card);
    const openPersonal: Messenger['openPersonal'] = (near, whom) => messenger.openPersonal(near, whom);
    const stalling = { post, update, openPersonal };
    const first = scene.instance('first', { messenger: stalling }).deliver(TENANT, negative);
    while (underWay === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await finish(scene, negative);
    const together = underWay;
    goOn();
    await first;
    expect(new Set(scene.messenger.heardBy).size).toBe(many.length + HEARERS.length);
    expect(underWay).toBe(together);
    expect(doubles(scene)).toBeLessThanOrEqual(together);
  });
});
