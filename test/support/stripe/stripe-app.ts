/** The whole program with Stripe as its processor, over the real client and a stand-in on the loopback. */
import { randomUUID } from 'node:crypto';
import { partitionOf } from '../../../src/billing/lane/account-rows.js';
import { shards } from '../../../src/billing/due/due-row.js';
import type { ProcessorEvent } from '../../../src/billing/ledger/model.js';
import { StripeRecordTable } from '../../../src/billing/payments/stripe/record-table.js';
import type { WebhookRequest } from '../../../src/billing/payments/stripe/webhook.js';
import { verifyAccounts } from '../../../src/billing/verify/verify.js';
import { startApp, type TestApp } from '../app.js';
import { TestClock } from '../billing.js';
import type { ChatClient } from '../client.js';
import type { Behaviour, Intent } from './records.js';
import { StripeStandIn } from './stand-in.js';
import { TEST_KEY } from './stripe-world.js';
import { deliveries, WEBHOOK_SECRET } from './webhooks.js';

const ROWS_MAX = 1_000;

export interface Payer {
  readonly tenant: string;
  readonly chat: ChatClient;
  readonly customer: string;
  readonly card: string;
}

export class StripeApp {
  readonly bot: TestApp;
  readonly standIn: StripeStandIn;

  constructor(bot: TestApp, standIn: StripeStandIn) {
    this.bot = bot;
    this.standIn = standIn;
  }

  get records() {
    return this.standIn.records;
  }

  /** Ada in a tenant of her own, with one card stored at Stripe. */
  async payer(behaviour?: Behaviour): Promise<Payer> {
    const tenant = randomUUID();
    const customer = this.records.addCustomer(tenant);
    const kept = new StripeRecordTable(this.bot.tables.ledger);
    await kept.change(tenant, 'customer', { from: undefined, to: customer });
    const card = this.records.addCard(customer, behaviour);
    return { tenant, customer, card, chat: this.bot.client({ tenant }) };
  }

  async pay({ chat }: Payer, amount = '50'): Promise<string> {
    const preview = await chat.say(`add $${amount}`);
    return (await chat.click(preview.card, `Pay $${amount}.00`)).text;
  }

  async paid(behaviour?: Behaviour): Promise<Payer> {
    const payer = await this.payer(behaviour);
    const receipt = await this.pay(payer);
    if (!receipt.includes('Funds added')) throw new Error(receipt);
    return payer;
  }

  /** The charges of a tenant, in the order in which they were made. */
  intents({ customer }: Payer): readonly Intent[] {
    return [...this.records.intents.values()].filter((intent) => intent.customer === customer);
  }

  async post({ body, signature }: WebhookRequest): Promise<number> {
    const response = await fetch(`${this.bot.url}/api/payments/webhook`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(signature !== undefined && { 'stripe-signature': signature }),
      },
      body: Buffer.from(body),
    });
    await response.arrayBuffer();
    return response.status;
  }

  /** What Stripe has to tell of a payer, signed now. */
  eventsOf({ customer }: Payer): readonly WebhookRequest[] {
    const own = new Set([customer, ...this.intents({ customer } as Payer).map(({ id }) => id)]);
    const all = deliveries(this.records);
    return all.filter((_, index) => {
      const { object, previous_attributes: before } = this.records.happened[index]!;
      return Object.values({ ...object, ...before }).some((value) => own.has(value as string));
    });
  }

  /** Delivers them in that order, and lets their jobs end. */
  async deliver(payer: Payer, events = this.eventsOf(payer)): Promise<readonly number[]> {
    const statuses: number[] = [];
    for (const event of events) statuses.push(await this.post(event));
    await this.ended(payer);
    return statuses;
  }

  async ended({ tenant }: Payer): Promise<void> {
    const { runner } = this.bot.app.billing;
    for (const { id } of await this.kept(tenant))
      await runner.settled({ tenant, name: 'event', subject: id });
  }

  async kept(tenant: string): Promise<readonly ProcessorEvent[]> {
    const range = { from: 'event:', to: 'event;', limit: ROWS_MAX };
    const rows = await this.bot.tables.ledger.query(partitionOf(tenant), range);
    return rows.map(({ values }) => values as unknown as ProcessorEvent);
  }

  /** Everything in the tables that a webhook could change. */
  async everything(tenant: string): Promise<unknown> {
    const { ledger, due } = this.bot.tables;
    const all = { from: ' ', to: '~', limit: ROWS_MAX };
    const rows = await ledger.query(partitionOf(tenant), all);
    const work = await Promise.all(shards().map((shard) => due.query(shard, all)));
    return { rows, work };
  }

  /** What `npm run verify` finds, by Stripe's own record. */
  async differences(tenant: string): Promise<readonly string[]> {
    const table = this.bot.tables.ledger;
    const deps = { table, scan: table, record: this.bot.app.payments.record, heads: [] };
    const found: string[] = [];
    for await (const { differences } of verifyAccounts(deps, [tenant]))
      found.push(...differences.map(({ subject, what }) => `${subject}: ${what}`));
    return found;
  }

  async stop(): Promise<void> {
    await this.bot.stop();
    await this.standIn.stop();
  }
}

export async function startStripeApp(): Promise<StripeApp> {
  const clock = new TestClock(new Date().toISOString());
  const standIn = new StripeStandIn({ now: clock.now });
  const server = { host: '127.0.0.1', port: await standIn.start(), protocol: 'http' } as const;
  const payments = {
    kind: 'stripe',
    secretKey: TEST_KEY,
    webhookSecrets: ['whsec_before', WEBHOOK_SECRET],
    server,
    productName: 'Communications Credits',
  } as const;
  return new StripeApp(await startApp({ clock, config: { payments } }), standIn);
}
