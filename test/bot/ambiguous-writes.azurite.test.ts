/** What the bot and its collectors write beside the ledger, with the answer lost after it happened: each ends as one row. */
import { partitionOf } from '../../src/billing/lane/account-rows.js';
import { connectTable } from '../../src/billing/storage/connect.js';
import type { TableStore } from '../../src/billing/storage/table.js';
import { Checkpoints } from '../../src/billing/usage/graph/checkpoints.js';
import { DeliveryStore } from '../../src/bot/alerts/delivery-store.js';
import type { DeliveryRound } from '../../src/bot/alerts/delivery-round.js';
import { deliveryPrefix, type Delivery } from '../../src/bot/alerts/delivery.js';
import { DestinationStore } from '../../src/bot/alerts/destination-store.js';
import { TableAudit } from '../../src/bot/audit.js';
import { loadFormKey } from '../../src/bot/form-token.js';
import { placeOf } from '../support/alerts.js';
import { freshTable, freshTableName, testConnection } from '../support/azurite.js';
import { START, TENANT } from '../support/billing.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';

const ON_CALL = placeOf('on-call');

let proxy: FaultProxy;
let table: TableStore;

beforeAll(async () => {
  proxy = await startFaultProxy(testConnection());
});

afterAll(() => proxy.close());

beforeEach(async () => {
  const name = freshTableName('beside');
  await freshTable(name);
  table = connectTable(proxy, name);
});

function loseNextAnswer(): void {
  proxy.breakNextWrite('loseAnswer');
}

async function keys(partition = partitionOf(TENANT)): Promise<readonly string[]> {
  return (await table.query(partition, { from: ' ', to: '~', limit: 100 })).map(({ key }) => key);
}

test('what was done is in the audit once, and nobody is told that it is not', async () => {
  const errors: object[] = [];
  const log = { warn: () => undefined, error: (fields: object) => void errors.push(fields) };
  const audit = new TableAudit({ table, now: () => START, random: () => 'r', log });
  loseNextAnswer();
  await audit.note({ tenant: TENANT, personId: 'ada', did: 'balance', outcome: 'done' });
  expect(await keys()).toEqual([expect.stringMatching(/^audit:\d+-r$/u)]);
  expect(errors).toEqual([]);
});

test('how far collecting has come is kept once, as it was written last', async () => {
  const checkpoints = new Checkpoints(table);
  const rounds = { recent: { startedAt: START, asked: 1, skipped: 0, ended: false } };
  for (const askedUntil of ['2026-11-16T00:00:00.000Z', START]) {
    loseNextAnswer();
    await checkpoints.write(TENANT, { rounds, askedUntil });
  }
  expect(await keys()).toEqual(['graph']);
  expect(await checkpoints.read(TENANT)).toEqual({ rounds, askedUntil: START });
});

test('the key that seals forms is one', async () => {
  loseNextAnswer();
  const key = await loadFormKey(table);
  expect(await loadFormKey(table)).toEqual(key);
});

describe('a destination', () => {
  let store: DestinationStore;
  beforeEach(() => {
    store = new DestinationStore(table, () => START);
  });
  const seen = () => store.seen({ tenant: TENANT, conversation: ON_CALL, now: START, isEvent: true });

  test('is new to whoever has written it, and to nobody after that: it is welcomed once', async () => {
    loseNextAnswer();
    expect(await seen()).toEqual({ isNew: true });
    expect(await seen()).toEqual({ isNew: false });
    expect(await keys()).toEqual(['destination:on-call']);
  });

  test.each([
    ['on', () => store.setAlerts(TENANT, ON_CALL, 'on')],
    ['paused', () => store.pause(TENANT, ON_CALL.key)],
  ])('that is %s is there once, and stays so', async (alerts, change) => {
    await store.setAlerts(TENANT, ON_CALL, alerts === 'on' ? 'off' : 'on');
    loseNextAnswer();
    await change();
    expect(await store.list(TENANT)).toMatchObject([{ alerts }]);
  });

  test('that is gone is gone', async () => {
    await seen();
    loseNextAnswer();
    await store.gone(TENANT, ON_CALL.key);
    expect(await keys()).toEqual([]);
  });
});

describe("an alert's delivery", () => {
  const SEQUENCE = 7n;
  const SENT: Delivery = { conversationKey: ON_CALL.key, state: 'sent', version: 1, tries: 1 };
  const storeOf = (instance: string) =>
    new DeliveryStore({ table, now: () => START, monotonic: () => 0, instance });

  async function begun(): Promise<DeliveryRound> {
    const begin = await storeOf('one').begin(TENANT, SEQUENCE);
    if (begin.kind === 'busy') throw new Error('somebody else is at it');
    return begin.round;
  }

  test('is claimed by one instance, and by no other', async () => {
    loseNextAnswer();
    expect((await begun()).isOurs).toBe(true);
    expect(await storeOf('two').begin(TENANT, SEQUENCE)).toMatchObject({ kind: 'busy' });
    expect(await keys()).toEqual([deliveryPrefix(SEQUENCE)]);
  });

  test('is noted once, the instance stays at it, and gives the claim back in the end', async () => {
    const round = await begun();
    await round.note(SENT);
    loseNextAnswer();
    await round.flush();
    expect(round.isOurs).toBe(true);
    await round.note({ ...SENT, conversationKey: 'ops' });
    loseNextAnswer();
    await round.close();
    expect(await keys()).toEqual([`${deliveryPrefix(SEQUENCE)}:on-call`, `${deliveryPrefix(SEQUENCE)}:ops`]);
  });

  test('whose claim was given back is free', async () => {
    const round = await begun();
    loseNextAnswer();
    await round.close();
    expect(await storeOf('two').begin(TENANT, SEQUENCE)).toMatchObject({ kind: 'begun' });
  });

  test('that somebody else took over meanwhile is not taken back', async () => {
    const round = await begun();
    const later = { table, now: () => '2026-11-17T10:00:00.000Z', monotonic: () => 0, instance: 'two' };
    expect(await new DeliveryStore(later).begin(TENANT, SEQUENCE)).toMatchObject({ kind: 'begun' });
    await round.note(SENT);
    await round.flush();
    expect(round.isOurs).toBe(false);
    expect(await keys()).toContain(`${deliveryPrefix(SEQUENCE)}:on-call`);
  });
});
