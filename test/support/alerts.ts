/** The alert sender over billing in memory, and a chat that answers each send as the test says. */
import { AlertSender, type RoundCounts } from '../../src/bot/alerts/alert-sender.js';
import { deliveryPrefix, readDelivery, type Delivery } from '../../src/bot/alerts/delivery.js';
import { DeliveryStore } from '../../src/bot/alerts/delivery-store.js';
import { DestinationStore } from '../../src/bot/alerts/destination-store.js';
import { alertDrawer } from '../../src/bot/alerts/draw-alert.js';
import { unopenedChat } from '../../src/bot/alerts/destinations.js';
import type {
  Acquaintance,
  Address,
  Messenger,
  OpenResult,
  SendFailure,
  SendResult,
} from '../../src/bot/messenger.js';
import type { ConversationKind, ConversationRef } from '../../src/bot/turn.js';
import type { Patience } from '../../src/bot/sending.js';
import { MemoryTableStore } from '../../src/billing/storage/memory-table.js';
import type { TableStore } from '../../src/billing/storage/table.js';
import type { Card } from '../../src/cards/render.js';
import type { Actor, Alert, AlertKind } from '../../src/billing/ledger/model.js';
import { money } from '../../src/billing/money.js';
import { rowKeys } from '../../src/billing/ledger/world.js';
import { ADMIN, START, TENANT, testBilling, usd, type TestBilling } from './billing.js';
import { textOf } from './card-checks.js';
import { graphRow } from './graph-rows.js';

export const RETRY: SendFailure = { kind: 'retry', doubtful: false };
export const THROTTLED: SendFailure = { kind: 'throttled', retryAfterMs: 42_000 };

export function placeOf(key: string, kind: ConversationKind = 'channel'): ConversationRef {
  return {
    key,
    id: `19:${key}`,
    kind,
    channelId: 'msteams',
    serviceUrl: 'https://smba.trafficmanager.net/emea/',
    bot: { id: '28:bot' },
  };
}

export interface Sent {
  readonly how: 'post' | 'update';
  readonly to: string;
  readonly activityId: string;
  readonly text: string;
}

/** What a place answers, one after the other; then it takes everything. */
export class FakeMessenger implements Messenger {
  /** What reached its place. */
  readonly sent: Sent[] = [];
  /** Every try, with those that failed. */
  tries = 0;
  /** With whom a chat was opened, or was not; what such a try is answered is planned for `open <account id>`. */
  readonly asked: string[] = [];
  private readonly answers = new Map<string, SendFailure[]>();

  willAnswer(key: string, ...answers: readonly SendFailure[]): void {
    this.answers.set(key, [...answers]);
  }

  post({ conversation }: Address, card: Card): Promise<SendResult> {
    return this.send(
      { how: 'post', to: conversation.key, activityId: `message-${this.sent.length + 1}` },
      card,
    );
  }

  update({ conversation }: Address, activityId: string, card: Card): Promise<SendResult> {
    return this.send({ how: 'update', to: conversation.key, activityId }, card);
  }

  async openPersonal(near: ConversationRef, { channelAccountId }: Acquaintance): Promise<OpenResult> {
    this.asked.push(channelAccountId);
    const failure = this.answers.get(`open ${channelAccountId}`)?.shift();
    if (failure !== undefined) return failure;
    const key = chatWith(channelAccountId);
    return { kind: 'opened', conversation: { ...near, key, id: `a:${key}` } };
  }

  /** Where posts arrived, in alphabetical order. */
  get heardBy(): readonly string[] {
    return this.sent
      .filter(({ how }) => how === 'post')
      .map(({ to }) => to)
      .sort();
  }

  private async send(what: Omit<Sent, 'text'>, card: Card): Promise<SendResult> {
    this.tries += 1;
    const failure = this.answers.get(what.to)?.shift();
    if (failure !== undefined) return failure;
    this.sent.push({ ...what, text: textOf(card) });
    return { kind: 'sent', activityId: what.activityId };
  }
}

/** The key of the chat that is opened with them. */
export function chatWith(channelAccountId: string): string {
  return `chat ${channelAccountId}`;
}

export interface InstanceParts {
  readonly table?: TableStore;
  readonly messenger?: Messenger;
  readonly patience?: Patience;
}

export class AlertScene {
  readonly table = new MemoryTableStore();
  readonly messenger = new FakeMessenger();
  readonly destinations: DestinationStore;
  readonly log = { undelivered: [] as bigint[], failed: [] as SendFailure[], rounds: [] as RoundCounts[] };
  readonly admins = new Set([ADMIN.id]);
  readonly test: TestBilling;
  readonly sender: AlertSender;

