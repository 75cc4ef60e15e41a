/** Carries alerts from the outbox to people (DESIGN §5): at least once, and the card lives on as the facts change. */
import pLimit from 'p-limit';
import type { Billing } from '../../billing/billing.js';
import { DONE, type JobResult } from '../../billing/due/job-runner.js';
import { after } from '../../billing/ledger/calendar.js';
import type { Alert } from '../../billing/ledger/model.js';
import { rowKeys } from '../../billing/ledger/world.js';
import type { Card } from '../../cards/render.js';
import type { Messenger, SendResult } from '../messenger.js';
import type { Delivery, DeliveryStore } from './delivery.js';
import type { DestinationStore } from './destination-store.js';
import type { Destination } from './destinations.js';

/** Sends at once; Teams allows 50 requests a second for an app and tenant. */
const PARALLEL_MAX = 8;
/** After that many refusals one destination is given up for this alert. */
export const DELIVERY_TRIES_MAX = 8;
const BACKOFF_SECONDS = 5;
const BACKOFF_SECONDS_MAX = 900;

export interface SenderDeps {
  readonly billing: Billing;
  readonly destinations: DestinationStore;
  readonly deliveries: DeliveryStore;
  readonly messenger: Messenger;
  readonly now: () => string;
  /** Whether this person is an admin now. */
  readonly isAdmin: (tenant: string, destination: Destination) => Promise<boolean>;
  readonly draw: (alert: Alert, destination: Destination) => Card;
  readonly log: SenderLog;
}

export interface SenderLog {
  /** Nobody could be reached: an operator must look. */
  undelivered(tenant: string, sequence: bigint): void;
  sendFailed(tenant: string, sequence: bigint, result: SendResult): void;
}

interface Task {
  readonly tenant: string;
  readonly alert: Alert;
  readonly destination: Destination;
  readonly delivery: Delivery | undefined;
}

type Told = { readonly kind: 'told' } | { readonly kind: 'failed' } | { readonly kind: 'again'; readonly at: string };

export class AlertSender {
  private readonly deps: SenderDeps;

  constructor(deps: SenderDeps) {
    this.deps = deps;
  }

  /** One job: everybody who still has to hear this version of the alert. */
  async deliver(tenant: string, sequence: bigint): Promise<JobResult> {
    const alert = await this.deps.billing.reader.row(tenant, 'alert', rowKeys.alert(sequence));
    if (alert === undefined) return DONE;
    const [all, deliveries] = await Promise.all([
      this.deps.destinations.list(tenant),
      this.deps.deliveries.list(tenant, sequence),
    ]);
    const audience = await this.audience(tenant, alert, all);
    const known = all.filter((place) => deliveries.get(place.conversation.key)?.state === 'sent');
    const results = await this.tell(tenant, alert, { places: [...new Set([...audience, ...known])], deliveries });
    const fallback = await this.fallBack(tenant, alert, { results, all, deliveries });
    return this.conclude(tenant, alert, [...results.values(), ...fallback.values()]);
  }

  /** Who asked for alerts; where nobody did, the admins in person. */
  private async audience(tenant: string, alert: Alert, all: readonly Destination[]): Promise<readonly Destination[]> {
    if (alert.only !== undefined) return all.filter((place) => place.conversation.key === alert.only);
    const asked = all.filter((place) => place.alerts === 'on');
    return asked.length > 0 ? asked : this.admins(tenant, all);
  }

  private async admins(tenant: string, all: readonly Destination[]): Promise<readonly Destination[]> {
    const personal = all.filter((place) => place.person !== undefined && place.alerts !== 'paused');
    const admins = await Promise.all(personal.map((place) => this.deps.isAdmin(tenant, place)));
    return personal.filter((_, index) => admins[index]);
  }

  /** Where a destination is lost, the admins whom the bot has met hear it in person. */
  private async fallBack(
    tenant: string,
    alert: Alert,
    said: { results: ReadonlyMap<Destination, Told>; all: readonly Destination[]; deliveries: ReadonlyMap<string, Delivery> },
  ): Promise<ReadonlyMap<Destination, Told>> {
    const lost = [...said.results.values()].some((told) => told.kind === 'failed');
    if (!lost || alert.only !== undefined) return new Map();
    const others = said.all.filter((place) => !said.results.has(place));
    return this.tell(tenant, alert, { places: await this.admins(tenant, others), deliveries: said.deliveries });
  }

