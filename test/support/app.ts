/** The whole program, over real tables and a stub of the chat service: conversations go over HTTP, as in production. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { partitionOf } from '../../src/billing/lane/account-rows.js';
import type { Entry } from '../../src/billing/ledger/model.js';
import { SandboxProcessor } from '../../src/billing/payments/sandbox/sandbox-processor.js';
import { connectTable } from '../../src/billing/storage/connect.js';
import { StorageUnavailable, type TableStore } from '../../src/billing/storage/table.js';
import { composeApp, type App } from '../../src/compose-app.js';
import type { Tables } from '../../src/app-parts.js';
import { loadConfig, type Config } from '../../src/config.js';
import { PLAYGROUND_TENANT } from '../../src/settings.js';
import { ADA, VERA, type Persona, type Setting } from './activities.js';
import { freshTableName, testConnection } from './azurite.js';
import { TestClock } from './billing.js';
import { cardFaults } from './card-checks.js';
import { textOf } from './card-nodes.js';
import { ChatClient, type Answer, type ClientOptions, type ShownCard } from './client.js';
import { StubConnector, type JsonObject, type Sent } from './connector.js';
import { graphRow } from './graph-rows.js';

export { ADA, VERA };

/** A second admin, by configuration like Ada. */
export const BEA: Persona = {
  id: '29:bea',
  name: 'Bea Boss',
  aadObjectId: 'cccccccc-1111-4111-8111-111111111111',
};

export interface AppOptions {
  readonly config?: Partial<Config>;
  /** Of another instance; new ones where missing. */
  readonly tables?: Tables;
  readonly connector?: StubConnector;
  readonly clock?: TestClock;
  readonly sendTimeoutMs?: number;
}

/** How the tables answer: `loses` takes a write and then does not say so. */
export type Storage = 'works' | 'down' | 'loses';

export class TestApp {
  readonly clock: TestClock;
  readonly connector: StubConnector;
  readonly tables: Tables;
  /** One object for each line of the log. */
  readonly logged: readonly Record<string, unknown>[];
  /** Each table by itself; the sandbox's stands for the processor being away. */
  readonly storage: Record<keyof Tables, Storage> = { ledger: 'works', due: 'works', sandbox: 'works' };
  app!: App;
  url = '';
  /** Cards that came back in the answers to clicks: the connector never sees them. */
  readonly answered: ShownCard[] = [];
  private readonly lines: Record<string, unknown>[] = [];
  private readonly options: AppOptions;

  constructor(options: AppOptions, connector: StubConnector) {
    this.options = options;
    this.connector = connector;
    this.clock = options.clock ?? new TestClock(new Date().toISOString());
    this.tables = options.tables ?? freshTables();
    this.logged = this.lines;
  }

  async start(): Promise<void> {
    const { sendTimeoutMs = 400 } = this.options;
    const write = (line: string): void => void this.lines.push(JSON.parse(line) as Record<string, unknown>);
    this.app = await composeApp({
      config: { ...embeddedConfig(), ...this.options.config },
      tables: this.brokenTables(),
      log: pino({ level: 'info' }, { write }),
      now: this.clock.now,
      // Rounds are started by the tests, when their clock says so.
      roundMs: 3_600_000,
      sendTimeoutMs,
    });
    this.url = `http://127.0.0.1:${(await this.app.start()).port}`;
  }

  /** Somebody at a chat client; a new conversation unless one is named. */
  client(options: Partial<ClientOptions> = {}): ChatClient {
    return new WatchedClient(
      { botUrl: this.url, connector: this.connector, ...options },
      (card) => void this.answered.push(card),
    );
  }

  /** Ada in a tenant of her own, who has added that much money already. */
  async funded(amount: string, options: Partial<ClientOptions> = {}): Promise<ChatClient> {
    const chat = this.client({ tenant: randomUUID(), ...options });
    const preview = await chat.say(`add $${amount}`);
    const receipt = await chat.click(preview.card, `Pay $${amount}.00`);
    if (!receipt.text.includes('Funds added')) throw new Error(`no funds: ${receipt.text}`);
    return chat;
  }