  constructor(test: TestBilling) {
    this.test = test;
    this.destinations = new DestinationStore(this.table, test.clock.now);
    this.sender = this.instance('first');
  }

  /** A sender of its own, as another instance of the program, or one started again, has it. */
  instance(name: string, parts: InstanceParts = {}): AlertSender {
    const { table = this.table, patience = { triesMax: 1, budgetMs: 0, delayMs: 0 } } = parts;
    const { now, monotonic } = this.test.clock;
    return new AlertSender({
      billing: this.test.billing,
      destinations: parts.table === undefined ? this.destinations : new DestinationStore(table, now),
      deliveries: new DeliveryStore({ table, now, monotonic, instance: name }),
      messenger: parts.messenger ?? this.messenger,
      patience,
      now,
      admins:
        async () =>
        ({ person }) =>
          person !== undefined && this.admins.has(person.id),
      draw: alertDrawer('UTC'),
      log: {
        undelivered: (_tenant, sequence) => void this.log.undelivered.push(sequence),
        sendFailed: (_tenant, _sequence, result) => void this.log.failed.push(result),
        round: (_tenant, _sequence, counts) => void this.log.rounds.push(counts),
      },
    });
  }

  deliver(sequence: bigint) {
    return this.sender.deliver(TENANT, sequence);
  }

  /** The clock stands at that time. */
  passUntil(time: string): void {
    const { clock } = this.test;
    clock.pass({ seconds: (Date.parse(time) - Date.parse(clock.now())) / 1_000 });
  }

  async asked(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.destinations.setAlerts(TENANT, placeOf(key), 'on');
  }

  /** The bot has met this person in their personal chat, whose key is the person's id. */
  async met({ id, name }: Actor, locale = 'en-US'): Promise<void> {
    const person = { id, name, channelAccountId: `29:${id}` };
    await this.sees(placeOf(id, 'personal'), { locale, person });
  }

  /** The bot has met this admin in a channel, where they were at work. */
  async metInChannel({ id, name }: Actor, channel = placeOf('channel')): Promise<void> {
    const person = { id, name, channelAccountId: `29:${id}` };
    await this.sees(channel);
    await this.sees(unopenedChat(channel, person), { locale: 'en-US', person });
  }

  async sees(
    conversation: ConversationRef,
    more: { locale?: string; person?: { id: string; name: string; channelAccountId: string } } = {},
  ): Promise<boolean> {
    return (await this.destinations.seen({ tenant: TENANT, conversation, now: START, ...more })).isNew;
  }

  /** Calls use up more than there is: the alert that the balance is below zero. */
  async goNegative(charge = 5): Promise<bigint> {
    await this.test.billing.intake.take(TENANT, [graphRow(charge)], 'http');
    return this.newest('negative');
  }

  /** Funds come: the alert heals. */
  async topUp(): Promise<void> {
    const method = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
    await this.test.billing.requestTopUp(TENANT, {
      paymentId: 'repair',
      mintedAt: this.test.clock.now(),
      amount: money(usd(50), 'USD'),
      method,
      by: ADMIN,
    });
    await this.test.billing.paymentWithin(TENANT, 'repair', 1_000);
  }

  async testAlert(only: string): Promise<bigint> {
    await this.test.billing.testAlert(TENANT, { only, by: ADMIN });
    return this.newest('test');
  }

  alert(sequence: bigint): Promise<Alert | undefined> {
    return this.test.billing.reader.row(TENANT, 'alert', rowKeys.alert(sequence));
  }

  async deliveries(sequence: bigint): Promise<readonly Delivery[]> {
    const prefix = deliveryPrefix(sequence);
    const rows = await this.table.query(TENANT, { from: `${prefix}:`, to: `${prefix};`, limit: 10 });
    return rows.map(readDelivery);
  }

  async undelivered(): Promise<readonly bigint[]> {
    return (await this.test.billing.reader.account(TENANT)).undelivered;
  }

  private async newest(kind: AlertKind): Promise<bigint> {
    const { alertCount } = await this.test.billing.reader.account(TENANT);
    for (let sequence = alertCount; sequence > 0n; sequence -= 1n)
      if ((await this.alert(sequence))?.kind === kind) return sequence;
    throw new Error(`no alert of kind ${kind}`);
  }
}

export async function alertScene(): Promise<AlertScene> {
  return new AlertScene(await testBilling());
}
