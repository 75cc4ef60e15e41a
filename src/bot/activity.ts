/** An incoming activity, checked and cleaned: the SDK's types promise more than clients send. */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { cleanText, isMentionOf, mentionsIn } from './activity-text.js';
import type { ConversationKind, ConversationRef, Mention, Person } from './turn.js';

/** Tenant and person ids become keys of table rows. */
export const ID_CHARS_MAX = 128;
const NAME_CHARS_MAX = 128;
const LONG_ID_CHARS_MAX = 1_024;

const text = (max: number) => z.string().max(max).optional().catch(undefined);
const id = z.string().min(1).max(LONG_ID_CHARS_MAX).optional().catch(undefined);
const named = z.looseObject({ id });

const account = z
  .looseObject({ id, aadObjectId: id, name: text(LONG_ID_CHARS_MAX), tenantId: id })
  .optional()
  .catch(undefined);
const members = z.array(z.looseObject({ id })).catch([]);

/** Loose: whatever does not fit is read as missing, so that a strange field never costs a person their answer. */
const schema = z.looseObject({
  type: z.string().min(1).max(100),
  name: text(200),
  id,
  action: text(100),
  replyToId: id,
  channelId: text(100),
  serviceUrl: text(2_048),
  locale: text(50),
  text: z.string().catch(''),
  value: z.unknown().optional(),
  from: account,
  recipient: account,
  conversation: z
    .looseObject({
      id,
      conversationType: text(50),
      isGroup: z.boolean().optional().catch(undefined),
      tenantId: id,
    })
    .optional()
    .catch(undefined),
  channelData: z
    .looseObject({
      tenant: named.optional().catch(undefined),
      channel: named.optional().catch(undefined),
      eventType: text(100),
    })
    .optional()
    .catch(undefined),
  entities: z.array(z.unknown()).catch([]),
  attachments: z.array(z.looseObject({ contentType: text(200) })).catch([]),
  membersAdded: members,
  membersRemoved: members,
});

type Raw = z.infer<typeof schema>;

export interface IncomingActivity {
  readonly type: string;
  /** Of an invoke. */
  readonly name?: string;
  readonly id?: string;
  /** What a conversation event says happened: Teams' `eventType`, or the action of an installation update. */
  readonly event?: string;
  readonly replyToId?: string;
  readonly tenant?: string;
  readonly person?: Person;
  readonly conversation: ConversationRef;
  readonly replyIn: string;
  /** Of the channel that an event is about, where that is not the conversation it was sent in. */
  readonly eventChannelId?: string;
  readonly locale?: string;
  /** Cleaned of mentions, one line, bounded; empty on a card submit. */
  readonly text: string;
  readonly mentions: readonly Mention[];
  readonly value: unknown;
  readonly hasAttachments: boolean;
  readonly botAdded: boolean;
  readonly botRemoved: boolean;
  readonly membersAdded: number;
}

/** Undefined where the body is no activity at all: not an object, no type, or no conversation to answer in. */
export function readActivity(body: unknown): IncomingActivity | undefined {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return undefined;
  const raw = parsed.data;
  const replyIn = raw.conversation?.id;
  if (replyIn === undefined) return undefined;
  const botId = raw.recipient?.id;
  return {
    type: raw.type,
    conversation: conversationOf(raw, replyIn),
    replyIn,
    text: cleanText(raw.text, raw.entities, botId),
    mentions: mentionsIn(raw.entities).filter((mention) => !isMentionOf(mention, botId)),
    value: raw.value,
    hasAttachments: raw.attachments.some(isFromPerson),
    botAdded: includes(raw.membersAdded, botId),
    botRemoved: includes(raw.membersRemoved, botId),
    membersAdded: raw.membersAdded.length,
    ...optionalParts(raw),
  };
}

/** Optional fields are left out where they are missing, as `exactOptionalPropertyTypes` asks. */
function optionalParts(raw: Raw): Partial<IncomingActivity> {
  const parts = {
    name: raw.name,
    id: raw.id,
    event: raw.channelData?.eventType ?? raw.action,
    replyToId: raw.replyToId,
    tenant: tenantOf(raw),
    person: personOf(raw),
    eventChannelId: raw.channelData?.channel?.id,
    locale: raw.locale ?? clientLocale(raw.entities),
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

function includes(members: Raw['membersAdded'], accountId: string | undefined): boolean {
  return accountId !== undefined && members.some((member) => member.id === accountId);
}

function conversationOf(raw: Raw, replyIn: string): ConversationRef {
  const channelId = raw.channelId ?? 'unknown';
  const cut = withoutThread(replyIn);
  const name = raw.recipient?.name;
  return {
    key: conversationKey(channelId, cut),
    id: cut,
    kind: kindOf(raw),
    channelId,
    serviceUrl: raw.serviceUrl ?? '',
    bot: { id: raw.recipient?.id ?? '', ...(name === undefined ? {} : { name }) },
  };
}

/** Names the row of a conversation. Short, and free of the characters that table keys refuse. */
export function conversationKey(channelId: string, conversationId: string): string {
  return createHash('sha256').update(`${channelId}|${conversationId}`).digest('hex').slice(0, 32);
}

/** A channel's conversation id names the thread after `;messageid=`: without it, something new starts its own. */
export function withoutThread(conversationId: string): string {
  return conversationId.replace(/;messageid=[^;]*/u, '');
}

const KINDS: Readonly<Record<string, ConversationKind>> = {
  personal: 'personal',
  groupchat: 'group',
  channel: 'channel',
};

/** The Emulator names no type: its one conversation is a personal one. */
function kindOf({ conversation }: Raw): ConversationKind {
  const type = conversation?.conversationType?.toLowerCase() ?? '';
  const known = Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
  if (known !== undefined) return known;
  return conversation?.isGroup === true ? 'group' : 'personal';
}

function tenantOf(raw: Raw): string | undefined {
  return keyPart(raw.channelData?.tenant?.id ?? raw.conversation?.tenantId);
}

function personOf({ from }: Raw): Person | undefined {
  if (from?.id === undefined) return undefined;
  const key = readPersonId(from.aadObjectId ?? from.id);
  if (key === undefined) return undefined;
  // Events carry no name: the id stands in for it until the person writes.
  const name = from.name?.trim() ?? '';
  return {
    id: key,
    channelAccountId: from.id,
    name: (name === '' ? from.id : name).slice(0, NAME_CHARS_MAX),
  };
}

/** The same person has the same id in their messages and in the channel's list of members. */
export function readPersonId(value: string): string | undefined {
  return keyPart(value);
}

/** Ids that are too long to be a key are refused rather than cut, since two cut ids could be the same. */
function keyPart(value: string | undefined): string | undefined {
  const clean = value?.trim().toLowerCase();
  return clean === undefined || clean === '' || clean.length > ID_CHARS_MAX ? undefined : clean;
}

const clientInfo = z.looseObject({ type: z.literal('clientInfo'), locale: z.string().max(50) });

function clientLocale(entities: readonly unknown[]): string | undefined {
  for (const entity of entities) {
    const parsed = clientInfo.safeParse(entity);
    if (parsed.success) return parsed.data.locale;
  }
  return undefined;
}

/** Teams sends every formatted message a second time as an attachment of HTML: that is not a file from a person. */
function isFromPerson(attachment: { contentType?: string | undefined }): boolean {
  return attachment.contentType !== undefined && attachment.contentType !== 'text/html';
}
