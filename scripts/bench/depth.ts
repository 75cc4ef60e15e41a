/** `balance` and the first page of `history` with many entries: as many calls and rows as with ten, and nearly as fast. */
import { TableClient } from '@azure/data-tables';
import { toColumns } from '../../src/billing/rows/columns.js';
import { accountWrite } from '../../src/billing/lane/account-rows.js';
import { post } from '../../src/billing/ledger/entries.js';
import { newAccount, SYSTEM } from '../../src/billing/ledger/model.js';
import { rowKeys, type World } from '../../src/billing/ledger/world.js';
import { LedgerReader } from '../../src/billing/reader.js';
import { connectTable } from '../../src/billing/storage/connect.js';
import { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import { ROWS_PER_COMMIT_MAX, type TableStore, type Write } from '../../src/billing/storage/table.js';
import { ENTRIES_PER_PAGE } from '../../src/cards/history-card.js';
import { median, rounded, type BenchEnv, type BenchResult } from './bench.js';

const TENANT = 'tenant';
const DEFAULTS = { currency: 'USD', timeZone: 'UTC' } as const;
const START = Date.UTC(2026, 0, 1);
const [FEW, MANY, ON_AZURITE] = [10, 200_000, 20_000];
const READS_PER_ROUND = 30;
const RATIO_MAX = 1.3;

export async function run(env: BenchEnv): Promise<BenchResult> {
  const few = await costWith(FEW);
  const many = await costWith(MANY);
  const equal = JSON.stringify(few) === JSON.stringify(many);
  env.log(`depth: ${JSON.stringify(few)} with ${FEW} entries, ${JSON.stringify(many)} with ${MANY}`);
  const { ours, floor, ratio } = await timeOnAzurite(env);
  return {
    name: 'depth',
    ours,
    floor,
    ratio,
    target: `<= ${RATIO_MAX}, calls and rows equal`,
    ok: equal && ratio <= RATIO_MAX,
    details: { unit: 'ms', few, many, equal },
  };
}

/** What `balance` and the first page of `history` read. */
async function look(table: TableStore): Promise<void> {
  const reader = new LedgerReader(table, DEFAULTS);
  await reader.account(TENANT);
  await Promise.all([reader.account(TENANT), reader.entries(TENANT, { limit: ENTRIES_PER_PAGE })]);
}

interface Cost {
  calls: number;
  rows: number;
}

async function costWith(entries: number): Promise<Cost> {
  const table = new MemoryTableStore();
  await table.ensure();
  await fill(table, entries);
  const cost: Cost = { calls: 0, rows: 0 };
  await look(counted(table, cost));
  return cost;
}

function counted(table: TableStore, cost: Cost): TableStore {
  const count = (rows: number): void => {
    cost.calls += 1;
    cost.rows += rows;
  };
  return {
    ensure: () => table.ensure(),
    commit: (partition, writes) => table.commit(partition, writes),
    get: async (partition, key) => {
      const row = await table.get(partition, key);
      count(row === undefined ? 0 : 1);
      return row;
    },
    getMany: async (partition, keys) => {
      const rows = await table.getMany(partition, keys);
      count(rows.length);
      return rows;
    },
    query: async (partition, range) => {
      const rows = await table.query(partition, range);
      count(rows.length);
      return rows;
    },
  };
}

/** A ledger of that many entries, written in large transactions; the account comes last. */
async function fill(table: TableStore, count: number): Promise<void> {
  const account = newAccount(TENANT, DEFAULTS.currency, DEFAULTS.timeZone);
  let world: World = { account, rows: new Map(), entries: [], jobs: [] };
  for (let done = 0; done < count; done += ROWS_PER_COMMIT_MAX) {
    const many = Math.min(ROWS_PER_COMMIT_MAX, count - done);
    for (let index = 0; index < many; index += 1) world = post(world, posting(done + index));
    const inserts = world.entries.map((entry): Write => {
      return { kind: 'insert', key: rowKeys.entry(entry.sequence), values: toColumns(entry) };
    });
    await table.commit(TENANT, inserts);
    world = { ...world, entries: [] };
  }
  await table.commit(TENANT, [accountWrite(world.account, undefined)]);
}

function posting(index: number): Parameters<typeof post>[1] {
  const at = new Date(START + index * 60_000).toISOString();
  return { kind: 'correction', amount: 1_000_000n, at, by: SYSTEM, reference: `entry-${index}` };
}

async function timeOnAzurite(env: BenchEnv): Promise<Pick<BenchResult, 'ours' | 'floor' | 'ratio'>> {
  const tableName = env.freshTableName();
  const table = connectTable({ connectionString: env.connectionString }, tableName);
  await table.ensure();
  await fill(table, ON_AZURITE);
  const options = { allowInsecureConnection: true };
  const client = TableClient.fromConnectionString(env.connectionString, tableName, options);
  const rounds: { ours: number; floor: number }[] = [];
  for (let round = 0; round < env.rounds; round += 1) {
    const floor = await timeOf(() => bareLook(client));
    const ours = await timeOf(() => look(table));
    rounds.push({ ours, floor });
    env.log(`depth, ${ON_AZURITE} entries: ours ${ours.toFixed(2)} ms, floor ${floor.toFixed(2)} ms`);
  }
  return {
    ours: rounded(median(rounds.map(({ ours }) => ours))),
    floor: rounded(median(rounds.map(({ floor }) => floor))),
    ratio: rounded(median(rounds.map(({ ours, floor }) => ours / floor))),
  };
}

/** The same reads as the client gives them. */
async function bareLook(client: TableClient): Promise<void> {
  await client.getEntity(TENANT, 'account');
  const filter = `PartitionKey eq '${TENANT}' and RowKey ge 'entry:' and RowKey lt 'entry;'`;
  const pages = client
    .listEntities({ queryOptions: { filter } })
    .byPage({ maxPageSize: ENTRIES_PER_PAGE + 1 });
  await Promise.all([client.getEntity(TENANT, 'account'), pages.next()]);
}

async function timeOf(act: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let read = 0; read < READS_PER_ROUND; read += 1) {
    const started = performance.now();
    await act();
    times.push(performance.now() - started);
  }
  return median(times);
}
