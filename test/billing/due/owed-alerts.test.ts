/** Which alerts the daily scan finds unfinished, however many places and alerts there are. */
import { OwedRows, owedBy } from '../../../src/billing/due/owed-work.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import { newAccount, type Alert } from '../../../src/billing/ledger/model.js';
import { rowKeys } from '../../../src/billing/ledger/world.js';
import { toColumns } from '../../../src/billing/rows/columns.js';
import { newestFirst } from '../../../src/billing/storage/keys.js';
import { MemoryTableStore } from '../../../src/billing/storage/memory-table.js';
import { ROWS_PER_COMMIT_MAX, type Write } from '../../../src/billing/storage/table.js';
import { START, TENANT } from '../../support/billing.js';

const PLACES = 500;
const ALERTS = 120;

let table: MemoryTableStore;
let rows: OwedRows;
beforeEach(() => {
  table = new MemoryTableStore();
  rows = new OwedRows(table);
});

async function put(writes: readonly Write[]): Promise<void> {
  for (let from = 0; from < writes.length; from += ROWS_PER_COMMIT_MAX)
    await table.commit(TENANT, writes.slice(from, from + ROWS_PER_COMMIT_MAX));
}

/** As many alerts, a minute apart, the newest an hour ago. */
function raise(count: number, more: Partial<Alert> = {}): Promise<void> {
  const alertOf = (index: number): Alert => ({
    type: 'alert',
    sequence: BigInt(index),
    kind: 'negative',
    at: after(START, { minutes: index - count - 60 }),
    currency: 'USD',
    facts: { balance: -1n },
    version: 1,
    ...more,
  });
  const alerts = Array.from({ length: count }, (_, index) => alertOf(index + 1));
  return put(
    alerts.map((alert) => ({
      kind: 'put',
      key: rowKeys.alert(alert.sequence),
      values: toColumns(alert),
    })),
  );
}

/** Deliveries of an alert at as many places, all of them heard but those that are named. */
function deliver(sequence: number, places: number, waiting: readonly number[] = []): Promise<void> {
  const writeOf = (place: number): Write => ({
    kind: 'put',
    key: `delivery:${newestFirst(BigInt(sequence))}:place-${String(place).padStart(4, '0')}`,
    values: { state: waiting.includes(place) ? 'waiting' : 'sent' },
  });
  return put(Array.from({ length: places }, (_, place) => writeOf(place)));
}

async function owed(undelivered: readonly bigint[] = []): Promise<readonly string[]> {
  const account = { ...newAccount(TENANT, 'USD', 'UTC'), alertCount: BigInt(ALERTS), undelivered };
  return (await owedBy(account, START, rows)).map(({ name, subject }) => `${name} ${subject}`);
}

async function queriesOf(work: () => Promise<unknown>): Promise<number> {
  const query = jest.spyOn(table, 'query');
  await work();
  const { length } = query.mock.calls;
  query.mockRestore();
  return length;
}

test.each([0, 100, PLACES - 1])('one place that waits, the %dth of hundreds', async (place) => {
  await raise(3);
  for (const sequence of [1, 2, 3]) await deliver(sequence, PLACES, sequence === 2 ? [place] : []);
  expect(await owed()).toEqual(['alert 2']);
});

test('each alert once, however many places wait for it', async () => {
  await raise(3);
  const everywhere = Array.from({ length: PLACES }, (_, place) => place);
  for (const sequence of [1, 3]) await deliver(sequence, PLACES, everywhere);
  await deliver(2, PLACES);
  expect(await owed()).toEqual(['alert 3', 'alert 1']);
});

test('alerts that many newer ones came after, with and without a delivery', async () => {
  await raise(ALERTS);
  for (let sequence = 3; sequence <= ALERTS; sequence += 1) await deliver(sequence, 1);
  await deliver(1, 2, [1]);
  expect(await owed()).toEqual(['alert 2', 'alert 1']);
});

test('none that is older than a week, that is listed as undelivered, or that is a test', async () => {
  await raise(2, { at: after(START, { days: -8 }) });
  expect(await owed()).toEqual([]);
  await raise(2);
  expect(await owed([1n])).toEqual(['alert 2']);
  await raise(2, { only: 'here' });
  await deliver(1, 1, [0]);
  expect(await owed()).toEqual([]);
});

test('a look costs a page of alerts, one query for all that waits, and one for each alert that none waits for', async () => {
  await raise(3);
  for (const sequence of [1, 2, 3]) await deliver(sequence, PLACES);
  expect(await queriesOf(() => owed())).toBe(1 + 1 + 3);
});

test('an alert was heard wherever one place of hundreds heard it', async () => {
  await raise(1);
  const waiting = Array.from({ length: PLACES - 1 }, (_, place) => place);
  await deliver(1, PLACES - 1, waiting);
  expect(await rows.wasHeard(TENANT, 1n)).toBe(false);
  await deliver(1, PLACES, waiting);
  expect(await rows.wasHeard(TENANT, 1n)).toBe(true);
});
