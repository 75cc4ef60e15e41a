/** Commits per second of many writers on one account: our lane, and three of them, against retrying on the ETag at once. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { connectTable } from '../../src/billing/storage/connect.js';
import { median, rounded, type BenchEnv, type BenchResult } from './bench.js';
import { ledgerOf, WRITES_OF, type Writing, type Written } from './contention-writers.js';

const PROCESSES = 3;
const ONE_MIN = 8;
const THREE_MIN = 1;

interface Round {
  readonly lane: number;
  readonly retry: number;
}

export async function run(env: BenchEnv): Promise<BenchResult> {
  const one = await measure(env, 1);
  const three = await measure(env, PROCESSES);
  const ratio = (rounds: readonly Round[]) => rounded(median(rounds.map(({ lane, retry }) => lane / retry)));
  const rate = (rounds: readonly Round[], side: keyof Round) =>
    rounded(median(rounds.map((round) => round[side])));
  const [alone, together] = [ratio(one), ratio(three)];
  return {
    name: 'contention',
    ours: rate(one, 'lane'),
    floor: rate(one, 'retry'),
    ratio: alone,
    target: `one process >= ${ONE_MIN}, three >= ${THREE_MIN}, none lost`,
    ok: alone >= ONE_MIN && together >= THREE_MIN,
    details: {
      unit: 'commits/s',
      three: { ours: rate(three, 'lane'), floor: rate(three, 'retry'), ratio: together },
      lost: 0,
    },
  };
}

async function measure(env: BenchEnv, processes: number): Promise<readonly Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < env.rounds; round += 1) {
    const retry = await rateOf(env, 'retry', processes);
    const lane = await rateOf(env, 'lane', processes);
    rounds.push({ lane, retry });
    env.log(`contention, ${processes} processes: lane ${lane.toFixed(0)}/s, retry ${retry.toFixed(0)}/s`);
  }
  return rounds;
}

/** Each process says when it is ready, writes when told, and says how long it took; a lost commit is an error. */
async function rateOf(env: BenchEnv, how: Writing['how'], processes: number): Promise<number> {
  const tableName = env.freshTableName();
  const table = connectTable({ connectionString: env.connectionString }, tableName);
  await table.ensure();
  const writing: Writing = { how, connectionString: env.connectionString, tableName };
  const children = Array.from({ length: processes }, () =>
    fork(resolve(import.meta.dirname, 'contention-writers.ts'), { execArgv: ['--import', 'tsx'] }),
  );
  await Promise.all(children.map((child) => once(child, 'message')));
  const answers = children.map((child) => once(child, 'message') as Promise<[Written]>);
  const started = performance.now();
  for (const child of children) child.send(writing);
  await Promise.all(answers);
  const seconds = (performance.now() - started) / 1_000;
  const all = WRITES_OF[how] * processes;
  const { balance } = await ledgerOf(writing).look('tenant');
  if (balance !== BigInt(all)) throw new Error(`${all} commits, but a balance of ${balance}`);
  return all / seconds;
}
