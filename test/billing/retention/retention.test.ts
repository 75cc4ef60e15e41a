import { after } from '../../../src/billing/ledger/calendar.js';
import { detailsDigestOf } from '../../../src/billing/ledger/chain.js';
import { Retention } from '../../../src/billing/retention/retention.js';
import { MemoryTableStore } from '../../../src/billing/storage/memory-table.js';
import type { RangeQuery, Write } from '../../../src/billing/storage/table.js';
import { callOfIssue } from '../../../src/billing/usage/issue-call.js';
import { ADMIN, START, TENANT, usd } from '../../support/billing.js';
import { graphRow, graphRows } from '../../support/graph-rows.js';
import { calm } from '../../support/shared-billing.js';
import { differencesOf, memoryTables, verifiedBilling } from '../../support/verified.js';

const DETAIL_DAYS = 400;
const PERSONAL = { userDisplayName: 'Ana', calleeNumber: '+39 02 1234567' };

/** A program over a table whose calls are watched, and its retention as the daily scan runs it. */
function program() {
  const queries: RangeQuery[] = [];
  let onCommit: (writes: readonly Write[]) => Promise<void> = async () => undefined;
  const table = new MemoryTableStore({
    before: async (operation) => {
      if (operation.kind === 'query') queries.push(operation.range);
      if (operation.kind === 'commit') await onCommit(operation.writes);
    },
  });
  const { billing, clock, tables, events } = verifiedBilling({ ...memoryTables(), ledger: table });
  const retention = new Retention({ table, now: clock.now, callDetailDays: DETAIL_DAYS });
  const row = (charge: number, more: object = {}) =>
    graphRow(charge, { startDateTime: clock.now(), ...PERSONAL, ...more });
  return {
    ...{ clock, table, billing, events, retention, row, queries },
    use: (...rows: readonly unknown[]) => billing.intake.take(TENANT, rows, 'graph'),
    call: (id: string) => billing.reader.row(TENANT, 'call', `call:${id}`),
    run: () => retention.run(TENANT),
    onCommit: (hook: typeof onCommit) => void (onCommit = hook),
    differences: () => differencesOf(tables),
  };
}

test('details older than the days are gone, younger ones and all charges stay', async () => {
  const { clock, row, use, call, run } = program();
  await use(row(1, { id: 'old' }));
  clock.pass({ days: 1 });
  await use(row(2, { id: 'young' }));
  clock.pass({ days: DETAIL_DAYS - 1, seconds: 1 });
  await run();
  const [old, young] = [await call('old'), await call('young')];
  expect(old).toMatchObject({ details: {}, charge: usd(1) });
  expect(JSON.stringify([old?.details, old?.detailsDigest])).not.toContain('Ana');
  expect(young).toMatchObject({ details: PERSONAL, charge: usd(2) });
});

test('what verifies with the details verifies without them, corrected calls too', async () => {
  const { clock, row, use, run, differences } = program();
  await use(row(1, { id: 'a' }), row(2, { id: 'b' }));
  await use(row(3, { id: 'a' }));
  clock.pass({ days: DETAIL_DAYS + 1 });
  await run();
  expect(await differences()).toEqual([]);
});

test('a record that comes again is known, and one that is corrected brings no details back', async () => {
  const { clock, row, use, call, run, differences } = program();
  const startDateTime = clock.now();
  await use(row(1, { id: 'a' }));
  clock.pass({ days: DETAIL_DAYS + 1 });
  await run();
  expect(await use(row(1, { id: 'a', startDateTime }))).toMatchObject({
    unchanged: 1,
    charged: { count: 0 },
  });
  expect(await use(row(4, { id: 'a', startDateTime }))).toMatchObject({ corrected: { count: 1 } });
  expect(await call('a')).toMatchObject({ details: {}, charge: usd(4) });
  expect(await differences()).toEqual([]);
});

test('a call that comes in when it is too old already is charged and kept without its details', async () => {
  const { clock, row, use, call, run, differences } = program();
  const startDateTime = after(START, { days: -DETAIL_DAYS - 1 });
  expect(await use(row(5, { id: 'late', startDateTime }))).toMatchObject({ charged: { count: 1 } });
  expect(await call('late')).toMatchObject({ details: {}, charge: usd(5) });
  clock.pass({ days: 1 });
  await run();
  expect(await differences()).toEqual([]);
});

test('hundreds of calls go in transactions of a hundred rows, and the next day reads only its own', async () => {
  const { clock, billing, table, queries, run } = program();
  await billing.intake.take(TENANT, graphRows(250, 1, { startDateTime: clock.now(), ...PERSONAL }), 'graph');
  clock.pass({ days: DETAIL_DAYS + 2 });
  await run();
  const rows = await table.query(TENANT, { from: 'call:', to: 'call;', limit: 1_000 });
  expect(rows.filter(({ values }) => values['details'] === '{}')).toHaveLength(250);
  queries.length = 0;
  clock.pass({ days: 2 });
  await run();
  const [calls] = queries.filter(({ from }) => from === 'call:');
  expect(await table.query(TENANT, calls!)).toEqual([]);
});

