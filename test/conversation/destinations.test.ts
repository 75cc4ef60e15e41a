/** Places that can't be reached: the others hear, what can pass is tried again, and nothing is told twice without need. */
import { DestinationStore } from '../../src/bot/alerts/destination-store.js';
import { ADA, startApp, until, type TestApp } from '../support/app.js';
import type { ChatClient } from '../support/client.js';
import { FAULTS, type Fault, type JsonObject, type Sent } from '../support/connector.js';
import { install } from '../support/activities.js';

let bot: TestApp;

beforeAll(async () => {
  bot = await startApp({ sendTimeoutMs: 250 });
});

afterEach(() => {
  bot.connector.heal();
});

afterAll(() => bot.stop());

interface Places {
  readonly ada: ChatClient;
  readonly broken: ChatClient;
  readonly fine: ChatClient;
}

/** Ada in person, and two channels that asked for alerts. */
async function places(): Promise<Places> {
  const ada = await bot.funded('50');
  const { tenant } = ada.setting;
  const [broken, fine] = [bot.client({ tenant, scope: 'channel' }), bot.client({ tenant, scope: 'channel' })];
  await broken.say('alerts here');
  await fine.say('alerts here');
  return { ada, broken, fine };
}

function isLow({ kind, activity }: Sent): boolean {
  return kind === 'post' && String(activity['summary']).includes('below $10.00');
}

/** Tries to tell of the low balance in that conversation, refused ones included. */
function tries({ setting }: ChatClient): readonly Sent[] {
  return bot.connector.sent.filter((sent) => sent.conversationId === setting.conversationId && isLow(sent));
}

function arrived(chat: ChatClient): number {
  return tries(chat).filter(({ acknowledged }) => acknowledged).length;
}

async function makeLow({ ada, fine }: Places): Promise<void> {
  await bot.use(ada.setting.tenant, 45);
  await bot.connector.waitFor(() => arrived(fine) === 1);
}

/** All that is due in the next quarter of an hour, step by step. */
async function quarterHour(): Promise<void> {
  for (let step = 0; step < 3; step += 1) await bot.later({ minutes: 5 });
}

const PASSING: readonly (readonly [string, Fault])[] = [
  ['412', FAULTS.preconditionFailed],
  ['429', FAULTS.throttled],
  ['502', FAULTS.badGateway],
  ['silence', FAULTS.silence],
];

test.each(PASSING)(
  'after %s the place is tried again and hears it once; the other is not told twice',
  async (_what, fault) => {
    const all = await places();
    bot.connector.fail(fault, { times: 2, conversationId: all.broken.setting.conversationId });
    await makeLow(all);
    await bot.connector.waitFor(() => arrived(all.broken) === 1);
    await quarterHour();
    expect([arrived(all.broken), tries(all.broken).length]).toEqual([1, 3]);
    expect(arrived(all.fine)).toBe(1);
    expect(arrived(all.ada)).toBe(0);
    await quarterHour();
    expect([arrived(all.broken), arrived(all.fine)]).toEqual([1, 1]);
  },
);

test('after an answer that was lost the place may hear it twice, nobody else does', async () => {
  const all = await places();
  bot.connector.fail(FAULTS.dropAfterDelivery, {
    times: 1,
    conversationId: all.broken.setting.conversationId,
  });
  await makeLow(all);
  await bot.connector.waitFor(() => arrived(all.broken) === 2);
  await quarterHour();
  expect([arrived(all.broken), arrived(all.fine), arrived(all.ada)]).toEqual([2, 1, 0]);
});

const LASTING: readonly (readonly [string, Fault])[] = [
  ['403 (not in the roster)', FAULTS.notInRoster],
  ['403 (blocked by the person)', FAULTS.blockedByUser],
  ['403 (disabled by the admin)', FAULTS.disabledByAdmin],
  ['403 (writes blocked)', FAULTS.writesBlocked],
  ['404', FAULTS.notFound],
  ['413', FAULTS.tooLarge],
];

