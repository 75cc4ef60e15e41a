/**
 * Every commit of everything that writes, with its answer lost after it happened: the SDK asks again and hears 409 or
 * 412 of what it did itself. It must end as if the answer had come: the same rows, and the same answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { Ledger } from '../../src/billing/lane/ledger.js';
import { fromJson } from '../../src/billing/rows/columns.js';
import { connectTable } from '../../src/billing/storage/connect.js';
import { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import type {
  CommitResult,
  PartitionScan,
  TableStore,
  Value,
  Write,
} from '../../src/billing/storage/table.js';
import { freshTable, freshTableName, testConnection } from '../support/azurite.js';
import { TENANT } from '../support/billing.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { calm } from '../support/shared-billing.js';
import { differencesOf, verifiedBilling } from '../support/verified.js';
import { SCENARIOS, type Prepared, type Scenario } from './ambiguous-scenarios.js';

type Table = TableStore & PartitionScan;

const LOOKS_MAX = 100;
const LOOK_MS = 50;

/** Counts commits from the moment that it is armed, and says when the one comes whose answer is to be lost. */
class CountedTable implements Table {
  armed = false;
  commits = 0;
  private readonly table: Table;
  private readonly lost: number;

  constructor(table: Table, lost = 0) {
    this.table = table;
    this.lost = lost;
  }

  commit(partition: string, writes: readonly Write[]): Promise<CommitResult> {
    if (this.armed) this.commits += 1;
    if (this.armed && this.commits === this.lost) proxy.breakNextWrite('loseAnswer');
    return this.table.commit(partition, writes);
  }
  readonly ensure: Table['ensure'] = () => this.table.ensure();
  readonly get: Table['get'] = (partition, key) => this.table.get(partition, key);
  readonly getMany: Table['getMany'] = (partition, keys) => this.table.getMany(partition, keys);
  readonly query: Table['query'] = (partition, range) => this.table.query(partition, range);
  readonly partitionsWith: Table['partitionsWith'] = (key) => this.table.partitionsWith(key);
}

interface Run {
  readonly world: Prepared;
  readonly answer: unknown;
  /** Commits to the ledger while it was done. */
  readonly commits: number;
}

async function run(scenario: Scenario, ledger: CountedTable): Promise<Run> {
  let up = true;
  const tables = { ledger, due: new MemoryTableStore(), sandbox: new MemoryTableStore() };
  const program = verifiedBilling(tables, { available: () => up, ...scenario.options?.() });
  const world = { ...program, setProcessor: (now: boolean) => void (up = now) };
  await scenario.prepare?.(world);
  await calm();
  ledger.armed = true;
  const answer = await scenario.act(world);
  await calm();
  return { world, answer, commits: ledger.commits };
}

/** JSON texts are read: the order within them says nothing. */
async function rowsOf(table: TableStore): Promise<object> {
  const rows = await table.query(TENANT, { from: ' ', to: '~', limit: 10_000 });
  const read = (value: Value): unknown =>
    typeof value === 'string' && /^[[{]/u.test(value) ? fromJson(value) : value;
  return Object.fromEntries(
    rows.map(({ key, values }) => [
      key,
      Object.fromEntries(Object.entries(values).map(([name, value]) => [name, read(value)])),
    ]),
  );
}

const submitted = jest.spyOn(Ledger.prototype, 'submit');
let proxy: FaultProxy;

beforeAll(async () => {
  proxy = await startFaultProxy(testConnection());
});

afterAll(() => proxy.close());

async function throughProxy(): Promise<Table> {
  const name = freshTableName('ambiguous');
  await freshTable(name);
  return connectTable(proxy, name);
}

/** Work that was started goes on behind the answer. */
async function rowsOnceLike(expected: object, table: TableStore): Promise<object> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if (isDeepStrictEqual(await rowsOf(table), expected)) break;
    await sleep(LOOK_MS);
  }
  return rowsOf(table);
}

test.each(Object.keys(SCENARIOS))('%s happens once, whichever answer is lost', async (name) => {
  const scenario = SCENARIOS[name]!;
  const calmRun = await run(scenario, new CountedTable(new MemoryTableStore()));
  const expected = await rowsOf(calmRun.world.tables.ledger);
  expect(calmRun.commits).toBeGreaterThan(0);
  for (let lost = 1; lost <= calmRun.commits; lost += 1) {
    const lossy = await run(scenario, new CountedTable(await throughProxy(), lost));
    const { tables } = lossy.world;
    expect(await rowsOnceLike(expected, tables.ledger)).toEqual(expected);
    expect(lossy.answer).toEqual(calmRun.answer);
    expect(await differencesOf(tables)).toEqual([]);
    expect(lossy.world.failures).toEqual([]);
  }
});

test('these were all the commands that there are', () => {
  const names = new Set(submitted.mock.calls.map(([, command]) => command.name));
  expect([...names].sort()).toEqual([
    'adjust',
    'chargeUsage',
    'collectNow',
    'connectGraph',
    'decideIssue',
    'disconnectGraph',
    'expireLots',
    'markOverdue',
    'noteCollected',
    'noteUndelivered',
    'putAside',
    'recordBegun',
    'recordOutcome',
    'recordRefund',
    'requestRefund',
    'requestTopUp',
    'resumeAutoRecharge',
    'setAutoRecharge',
    'setMetering',
    'setRole',
    'sweepAutoRecharge',
    'tellGatheredCrossings',
    'testAlert',
    'turnOffAutoRecharge',
    'warnOfUnknown',
    'wishCancel',
  ]);
});
