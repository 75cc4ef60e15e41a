/** Ten tenants' alerts to 500 places each, over a chat service that takes no more than Teams does. */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { destinationKey, destinationValues } from '../../src/bot/alerts/destination-row.js';
import { partitionOf } from '../../src/billing/lane/account-rows.js';
import { connectTable } from '../../src/billing/storage/connect.js';
import { ROWS_PER_COMMIT_MAX, type TableStore, type Write } from '../../src/billing/storage/table.js';
import type { Tables } from '../../src/app-parts.js';
import { composeApp, type App } from '../../src/compose-app.js';
import { loadConfig } from '../../src/config.js';
import { median, rounded, type BenchEnv, type BenchResult } from './bench.js';
import type { Arrived, Asked } from './teams-limits.js';

const TENANTS = Array.from({ length: 10 }, (_, index) => `tenant-${index}`);
const PLACES = 500;
const ALERTS = TENANTS.length * PLACES;
/** What Teams permits: 50 a second for each tenant. */
const FLOOR_PER_SECOND = 50 * TENANTS.length;
const RATIO_MIN = 0.9;
/** Of the second run: each twentieth answer is lost. */
const LOSE_EVERY = 20;
const ROUND_MS_MAX = 60_000;
const LOOK_MS = 20;

interface Round {
  readonly perSecond: number;
  readonly arrived: Arrived;
  /** Posts that our own count says may stand twice. */
  readonly counted: number;
}

export async function run(env: BenchEnv): Promise<BenchResult> {
  const service = await ChatService.start();
  try {
    const rounds: Round[] = [];
    for (let round = 0; round < env.rounds; round += 1) rounds.push(await measure(env, service, 0));
    const lossy = await measure(env, service, LOSE_EVERY);
    return resultOf(rounds, lossy);
  } finally {
    service.stop();
  }
}

async function measure(env: BenchEnv, service: ChatService, loseEvery: number): Promise<Round> {
  const tables = await freshTables(env);
  for (const tenant of TENANTS) await writePlaces(tables.ledger, tenant, service.url);
  await service.ask({ ask: 'startAnew', loseEvery });
  const delivered: { readonly doubtful: number }[] = [];
  const app = await startApp(tables, delivered);
  const started = performance.now();
  await Promise.all(TENANTS.map((tenant) => goNegative(app, tenant)));
  await untilReached(service);
  const seconds = (performance.now() - started) / 1_000;
  // The last answers that were lost are still being made up for.
  while (delivered.length < TENANTS.length && performance.now() - started < ROUND_MS_MAX)
    await sleep(LOOK_MS);
  await app.stop();
  const counted = delivered.reduce((sum, { doubtful }) => sum + doubtful, 0);
  const arrived = await service.ask({ ask: 'arrived' });
  const perSecond = ALERTS / seconds;
  env.log(`fanout: ${rounded(perSecond)} alerts/s, ${JSON.stringify({ ...arrived, counted })}`);
  return { perSecond, arrived, counted };
}

async function freshTables(env: BenchEnv): Promise<Tables> {
  const { connectionString } = env;
  const open = () => connectTable({ connectionString }, env.freshTableName());
  const tables = { ledger: open(), due: open(), sandbox: open() };
  await Promise.all(Object.values(tables).map((table) => table.ensure()));
  return tables;
}

async function writePlaces(table: TableStore, tenant: string, serviceUrl: string): Promise<void> {
  const writes = Array.from({ length: PLACES }, (_, index): Write => {
    const key = `place-${index}`;
    const conversation = {
      key,
      id: `19:${key}@thread.tacv2`,
      kind: 'channel' as const,
      channelId: 'msteams',
      serviceUrl: `${serviceUrl}/${tenant}/`,
      bot: { id: '28:bot' },
    };
    const locale = index % 2 === 0 ? 'en-US' : 'it-IT';
    return {
      kind: 'put',
      key: destinationKey(key),
      values: destinationValues({ conversation, locale, alerts: 'on' }),
    };
  });
  for (let from = 0; from < writes.length; from += ROWS_PER_COMMIT_MAX) {
    await table.commit(partitionOf(tenant), writes.slice(from, from + ROWS_PER_COMMIT_MAX));
  }
}

/** The program as it is, without its HTTP side: what is measured is what it sends. */
function startApp(tables: Tables, delivered: { readonly doubtful: number }[]): Promise<App> {
  const write = (line: string): void => {
    const said = JSON.parse(line) as { readonly msg: string; readonly doubtful: number };
    if (said.msg === 'alert delivered') delivered.push(said);
  };
  const config = loadConfig({ embedded: true, playground: false }, { LOW_BALANCE: '0', PORT: '0' });
  return composeApp({ config, tables, log: pino({ level: 'info' }, { write }) });
}

async function goNegative(app: App, tenant: string): Promise<void> {
  const call = {
    id: `call-${tenant}`,
    startDateTime: new Date().toISOString(),
    duration: 60,
    charge: 1,
    currency: 'USD',
    licenseCapability: 'MCOPSTNPP',
    destinationName: 'United Kingdom',
  };
  await app.billing.billing.intake.take(tenant, [call], 'http');
}

async function untilReached(service: ChatService): Promise<void> {
  const until = performance.now() + ROUND_MS_MAX;
  while ((await service.ask({ ask: 'arrived' })).reached < ALERTS && performance.now() < until) {
    await sleep(LOOK_MS);
  }
}

class ChatService {
  readonly url: string;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<ChatService> {
    const child = fork(new URL('./teams-limits.ts', import.meta.url));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new ChatService(child, port);
  }

  async ask(asked: Asked): Promise<Arrived> {
    const answer = once(this.child, 'message') as Promise<[Arrived]>;
    this.child.send(asked);
    return (await answer)[0];
  }

  stop(): void {
    this.child.disconnect();
  }
}

function resultOf(rounds: readonly Round[], lossy: Round): BenchResult {
  const ours = median(rounds.map(({ perSecond }) => perSecond));
  const ratio = ours / FLOOR_PER_SECOND;
  const isWhole = rounds.every(({ arrived }) => arrived.reached === ALERTS && arrived.messages === ALERTS);
  const { arrived, counted } = lossy;
  // Every doubtful post is counted; some of them are found told before they are posted again.
  const isCounted =
    arrived.reached === ALERTS && counted === arrived.lostAnswers && arrived.messages - ALERTS <= counted;
  return {
    name: 'fanout',
    ours: rounded(ours),
    floor: FLOOR_PER_SECOND,
    ratio: rounded(ratio),
    target: `>= ${RATIO_MIN}, none lost, none doubled; with lost answers none lost, doubles counted`,
    ok: ratio >= RATIO_MIN && isWhole && isCounted,
    details: {
      unit: 'alerts/s',
      rounds: rounds.map(({ perSecond, arrived: { refused } }) => ({
        perSecond: rounded(perSecond),
        refused,
      })),
      lost: ALERTS - Math.min(...rounds.map((round) => round.arrived.reached)),
      doubled: Math.max(...rounds.map((round) => round.arrived.messages)) - ALERTS,
      lossy: {
        perSecond: rounded(lossy.perSecond),
        lostAnswers: arrived.lostAnswers,
        lost: ALERTS - arrived.reached,
        doubled: arrived.messages - ALERTS,
        counted,
      },
    },
  };
}