test.each(LASTING)(
  'after %s the place is left alone, and the admins hear it in person, once',
  async (_what, fault) => {
    const all = await places();
    bot.connector.fail(fault, { conversationId: all.broken.setting.conversationId });
    await makeLow(all);
    await bot.connector.waitFor(() => arrived(all.ada) === 1);
    await quarterHour();
    expect(tries(all.broken)).toHaveLength(1);
    expect([arrived(all.fine), arrived(all.ada)]).toEqual([1, 1]);
  },
);

describe('a place that was refused with 403', () => {
  async function paused(): Promise<Places> {
    const all = await places();
    bot.connector.fail(FAULTS.notInRoster, { conversationId: all.broken.setting.conversationId });
    await makeLow(all);
    await bot.connector.waitFor(() => arrived(all.ada) === 1);
    bot.connector.heal();
    return all;
  }

  async function belowZero({ ada }: Places): Promise<void> {
    await bot.use(ada.setting.tenant, 10);
  }

  async function stateOf({ setting }: ChatClient): Promise<string | undefined> {
    const store = new DestinationStore(bot.tables.ledger, () => '');
    const known = await store.list(setting.tenant!);
    return known.find(({ conversation }) => conversation.id === setting.conversationId)?.alerts;
  }

  function hearsNegative({ setting }: ChatClient): boolean {
    return bot.connector.sent.some(
      ({ conversationId, activity }) =>
        conversationId === setting.conversationId && String(activity['summary']).includes('The balance is -'),
    );
  }

  test('hears nothing more by itself', async () => {
    const all = await paused();
    await belowZero(all);
    await bot.connector.waitFor(() => hearsNegative(all.fine));
    await quarterHour();
    expect(hearsNegative(all.broken)).toBe(false);
  });

  test('hears again once somebody writes there', async () => {
    const all = await paused();
    await all.broken.say('balance');
    await until(async () => (await stateOf(all.broken)) === 'on');
    await belowZero(all);
    await bot.connector.waitFor(() => hearsNegative(all.broken));
  });

  test('hears again once the app is installed there anew', async () => {
    const all = await paused();
    await all.broken.send(install(all.broken.setting));
    await belowZero(all);
    await bot.connector.waitFor(() => hearsNegative(all.broken));
  });
});

test('a place that the bot was removed from hears nothing', async () => {
  const all = await places();
  await all.broken.send(install(all.broken.setting, 'remove'));
  await makeLow(all);
  await quarterHour();
  expect(tries(all.broken)).toEqual([]);
});

test('an alert that reaches nobody is logged as an error, and shown in the next balance', async () => {
  const ada = await bot.funded('50');
  bot.connector.fail(FAULTS.blockedByUser, { conversationId: ada.setting.conversationId });
  await bot.use(ada.setting.tenant, 45);
  await until(() => bot.logged.some(({ msg }) => msg === 'alert reached nobody'));
  bot.connector.heal();
  const { reader } = bot.app.billing.billing;
  await until(async () => (await reader.account(ada.setting.tenant!)).undelivered.length === 1);
  const other = ada.as({ scope: 'group', conversationId: '19:elsewhere' });
  expect((await other.say('balance')).text).toContain('One alert reached nobody.');
  expect(JSON.stringify(bot.logged)).not.toContain(ADA.name);
});

test('an alert that reaches nobody is a number in /readyz, which stays ready, until somebody hears it', async () => {
  const readyz = async () => {
    const response = await fetch(`${bot.url}/readyz`);
    const { undeliveredAlerts, ...body } = (await response.json()) as JsonObject;
    return { code: response.status, body, undelivered: Number(undeliveredAlerts) };
  };
  const before = await readyz();
  expect(before).toMatchObject({ code: 200, body: { status: 'ready', parkedJobs: 0 } });
  const ada = await bot.funded('50');
  bot.connector.fail(FAULTS.blockedByUser, { conversationId: ada.setting.conversationId });
  await bot.use(ada.setting.tenant, 45);
  await until(async () => (await readyz()).undelivered > before.undelivered);
  expect(await readyz()).toEqual({ ...before, undelivered: before.undelivered + 1 });
  bot.connector.heal();
  await ada.say('alerts here');
  await until(async () => (await readyz()).undelivered === before.undelivered);
});
