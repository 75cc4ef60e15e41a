/** Ours and the bare bot, both up over the same table, the bare one answering with the very card that ours gave. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchEnv } from './bench.js';
import { startBot, type BotOptions, type BotProcess } from './bot-process.js';
import { buildPrograms } from './build.js';
import { BENCH_TENANT, Connection, personId } from './clicks.js';

export interface RivalOptions {
  readonly ours: BotOptions;
  readonly floor: BotOptions;
}

/** How to start each; the account, the card and the tables are there already. */
export async function rivals(env: BenchEnv, nodeArgs: readonly string[] = []): Promise<RivalOptions> {
  const { bot, bareBot } = await buildPrograms();
  const tables = {
    TABLE_CONNECTION_STRING: env.connectionString,
    TABLE_NAME: env.freshTableName(),
  };
  const ours: BotOptions = {
    entry: bot,
    args: ['--embedded', '--no-playground'],
    nodeArgs,
    env: { ...tables, LOG_LEVEL: 'info', ADMIN_IDS: adminIds(), DEV_TENANT_ID: BENCH_TENANT },
  };
  const card = join(await mkdtemp(join(tmpdir(), 'bench-')), 'card.json');
  await writeFile(card, JSON.stringify(await firstCard(ours)));
  const floor: BotOptions = {
    entry: bareBot,
    nodeArgs,
    env: { ...tables, BENCH_CARD: card, BENCH_KEYS: `${BENCH_TENANT}|account` },
  };
  return { ours, floor };
}

function adminIds(): string {
  return Array.from({ length: 8 }, (_, index) => personId(index)).join(',');
}

/** Writes the account by a day of calls, and returns the card that ours answers with from then on. */
async function firstCard(options: BotOptions): Promise<unknown> {
  const bot = await startBot(options);
  const connection = new Connection(bot.url);
  const { status } = await connection.post(`/api/usage/${BENCH_TENANT}`, JSON.stringify(someCalls()));
  if (status !== 200) throw new Error(`usage was answered with ${status}`);
  const { text } = await connection.click(0, 'balance.refresh');
  connection.close();
  await bot.stop();
  return (JSON.parse(text) as { readonly value: unknown }).value;
}

function someCalls(): readonly object[] {
  return Array.from({ length: 50 }, (_, index) => ({
    id: `call-${index}`,
    startDateTime: new Date(Date.now() - index * 3_600_000).toISOString(),
    duration: 60,
    charge: 0.25,
    currency: 'USD',
    licenseCapability: 'MCOPSTNPP',
    destinationName: 'United Kingdom',
  }));
}

export async function bothUp(
  options: RivalOptions,
): Promise<{ readonly ours: BotProcess; readonly floor: BotProcess }> {
  const [ours, floor] = [await startBot(options.ours), await startBot(options.floor)];
  return { ours, floor };
}
