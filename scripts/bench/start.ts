/** From the start of the process to its first answer to a click, ours against the bare bot. */
import { median, rounded, type BenchEnv, type BenchResult } from './bench.js';
import { startBot, type BotOptions } from './bot-process.js';
import { Connection } from './clicks.js';
import { rivals } from './rivals.js';

const RATIO_MAX = 1.5;

export async function run(env: BenchEnv): Promise<BenchResult> {
  const bots = await rivals(env);
  const rounds: { ours: number; floor: number }[] = [];
  for (let round = 0; round < env.rounds; round += 1) {
    const floor = await timeToAnswer(bots.floor);
    const ours = await timeToAnswer(bots.ours);
    rounds.push({ ours, floor });
    env.log(`start: ours ${ours.toFixed(0)} ms, floor ${floor.toFixed(0)} ms`);
  }
  const ratio = rounded(median(rounds.map(({ ours, floor }) => ours / floor)));
  return {
    name: 'start',
    ours: rounded(median(rounds.map(({ ours }) => ours))),
    floor: rounded(median(rounds.map(({ floor }) => floor))),
    ratio,
    target: `<= ${RATIO_MAX}`,
    ok: ratio <= RATIO_MAX,
    details: { unit: 'ms', ratios: rounds.map(({ ours, floor }) => rounded(ours / floor)) },
  };
}

async function timeToAnswer(options: BotOptions): Promise<number> {
  const started = performance.now();
  const bot = await startBot(options);
  const connection = new Connection(bot.url);
  try {
    await connection.click(0, 'balance.refresh');
    return performance.now() - started;
  } finally {
    connection.close();
    await bot.stop();
  }
}
