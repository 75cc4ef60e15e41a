/** One incoming activity, as everything behind the seam to the chat SDK sees it: checked, cleaned and typed. */
import type { Account } from '../billing/ledger/model.js';
import type { Speech } from '../cards/speech.js';

export type ConversationKind = 'personal' | 'group' | 'channel';

export const ROLES = ['viewer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Where a message can be sent again later. Our own record, not an SDK object, so that it can be stored (PLATFORM). */
export interface ConversationRef {
  /** Short hash of channel and conversation id: names the destination row. */
  readonly key: string;
  /** Without `;messageid=`, so that something new starts a thread of its own. */
  readonly id: string;
  readonly kind: ConversationKind;
  readonly channelId: string;
  readonly serviceUrl: string;
  /** The bot's own account in this conversation. */
  readonly bot: { readonly id: string; readonly name?: string };
}

export interface Person {
  /** Entra object id where there is one, else the channel's own id; lower case. */
  readonly id: string;
  /** The id that the channel mentions and addresses. */
  readonly channelAccountId: string;
  readonly name: string;
}

/** Somebody other than the bot who was mentioned. */
export interface Mention {
  readonly channelAccountId: string;
  readonly name: string;
}

export interface Turn {
  readonly tenant: string;
  readonly person: Person;
  readonly role: Role;
  /** On its way already where the command says that it reads it: see `accountOf`. */
  readonly account?: Promise<Account>;
  readonly speech: Speech;
  readonly conversation: ConversationRef;
  /** The thread to answer in: the full conversation id of the activity. */
  readonly replyIn: string;
  /** The message whose card was clicked, where the client told it. */
  readonly cardActivityId?: string;
  readonly mentions: readonly Mention[];
  /** ISO, UTC. */
  readonly now: string;
  /** Ties log lines and the reference in an error sentence together. */
  readonly correlationId: string;
}
