import { after } from '../../../../src/billing/ledger/calendar.js';
import { Checkpoints } from '../../../../src/billing/usage/graph/checkpoints.js';
import { PATIENCE_MS_MAX } from '../../../../src/billing/usage/graph/graph-pstn-calls.js';
import { NOTHING_ASKED } from '../../../../src/billing/usage/graph/plan.js';
import { MemoryTableStore } from '../../../../src/billing/storage/memory-table.js';
import type { Clock } from '../../../../src/billing/clock.js';
import { START, TENANT, testBilling, usd, type TestBilling } from '../../../support/billing.js';
import { collecting, collectorOf, PatientClock } from '../../../support/graph/connected.js';
import type { GraphRow } from '../../../support/graph/stand-in.js';

async function connected() {
  const test = await testBilling();
  const parts = await collecting(new PatientClock(test.clock));
  const { intake } = test.billing;
  return { ...test, ...parts, collector: collectorOf(parts, { table: test.table, intake }) };
}

let it_: Awaited<ReturnType<typeof connected>>;
beforeEach(async () => {
  it_ = await connected();
});
afterEach(() => it_.graph.stop());

function call(id: string, charge: number, startDateTime = '2026-11-16T08:00:00Z'): GraphRow {
  const prepaid = { currency: 'USD', licenseCapability: 'MCOPSTNPP', duration: 60 };
  return { id, startDateTime, charge, ...prepaid };
}

function accountOf({ billing }: Pick<TestBilling, 'billing'>) {
  return billing.reader.account(TENANT);
}

test('calls are collected and charged, and the next look is six hours away', async () => {
  it_.graph.report([call('one', 1), call('two', 2)]);
  expect(await it_.collector.collect(TENANT)).toEqual({ kind: 'again', at: after(START, { hours: 6 }) });
  expect(await accountOf(it_)).toMatchObject({
    balance: usd(-3),
    usage: { knownUntil: '2026-11-16T08:00:00.000Z' },
  });
});

test('nothing is asked for before it is due', async () => {
  await it_.collector.collect(TENANT);
  const requests = it_.graph.seen.length;
  it_.clock.inner.pass({ hours: 5 });
  expect(await it_.collector.collect(TENANT)).toEqual({ kind: 'again', at: after(START, { hours: 6 }) });
  expect(it_.graph.seen).toHaveLength(requests);
});

test('a call that is reported two days late is charged when it comes', async () => {
  it_.graph.report([call('late', 4, '2026-11-17T08:30:00Z')], after(START, { hours: 47 }));
  for (let looks = 0; looks < 8; looks += 1) {
    await it_.collector.collect(TENANT);
    expect((await accountOf(it_)).balance).toBe(0n);
    it_.clock.inner.pass({ hours: 6 });
  }
  await it_.collector.collect(TENANT);
  expect((await accountOf(it_)).balance).toBe(usd(-4));
});

test('a call that changes is corrected by the difference, three weeks later too', async () => {
  it_.graph.report([call('one', 1)]);
  await it_.collector.collect(TENANT);
  it_.clock.inner.pass({ days: 21 });
  it_.graph.report([call('one', 0.25)]);
  await it_.collector.collect(TENANT);
  expect((await accountOf(it_)).balance).toBe(usd(-0.25));
});

test('a day of several pages is taken as a whole', async () => {
  it_.graph.pageRows = 3;
  it_.graph.report(Array.from({ length: 10 }, (_, index) => call(`c${index}`, 1)));
  await it_.collector.collect(TENANT);
  expect((await accountOf(it_)).balance).toBe(usd(-10));
});

