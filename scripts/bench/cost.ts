/** Calls to the table service for what people and billers do most, counted by a policy of the client's pipeline. */
import { TableClient } from '@azure/data-tables';
import pino from 'pino';
import { AzureTableStore } from '../../src/billing/storage/azure-table.js';
import { composeApp, type App } from '../../src/compose-app.js';
import { loadConfig } from '../../src/config.js';
import { rounded, type BenchEnv, type BenchResult } from './bench.js';
import { callRows } from './call-rows.js';
import { BENCH_TENANT, Connection, personId } from './clicks.js';

/** What each may cost. */
const ALLOWED = { balance: 2, history: 2, preview: 2, confirm: 7, calls: 14, sweep: 1 } as const;
type Deed = keyof typeof ALLOWED;

const SHARDS = 4;
/** What goes on beside the answers has ended by then. */
const QUIET_MS = 300;

interface Counted {
  readonly log: BenchEnv['log'];
  readonly app: App;
  readonly chat: Connection;
  readonly calls: { ledger: string[]; due: string[] };
}

export async function run(env: BenchEnv): Promise<BenchResult> {
  const counted = await startCounted(env);
  const cost: Record<Deed, number> = { balance: 0, history: 0, preview: 0, confirm: 0, calls: 0, sweep: 0 };
  try {
    // Funds for the calls, so that none of them crosses zero. The first click of a person is noted, once.
    await topUp(counted, async (_deed, act) => {
      await act();
    });
    await quiet();
    cost.calls = await counting(counted, 'calls', () => sendCalls(counted));
    const click = (deed: Deed, verb: string, data = {}) =>
      counting(counted, deed, () => counted.chat.click(0, verb, data));
    cost.balance = await click('balance', 'balance.refresh');
    cost.history = await click('history', 'history.page', { before: '9' });
    await topUp(counted, async (deed, act) => {
      cost[deed] = await counting(counted, deed, act);
    });
    await counted.app.billing.runner.round();
    await quiet();
    cost.sweep = (await counting(counted, 'sweep', () => counted.app.billing.runner.round())) / SHARDS;
  } finally {
    counted.chat.close();
    await counted.app.stop();
  }
  return resultOf(cost);
}

type Around = (deed: 'preview' | 'confirm', act: () => Promise<unknown>) => Promise<void>;

async function topUp({ chat }: Counted, around: Around): Promise<void> {
  let token = '';
  const preview = async (): Promise<void> => {
    const { text } = await chat.click(0, 'addFunds.preview', { preset: '50' });
    token = /"token":"([^"]+)"/u.exec(text)?.[1] ?? '';
  };
  await around('preview', preview);
  await around('confirm', () => chat.click(0, 'addFunds.confirm', { token }));
}

function resultOf(cost: Readonly<Record<Deed, number>>): BenchResult {
  const deeds = Object.keys(ALLOWED) as Deed[];
  const over = (deed: Deed) => cost[deed] / ALLOWED[deed];
  const worst = deeds.reduce((a, b) => (over(b) > over(a) ? b : a));
  return {
    name: 'cost',
    ours: cost[worst],
    floor: ALLOWED[worst],
    ratio: rounded(over(worst)),
    target: '<= 1',
    ok: over(worst) <= 1,
    details: { unit: 'storage calls', worst, cost, allowed: ALLOWED },
  };
}

async function counting({ calls, log }: Counted, deed: Deed, act: () => Promise<unknown>): Promise<number> {
  calls.ledger = [];
  calls.due = [];
  await act();
  await quiet();
  const all = [...calls.ledger, ...calls.due];
  log(`cost, ${deed}: ${all.length}\n  ${all.join('\n  ')}`);
  return all.length;
}

function quiet(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, QUIET_MS));
}

async function sendCalls({ chat }: Counted): Promise<void> {
  const body = JSON.stringify(callRows(1_000, 'cost'));
  const { status, text } = await chat.post(`/api/usage/${BENCH_TENANT}`, body);
  if (status !== 200 || !text.includes('"count":1000')) throw new Error(`not all charged: ${status} ${text}`);
}

async function startCounted(env: BenchEnv): Promise<Counted> {
  const calls: Counted['calls'] = { ledger: [], due: [] };
  const name = env.freshTableName();
  const table = (suffix: string, count?: keyof Counted['calls']): AzureTableStore => {
    const options = { allowInsecureConnection: true };
    const client = TableClient.fromConnectionString(env.connectionString, `${name}${suffix}`, options);
    client.pipeline.addPolicy({
      name: 'count',
      sendRequest: (request, next) => {
        if (count !== undefined) calls[count].push(`${count}: ${request.method} ${rowOf(request.url)}`);
        return next(request);
      },
    });
    return new AzureTableStore(client);
  };
  const settings = { PORT: '0', ADMIN_IDS: personId(0), DEV_TENANT_ID: BENCH_TENANT, LOW_BALANCE: '0' };
  const app = await composeApp({
    config: loadConfig({ embedded: true, playground: false }, settings),
    // The processor's own record of charges stands for a service elsewhere, and is not counted.
    tables: { ledger: table('', 'ledger'), due: table('due', 'due'), sandbox: table('sandbox') },
    log: pino({ level: 'silent' }),
    roundMs: 3_600_000,
  });
  const { port } = await app.start();
  await quiet();
  return { log: env.log, app, calls, chat: new Connection(`http://127.0.0.1:${port}`) };
}

function rowOf(url: string): string {
  return decodeURIComponent(url.split('/').at(-1) ?? '').slice(0, 160);
}
