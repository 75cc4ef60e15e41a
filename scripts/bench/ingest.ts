/**
 * Call records per second through the usage route, against bare transactions of as many rows in as many partitions. Either
 * side has sent one row to each partition before its clock starts: the start of a process is another benchmark's, and an
 * account is there before its usage. A round's tables go before the next: none pays for the rows of another.
 */
import { TableClient, type TransactionAction } from '@azure/data-tables';
import { median, rounded, type BenchEnv, type BenchResult } from './bench.js';
import { startBot } from './bot-process.js';
import { buildPrograms } from './build.js';
import { Connection } from './clicks.js';
import { callRows } from './call-rows.js';

const TENANTS = 10;
const CALLS_PER_TENANT = 2_000;
const CALLS_PER_REQUEST = 1_000;
const ROWS_PER_TRANSACTION = 100;
const FLOOR_ROW_BYTES = 700;
const NEW_MIN = 0.7;
const AGAIN_MIN = 0.5;

interface Round {
  readonly fresh: number;
  readonly again: number;
  readonly floor: number;
}

export async function run(env: BenchEnv): Promise<BenchResult> {
  const bodies = tenants().map((tenant) => requestBodies(tenant));
  const rounds: Round[] = [];
  for (let round = 0; round < env.rounds; round += 1) {
    const floor = await floorRate(env);
    const ours = await ourRates(env, bodies);
    rounds.push({ ...ours, floor });
    env.log(
      `ingest: new ${ours.fresh.toFixed(0)}/s, again ${ours.again.toFixed(0)}/s, floor ${floor.toFixed(0)}/s`,
    );
  }
  return resultOf(rounds);
}

function resultOf(rounds: readonly Round[]): BenchResult {
  const ratio = (of: 'fresh' | 'again') => rounded(median(rounds.map((round) => round[of] / round.floor)));
  const rate = (of: keyof Round) => rounded(median(rounds.map((round) => round[of])));
  const [fresh, again] = [ratio('fresh'), ratio('again')];
  return {
    name: 'ingest',
    ours: rate('fresh'),
    floor: rate('floor'),
    ratio: fresh,
    target: `new >= ${NEW_MIN}, again >= ${AGAIN_MIN}`,
    ok: fresh >= NEW_MIN && again >= AGAIN_MIN,
    details: {
      unit: 'records/s',
      again: { ours: rate('again'), ratio: again },
      ratios: rounds.map((round) => rounded(round.fresh / round.floor)),
    },
  };
}

function tenants(): readonly string[] {
  return Array.from({ length: TENANTS }, (_, index) => `tenant-${index}`);
}

function requestBodies(tenant: string): readonly string[] {
  const rows = callRows(CALLS_PER_TENANT, tenant);
  const starts = Array.from(
    { length: CALLS_PER_TENANT / CALLS_PER_REQUEST },
    (_, i) => i * CALLS_PER_REQUEST,
  );
  return starts.map((start) => JSON.stringify(rows.slice(start, start + CALLS_PER_REQUEST)));
}

async function ourRates(
  env: BenchEnv,
  bodies: readonly (readonly string[])[],
): Promise<Pick<Round, 'fresh' | 'again'>> {
  const { bot: entry } = await buildPrograms();
  const table = env.freshTableName();
  const bot = await startBot({
    entry,
    args: ['--embedded', '--no-playground'],
    env: {
      TABLE_CONNECTION_STRING: env.connectionString,
      TABLE_NAME: table,
      ALLOWED_TENANTS: tenants().join(','),
      LOG_LEVEL: 'info',
    },
  });
  try {
    await sendFirst(bot.url);
    const fresh = await rateOf(() => sendAll(bot.url, bodies, 'charged'));
    const again = await rateOf(() => sendAll(bot.url, bodies, 'unchanged'));
    return { fresh, again };
  } finally {
    await bot.stop();
    for (const name of [table, `${table}due`]) await clientOf(env, name).deleteTable();
  }
}

async function sendFirst(url: string): Promise<void> {
  const connection = new Connection(url);
  for (const tenant of tenants()) {
    await connection.post(`/api/usage/${tenant}`, JSON.stringify(callRows(1, `first-${tenant}`)));
  }
  connection.close();
}

async function sendAll(
  url: string,
  bodies: readonly (readonly string[])[],
  expected: 'charged' | 'unchanged',
): Promise<void> {
  await Promise.all(
    tenants().map(async (tenant, index) => {
      const connection = new Connection(url);
      for (const body of bodies[index] ?? []) {
        const { text } = await connection.post(`/api/usage/${tenant}`, body);
        const answer = JSON.parse(text) as { charged?: { count: number }; unchanged?: number };
        const count = expected === 'charged' ? answer.charged?.count : answer.unchanged;
        if (count !== CALLS_PER_REQUEST) throw new Error(`not all ${expected}: ${text.slice(0, 300)}`);
      }
      connection.close();
    }),
  );
}

async function floorRate(env: BenchEnv): Promise<number> {
  const client = clientOf(env, env.freshTableName());
  await client.createTable();
  for (const partitionKey of tenants()) {
    await client.submitTransaction([['create', { partitionKey, rowKey: 'first' }]]);
  }
  try {
    return await rateOf(() => Promise.all(tenants().map((tenant) => sendFloor(client, tenant))));
  } finally {
    await client.deleteTable();
  }
}

async function sendFloor(client: TableClient, tenant: string): Promise<void> {
  for (let from = 0; from < CALLS_PER_TENANT; from += ROWS_PER_TRANSACTION) {
    await client.submitTransaction(floorRows(tenant, from));
  }
}

function clientOf(env: BenchEnv, table: string): TableClient {
  return TableClient.fromConnectionString(env.connectionString, table, { allowInsecureConnection: true });
}

function floorRows(partitionKey: string, from: number): TransactionAction[] {
  const text = 'x'.repeat(FLOOR_ROW_BYTES);
  return Array.from({ length: ROWS_PER_TRANSACTION }, (_, index): TransactionAction => [
    'create',
    { partitionKey, rowKey: `row-${from + index}`, text },
  ]);
}

async function rateOf(send: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await send();
  return (TENANTS * CALLS_PER_TENANT) / ((performance.now() - started) / 1_000);
}
