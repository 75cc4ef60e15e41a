/** The heap after 10,000 turns against the heap after 1,000, each after a full collection: nothing grows with use. */
import { once } from 'node:events';
import { median, rounded, type BenchEnv, type BenchResult } from './bench.js';
import { startBot, type BotOptions, type BotProcess } from './bot-process.js';
import { clickTimes } from './clicks.js';
import { rivals } from './rivals.js';

const CONNECTIONS = 8;
const EARLY_TURNS = 1_000;
const ALL_TURNS = 10_000;
const RATIO_MAX = 1.1;
/** Loaded into the bot: answers with the heap that full collections leave. */
const PROBE = `data:text/javascript,${encodeURIComponent(`
  process.on('message', () => { gc(); gc(); process.send(process.memoryUsage().heapUsed); });
  process.channel.unref();
`)}`;

interface Round {
  readonly early: number;
  readonly late: number;
}

export async function run(env: BenchEnv): Promise<BenchResult> {
  const { ours } = await rivals(env, ['--expose-gc', '--import', PROBE]);
  const rounds: Round[] = [];
  for (let round = 0; round < env.rounds; round += 1) {
    const { early, late } = await heaps(ours);
    env.log(
      `memory: ${early.toFixed(1)} MB after ${EARLY_TURNS} turns, ${late.toFixed(1)} MB after ${ALL_TURNS}`,
    );
    rounds.push({ early, late });
  }
  const ratio = rounded(median(rounds.map(({ early, late }) => late / early)));
  return {
    name: 'memory',
    ours: rounded(median(rounds.map(({ late }) => late))),
    floor: rounded(median(rounds.map(({ early }) => early))),
    ratio,
    target: `<= ${RATIO_MAX}`,
    ok: ratio <= RATIO_MAX,
    details: { unit: 'MB', ratios: rounds.map(({ early, late }) => rounded(late / early)) },
  };
}

/** Of a process of its own, in MB. */
async function heaps(options: BotOptions): Promise<Round> {
  const bot = await startBot(options);
  try {
    await turns(bot, EARLY_TURNS);
    const early = await heapOf(bot);
    await turns(bot, ALL_TURNS - EARLY_TURNS);
    return { early, late: await heapOf(bot) };
  } finally {
    await bot.stop();
  }
}

async function turns(bot: BotProcess, count: number): Promise<void> {
  await clickTimes(bot.url, { connections: CONNECTIONS, perConnection: count / CONNECTIONS });
}

/** Asked over the process's channel, which the probe answers. */
async function heapOf({ process: bot }: BotProcess): Promise<number> {
  const answer = once(bot, 'message');
  bot.send('heap');
  const [bytes] = (await answer) as [number];
  return bytes / 1024 / 1024;
}