test('missing consent is told once an hour, with what to do, and collecting starts when it is given', async () => {
  it_.graph.report([call('one', 1)]);
  it_.graph.fault = () => ({ status: 403 });
  expect(await it_.collector.collect(TENANT)).toEqual({ kind: 'again', at: after(START, { hours: 1 }) });
  expect(it_.troubles).toMatchObject([{ reason: 'consentMissing' }]);
  expect((await new Checkpoints(it_.table).read(TENANT)).trouble).toMatchObject({
    reason: 'consentMissing',
    since: START,
  });
  it_.graph.fault = () => undefined;
  it_.clock.inner.pass({ hours: 1 });
  await it_.collector.collect(TENANT);
  expect((await accountOf(it_)).balance).toBe(usd(-1));
  expect((await new Checkpoints(it_.table).read(TENANT)).trouble).toBeUndefined();
});

test('who is throttled for longer than patience comes back when the service says so', async () => {
  it_.graph.fault = () => ({ status: 429, retryAfter: '7200' });
  expect(await it_.collector.collect(TENANT)).toEqual({ kind: 'again', at: after(START, { hours: 2 }) });
});

test('a pause of more than some seconds is no pause in the run: the job comes again when it is over', async () => {
  it_.graph.fault = () => ({ status: 429, retryAfter: '90' });
  expect(await it_.collector.collect(TENANT)).toEqual({ kind: 'again', at: after(START, { seconds: 90 }) });
  expect(it_.clock.pauses).toEqual([]);
});

test('a service that is away for a while is asked again within minutes', async () => {
  it_.graph.fault = () => ({ status: 503 });
  const { at } = (await it_.collector.collect(TENANT)) as { at: string };
  expect(at).toBe(after(it_.clock.now(), { minutes: 5 }));
  expect(it_.clock.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(PATIENCE_MS_MAX);
});

test('a next page that leads elsewhere is not taken, and the days beside it are', async () => {
  it_.graph.pageRows = 1;
  it_.graph.nextLink = () => 'https://elsewhere.example/v1.0/x';
  it_.graph.report([call('one', 1), call('two', 2), call('other day', 4, '2026-11-15T08:00:00Z')]);
  await it_.collector.collect(TENANT);
  expect(it_.troubles).toMatchObject([{ reason: 'malformed' }]);
  expect((await accountOf(it_)).balance).toBe(usd(-5));
});

test('a service that repeats a page without end does not hold up the other days', async () => {
  it_.graph.pageRows = 1;
  it_.graph.report([call('one', 1), call('two', 2), call('other day', 4, '2026-11-15T08:00:00Z')]);
  it_.graph.nextLink = (link) => link.replace(/skip=\d+/u, 'skip=0');
  await it_.collector.collect(TENANT);
  expect(it_.troubles).toMatchObject([{ reason: 'malformed', detail: 'more than 200 pages for a day' }]);
  expect((await accountOf(it_)).balance).toBe(usd(-5));
});

test('a long run makes room for other work, and goes on at once', async () => {
  const clock: Clock = { now: () => START, monotonic: () => (ticks += 1_400), sleep: async () => undefined };
  let ticks = 0;
  const asked: unknown[] = [];
  const calls = {
    page: async (_tenant: string, window: unknown) => (
      asked.push(window),
      { kind: 'page' as const, rows: [] }
    ),
  };
  const table = new MemoryTableStore();
  const one = { ...it_, calls, clock } as unknown as Parameters<typeof collectorOf>[0];
  const collector = collectorOf(one, { table, intake: it_.billing.intake });
  expect(await collector.collect(TENANT)).toEqual({ kind: 'again', at: START });
  expect(asked).toHaveLength(3);
  await collector.collect(TENANT);
  expect(asked).toHaveLength(6);
  expect(new Set(asked.map((window) => JSON.stringify(window))).size).toBe(6);
});

test('each tenant has a checkpoint of its own, and one that was never asked has none', async () => {
  await it_.collector.collect(TENANT);
  const checkpoints = new Checkpoints(it_.table);
  expect(await checkpoints.read('tenant-two')).toEqual(NOTHING_ASKED);
  expect(await checkpoints.read(TENANT)).toMatchObject({ askedUntil: START });
});
