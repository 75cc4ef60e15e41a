import { OPERATION_DAYS_MAX } from '../../../src/billing/lane/operations.js';
import { accepted, refused } from '../../../src/billing/ledger/world.js';
import { after } from '../../../src/billing/ledger/calendar.js';
import { LedgerReader } from '../../../src/billing/reader.js';
import { StorageUnavailable, type TableStore } from '../../../src/billing/storage/table.js';
import { START, TENANT } from '../../support/billing.js';
import { credit, ledgerOver, onFirstCommit, watchedTable } from '../../support/ledger.js';

const OPERATION = { id: 'click-1', mintedAt: START };
const asked = credit(5n, { operation: OPERATION });

async function entryCount(table: TableStore): Promise<number> {
  const reader = new LedgerReader(table, { currency: 'USD', timeZone: 'UTC' });
  return (await reader.entries(TENANT, { limit: 100 })).entries.length;
}

function lost(): never {
  throw new StorageUnavailable('the answer was lost');
}

test('asked again it answers the same, whatever happened since', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  await ledger.submit(TENANT, asked);
  await ledger.submit(TENANT, credit(100n));
  expect(await ledger.submit(TENANT, asked)).toEqual({ kind: 'done', answer: 5n });
  expect(await entryCount(table)).toBe(2);
});

test('asked again at another instance it answers the same', async () => {
  const { table } = watchedTable();
  await ledgerOver(table).submit(TENANT, asked);
  await ledgerOver(table).submit(TENANT, credit(100n));
  expect(await ledgerOver(table).submit(TENANT, asked)).toEqual({ kind: 'done', answer: 5n });
});

test('asked twice at once it is done once, and both hear the same', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  const [, one, other] = await Promise.all([credit(1n), asked, asked].map((c) => ledger.submit(TENANT, c)));
  expect([one, other]).toEqual([
    { kind: 'done', answer: 6n },
    { kind: 'done', answer: 6n },
  ]);
  expect(await entryCount(table)).toBe(2);
});

test('asked again where the rules would now refuse it, it answers what it did', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  await ledger.submit(TENANT, asked);
  const again = { ...asked, decide: () => refused('notOpen') };
  expect(await ledger.submit(TENANT, again)).toEqual({ kind: 'done', answer: 5n });
});

test('an answer that is lost after the commit is found again: done once', async () => {
  const watched = watchedTable();
  watched.faults = { after: onFirstCommit(lost) };
  expect(await ledgerOver(watched.table).submit(TENANT, asked)).toEqual({ kind: 'done', answer: 5n });
  expect(await entryCount(watched.table)).toBe(1);
});

test('a transport that repeats a commit by itself does it once', async () => {
  const watched = watchedTable();
  watched.faults = { repeat: (operation) => operation.kind === 'commit' };
  expect(await ledgerOver(watched.table).submit(TENANT, asked)).toEqual({ kind: 'done', answer: 5n });
  expect(await entryCount(watched.table)).toBe(1);
});

test('the work of a commit whose answer was lost is started all the same', async () => {
  const watched = watchedTable();
  watched.faults = { after: onFirstCommit(lost) };
  let started = 0;
  const schedule = async () => () => {
    started += 1;
  };
  await ledgerOver(watched.table, { schedule }).submit(TENANT, asked);
  expect(started).toBe(1);
});

test('an operation that changes nothing writes no row', async () => {
  const { table, commits } = watchedTable();
  const idle = credit(0n, { operation: OPERATION, decide: (world) => accepted(world, 0n) });
  await ledgerOver(table).submit(TENANT, idle);
  expect(commits).toEqual([]);
});

test.each([
  ['on the last day it is still carried out', 0, 'done'],
  ['a moment later it is refused as stale, and never executed', 0.001, 'refused'],
])('%s', async (_, seconds, kind) => {
  const { table } = watchedTable();
  const now = () => after(START, { days: OPERATION_DAYS_MAX, seconds });
  expect((await ledgerOver(table, { now }).submit(TENANT, asked)).kind).toBe(kind);
  expect(await entryCount(table)).toBe(kind === 'done' ? 1 : 0);
});

test('an operation without a readable time is stale', async () => {
  const command = credit(1n, { operation: { id: 'x', mintedAt: 'yesterday' } });
  const ledger = ledgerOver(watchedTable().table);
  expect(await ledger.submit(TENANT, command)).toEqual({ kind: 'refused', reason: 'stale' });
});

test('an id with characters that a key can not have is kept apart from others', async () => {
  const { table } = watchedTable();
  const ledger = ledgerOver(table);
  for (const id of ['a/b', 'a#b', 'a%2fb']) {
    await ledger.submit(TENANT, credit(1n, { operation: { id, mintedAt: START } }));
  }
  expect(await entryCount(table)).toBe(3);
});
