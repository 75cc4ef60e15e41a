/** What is over is brought up to date where it was heard, and is no news anywhere else. */
import { alertScene, placeOf, THROTTLED, type AlertScene } from '../../support/alerts.js';
import { ADMIN, TENANT } from '../../support/billing.js';

const DONE = { kind: 'done' };
const BEA = { id: 'admin-2', name: 'Bea Admin' };

let scene: AlertScene;
let negative: bigint;
beforeEach(async () => {
  scene = await alertScene();
});

/** The alert is told to whoever is there, and a minute passes. */
async function told(...keys: readonly string[]): Promise<void> {
  await scene.asked(...keys);
  negative = await scene.goNegative();
  await scene.deliver(negative);
  scene.test.clock.pass({ minutes: 1 });
}

async function twoRounds(): Promise<void> {
  for (const _round of [1, 2]) expect(await scene.deliver(negative)).toEqual(DONE);
}

const sent = () => scene.messenger.sent.map(({ how, to }) => `${how} ${to}`);

describe('an alert that was heard', () => {
  test('is never undelivered, and no news for who came later, though its place is gone', async () => {
    await told('on-call');
    await scene.destinations.gone(TENANT, 'on-call');
    await scene.asked('late');
    await scene.topUp();
    await twoRounds();
    expect([scene.log.undelivered, await scene.undelivered()]).toEqual([[], []]);
    expect(sent()).toEqual(['post on-call']);
  });

  test('and that was taken for undelivered comes off the account, without being told anew', async () => {
    await told('on-call');
    await scene.destinations.gone(TENANT, 'on-call');
    await scene.test.billing.noteUndelivered(TENANT, { sequence: negative, undelivered: true });
    await scene.asked('late');
    await twoRounds();
    expect([sent(), await scene.undelivered()]).toEqual([['post on-call'], []]);
    expect(await scene.test.queue.countUndelivered()).toBe(0);
  });

  test('is, when it is over, no news for the admins who did not have to hear it', async () => {
    await scene.met(ADMIN);
    await told('on-call');
    await scene.destinations.setAlerts(TENANT, placeOf('on-call'), 'off');
    await scene.topUp();
    await twoRounds();
    expect(sent()).toEqual(['post on-call', 'update on-call']);
  });

  test('nor for who became an admin since', async () => {
    for (const person of [ADMIN, BEA]) await scene.met(person);
    await told();
    scene.admins.add(BEA.id);
    await scene.topUp();
    await twoRounds();
    expect(sent()).toEqual([`post ${ADMIN.id}`, `update ${ADMIN.id}`]);
  });
});

describe('an alert that is over before anybody heard it', () => {
  test('is told to who had to hear it and was waiting', async () => {
    scene.messenger.willAnswer('on-call', THROTTLED);
    await told('on-call');
    await scene.topUp();
    await twoRounds();
    expect(sent()).toEqual(['post on-call']);
  });

  test('also to who came later and was being told while it went on', async () => {
    scene.messenger.willAnswer('late', THROTTLED);
    await told();
    await scene.asked('late');
    await scene.deliver(negative);
    await scene.topUp();
    scene.test.clock.pass({ minutes: 1 });
    await twoRounds();
    expect([sent(), await scene.undelivered()]).toEqual([['post late'], []]);
  });

  test('stays on the account while nobody hears alerts', async () => {
    await told();
    await scene.topUp();
    await twoRounds();
    expect(await scene.undelivered()).toEqual([negative]);
  });

  test('is not told to who comes later, and comes off the account: there is nothing left to tell', async () => {
    await told();
    await scene.topUp();
    await scene.asked('late');
    await twoRounds();
    expect([scene.messenger.tries, await scene.undelivered()]).toEqual([0, []]);
    expect(await scene.test.queue.countUndelivered()).toBe(0);
  });

  test('is no longer counted either where a crash came after it was taken off', async () => {
    await told();
    await scene.topUp();
    await scene.asked('late');
    await scene.deliver(negative);
    await scene.test.queue.noteUndelivered(TENANT, { sequence: negative, undelivered: true });
    await scene.deliver(negative);
    expect(await scene.test.queue.countUndelivered()).toBe(0);
  });
});
