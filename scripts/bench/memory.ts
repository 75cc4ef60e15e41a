/** The heap after 10,000 turns against the heap after 1,000, each after a full collection: nothing grows with use. */
import { once } from 'node:events';
import { rounded, type BenchEnv, type BenchResult } from './bench.js';
import { startBot, type BotProcess } from './bot-process.js';
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

export async function run(env: BenchEnv): Promise<BenchResult> {
  const { ours } = await rivals(env, ['--expose-gc', '--import', PROBE]);
  const bot = await startBot(ours);
  try {
    await turns(bot, EARLY_TURNS);
    const early = await heapOf(bot);
    env.log(`memory: ${early.toFixed(1)} MB after ${EARLY_TURNS} turns`);
    await turns(bot, ALL_TURNS - EARLY_TURNS);
    const late = await heapOf(bot);
    env.log(`memory: ${late.toFixed(1)} MB after ${ALL_TURNS} turns`);
    const ratio = rounded(late / early);
    const measured = { ours: rounded(late), floor: rounded(early), ratio };
    return {
      name: 'memory',
      ...measured,
      target: `<= ${RATIO_MAX}`,
      ok: ratio <= RATIO_MAX,
      details: { unit: 'MB' },
    };
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
