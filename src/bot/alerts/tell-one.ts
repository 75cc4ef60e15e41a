/** One alert at one destination: post it, or bring the card there up to date, and note what came of it. */
import { after } from '../../billing/ledger/calendar.js';
import type { Alert } from '../../billing/ledger/model.js';
import type { Card } from '../../cards/render.js';
import type { Messenger, SendFailure, SendResult } from '../messenger.js';
import { jittered, sendPatiently, type Patience } from '../sending.js';
import type { Delivery } from './delivery.js';
import type { DeliveryRound } from './delivery-round.js';
import type { DestinationStore } from './destination-store.js';
import { isUnopened, type Destination } from './destinations.js';
import { openedChat } from './open-chat.js';

/** After so many rounds that failed one destination is given up for this alert. */
export const DELIVERY_TRIES_MAX = 8;
const BACKOFF_SECONDS = 5;
const BACKOFF_SECONDS_MAX = 900;
/** Within a round: what passes in seconds need not wait for the next. */
export const ROUND_PATIENCE: Patience = { triesMax: 3, budgetMs: 20_000, delayMs: 500 };

export interface TellDeps {
  readonly destinations: Pick<DestinationStore, 'gone' | 'pause' | 'opened'>;
  readonly messenger: Pick<Messenger, 'post' | 'update' | 'openPersonal'>;
  readonly patience: Patience;
  readonly now: () => string;
  readonly log: TellLog;
}

export interface TellLog {
  /** Each failed try of the message. */
  sendFailed(tenant: string, sequence: bigint, result: SendFailure): void;
}

export interface Task {
  readonly tenant: string;
  readonly alert: Alert;
  readonly destination: Destination;
  readonly card: Card;
  /** What came of it in earlier rounds. */
  readonly delivery: Delivery | undefined;
  readonly round: DeliveryRound;
}

type Outcome =
  { readonly kind: 'told' } | { readonly kind: 'failed' } | { readonly kind: 'again'; readonly at: string };

/** `doubtful`: posts of this round whose answer was lost. */
export type Told = Outcome & { readonly doubtful: number };

const TOLD: Outcome = { kind: 'told' };
const FAILED: Outcome = { kind: 'failed' };

interface Telling extends Task {
  /** Once its chat is opened, that chat. */
  destination: Destination;
  /** Of all rounds. */
  doubtful: number;
}

export async function tellOne(deps: TellDeps, task: Task): Promise<Told> {
  const { alert, delivery } = task;
  const known = delivery && outcomeAlready(delivery, { version: alert.version, now: deps.now() });
  if (known !== undefined) return { ...known, doubtful: 0 };
  const before = delivery?.doubtful ?? 0;
  const telling: Telling = { ...task, doubtful: before };
  const outcome = await outcomeOf(deps, telling, { isHeard: delivery?.state === 'sent' });
  return { ...outcome, doubtful: telling.doubtful - before };
}

/** Where nothing is to be sent now. Each place has its own time: no other one's, and no change of the alert, breaks it. */
function outcomeAlready(
  { state, version, notBefore }: Delivery,
  alert: { readonly version: number; readonly now: string },
): Outcome | undefined {
  if (state === 'failed') return FAILED;
  if (state === 'sent' && version >= alert.version) return TOLD;
  return notBefore !== undefined && notBefore > alert.now ? { kind: 'again', at: notBefore } : undefined;
}

async function outcomeOf(deps: TellDeps, telling: Telling, { isHeard }: { isHeard: boolean }) {
  const result = await send(deps, telling);
  if (result.kind === 'sent') return sent(telling, result.activityId);
  return isHeard ? updateFailed(deps, telling, result) : postFailed(deps, telling, result);
}

async function send(deps: TellDeps, telling: Telling): Promise<SendResult> {
  const { tenant, alert, card, delivery } = telling;
  const activityId = delivery?.activityId;
  const failed = (failure: SendFailure): void => {
    deps.log.sendFailed(tenant, alert.sequence, failure);
    // The same update twice changes nothing; the same post twice stands there twice.
    if (activityId === undefined && failure.kind === 'retry' && failure.doubtful) telling.doubtful += 1;
  };
  const once = async (): Promise<SendResult> => {
    const chat = await openedChat(deps, tenant, telling.destination);
    if (chat.kind !== 'open') return chat;
    telling.destination = chat.destination;
    const to = { tenant, conversation: chat.destination.conversation };
    return activityId === undefined
      ? deps.messenger.post(to, card)
      : deps.messenger.update(to, activityId, card);
  };
  const result = await sendPatiently(deps.patience, once, failed);
  if (result.kind !== 'sent') failed(result);
  return result;
}

async function sent(telling: Telling, answeredId: string): Promise<Outcome> {
  const activityId = answeredId === '' ? telling.delivery?.activityId : answeredId;
  const { version } = telling.alert;
  await note(telling, { state: 'sent', version, tries: 0, ...(activityId !== undefined && { activityId }) });
  return TOLD;
}

/** The alert was heard there; only its card is old. A message that is gone is not posted again. */
async function updateFailed(deps: TellDeps, telling: Telling, failure: SendFailure): Promise<Outcome> {
  const tries = triesAfter(telling);
  const { activityId, version = 0 } = telling.delivery ?? {};
  const heard = { state: 'sent', tries, ...(activityId !== undefined && { activityId }) } as const;
  if (!isPassing(failure) || tries >= DELIVERY_TRIES_MAX) {
    await note(telling, { ...heard, version: telling.alert.version });
    return TOLD;
  }
  const at = retryAt(deps.now(), failure, tries);
  await note(telling, { ...heard, version, notBefore: at });
  return { kind: 'again', at };
}

async function postFailed(deps: TellDeps, telling: Telling, failure: SendFailure): Promise<Outcome> {
  const { tenant, destination, round } = telling;
  const { key } = destination.conversation;
  const tries = triesAfter(telling);
  if (isPassing(failure) && tries < DELIVERY_TRIES_MAX) {
    const at = retryAt(deps.now(), failure, tries);
    await note(telling, { state: 'waiting', version: 0, tries, notBefore: at });
    return { kind: 'again', at };
  }
  await note(telling, { state: 'failed', version: 0, tries });
  // Stored first: after a crash the note still says that somebody lost this alert, and the admins hear it in person.
  await round.flush();
  // Who lets no chat be opened is left alone until they are met again.
  const isRefused = failure.kind === 'blocked';
  if (failure.kind === 'gone' || (isRefused && isUnopened(destination.conversation)))
    await deps.destinations.gone(tenant, key);
  else if (isRefused) await deps.destinations.pause(tenant, key);
  return FAILED;
}

function isPassing(failure: SendFailure): boolean {
  return failure.kind === 'throttled' || failure.kind === 'retry';
}

function triesAfter({ delivery }: Telling): number {
  return (delivery?.tries ?? 0) + 1;
}

function retryAt(now: string, failure: SendFailure, tries: number): string {
  const backoff = jittered(Math.min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS * 2 ** (tries - 1)));
  const asked = failure.kind === 'throttled' ? failure.retryAfterMs / 1_000 : 0;
  return after(now, { seconds: Math.ceil(Math.max(backoff, asked)) });
}

function note(
  { round, destination, doubtful }: Telling,
  delivery: Omit<Delivery, 'conversationKey'>,
): Promise<void> {
  const conversationKey = destination.conversation.key;
  return round.note({ ...delivery, conversationKey, ...(doubtful > 0 && { doubtful }) });
}
