/**
 * Activities as Teams sends them. Shapes: learn.microsoft.com/microsoftteams/platform, "Conversation messages" (message,
 * edit), "Channel and group chat conversations with a bot" (mention, `;messageid=`), "Work with Universal Actions"
 * (adaptiveCard/action), "Card actions" (Action.Submit), "Conversation events" (install, members, deletions). They agree
 * with those recorded from the Playground in test/fixtures/playground, which a test holds them to.
 */
import type { JsonObject } from './connector.js';

export const BOT = { id: '28:bot-app-id', name: 'Communications Credits' };
export const TENANT = '11111111-1111-4111-8111-111111111111';

export interface Persona {
  readonly id: string;
  readonly name: string;
  readonly aadObjectId: string;
}

export const ADA: Persona = {
  id: '29:ada',
  name: 'Ada Admin',
  aadObjectId: 'AAAAAAAA-1111-4111-8111-111111111111',
};
export const VERA: Persona = {
  id: '29:vera',
  name: 'Vera Viewer',
  aadObjectId: 'bbbbbbbb-1111-4111-8111-111111111111',
};

export type Scope = 'personal' | 'group' | 'channel' | 'emulator';

export interface Setting {
  readonly scope: Scope;
  readonly person: Persona;
  /** Undefined where the client sends none, as the Emulator does. */
  readonly tenant: string | undefined;
  readonly locale: string;
  readonly serviceUrl: string;
  /** In a channel without its thread. */
  readonly conversationId: string;
  /** The thread's root, in a channel. */
  readonly thread: string;
}

const TYPES = { personal: 'personal', group: 'groupChat', channel: 'channel' } as const;

/** The id that answers go to: in a channel with its thread. */
export function fullConversationId({ scope, conversationId, thread }: Setting): string {
  return scope === 'channel' ? `${conversationId};messageid=${thread}` : conversationId;
}

function conversation(setting: Setting): JsonObject {
  const { scope, tenant } = setting;
  const id = fullConversationId(setting);
  if (scope === 'emulator') return { id };
  const group = scope === 'personal' ? {} : { isGroup: true };
  return { ...group, conversationType: TYPES[scope], tenantId: tenant, id };
}

function channelData({ scope, tenant, conversationId }: Setting): JsonObject {
  if (scope === 'emulator') return {};
  const place = { team: { id: '19:team@thread.tacv2' }, channel: { id: conversationId } };
  return { tenant: { id: tenant }, ...(scope === 'channel' ? place : {}) };
}

let count = 0;

/** What every activity has; each one a new id, unless `id` is among the extras. */
export function activity(setting: Setting, type: string, extras: JsonObject = {}): JsonObject {
  count += 1;
  return {
    type,
    id: `${Date.now()}-${count}`,
    timestamp: new Date().toISOString(),
    channelId: setting.scope === 'emulator' ? 'emulator' : 'msteams',
    serviceUrl: setting.serviceUrl,
    from:
      setting.scope === 'emulator' ? { id: setting.person.id, name: 'User', role: 'user' } : setting.person,
    conversation: conversation(setting),
    recipient: BOT,
    channelData: channelData(setting),
    locale: setting.locale,
    entities: [{ type: 'clientInfo', locale: setting.locale, country: 'US', platform: 'Web' }],
    ...extras,
  };
}

const MENTION = `<at>${BOT.name}</at>`;

/** Outside a personal chat the bot hears only what mentions it, so the mention is added there. */
export function message(setting: Setting, text: string, extras: JsonObject = {}): JsonObject {
  const mentioned = setting.scope === 'group' || setting.scope === 'channel';
  const mention = { type: 'mention', mentioned: BOT, text: MENTION };
  return activity(setting, 'message', {
    textFormat: 'plain',
    text: mentioned ? `${MENTION} ${text}` : text,
    ...(mentioned ? { entities: [mention] } : {}),
    ...extras,
  });
}

export interface Click {
  readonly cardActivityId: string;
  readonly data: JsonObject;
  readonly title?: string;
  readonly verb?: string;
}

/** No text at all: the SDK's types promise one. */
export function submit(setting: Setting, { cardActivityId, data }: Click): JsonObject {
  return activity(setting, 'message', { replyToId: cardActivityId, value: data });
}

export function execute(
  setting: Setting,
  { cardActivityId, data, title = '', verb = '' }: Click,
): JsonObject {
  return activity(setting, 'invoke', {
    name: 'adaptiveCard/action',
    replyToId: cardActivityId,
    value: { action: { type: 'Action.Execute', title, verb, data }, trigger: 'manual' },
  });
}

/** Events name people by their ids only. */
function eventFrom({ person }: Setting): JsonObject {
  return { from: { id: person.id, aadObjectId: person.aadObjectId }, locale: undefined, entities: undefined };
}

export function install(setting: Setting, action: 'add' | 'remove' | 'add-upgrade' = 'add'): JsonObject {
  return activity(setting, 'installationUpdate', { ...eventFrom(setting), locale: setting.locale, action });
}

export function botAdded(setting: Setting): JsonObject {
  return activity(setting, 'conversationUpdate', {
    ...eventFrom(setting),
    membersAdded: [{ id: setting.person.id }, { id: BOT.id }],
  });
}

export function botRemoved(setting: Setting): JsonObject {
  return activity(setting, 'conversationUpdate', {
    ...eventFrom(setting),
    membersRemoved: [{ id: BOT.id }],
    channelData: { ...channelData(setting), eventType: 'teamMemberRemoved' },
  });
}
