/**
 * Keeps what is sent within the limits of Teams, before it is sent: one line per conversation, one per tenant, and every
 * request stands in them. Each instance counts what it sends itself; where several send to one tenant at the same time
 * the service's 429 is the net.
 */
import pThrottle from 'p-throttle';
import type { SendResult } from '../send-result.js';
import { Line, type Permit } from './line.js';

/** Whose limits a request counts against. */
export interface Going {
  readonly tenant: string;
  /** The key of its conversation; absent where it is sent into none: a look-up, or the making of a conversation. */
  readonly conversation?: string;
  /** Somebody is waiting for this answer: it goes before alerts. */
  readonly isAnswer?: boolean;
}

interface Limit {
  readonly requests: number;
  readonly ms: number;
}

/**
 * Source: learn.microsoft.com, "Optimize your bot with rate limiting": 7 in 1 s, 8 in 2 s, 60 in 30 s and 1,800 in an
 * hour for a conversation. One less of each: a request may wait for its tenant's turn after its conversation's.
 */
const CONVERSATION_LIMITS: readonly Limit[] = [
  { requests: 6, ms: 1_000 },
  { requests: 7, ms: 2_000 },
  { requests: 59, ms: 30_000 },
  { requests: 1_799, ms: 3_600_000 },
];
/**
 * Source: the same page: 50 in 1 s for an app and tenant; a little more than a second, since what leaves evenly arrives
 * less so. Of that at most 7 in a tenth, so that they come spread out, and what a late timer missed is made up for.
 */
const TENANT_LIMITS: readonly Limit[] = [
  { requests: 7, ms: 102 },
  { requests: 50, ms: 1_030 },
];

/** An answer that waited so long goes without its turn: rather a 429 of the service than no answer. */
const ANSWER_WAIT_MS_MAX = 2_000;
/** An alert that waited so long is put back; nothing was sent of it. */
const ALERT_WAIT_MS_MAX = 60_000;
const RETRY_AFTER_MS = 5_000;

/** The longest limit: whoever sent nothing for so long has nothing to be remembered. */
const IDLE_MS = 3_600_000;
const LINES_MAX = 5_000;

export class Pacer {
  private readonly conversations = new Lines(CONVERSATION_LIMITS);
  private readonly tenants = new Lines(TENANT_LIMITS);

  /** Sends when conversation and tenant have room. `throttled`, unsent, where that would take too long. */
  paced(going: Going, send: () => Promise<SendResult>): Promise<SendResult> {
    const { tenant, conversation, isAnswer = false } = going;
    return new Promise((resolve) => {
      let isWaiting = true;
      const start = (): void => {
        if (!isWaiting) return;
        isWaiting = false;
        clearTimeout(timer);
        resolve(send());
      };
      const giveUp = (): void => {
        isWaiting = false;
        resolve({ kind: 'throttled', retryAfterMs: RETRY_AFTER_MS });
      };
      const timer = isAnswer ? setTimeout(start, ANSWER_WAIT_MS_MAX) : setTimeout(giveUp, ALERT_WAIT_MS_MAX);
      const line = this.tenants.of(tenant);
      const inTenant = (): Promise<void> =>
        new Promise((served) => {
          const serve = (): void => {
            start();
            served();
          };
          line.join({ isWaiting: () => isWaiting, serve }, isAnswer);
        });
      if (conversation === undefined) void inTenant();
      else {
        const own = this.conversations.of(`${tenant}|${conversation}`);
        own.join({ isWaiting: () => isWaiting, serve: inTenant }, isAnswer);
      }
    });
  }
}

/** Lines by name, those longest unused first. */
class Lines {
  private readonly limits: readonly Limit[];
  private readonly lines = new Map<string, { readonly line: Line; readonly usedAt: number }>();

  constructor(limits: readonly Limit[]) {
    this.limits = limits;
  }

  of(name: string): Line {
    const now = performance.now();
    const line = this.lines.get(name)?.line ?? new Line(this.limits.map(permitOf));
    this.lines.delete(name);
    this.forget(now);
    this.lines.set(name, { line, usedAt: now });
    return line;
  }

  private forget(now: number): void {
    for (const [name, { line, usedAt }] of this.lines) {
      if (this.lines.size < LINES_MAX && now - usedAt < IDLE_MS) return;
      if (line.isIdle) this.lines.delete(name);
    }
  }
}

/** `weight` makes the library count what really was within the time, rather than space the requests out. */
function permitOf({ requests, ms }: Limit): Permit {
  return pThrottle({ limit: requests, interval: ms, strict: true, weight: () => 1 })(async () => undefined);
}
