import { OwedRows, owedBy } from '../../../../src/billing/due/owed-work.js';
import { Ledger } from '../../../../src/billing/lane/ledger.js';
import { after } from '../../../../src/billing/ledger/calendar.js';
import { COLLECT } from '../../../../src/billing/ledger/commands/collect-usage.js';
import {
  ADMIN,
  START,
  TENANT,
  TestClock,
  testBilling,
  usd,
  type TestBilling,
} from '../../../support/billing.js';
import { collecting, PatientClock, type Collecting } from '../../../support/graph/connected.js';
import type { GraphRow } from '../../../support/graph/stand-in.js';

let graph: Collecting;
let it_: TestBilling;
beforeEach(async () => {
  const clock = new TestClock(START);
  graph = await collecting(new PatientClock(clock));
  it_ = await testBilling({ clock, graph: graph.calls });
});
afterEach(() => graph.graph.stop());

function call(id: string, charge: number, startDateTime: string): GraphRow {
  const prepaid = { currency: 'USD', licenseCapability: 'MCOPSTNPP', duration: 60 };
  return { id, startDateTime, charge, ...prepaid };
}

const ran = () => it_.runner.settled({ tenant: TENANT, ...COLLECT });
const account = () => it_.billing.reader.account(TENANT);

async function connect(meteredFrom = START, id = 'click'): Promise<void> {
  await it_.graph.connect(TENANT, { by: ADMIN, meteredFrom }, { id, mintedAt: it_.clock.now() });
  await ran();
}

/** The next look, at its time, by the worker. */
async function later(span: Parameters<TestClock['pass']>[0]): Promise<void> {
  it_.clock.pass(span);
  await it_.runner.round();
  await ran();
}

test('connecting collects at once, charges nothing of the past, and tells how far it has come', async () => {
  graph.graph.report([call('past', 7, after(START, { days: -10 }))]);
  await connect();
  expect(await account()).toMatchObject({
    balance: 0n,
    usage: {
      metering: { from: START, setBy: ADMIN },
      unmetered: { spend: usd(7), calls: 1 },
      graph: { connectedAt: START, collected: { days: 90, answeredAt: START, askedUntil: START } },
    },
  });
});

test('every six hours it looks again, and charges what happened since', async () => {
  await connect();
  graph.graph.report([call('new', 3, after(START, { hours: 1 }))]);
  await later({ hours: 5 });
  expect((await account()).balance).toBe(0n);
  await later({ hours: 2 });
  expect(await account()).toMatchObject({ balance: usd(-3) });
});

test('a trouble is told on the account until it is over', async () => {
  graph.graph.fault = () => ({ status: 403 });
  await connect();
  const { usage } = await account();
  expect(usage.graph?.collected).toMatchObject({
    days: 0,
    trouble: { reason: 'consentMissing', since: START },
  });
  graph.graph.fault = () => undefined;
  await later({ hours: 2 });
  expect((await account()).usage.graph?.collected).not.toHaveProperty('trouble');
});

const collectNow = (id: string) => it_.graph.collectNow(TENANT, { id, mintedAt: it_.clock.now() });

test('asked for now, the newest days are asked for again before their time, once for each click', async () => {
  await connect();
  graph.graph.report([call('new', 3, after(START, { minutes: -5 }))]);
  it_.clock.pass({ hours: 1 });
  const before = graph.graph.seen.length;
  const asked = await collectNow('now');
  await ran();
  expect(asked).toMatchObject({ kind: 'done', answer: { askedAt: after(START, { hours: 1 }) } });
  expect(graph.graph.seen.length - before).toBe(7);
  it_.clock.pass({ minutes: 5 });
  expect(await collectNow('now')).toEqual(asked);
  await later({ minutes: 10 });
  expect(graph.graph.seen.length - before).toBe(7);
});

test('asked for while a look is under way, the newest days are asked for once more behind it', async () => {
  await connect();
  it_.clock.pass({ hours: 7 });
  const before = graph.graph.seen.length;
  let asked: Promise<unknown> | undefined;
  graph.graph.fault = () => {
    if (asked === undefined) {
      it_.clock.pass({ seconds: 1 });
      asked = collectNow('now');
    }
    return undefined;
  };
  await it_.runner.round();
  await asked;
  await ran();
  expect(graph.graph.seen.length - before).toBe(14);
});

test('what nobody connected can not be collected now', async () => {
  expect(await collectNow('now')).toEqual({ kind: 'refused', reason: 'notFound' });
});

test('disconnected while a look is under way, nothing more is asked for', async () => {
  let gone: Promise<unknown> | undefined;
  graph.graph.fault = () => {
    gone ??= it_.graph.disconnect(TENANT, { id: 'other-click', mintedAt: START });
    return undefined;
  };
  await connect();
  await gone;
  expect(graph.graph.seen.length).toBeLessThan(5);
  expect((await account()).usage).not.toHaveProperty('graph');
});

test('what a look tells the account never goes before what a person waits for', async () => {
  const submitted = jest.spyOn(Ledger.prototype, 'submit');
  await connect();
  const told = submitted.mock.calls.map(([, command]) => command);
  expect(told).toContainEqual(expect.objectContaining({ name: 'noteCollected', priority: 'batch' }));
  submitted.mockRestore();
});

test('disconnected, it asks for nothing more, and what was collected stays', async () => {
  graph.graph.report([call('one', 1, START)]);
  await connect();
  await it_.graph.disconnect(TENANT, { id: 'other-click', mintedAt: START });
  const asked = graph.graph.seen.length;
  await later({ days: 1 });
  expect(graph.graph.seen).toHaveLength(asked);
  expect(await account()).toMatchObject({ balance: usd(-1), usage: { metering: { from: START } } });
  expect((await account()).usage).not.toHaveProperty('graph');
  const again = await it_.graph.disconnect(TENANT, { id: 'late-click', mintedAt: it_.clock.now() });
  expect(again).toEqual({ kind: 'refused', reason: 'notFound' });
});

test('the same click twice connects once; connecting again moves the start of metering alone', async () => {
  await connect();
  it_.clock.pass({ minutes: 1 });
  await connect();
  expect((await account()).usage.metering?.setAt).toBe(START);
  await connect(after(START, { days: -2 }), 'second');
  const { metering, graph: connection } = (await account()).usage;
  expect(metering?.from).toBe(after(START, { days: -2 }));
  expect(connection?.connectedAt).toBe(START);
});

test('the daily scan owes a connected account its looks, should their due row be lost', async () => {
  await connect();
  it_.clock.pass({ hours: 1 });
  const owed = async () => owedBy(await account(), it_.clock.now(), new OwedRows(it_.table));
  expect(await owed()).toContainEqual(COLLECT);
  await it_.graph.disconnect(TENANT, { id: 'other-click', mintedAt: START });
  expect(await owed()).not.toContainEqual(COLLECT);
});

test('an account that is connected where no settings for Graph are is looked at soon after a start that has them', async () => {
  const unset = await testBilling();
  await unset.graph.connect(TENANT, { by: ADMIN, meteredFrom: START }, { id: 'click', mintedAt: START });
  expect(unset.graph.isConfigured).toBe(false);
  expect(await unset.graph.run(TENANT)).toEqual({ kind: 'again', at: after(START, { minutes: 15 }) });
});
