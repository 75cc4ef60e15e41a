/** One alert at one destination: post it, or bring the card there up to date, and keep what came of it. */
import { after } from '../../billing/ledger/calendar.js';
import type { Alert } from '../../billing/ledger/model.js';
import type { Messenger, SendFailure } from '../messenger.js';
import type { Delivery, DeliveryStore } from './delivery.js';
import type { DestinationStore } from './destination-store.js';
import type { Destination } from './destinations.js';
import type { DrawAlert } from './draw-alert.js';

/** After that many failures one destination is given up for this alert. */
export const DELIVERY_TRIES_MAX = 8;
const BACKOFF_SECONDS = 5;
const BACKOFF_SECONDS_MAX = 900;

export interface TellDeps {
  readonly destinations: Pick<DestinationStore, 'gone' | 'pause'>;
  readonly deliveries: DeliveryStore;
  readonly messenger: Pick<Messenger, 'post' | 'update'>;
  readonly now: () => string;
  readonly draw: DrawAlert;
  readonly log: TellLog;
}

export interface TellLog {
  sendFailed(tenant: string, sequence: bigint, result: SendFailure): void;
}

export interface Task {
  readonly tenant: string;
  readonly alert: Alert;
  readonly destination: Destination;
  readonly delivery: Delivery | undefined;
}

export type Told =
  { readonly kind: 'told' } | { readonly kind: 'failed' } | { readonly kind: 'again'; readonly at: string };

const TOLD: Told = { kind: 'told' };
const FAILED: Told = { kind: 'failed' };

export async function tellOne(deps: TellDeps, task: Task): Promise<Told> {
  const { alert, delivery } = task;
  if (delivery?.state === 'failed') return FAILED;
  const heard = delivery?.state === 'sent';
  if (heard && delivery.version >= alert.version) return TOLD;
  const result = await send(deps, task);
  if (result.kind === 'sent') return sent(deps, task, result.activityId);
  deps.log.sendFailed(task.tenant, alert.sequence, result);
  return heard ? updateFailed(deps, task, result) : postFailed(deps, task, result);
}

async function sent(deps: TellDeps, task: Task, answeredId: string): Promise<Told> {
  const activityId = answeredId === '' ? task.delivery?.activityId : answeredId;
  const { version } = task.alert;
  await note(deps, task, {
    state: 'sent',
    version,
    tries: 0,
    ...(activityId !== undefined && { activityId }),
  });
  return TOLD;
}

async function send(deps: TellDeps, { tenant, alert, destination, delivery }: Task) {
  const card = await deps.draw(tenant, alert, destination);
  const { conversation } = destination;
  return delivery?.activityId === undefined
    ? deps.messenger.post(conversation, card)
    : deps.messenger.update(conversation, delivery.activityId, card);
}

/** The alert was heard there; only its card is old. A message that is gone is not posted again. */
async function updateFailed(deps: TellDeps, task: Task, failure: SendFailure): Promise<Told> {
  const tries = triesAfter(task);
  const giveUp = !isPassing(failure) || tries >= DELIVERY_TRIES_MAX;
  const version = giveUp ? task.alert.version : (task.delivery?.version ?? 0);
  await note(deps, task, { ...task.delivery, state: 'sent', version, tries });
  return giveUp ? TOLD : { kind: 'again', at: retryAt(deps.now(), failure, tries) };
}

async function postFailed(deps: TellDeps, task: Task, failure: SendFailure): Promise<Told> {
  const key = task.destination.conversation.key;
  const tries = triesAfter(task);
  const again = isPassing(failure) && tries < DELIVERY_TRIES_MAX;
  // Noted first: after a crash the note still says that somebody lost this alert, and the admins hear it in person.
  await note(deps, task, { state: again ? 'waiting' : 'failed', version: 0, tries });
  if (failure.kind === 'gone') await deps.destinations.gone(task.tenant, key);
  if (failure.kind === 'blocked') await deps.destinations.pause(task.tenant, key);
  return again ? { kind: 'again', at: retryAt(deps.now(), failure, tries) } : FAILED;
}

function isPassing(failure: SendFailure): boolean {
  return failure.kind === 'throttled' || failure.kind === 'retry';
}

function triesAfter({ delivery }: Task): number {
  return (delivery?.tries ?? 0) + 1;
}

function retryAt(now: string, failure: SendFailure, tries: number): string {
  const backoff = Math.min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS * 2 ** (tries - 1));
  const asked = failure.kind === 'throttled' ? Math.ceil(failure.retryAfterMs / 1_000) : 0;
  return after(now, { seconds: Math.max(backoff, asked) });
}

function note(deps: TellDeps, task: Task, delivery: Omit<Delivery, 'conversationKey'>): Promise<void> {
  const conversationKey = task.destination.conversation.key;
  return deps.deliveries.put(task.tenant, task.alert.sequence, { ...delivery, conversationKey });
}
