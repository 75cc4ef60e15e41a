/** Sends when nobody asked: alerts, late receipts, cards that change. Works from our own stored records alone. */
import type { ConversationReference, TurnContext } from 'botbuilder';
import type { Card } from '../cards/render.js';
import { conversationKey } from './activity.js';
import type { BotAdapter } from './adapter.js';
import { outgoing } from './outgoing.js';
import { failureOf, type SendFailure, type SendResult } from './send-result.js';
import { sendWithin } from './sending.js';
import type { ConversationRef } from './turn.js';

export type { BlockReason, SendFailure, SendResult } from './send-result.js';

/** Web Chat inside the Emulator takes an update but goes on showing the old card (PLATFORM). */
export const EMULATOR_CHANNEL = 'emulator';

export type OpenResult = { readonly kind: 'opened'; readonly conversation: ConversationRef } | SendFailure;

/** One try each, bounded in time; never throws. The caller decides about another try, and may then post twice. */
export interface Messenger {
  /** In a channel this starts a thread of its own. */
  post(to: ConversationRef, card: Card): Promise<SendResult>;
  /** `gone` means that the message, or the whole conversation, is not there any more. */
  update(to: ConversationRef, activityId: string, card: Card): Promise<SendResult>;
  /** The personal chat with somebody who was met elsewhere; the same one each time. */
  openPersonal(near: ConversationRef, whom: Acquaintance): Promise<OpenResult>;
}

export interface Acquaintance {
  readonly tenant: string;
  readonly channelAccountId: string;
}

export interface MessengerParts {
  readonly adapter: BotAdapter;
  readonly timeoutMs: number;
  /** Looked at again for each stored record: the list may have become narrower since. */
  readonly allows: (serviceUrl: string) => boolean;
}

export function createMessenger(parts: MessengerParts): Messenger {
  const post = (to: ConversationRef, card: Card): Promise<SendResult> =>
    sendIn(parts, to, async (context) => {
      const [sent] = await parts.adapter.sendActivities(context, [outgoing(card, to)]);
      return sent?.id;
    });
  return {
    post,
    update: (to, activityId, card) =>
      to.channelId === EMULATOR_CHANNEL
        ? post(to, card)
        : sendIn(parts, to, async (context) => {
            await parts.adapter.updateActivity(context, outgoing(card, to, { id: activityId }));
            return activityId;
          }),
    openPersonal: (near, whom) => openPersonal(parts, near, whom),
  };
}

type Send = (context: TurnContext) => Promise<string | undefined>;

async function sendIn(
  { adapter, timeoutMs, allows }: MessengerParts,
  to: ConversationRef,
  send: Send,
): Promise<SendResult> {
  if (!allows(to.serviceUrl)) return failureOf(new Error('the stored service URL is not allowed'));
  return sendWithin(timeoutMs, async () => {
    let outcome: Promise<string | undefined> = Promise.resolve(undefined);
    await adapter.continueConversationAsync(adapter.appId, referenceTo(to), async (context) => {
      outcome = send(context);
      // A failure must not reach the adapter's turn error handler: it would swallow it, and we would take it for sent.
      await outcome.catch(() => undefined);
    });
    return outcome;
  });
}

function referenceTo(to: ConversationRef): Partial<ConversationReference> {
  return {
    bot: { id: to.bot.id, name: to.bot.name ?? '' },
    channelId: to.channelId,
    serviceUrl: to.serviceUrl,
    conversation: { id: to.id } as ConversationReference['conversation'],
  };
}

async function openPersonal(
  parts: MessengerParts,
  near: ConversationRef,
  whom: Acquaintance,
): Promise<OpenResult> {
  if (!parts.allows(near.serviceUrl)) return failureOf(new Error('the stored service URL is not allowed'));
  const result = await sendWithin(parts.timeoutMs, () => createPersonal(parts.adapter, near, whom));
  if (result.kind !== 'sent') return result;
  const id = result.activityId;
  if (id === '') return failureOf(new Error('the chat service named no conversation'));
  const key = conversationKey(near.channelId, id);
  return { kind: 'opened', conversation: { ...near, key, id, kind: 'personal' } };
}

/** `TeamsInfo` fails without an app id; this is the SDK's general way, which asks for the parameters of Teams. */
async function createPersonal(
  adapter: BotAdapter,
  near: ConversationRef,
  whom: Acquaintance,
): Promise<string> {
  let id = '';
  const bot = { id: near.bot.id, name: near.bot.name ?? '' };
  const parameters = {
    isGroup: false,
    bot,
    members: [{ id: whom.channelAccountId, name: '' }],
    tenantId: whom.tenant,
    channelData: { tenant: { id: whom.tenant } },
  };
  await adapter.createConversationAsync(
    adapter.appId,
    near.channelId,
    near.serviceUrl,
    // The SDK's type asks for an audience; undefined is the Bot Framework itself, as for every other request.
    undefined as unknown as string,
    parameters,
    async (context) => {
      id = context.activity.conversation.id;
    },
  );
  return id;
}
