/** How a reply reaches the person: below the message, in place of the clicked card, or in the answer to the click. */
import type { TurnContext } from 'botbuilder';
import type { Card } from '../cards/render.js';
import { speechFor } from '../cards/speech.js';
import type { IncomingActivity } from './activity.js';
import type { TurnAnswer } from './adapter.js';
import type { Reply } from './command.js';
import { cardResponse, errorResponse, messageResponse } from './invoke.js';
import { EMULATOR_CHANNEL } from './messenger.js';
import { notices } from './notices.js';
import { outgoing, type Placement } from './outgoing.js';
import type { SendResult } from './send-result.js';
import { sendOnce, sendPatiently, type Patience, type Try } from './sending.js';
import type { ChatParts, LiveTurn, SeamParts } from './seam-parts.js';

/** Teams waits 15 s for the answer to a message, and about 5 s for the one to a click (PLATFORM). */
const FOR_WORDS: Patience = { triesMax: 3, budgetMs: 8_000, delayMs: 300 };
const FOR_CLICKS: Patience = { triesMax: 2, budgetMs: 2_500, delayMs: 200 };

interface Sendable {
  readonly context: TurnContext;
  readonly activity: IncomingActivity;
  /** How long to try; as for words where it is missing. */
  readonly patience?: Patience;
}

/** Below the message, in its thread. A card that is too big is replaced by a sentence; other failures are logged. */
export async function postReply(parts: ChatParts, turn: Sendable, card: Card): Promise<SendResult> {
  const result = await post(parts, turn, card);
  if (result.kind === 'sent') return result;
  logFailure(parts, turn, result);
  if (result.kind !== 'tooLarge') return result;
  return post(parts, turn, notices.tooLarge(speechFor(turn.activity.locale)));
}

function post(parts: ChatParts, turn: Sendable, card: Card): Promise<SendResult> {
  const { context, activity, patience } = turn;
  const { replyIn, id, conversation } = activity;
  const placement: Placement =
    id === undefined || !isPlainMessage(activity) ? { replyIn } : { replyIn, replyToId: id };
  return sendPatiently(patience ?? FOR_WORDS, () =>
    sendOnce(tryOf(parts, turn), async () => {
      const [sent] = await parts.adapter.sendActivities(context, [outgoing(card, conversation, placement)]);
      return sent?.id;
    }),
  );
}

/** Only the Emulator names no tenant, and it counts nothing. */
function tryOf({ adapter, sendTimeoutMs }: ChatParts, { activity }: Sendable): Try {
  return {
    pacer: adapter.pacer,
    timeoutMs: sendTimeoutMs,
    tenant: activity.tenant ?? '',
    conversation: activity.conversation.key,
    isAnswer: true,
  };
}

/** Only a message stands in the chat and can be replied to; an invoke's or an event's id is of nothing there. */
function isPlainMessage(activity: IncomingActivity): boolean {
  return activity.type === 'message' && activity.text !== '';
}

/** A Submit has no answer of its own: the clicked card is updated, or where that can't be seen, a new one is sent. */
export async function answerSubmit(parts: SeamParts, turn: LiveTurn, reply: Reply): Promise<void> {
  const { activity, context } = turn;
  const clickedId = activity.replyToId;
  if (
    reply.mode === 'post' ||
    clickedId === undefined ||
    activity.conversation.channelId === EMULATOR_CHANNEL
  ) {
    await postReply(parts, turn, reply.card);
    return;
  }
  const update = outgoing(reply.card, activity.conversation, { replyIn: activity.replyIn, id: clickedId });
  const result = await sendPatiently(FOR_WORDS, () =>
    sendOnce(tryOf(parts, turn), async () => {
      await parts.adapter.updateActivity(context, update);
      return clickedId;
    }),
  );
  if (result.kind === 'sent') return;
  logFailure(parts, turn, result);
  // A receipt must be seen, even if the card it should have replaced was deleted meanwhile.
  if (result.kind !== 'blocked') await postReply(parts, turn, reply.card);
}

/** The answer to an Execute. `replace` comes back in the response; the others in the conversation see it by an update. */
export async function answerExecute(parts: SeamParts, turn: LiveTurn, reply: Reply): Promise<TurnAnswer> {
  const { arrival } = turn;
  if (reply.mode === 'replace') {
    if (arrival.conversation.kind !== 'personal') parts.beside(showToAll(parts, turn, reply.card));
    return cardResponse(reply.card);
  }
  const result = await postReply(parts, { ...turn, patience: FOR_CLICKS }, reply.card);
  if (result.kind === 'sent') return messageResponse(arrival.speech.say('notice.answered'));
  const message = arrival.speech.say('notice.sendFailed', { reference: arrival.correlationId });
  return errorResponse({ statusCode: 500, code: 'SendFailed', message });
}

async function showToAll(parts: SeamParts, turn: LiveTurn, card: Card): Promise<void> {
  const { tenant, conversation, cardActivityId } = turn.arrival;
  if (cardActivityId === undefined) return;
  const result = await sendPatiently(FOR_WORDS, () =>
    parts.messenger.update({ tenant, conversation, isAnswer: true }, cardActivityId, card),
  );
  if (result.kind !== 'sent') logFailure(parts, turn, result);
}

function logFailure(parts: ChatParts, { activity }: Sendable, result: SendResult): void {
  const cause = result.kind === 'failed' ? { err: result.cause } : {};
  const reason = result.kind === 'blocked' ? { reason: result.reason } : {};
  parts.log.warn(
    { result: result.kind, ...reason, ...cause, conversation: activity.conversation.key },
    'answer not sent',
  );
}
