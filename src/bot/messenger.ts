/** Sends when nobody asked: alerts, late receipts, cards that change. Works from our own stored records alone. */
import type { Card } from '../cards/render.js';
import { conversationKey } from './activity.js';
import type { BotAdapter, Connector } from './adapter.js';
import { outgoing } from './outgoing.js';
import type { Going } from './pacing/pacer.js';
import type { SendFailure, SendResult } from './send-result.js';
import { sendOnce } from './sending.js';
import type { ConversationRef } from './turn.js';

export type { BlockReason, SendFailure, SendResult } from './send-result.js';

/** Web Chat inside the Emulator takes an update but goes on showing the old card (PLATFORM). */
export const EMULATOR_CHANNEL = 'emulator';

export type OpenResult = { readonly kind: 'opened'; readonly conversation: ConversationRef } | SendFailure;

/** One try each, bounded in time; never throws. The caller decides about another try, and may then post twice. */
export interface Messenger {
  /** In a channel this starts a thread of its own. */
  post(to: Address, card: Card): Promise<SendResult>;
  /** `gone` means that the message, or the whole conversation, is not there any more. */
  update(to: Address, activityId: string, card: Card): Promise<SendResult>;
  /** The personal chat with somebody who was met elsewhere; the same one each time. */
  openPersonal(near: ConversationRef, whom: Acquaintance): Promise<OpenResult>;
}

/** The chat service counts what it takes by tenant and conversation. */
export interface Address {
  readonly tenant: string;
  readonly conversation: ConversationRef;
  /** Somebody is waiting for this: it goes before alerts. */
  readonly isAnswer?: boolean;
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
  const post = (to: Address, card: Card): Promise<SendResult> =>
    sendIn(parts, to, async ({ conversations }) => {
      const { id } = to.conversation;
      return (await conversations.sendToConversation(id, outgoing(card, to.conversation))).id;
    });
  return {
    post,
    update: (to, activityId, card) =>
      to.conversation.channelId === EMULATOR_CHANNEL
        ? post(to, card)
        : sendIn(parts, to, async ({ conversations }) => {
            const activity = outgoing(card, to.conversation, { id: activityId });
            await conversations.updateActivity(to.conversation.id, activityId, activity);
            return activityId;
          }),
    openPersonal: (near, whom) => openPersonal(parts, near, whom),
  };
}

type Send = (connector: Connector) => Promise<string | undefined>;

function sendIn(parts: MessengerParts, to: Address, send: Send): Promise<SendResult> {
  const { tenant, conversation, isAnswer = false } = to;
  const { serviceUrl, key } = conversation;
  return ask(parts, { tenant, serviceUrl, conversation: key, isAnswer }, send);
}

async function ask(
  { adapter, timeoutMs, allows }: MessengerParts,
  going: Going & { readonly serviceUrl: string },
  send: Send,
): Promise<SendResult> {
  if (!allows(going.serviceUrl)) {
    return { kind: 'failed', cause: new Error('the stored service URL is not allowed') };
  }
  return sendOnce({ ...going, pacer: adapter.pacer, timeoutMs }, async () =>
    send(await adapter.connectorFor(going.serviceUrl)),
  );
}

/** `TeamsInfo` fails without an app id; this is the general way, with the parameters that Teams asks for. */
async function openPersonal(
  parts: MessengerParts,
  near: ConversationRef,
  { tenant, channelAccountId }: Acquaintance,
): Promise<OpenResult> {
  const parameters = {
    isGroup: false,
    bot: { id: near.bot.id, name: near.bot.name ?? '' },
    members: [{ id: channelAccountId, name: '' }],
    tenantId: tenant,
    channelData: { tenant: { id: tenant } },
  };
  const result = await ask(parts, { tenant, serviceUrl: near.serviceUrl }, async ({ conversations }) => {
    // The SDK's type asks for a topic and a first message, which nobody needs.
    const creation = parameters as Parameters<typeof conversations.createConversation>[0];
    return (await conversations.createConversation(creation)).id;
  });
  if (result.kind !== 'sent') return result;
  const id = result.activityId;
  if (id === '') return { kind: 'failed', cause: new Error('the chat service named no conversation') };
  const key = conversationKey(near.channelId, id);
  return { kind: 'opened', conversation: { ...near, key, id, kind: 'personal' } };
}