  private async tell(
    tenant: string,
    alert: Alert,
    to: { places: readonly Destination[]; deliveries: ReadonlyMap<string, Delivery> },
  ): Promise<ReadonlyMap<Destination, Told>> {
    const limit = pLimit(PARALLEL_MAX);
    const told = await Promise.all(
      to.places.map((destination) => {
        const delivery = to.deliveries.get(destination.conversation.key);
        return limit(async () => [destination, await this.tellOne({ tenant, alert, destination, delivery })] as const);
      }),
    );
    return new Map(told);
  }

  private async tellOne(task: Task): Promise<Told> {
    const { tenant, alert, destination, delivery } = task;
    if (delivery?.state === 'failed') return { kind: 'failed' };
    if (delivery?.state === 'sent' && delivery.version >= alert.version) return { kind: 'told' };
    const card = this.deps.draw(alert, destination);
    const sentAs = delivery?.activityId;
    const result =
      sentAs === undefined
        ? await this.deps.messenger.post(destination.conversation, card)
        : await this.deps.messenger.update(destination.conversation, sentAs, card);
    if (result.kind === 'sent') {
      const activityId = result.activityId ?? sentAs;
      await this.note(task, { state: 'sent', tries: 0, ...(activityId !== undefined && { activityId }) });
      return { kind: 'told' };
    }
    this.deps.log.sendFailed(tenant, alert.sequence, result);
    return this.afterFailure(task, result);
  }

  private async afterFailure(task: Task, result: Exclude<SendResult, { kind: 'sent' }>): Promise<Told> {
    const { tenant, destination, delivery } = task;
    const key = destination.conversation.key;
    const tries = (delivery?.tries ?? 0) + 1;
    // The message itself may be gone while the place still is there: it is not told again, it was heard.
    if (delivery?.state === 'sent' && result.kind === 'gone') {
      await this.note(task, { state: 'sent', tries });
      return { kind: 'told' };
    }
    if (result.kind === 'gone') await this.deps.destinations.gone(tenant, key);
    if (result.kind === 'blocked') await this.deps.destinations.pause(tenant, key);
    const passing = result.kind === 'throttled' || result.kind === 'retry';
    if (!passing || tries >= DELIVERY_TRIES_MAX) {
      await this.note(task, { state: delivery?.state === 'sent' ? 'sent' : 'failed', tries });
      return { kind: delivery?.state === 'sent' ? 'told' : 'failed' };
    }
    await this.note(task, { state: delivery?.state ?? 'waiting', tries, version: delivery?.version ?? 0 });
    return { kind: 'again', at: this.retryAt(result, tries) };
  }

  private retryAt(result: SendResult, tries: number): string {
    const backoff = Math.min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS * 2 ** (tries - 1));
    const asked = result.kind === 'throttled' ? Math.ceil(result.retryAfterMs / 1_000) : 0;
    return after(this.deps.now(), { seconds: Math.max(backoff, asked) });
  }

  private async note(task: Task, change: Partial<Delivery> & Pick<Delivery, 'state' | 'tries'>): Promise<void> {
    const conversationKey = task.destination.conversation.key;
    const base = { version: task.alert.version, ...activityIdOf(task.delivery) };
    await this.deps.deliveries.put(task.tenant, task.alert.sequence, { conversationKey, ...base, ...change });
  }

  private async conclude(tenant: string, alert: Alert, told: readonly Told[]): Promise<JobResult> {
    const again = told.flatMap((one) => (one.kind === 'again' ? [one.at] : [])).sort();
    const reached = told.some((one) => one.kind === 'told');
    const undelivered = !reached && again.length === 0 && alert.only === undefined;
    if (undelivered) this.deps.log.undelivered(tenant, alert.sequence);
    if (undelivered || reached) {
      await this.deps.billing.noteUndelivered(tenant, { sequence: alert.sequence, undelivered });
    }
    return again[0] === undefined ? DONE : { kind: 'again', at: again[0] };
  }
}

function activityIdOf(delivery: Delivery | undefined): Pick<Delivery, 'activityId'> {
  return delivery?.activityId === undefined ? {} : { activityId: delivery.activityId };
}
