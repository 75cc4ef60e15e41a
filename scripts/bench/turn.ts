/** `balance` answered in the response to a click, against a bare bot with one point read and a fixed card. */
import { median, quantile, rounded, type BenchEnv, type BenchResult } from './bench.js';
import type { BotProcess } from './bot-process.js';
import { clickTimes } from './clicks.js';
import { bothUp, rivals } from './rivals.js';

const CLICKS = 1_600;
const WARM_UP = 400;
const CONNECTIONS = [1, 8] as const;
const P50_MAX = 1.3;
const P95_MAX = 1.5;

interface Quantiles {
  readonly p50: number;
  readonly p95: number;
}

interface Measured {
  readonly connections: number;
  readonly ours: Quantiles;
  readonly floor: Quantiles;
  readonly p50Ratio: number;
  readonly p95Ratio: number;
}

export async function run(env: BenchEnv): Promise<BenchResult> {
  const bots = await bothUp(await rivals(env));
  try {
    for (const bot of [bots.ours, bots.floor]) {
      await clickTimes(bot.url, { connections: 8, perConnection: WARM_UP });
    }
    const measured: Measured[] = [];
    for (const connections of CONNECTIONS) measured.push(await measure(env, bots, connections));
    return resultOf(measured);
  } finally {
    await Promise.all([bots.ours.stop(), bots.floor.stop()]);
  }
}

type Bots = Awaited<ReturnType<typeof bothUp>>;

async function measure(env: BenchEnv, bots: Bots, connections: number): Promise<Measured> {
  const rounds: { ours: Quantiles; floor: Quantiles }[] = [];
  for (let round = 0; round < env.rounds; round += 1) {
    const floor = await quantilesOf(bots.floor, connections);
    const ours = await quantilesOf(bots.ours, connections);
    rounds.push({ ours, floor });
    env.log(`turn, ${connections} connections: ours ${show(ours)}, floor ${show(floor)}`);
  }
  const of = (side: 'ours' | 'floor', name: keyof Quantiles) =>
    median(rounds.map((round) => round[side][name]));
  const ratio = (name: keyof Quantiles) =>
    rounded(median(rounds.map(({ ours, floor }) => ours[name] / floor[name])));
  const quantiles = (side: 'ours' | 'floor') => ({
    p50: rounded(of(side, 'p50')),
    p95: rounded(of(side, 'p95')),
  });
  return {
    connections,
    ours: quantiles('ours'),
    floor: quantiles('floor'),
    p50Ratio: ratio('p50'),
    p95Ratio: ratio('p95'),
  };
}

async function quantilesOf(bot: BotProcess, connections: number): Promise<Quantiles> {
  const times = await clickTimes(bot.url, { connections, perConnection: CLICKS / connections });
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95) };
}

function show({ p50, p95 }: Quantiles): string {
  return `p50 ${p50.toFixed(2)} ms p95 ${p95.toFixed(2)} ms`;
}

/** `ratio` is the worse median of 1 and 8 connections; the 95th percentiles are in the details and count for `ok`. */
function resultOf(measured: readonly Measured[]): BenchResult {
  const worst = measured.reduce((a, b) => (b.p50Ratio > a.p50Ratio ? b : a));
  const ok = measured.every(({ p50Ratio, p95Ratio }) => p50Ratio <= P50_MAX && p95Ratio <= P95_MAX);
  return {
    name: 'turn',
    ours: worst.ours.p50,
    floor: worst.floor.p50,
    ratio: worst.p50Ratio,
    target: `p50 <= ${P50_MAX}, p95 <= ${P95_MAX}`,
    ok,
    details: { unit: 'ms', measured },
  };
}
