/** Where alerts are heard: the places that asked for them, and the people the bot has met (DESIGN §5). */
import { conversationKey } from '../activity.js';
import type { ConversationRef, Person } from '../turn.js';

export interface Destination {
  readonly conversation: ConversationRef;
  /** As the client sent it last; empty where none was sent yet. */
  readonly locale: string;
  /** `on`: asked for alerts. `off`: known, silent unless nobody else hears. `paused`: was on, and the channel refuses. */
  readonly alerts: 'on' | 'off' | 'paused';
  /** When it was met, asked for alerts, or woke up, whichever came last: what happened before is no news there. */
  readonly since?: string;
  /** Whose personal chat it is. */
  readonly person?: { readonly id: string; readonly name: string; readonly channelAccountId: string };
}

/**
 * Stands for the personal chat with somebody who was met among others (`near`), until it is opened: one for each person,
 * whichever channel they are met in.
 */
export function unopenedChat(near: ConversationRef, { id }: Pick<Person, 'id'>): ConversationRef {
  return { ...near, key: conversationKey(near.channelId, `unopened ${id}`), id: '', kind: 'personal' };
}

export function isUnopened({ id }: Pick<ConversationRef, 'id'>): boolean {
  return id === '';
}

/** What commands need; the store behind it also serves sightings and the alert sender. */
export interface Destinations {
  /** From now on this conversation hears alerts, or no longer. */
  setAlerts(tenant: string, conversation: ConversationRef, alerts: 'on' | 'off'): Promise<void>;
  find(tenant: string, conversationKey: string): Promise<Destination | undefined>;
  /** Everybody and everywhere the bot knows of in the tenant, chats with admins that are still to be opened included. */
  list(tenant: string): Promise<readonly Destination[]>;
}
