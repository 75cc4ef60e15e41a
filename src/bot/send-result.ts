/** What became of a message that the bot sent, in the words that alerts, receipts and replies act on. */
import { ConnectorRefusal, ConnectorSilence } from './connector-http.js';

/** Why a conversation takes nothing from the bot until a person writes, or the app is installed again. */
export type BlockReason = 'notInRoster' | 'blockedByUser' | 'disabledByAdmin' | 'writesBlocked' | 'other';

export type SendFailure =
  /** 404: the conversation, or the message to update, is not there any more. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'blocked'; readonly reason: BlockReason }
  | { readonly kind: 'tooLarge' }
  /** Not before this time; the service's own word where it gave one. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }
  /** Worth another try. `doubtful`: it may have been delivered all the same, and another try can then post it twice. */
  | { readonly kind: 'retry'; readonly doubtful: boolean }
  /** Will not work by trying again; the cause is for the log. */
  | { readonly kind: 'failed'; readonly cause: unknown };

export type SendResult = { readonly kind: 'sent'; readonly activityId: string } | SendFailure;

/** Teams throttles by the second; where it names no time this is long enough to be let in again. */
const RETRY_AFTER_MS_DEFAULT = 5_000;
/** Source: learn.microsoft.com, "Optimize your bot with rate limiting": 412, 429, 502, 503 and 504 may be retried. */
const RETRY_STATUSES: ReadonlySet<number> = new Set([408, 412, 502, 503, 504]);
/** Answered by something in between, which does not know what became of the request behind it. */
const DOUBTFUL_STATUSES: ReadonlySet<number> = new Set([408, 502, 504]);

const BLOCK_REASONS: Readonly<Record<string, BlockReason>> = {
  BotNotInConversationRoster: 'notInRoster',
  ConversationBlockedByUser: 'blockedByUser',
  BotDisabledByAdmin: 'disabledByAdmin',
  MessageWritesBlocked: 'writesBlocked',
};

export function failureOf(error: unknown): SendFailure {
  if (error instanceof ConnectorSilence) return { kind: 'retry', doubtful: error.mayHaveArrived };
  if (!(error instanceof ConnectorRefusal)) return { kind: 'failed', cause: error };
  return refusals(error) ?? { kind: 'failed', cause: error };
}

function refusals(error: ConnectorRefusal): SendFailure | undefined {
  if (error.status === 404) return { kind: 'gone' };
  if (error.status === 403) return { kind: 'blocked', reason: blockReason(error.reason) };
  if (error.status === 413) return { kind: 'tooLarge' };
  if (error.status === 429) {
    return { kind: 'throttled', retryAfterMs: error.retryAfterMs ?? RETRY_AFTER_MS_DEFAULT };
  }
  if (!RETRY_STATUSES.has(error.status)) return undefined;
  return { kind: 'retry', doubtful: DOUBTFUL_STATUSES.has(error.status) };
}

function blockReason(code: string): BlockReason {
  return (Object.hasOwn(BLOCK_REASONS, code) ? BLOCK_REASONS[code] : undefined) ?? 'other';
}