  /** Sends call records of these charges, as `npm run usage` does. */
  async use(tenant: string | undefined, ...charges: readonly number[]): Promise<JsonObject> {
    const start = { startDateTime: this.clock.now() };
    const response = await fetch(`${this.url}/api/usage/${tenant ?? ''}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(charges.map((charge) => graphRow(charge, { ...start, id: randomUUID() }))),
    });
    const body = (await response.json()) as JsonObject;
    if (response.status !== 200) throw new Error(`usage refused: ${JSON.stringify(body)}`);
    return body;
  }

  /** All tables at once. */
  setStorage(state: Storage): void {
    Object.assign(this.storage, { ledger: state, due: state, sandbox: state });
  }

  /** Lets the worker look for due work at a later time. */
  async later(span: Parameters<TestClock['pass']>[0]): Promise<void> {
    this.clock.pass(span);
    await this.app.billing.runner.round();
  }

  /** The tenant of clients that name none. */
  get devTenant(): string {
    return PLAYGROUND_TENANT;
  }

  /** What the daily chore does for each account. */
  reviewCards(tenant: string): Promise<void> {
    return this.app.billing.billing.reviewCards(tenant);
  }

  async balance(tenant: string): Promise<bigint> {
    return (await this.app.billing.billing.reader.account(tenant)).balance;
  }

  /** Newest first. */
  async entries(tenant: string): Promise<readonly Entry[]> {
    return (await this.app.billing.billing.reader.entries(tenant, { limit: 50 })).entries;
  }

  get sandbox(): SandboxProcessor {
    const { processor } = this.app.payments;
    if (processor instanceof SandboxProcessor) return processor;
    throw new Error('another processor takes the money here');
  }

  /** What the processor took, whatever the ledger says. */
  async charged(tenant: string): Promise<number> {
    const charges = await this.sandbox.charges(tenant);
    return charges.filter(({ state }) => state === 'succeeded').length;
  }

  /** The card in this conversation that holds these words, now or soon. */
  async heard(chat: ChatClient, words: string): Promise<ShownCard> {
    const find = () => chat.posted.find((card) => textOf(card).includes(words));
    await this.connector.waitFor(() => find() !== undefined);
    return find()!;
  }

  /** Resolves when the open payment has begun at the processor, and is not confirmed yet. */
  async begun(tenant: string): Promise<void> {
    const { reader } = this.app.billing.billing;
    for (;;) {
      const [open] = (await reader.account(tenant)).openPayments;
      const payment = open && (await reader.payment(tenant, open.id));
      if (payment?.processorId !== undefined) return;
      await new Promise((wake) => setImmediate(wake));
    }
  }

  async audited(tenant: string): Promise<readonly JsonObject[]> {
    const range = { from: 'audit:', to: 'audit;', limit: 100 };
    return (await this.tables.ledger.query(partitionOf(tenant), range)).map(({ values }) => values);
  }

  /** Every card that anybody was shown is checked here once. */
  async stop(): Promise<void> {
    await this.app.stop();
    if (this.options.connector === undefined) await this.connector.stop();
    const cards = [
      ...this.connector.sent.filter(({ kind }) => kind !== 'create').map(cardOf),
      ...this.answered,
    ];
    const faults = cards.flatMap((card) => cardFaults(card).map((fault) => `${card.summary}: ${fault}`));
    expect([...new Set(faults)]).toEqual([]);
  }

  private brokenTables(): Tables {
    const { ledger, due, sandbox } = this.tables;
    return {
      ledger: Object.assign(this.breakable(ledger, 'ledger'), {
        partitionsWith: (key: string) => ledger.partitionsWith(key),
      }),
      due: this.breakable(due, 'due'),
      sandbox: this.breakable(sandbox, 'sandbox'),
    };
  }

  private breakable(table: TableStore, name: keyof Tables): TableStore {
    const reach = async <T>(call: () => Promise<T>): Promise<T> => {
      if (this.storage[name] === 'down') throw new StorageUnavailable('the table service is away');
      return call();
    };
    return {
      ensure: () => table.ensure(),
      get: (partition, key) => reach(() => table.get(partition, key)),
      getMany: (partition, keys) => reach(() => table.getMany(partition, keys)),
      query: (partition, range) => reach(() => table.query(partition, range)),
      commit: (partition, writes) =>
        reach(async () => {
          const result = await table.commit(partition, writes);
          if (this.storage[name] === 'loses') throw new StorageUnavailable('the answer was lost');
          return result;
        }),
    };
  }
}

const UNTIL_MS_MAX = 5_000;

/** Waits for what happens beside the turns; fails where it does not happen in time. */
export async function until(happened: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + UNTIL_MS_MAX;
  while (!(await happened())) {
    if (Date.now() > end) throw new Error(`did not happen in time: ${happened.toString()}`);
    await sleep(10);
  }
}

export async function startApp(options: AppOptions = {}): Promise<TestApp> {
  const app = new TestApp(options, options.connector ?? (await StubConnector.start()));
  await app.start();
  return app;
}

function embeddedConfig(): Config {
  const ADMIN_IDS = [ADA, BEA].map(({ aadObjectId }) => aadObjectId).join(',');
  return loadConfig({ embedded: true, playground: false }, { PORT: '0', ADMIN_IDS });
}

function freshTables(): Tables {
  const name = freshTableName();
  const table = (suffix: string) => connectTable({ connectionString: testConnection() }, `${name}${suffix}`);
  return { ledger: table(''), due: table('due'), sandbox: table('sandbox') };
}

function cardOf({ activity, activityId }: Sent): ShownCard {
  const { attachments = [], summary } = activity as {
    attachments?: readonly { content: JsonObject }[];
    summary: string;
  };
  return { content: attachments[0]?.content ?? {}, summary, activityId };
}

/** Tells of every card that came in the answer to a click. */
class WatchedClient extends ChatClient {
  private readonly watched: ClientOptions;
  private readonly tell: (card: ShownCard) => void;

  constructor(options: ClientOptions, tell: (card: ShownCard) => void) {
    super(options);
    this.watched = options;
    this.tell = tell;
  }

  override as(changes: Partial<Setting>): ChatClient {
    return new WatchedClient({ ...this.watched, ...this.setting, ...changes }, this.tell);
  }

  override async send(activity: JsonObject, clicked?: ShownCard): Promise<Answer> {
    const answer = await super.send(activity, clicked);
    const { type, value } = (answer.body ?? {}) as { type?: string; value?: JsonObject };
    if (type === 'application/vnd.microsoft.card.adaptive' && value !== undefined)
      this.tell({ content: value, summary: 'in the answer to a click', activityId: '' });
    return answer;
  }
}
