/**
 * Every commit of everything that writes, with its answer lost after it happened: the SDK asks again and hears 409 or
 * 412 of what it did itself. It must end as if the answer had come: the same rows, and the same answer.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import {
  LEDGER_COMMANDS,
  type LedgerCommand,
  type LedgerCommandName,
} from '../../src/billing/lane/command.js';
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
import { SandboxRecord } from '../../src/billing/payments/sandbox/sandbox-record.js';
import type { ProcessorRecord } from '../../src/billing/verify/processor-record.js';
import { freshTable, freshTableName, testConnection } from '../support/azurite.js';
import { TENANT } from '../support/billing.js';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.js';
import { calm } from '../support/shared-billing.js';
import { differencesOf, verifiedBilling } from '../support/verified.js';
import type { Prepared, Scenario } from './ambiguous-prepared.js';
import { SCENARIOS } from './ambiguous-scenarios.js';

type Table = TableStore & PartitionScan;

const LOOKS_MAX = 100;
const LOOK_MS = 50;

/** Commands that changed something since the last commit, and all whose commit got no answer. */
const changing = new Set<LedgerCommandName>();
const unanswered = new Set<LedgerCommandName>();

/** Counts commits from the moment that it is armed, and says when the one comes whose answer is to be lost. */
class CountedTable implements Table {
  /** Called after each commit once it is armed: what is decided again is decided later. */
  armed: (() => void) | undefined;
  commits = 0;
  operations = 0;
  private readonly table: Table;
  private readonly lost: number;

  constructor(table: Table, lost = 0) {
    this.table = table;
    this.lost = lost;
  }

  async commit(partition: string, writes: readonly Write[]): Promise<CommitResult> {
    if (this.armed !== undefined) this.count(writes);
    changing.clear();
    const result = await this.table.commit(partition, writes);
    this.armed?.();
    return result;
  }

  private count(writes: readonly Write[]): void {
    this.commits += 1;
    this.operations += writes.filter(({ key }) => key.startsWith('op:')).length;
    if (this.commits !== this.lost) return;
    proxy.breakNextWrite('loseAnswer');
    for (const name of changing) unanswered.add(name);
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
  /** Commits to the ledger while it was done, and operation rows in them. */
  readonly commits: number;
  readonly operations: number;
}

async function run(scenario: Scenario, ledger: CountedTable): Promise<Run> {
  let up = true;
  const tables = { ledger, due: new MemoryTableStore(), sandbox: new MemoryTableStore() };
  const program = verifiedBilling(tables, { available: () => up, ...scenario.options?.() });
  const world = { ...program, setProcessor: (now: boolean) => void (up = now) };
  await scenario.prepare?.(world);
  await calm();
  ledger.armed = () => {
    world.clock.pass({ seconds: 1 });
  };
  const answer = await scenario.act(world);
  await calm();
  return { world, answer, commits: ledger.commits, operations: ledger.operations };
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

/** Notes each command that changes something when it is decided. */
function noted<A>(command: LedgerCommand<A>): LedgerCommand<A> {
  return {
    ...command,
    decide: (world, now) => {
      const decision = command.decide(world, now);
      if (decision.kind === 'accepted' && decision.world !== world) changing.add(command.name);
      return decision;
    },
  };
}

let proxy: FaultProxy;

beforeAll(async () => {
  const submit = Reflect.get<Ledger, 'submit'>(Ledger.prototype, 'submit');
  jest.spyOn(Ledger.prototype, 'submit').mockImplementation(function (this: Ledger, tenant, command) {
    return submit.call(this, tenant, noted(command));
  });
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

/** The sandbox's, with what went back of the first payment elsewhere. */
function recordOf({ tables }: Prepared, { wentBack }: Scenario): ProcessorRecord {
  const sandbox = new SandboxRecord(tables.sandbox);
  return {
    charges: async (tenant) =>
      (await sandbox.charges(tenant)).map((charge) =>
        charge.paymentId === 'p1' ? { ...charge, ...wentBack } : charge,
      ),
  };
}

async function loseEachAnswer(scenario: Scenario): Promise<Run> {
  const calmRun = await run(scenario, new CountedTable(new MemoryTableStore()));
  const expected = await rowsOf(calmRun.world.tables.ledger);
  expect(calmRun.commits).toBeGreaterThan(0);
  for (let lost = 1; lost <= calmRun.commits; lost += 1) {
    const { world, answer } = await run(scenario, new CountedTable(await throughProxy(), lost));
    expect(await rowsOnceLike(expected, world.tables.ledger)).toEqual(expected);
    expect(answer).toEqual(calmRun.answer);
    expect(await differencesOf(world.tables, [], recordOf(world, scenario))).toEqual([]);
    expect(world.failures).toEqual([]);
  }
  return calmRun;
}

const ALL = Object.entries(SCENARIOS);
const without = ALL.flatMap(([name, { decidedBy }]) =>
  decidedBy === undefined ? [] : [{ name, decidedBy }],
);

test.each(ALL.filter(([, { decidedBy }]) => decidedBy === undefined))(
  '%s happens once, whichever answer is lost',
  async (_name, scenario) => {
    await loseEachAnswer(scenario);
  },
);

test.each(without)(
  '$name happens once, whichever answer is lost: it has no operation row, and $decidedBy decides',
  async ({ name }) => {
    expect((await loseEachAnswer(SCENARIOS[name]!)).operations).toBe(0);
  },
);

test('these were all the commands that there are', () => {
  expect([...unanswered].sort()).toEqual([...LEDGER_COMMANDS].sort());
});
