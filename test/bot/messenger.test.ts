import { createAdapter } from '../../src/bot/adapter.js';
import { createMessenger, type Address, type Messenger, type SendResult } from '../../src/bot/messenger.js';
import { sendPatiently } from '../../src/bot/sending.js';
import type { ConversationRef } from '../../src/bot/turn.js';
import { noticeCard } from '../../src/cards/notice.js';
import { BOT, TENANT } from '../support/activities.js';
import { FAULTS, StubConnector, type Fault } from '../support/connector.js';

let connector: StubConnector;
let messenger: Messenger;
let place: ConversationRef;
let to: Address;

const CARD = noticeCard({ tone: 'warning', title: 'Balance negative', text: 'Calls are blocked.' });

beforeEach(async () => {
  connector = await StubConnector.start();
  const adapter = createAdapter({ identity: { kind: 'unauthenticated' }, sendTimeoutMs: 300 });
  // As the seam sets it: it swallows what a turn throws, and must not swallow a failed send.
  adapter.onTurnError = async () => undefined;
  const allows = (url: string): boolean => url.startsWith('http://127.0.0.1');
  messenger = createMessenger({ adapter, timeoutMs: 400, allows });
  place = {
    key: 'k',
    id: '19:on-call@thread.tacv2',
    kind: 'channel',
    channelId: 'msteams',
    serviceUrl: connector.serviceUrl,
    bot: BOT,
  };
  to = { tenant: TENANT, conversation: place };
});

afterEach(() => connector.stop());

describe('an alert', () => {
  test('starts a thread of its own, and tells the id by which it can be updated', async () => {
    const result = await messenger.post(to, CARD);
    const [sent] = connector.sent;
    expect(result).toEqual({ kind: 'sent', activityId: sent?.activityId });
    expect(connector.requests).toEqual([`POST /v3/conversations/${encodeURIComponent(place.id)}/activities`]);
    expect(sent?.activity).toMatchObject({ type: 'message', summary: 'Balance negative', from: BOT });
  });

  test('is updated in place', async () => {
    const result = await messenger.update(to, '1795373000001', CARD);
    expect(result).toEqual({ kind: 'sent', activityId: '1795373000001' });
    expect(connector.sent).toMatchObject([
      { kind: 'update', conversationId: place.id, activityId: '1795373000001' },
    ]);
  });

  test('is posted anew in the Emulator, which shows no updates', async () => {
    await messenger.update({ ...to, conversation: { ...place, channelId: 'emulator' } }, '1', CARD);
    expect(connector.sent.map(({ kind }) => kind)).toEqual(['post']);
  });

  test.each<[string, Fault, SendResult]>([
    ['the roster', FAULTS.notInRoster, { kind: 'blocked', reason: 'notInRoster' }],
    ['a person who blocked it', FAULTS.blockedByUser, { kind: 'blocked', reason: 'blockedByUser' }],
    ['an admin', FAULTS.disabledByAdmin, { kind: 'blocked', reason: 'disabledByAdmin' }],
    ['a closed thread', FAULTS.writesBlocked, { kind: 'blocked', reason: 'writesBlocked' }],
    ['a 403 without a word', { kind: 'status', status: 403, body: '' }, { kind: 'blocked', reason: 'other' }],
    ['a missing conversation', FAULTS.notFound, { kind: 'gone' }],
    ['its size', FAULTS.tooLarge, { kind: 'tooLarge' }],
    ['throttling', FAULTS.throttled, { kind: 'throttled', retryAfterMs: 1_000 }],
    [
      'throttling without a time',
      { kind: 'status', status: 429 },
      { kind: 'throttled', retryAfterMs: 5_000 },
    ],
    ['a 412', FAULTS.preconditionFailed, { kind: 'retry', doubtful: false }],
    ['a 502', FAULTS.badGateway, { kind: 'retry', doubtful: true }],
    ['a 503', { kind: 'status', status: 503 }, { kind: 'retry', doubtful: false }],
    ['a 504', { kind: 'status', status: 504 }, { kind: 'retry', doubtful: true }],
    ['no answer', FAULTS.silence, { kind: 'retry', doubtful: true }],
    ['a dropped connection', FAULTS.dropAfterDelivery, { kind: 'retry', doubtful: true }],
  ])('that fails by %s says so after one try', async (_what, fault, expected) => {
    connector.fail(fault);
    expect(await messenger.post(to, CARD)).toEqual(expected);
    expect(connector.sent).toHaveLength(1);
    expect(await messenger.update(to, '1', CARD)).toEqual(expected);
    expect(connector.sent).toHaveLength(2);
  });

  test.each([400, 401, 500])('that fails by %d will not work by trying again', async (status) => {
    connector.fail({ kind: 'status', status, body: {} });
    expect(await messenger.post(to, CARD)).toMatchObject({ kind: 'failed' });
    expect(connector.sent).toHaveLength(1);
  });

  test('answered with 503 is tried as often as we count, and not once more by the library', async () => {
    connector.fail({ kind: 'status', status: 503 });
    const failures: SendResult['kind'][] = [];
    const patience = { triesMax: 3, budgetMs: 5_000, delayMs: 1 };
    const result = await sendPatiently(
      patience,
      () => messenger.post(to, CARD),
      ({ kind }) => failures.push(kind),
    );
    expect([...failures, result.kind]).toEqual(['retry', 'retry', 'retry']);
    expect(connector.requests).toHaveLength(3);
  });

  test('follows no redirect: it would lead past the allowed hosts', async () => {
    connector.fail({ kind: 'status', status: 307, headers: { location: 'http://127.0.0.1:1/' } });
    expect(await messenger.post(to, CARD)).toMatchObject({ kind: 'failed' });
  });

  test('goes nowhere that is not allowed any more', async () => {
    const elsewhere = { ...place, serviceUrl: 'https://smba.trafficmanager.net/emea/' };
    expect(await messenger.post({ ...to, conversation: elsewhere }, CARD)).toMatchObject({ kind: 'failed' });
    expect(
      await messenger.openPersonal(elsewhere, { tenant: TENANT, channelAccountId: '29:ada' }),
    ).toMatchObject({
      kind: 'failed',
    });
  });

  test('to a service that is not there is worth another try', async () => {
    const dead = await StubConnector.start();
    const serviceUrl = dead.serviceUrl;
    await dead.stop();
    const conversation = { ...place, serviceUrl };
    expect(await messenger.post({ ...to, conversation }, CARD)).toEqual({ kind: 'retry', doubtful: false });
  });
});

describe('a personal chat', () => {
  test('is opened with somebody met elsewhere, and can be posted to', async () => {
    const opened = await messenger.openPersonal(place, { tenant: TENANT, channelAccountId: '29:ada' });
    expect(connector.sent[0]?.activity).toMatchObject({
      members: [{ id: '29:ada' }],
      tenantId: TENANT,
      isGroup: false,
    });
    if (opened.kind !== 'opened') throw new Error(opened.kind);
    expect(opened.conversation).toMatchObject({ kind: 'personal', id: connector.sent[0]?.conversationId });
    expect((await messenger.post({ ...to, conversation: opened.conversation }, CARD)).kind).toBe('sent');
  });

  test('that can’t be opened says why', async () => {
    connector.fail(FAULTS.disabledByAdmin);
    expect(await messenger.openPersonal(place, { tenant: TENANT, channelAccountId: '29:ada' })).toEqual({
      kind: 'blocked',
      reason: 'disabledByAdmin',
    });
  });
});
