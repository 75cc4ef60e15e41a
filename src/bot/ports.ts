/** What the seam to the chat needs from the rest, as small ports; the composition root connects them. */
import type { Account } from '../billing/ledger/model.js';
import type { ConversationRef, Person, Role } from './turn.js';

/** Who may do what, read at the moment of the action. */
export interface Roles {
  /** `channelId` of the conversation: in the embedded mode the Emulator's user is an admin. */
  roleOf(tenant: string, person: Person, channelId?: string): Promise<Role>;
  /** The same from an account's row that was read for this very turn: it spares a read where that row lists all roles. */
  roleIn(account: Account, person: Person, channelId?: string): Promise<Role>;
  /** Display names of people who can help, for refusals; at most a handful. */
  admins(tenant: string): Promise<readonly string[]>;
}

export interface AuditNote {
  readonly tenant: string;
  readonly personId: string;
  /** The command or verb. */
  readonly did: string;
  readonly outcome: 'refused' | 'done';
  /** What it was done to: an id, never text that somebody typed. */
  readonly subject?: string;
}

/** Who did or tried what, bounded per person and minute. Never fails the turn it notes. */
export interface Audit {
  note(note: AuditNote): Promise<void>;
}

/** What the bot remembers of a place it can speak in, brought up to date by every activity that says something new. */
export interface Sighting {
  readonly tenant: string;
  readonly conversation: ConversationRef;
  /** What the client sent; conversation updates carry none. */
  readonly locale?: string;
  /** Whose personal chat it is, or would be: see `unopenedChat`. */
  readonly person?: Person;
  /** An installation, say: looked up in any case, whatever this instance remembers of the place. */
  readonly isEvent?: true;
  readonly now: string;
}

export interface Sightings {
  /**
   * Writes only when something is new. Also wakes a destination that had been paused. Of several at the same time for
   * one conversation, exactly one is told that it is new: that one sends the welcome. After `gone` it is new again.
   */
  seen(sighting: Sighting): Promise<{ readonly isNew: boolean }>;
  /** The bot was removed from there. */
  gone(tenant: string, conversationKey: string): Promise<void>;
  /** The last known locale of a person or place that sent none. */
  localeOf(tenant: string, conversationKey: string): Promise<string | undefined>;
}

/** Somebody the bot has met, to choose from where nobody can be mentioned. */
export interface KnownPerson {
  readonly id: string;
  readonly name: string;
}

export interface KnownPeople {
  /** Everybody met in a personal chat, or as an admin, or given a role; by name. */
  list(tenant: string): Promise<readonly KnownPerson[]>;
  /** The person behind a mention, where the bot can find it out; `conversation` is where they were mentioned. */
  find(
    tenant: string,
    channelAccountId: string,
    conversation?: ConversationRef,
  ): Promise<KnownPerson | undefined>;
}