test('a call that is corrected at the same moment keeps its correction, and loses its details all the same', async () => {
  const { clock, row, use, call, run, onCommit, differences } = program();
  const startDateTime = clock.now();
  await use(row(1, { id: 'a' }), row(1, { id: 'b' }));
  clock.pass({ days: DETAIL_DAYS + 1 });
  let corrected = false;
  onCommit(async (writes) => {
    if (corrected || !writes.some(({ key }) => key === 'call:a')) return;
    corrected = true;
    await use(row(9, { id: 'a', startDateTime }));
  });
  await run();
  expect(corrected).toBe(true);
  expect(await call('a')).toMatchObject({ details: {}, charge: usd(9) });
  expect(await call('b')).toMatchObject({ details: {}, charge: usd(1) });
  expect(await differences()).toEqual([]);
});

test('cut short at any write it is done by the next run', async () => {
  const writes = async (at: number): Promise<boolean> => {
    const { clock, row, use, call, run, onCommit } = program();
    await use(row(1, { id: 'a' }), { id: 'b', ...PERSONAL });
    clock.pass({ days: DETAIL_DAYS + 70 });
    let count = 0;
    onCommit(async () => {
      count += 1;
      if (count === at) throw new Error('stopped');
    });
    const ended = await run().then(
      () => true,
      () => false,
    );
    onCommit(async () => undefined);
    await run();
    expect((await call('a'))?.details).toEqual({});
    return ended;
  };
  let at = 1;
  while (!(await writes(at))) at += 1;
  expect(at).toBeGreaterThan(2);
});

