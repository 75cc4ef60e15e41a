/** What each kind of activity leads to. */
import type { TurnContext } from 'botbuilder';
import { speechFor } from '../cards/speech.js';
import { conversationKey, type IncomingActivity } from './activity.js';
import type { TurnAnswer } from './adapter.js';
import { unopenedChat } from './alerts/destinations.js';
import { errorResponse, isCardAction } from './invoke.js';
import { notices } from './notices.js';
import { answerExecute, answerSubmit, postReply } from './seam-reply.js';
import type { ChatParts, LiveTurn, SeamParts } from './seam-parts.js';
import { welcomeFor } from './welcome.js';

type Handler = (parts: SeamParts, turn: LiveTurn) => Promise<void>;

const HANDLERS: Readonly<Record<string, Handler>> = {
  message: onMessage,
  messageUpdate: onEdit,
  invoke: onInvoke,
  installationUpdate: onInstallation,
  conversationUpdate: onConversation,
};

/** The front door has let only these types in. */
export async function serveTurn(parts: SeamParts, turn: LiveTurn): Promise<void> {
  const { type } = turn.activity;
  const handler = Object.hasOwn(HANDLERS, type) ? HANDLERS[type] : undefined;
  await handler?.(parts, await withLocale(parts, meeting(parts, turn)));
}

/** An admin at work among others is noted with what it takes to tell them in person one day. */
function meeting(parts: SeamParts, turn: LiveTurn): LiveTurn {
  const { arrival } = turn;
  const { conversation, person } = arrival;
  if (conversation.kind === 'personal') return turn;
  const inPerson = { ...turn, arrival: { ...arrival, conversation: unopenedChat(conversation, person) } };
  const onAdmin = (): void => {
    parts.beside(see(parts, inPerson));
  };
  return { ...turn, arrival: { ...arrival, onAdmin } };
}

/** Clients send a locale with messages and clicks; events, and a few clients, get the one that was seen last. */
async function withLocale(parts: SeamParts, turn: LiveTurn): Promise<LiveTurn> {
  const { activity, arrival } = turn;
  if (activity.locale !== undefined) return turn;
  try {
    const locale = await parts.sightings.localeOf(arrival.tenant, arrival.conversation.key);
    return { ...turn, arrival: { ...arrival, speech: speechFor(locale) } };
  } catch (error) {
    parts.log.warn({ err: error, correlationId: arrival.correlationId }, 'locale not known');
    return turn;
  }
}

async function onMessage(parts: SeamParts, turn: LiveTurn): Promise<void> {
  const { activity, arrival } = turn;
  parts.beside(see(parts, turn));
  if (typeof activity.value === 'object' && activity.value !== null) {
    await answerSubmit(parts, turn, await parts.dispatcher.click(activity.value, arrival));
    return;
  }
  const { text, hasAttachments } = activity;
  const reply = await parts.dispatcher.words({ text, hasAttachments, edited: false }, arrival);
  if (reply !== undefined) await postReply(parts, turn, reply.card);
}

async function onEdit(parts: SeamParts, turn: LiveTurn): Promise<void> {
  // Taking back a deletion is not a new wish.
  if (turn.activity.event === 'undeleteMessage') return;
  const { text, hasAttachments } = turn.activity;
  const reply = await parts.dispatcher.words({ text, hasAttachments, edited: true }, turn.arrival);
  if (reply !== undefined) await postReply(parts, turn, reply.card);
}

async function onInvoke(parts: SeamParts, turn: LiveTurn): Promise<void> {
  if (!isCardAction(turn.activity)) return respond(turn.context, { status: 501 });
  parts.beside(see(parts, turn));
  const reply = await parts.dispatcher.click(executeData(turn.activity.value), turn.arrival);
  await respond(turn.context, await answerExecute(parts, turn, reply));
}

/** Execute wraps the card's data: `{action: {type, verb, data}}`. Submit sends the data alone. */
function executeData(value: unknown): unknown {
  const action = isRecord(value) ? value['action'] : undefined;
  return isRecord(action) ? action['data'] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

async function onInstallation(parts: SeamParts, turn: LiveTurn): Promise<void> {
  if (turn.activity.event === 'remove') return forget(parts, turn, turn.arrival.conversation.key);
  await welcomeOnce(parts, turn);
}

async function onConversation(parts: SeamParts, turn: LiveTurn): Promise<void> {
  const { activity, arrival } = turn;
  const { key, kind, channelId } = arrival.conversation;
  if (activity.event === 'channelDeleted') {
    return forget(
      parts,
      turn,
      conversationKey(channelId, activity.eventChannelId ?? arrival.conversation.id),
    );
  }
  if (activity.botRemoved || activity.event === 'teamDeleted') return forget(parts, turn, key);
  // In a personal chat the Emulator adds the person, not the bot; in a channel a new colleague needs no welcome.
  if (activity.botAdded || (kind === 'personal' && activity.membersAdded > 0)) await welcomeOnce(parts, turn);
}

async function forget(parts: SeamParts, { arrival }: LiveTurn, key: string): Promise<void> {
  await parts.sightings.gone(arrival.tenant, key);
  parts.log.info({ correlationId: arrival.correlationId, conversation: key }, 'removed from a conversation');
}

/**
 * Install events come in twos, and with each page load of the Playground: only a conversation that nobody knew gets the
 * welcome. Events carry no display name, so the person is noted at the first of them only, and named by their message.
 */
async function welcomeOnce(parts: SeamParts, turn: LiveTurn): Promise<void> {
  const { tenant, conversation, now, person, speech } = turn.arrival;
  const { locale } = turn.activity;
  const told = locale === undefined ? {} : { locale };
  const sighting = { tenant, conversation, now, isEvent: true, ...told } as const;
  const { isNew } = await parts.sightings.seen(sighting);
  if (!isNew) return;
  if (conversation.kind === 'personal') await parts.sightings.seen({ ...sighting, person });
  await postReply(parts, turn, welcomeFor(speech, conversation.kind));
}

/** Beside the turn: an answer never waits for it, nor fails with it. */
async function see(parts: SeamParts, { activity, arrival }: LiveTurn): Promise<void> {
  const { tenant, conversation, now, person, correlationId } = arrival;
  const { locale } = activity;
  try {
    await parts.sightings.seen({
      tenant,
      conversation,
      now,
      person,
      ...(locale === undefined ? {} : { locale }),
    });
  } catch (error) {
    parts.log.warn({ err: error, correlationId }, 'conversation not noted');
  }
}

async function respond(context: TurnContext, answer: TurnAnswer): Promise<void> {
  await context.sendActivity({ type: 'invokeResponse', value: answer });
}

/** The last resort of a turn: an event fails silently, a message and a click get a sentence. */
export async function sendTurnError(
  parts: ChatParts,
  failed: {
    readonly context: TurnContext;
    readonly activity: IncomingActivity;
    readonly correlationId: string;
  },
): Promise<void> {
  const { context, activity, correlationId } = failed;
  const speech = speechFor(activity.locale);
  if (activity.type === 'invoke') {
    const message = speech.say('notice.error.text', { reference: correlationId });
    return respond(context, errorResponse({ statusCode: 500, code: 'InternalError', message }));
  }
  if (activity.type !== 'message') return;
  await postReply(parts, failed, notices.error(speech, correlationId));
}