test('operations are forgotten when their ids are refused for a day, not sooner', async () => {
  const { clock, table, billing, run } = program();
  const rule = {
    trigger: usd(20),
    amount: usd(50),
    monthCap: usd(200),
    method: { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' },
    by: ADMIN,
  };
  const click = { id: 'click-1', mintedAt: clock.now() };
  await billing.setAutoRecharge(TENANT, rule, click);
  await calm();
  const operations = () => table.query(TENANT, { from: 'op:', to: 'op;', limit: 10 });
  clock.pass({ days: 61 });
  await run();
  expect((await operations()).map(({ key }) => key)).toContain('op:2026-11-17:click-1');
  clock.pass({ days: 1 });
  await run();
  expect(await operations()).toEqual([]);
  const again = await billing.setAutoRecharge(TENANT, rule, click);
  expect(again).toMatchObject({ kind: 'refused', reason: 'stale' });
});

test('what a processor told is forgotten sixty days after it was carried out, and never before that', async () => {
  const { clock, table, events, run } = program();
  for (const id of ['evt_1', 'evt_2']) await events.receive(TENANT, { id, about: 'cards', objectId: 'pm_1' });
  await calm();
  const told = () => table.query(TENANT, { from: 'event:', to: 'event;', limit: 10 });
  const [open, done] = await told();
  const carriedOut = { ...done!.values, doneAt: clock.now() };
  await table.commit(TENANT, [{ kind: 'put', key: done!.key, values: carriedOut }]);
  clock.pass({ days: 60 });
  await run();
  expect(await told()).toHaveLength(2);
  clock.pass({ minutes: 1 });
  await run();
  expect((await told()).map(({ key }) => key)).toEqual([open!.key]);
});

/** Wrong in its charge, with all that a row can say of people. */
const ASIDE = {
  ...PERSONAL,
  ...{
    callId: 'leg-1',
    userId: 'ana-1',
    userPrincipalName: 'ana@example.com',
    callerNumber: '+39 06 7654321',
  },
  ...{ conferenceId: 'meeting-1', operator: 'Op' },
};
/** What is left of it: enough to decide. */
const LASTING = {
  ...{ id: 'b', startDateTime: '2026-11-17T08:00:00Z', duration: 60, charge: -1, currency: 'USD' },
  destinationName: 'United Kingdom',
};

test('the row of a decided issue goes, one that waits for a person keeps what is needed to decide', async () => {
  const { clock, billing, use, run } = program();
  await use({ ...graphRow(-1), id: 'a', ...ASIDE }, { ...graphRow(-1), id: 'b', ...ASIDE });
  const [decided, open] = await billing.reader.issues(TENANT, { limit: 5 });
  await billing.decideIssue(TENANT, { issue: decided!, by: ADMIN });
  clock.pass({ days: DETAIL_DAYS - 1 });
  await run();
  expect((await billing.reader.issues(TENANT, { limit: 5 })).map(({ raw }) => raw)).toEqual([
    decided!.raw,
    open!.raw,
  ]);
  clock.pass({ days: 1, seconds: 1 });
  await run();
  const [first, second] = await billing.reader.issues(TENANT, { limit: 5 });
  expect(first).toMatchObject({ id: decided!.id, state: 'dismissed', raw: '{}' });
  expect(second).toMatchObject({ id: open!.id, state: 'open', reason: 'negativeCharge' });
  expect(JSON.parse(second!.raw)).toEqual(LASTING);
});

test('a record that waits is as old as its call, and never younger than its arrival', async () => {
  const { clock, billing, use, run } = program();
  const early = { startDateTime: after(START, { days: -10 }), ...ASIDE };
  await use({ ...graphRow(-1), id: 'early', ...early }, { ...graphRow(-1), id: 'now', ...ASIDE });
  await use({ ...graphRow(-1), id: 'some day', ...ASIDE, startDateTime: '2099-01-01T00:00:00Z' });
  const peopleIn = async () => {
    const issues = await billing.reader.issues(TENANT, { limit: 5 });
    return issues.filter(({ raw }) => raw.includes('Ana')).map(({ id }) => id.split(':')[0]);
  };
  clock.pass({ days: DETAIL_DAYS - 9 });
  await run();
  expect(await peopleIn()).toEqual(['now', 'some day']);
  clock.pass({ days: 10 });
  await run();
  expect(await peopleIn()).toEqual([]);
});

test('what waits in another shape than a row, or names a number as its destination, keeps none of it', async () => {
  const { clock, billing, use, run } = program();
  await use('Ana called +39 02 1234567', ['Ana'], {
    ...graphRow(-1),
    id: 'c',
    destinationName: '+39 02 123',
  });
  clock.pass({ days: DETAIL_DAYS + 1 });
  await run();
  const issues = await billing.reader.issues(TENANT, { limit: 5 });
  expect(issues.map(({ state }) => state)).toEqual(['open', 'open', 'open']);
  expect(JSON.stringify(issues)).not.toMatch(/Ana|\+39/u);
});

test('a record that waited that long is charged like any other, by its digest instead of its details', async () => {
  const { clock, billing, use, call, run, differences } = program();
  const row = { ...graphRow(-1), id: 'b', ...ASIDE };
  await use(row);
  const [young] = await billing.reader.issues(TENANT, { limit: 1 });
  const { details } = callOfIssue(young!, usd(1));
  expect(details).toMatchObject(ASIDE);
  clock.pass({ days: DETAIL_DAYS + 1 });
  await run();
  await run();
  const [issue] = await billing.reader.issues(TENANT, { limit: 1 });
  expect(await billing.decideIssue(TENANT, { issue: issue!, by: ADMIN, charge: usd(3) })).toMatchObject({
    kind: 'done',
    answer: { balanceAfter: usd(-3), issue: { state: 'charged' } },
  });
  const charged = await call('b');
  expect(charged).toMatchObject({ details: {}, charge: usd(3), start: '2026-11-17T08:00:00.000Z' });
  expect(charged?.detailsDigest).toBe(detailsDigestOf(details));
  await use(row);
  await run();
  expect(JSON.stringify(await billing.reader.issues(TENANT, { limit: 5 }))).not.toContain('Ana');
  expect(await differences()).toEqual([]);
});

test('a verdict that comes while the row loses its details stands, and the details go all the same', async () => {
  const { clock, billing, use, call, run, onCommit, differences } = program();
  await use({ ...graphRow(-1), id: 'b', ...ASIDE });
  const [issue] = await billing.reader.issues(TENANT, { limit: 1 });
  clock.pass({ days: DETAIL_DAYS + 1 });
  let decided = false;
  onCommit(async (writes) => {
    if (decided || !writes.some(({ key }) => key.startsWith('issue:'))) return;
    decided = true;
    await billing.decideIssue(TENANT, { issue: issue!, by: ADMIN, charge: usd(2) });
  });
  await run();
  expect(decided).toBe(true);
  expect(await billing.reader.issues(TENANT, { limit: 5 })).toMatchObject([{ state: 'charged', raw: '{}' }]);
  expect(await call('b')).toMatchObject({ details: {}, charge: usd(2) });
  expect(await differences()).toEqual([]);
});

test('a call that was kept without being charged loses its details too, and may be charged after that', async () => {
  const { clock, row, billing, use, call, run, differences } = program();
  const start = clock.now();
  const metering = { from: after(start, { days: 1 }), by: ADMIN };
  await billing.setMetering(TENANT, metering);
  const [one, two] = [row(1, { id: 'a' }), row(2, { id: 'b' })];
  await use(one, two);
  clock.pass({ days: DETAIL_DAYS + 1 });
  await run();
  expect(await call('a')).toMatchObject({ details: {}, unmetered: true, charge: usd(1) });
  expect(await use(one)).toMatchObject({ unchanged: 1 });
  await billing.setMetering(TENANT, { ...metering, from: start });
  expect(await use(one)).toMatchObject({ charged: { count: 1 } });
  const charged = await call('a');
  expect(charged).toMatchObject({ details: {} });
  expect(charged).not.toHaveProperty('unmetered');
  expect(await differences()).toEqual([]);
});
