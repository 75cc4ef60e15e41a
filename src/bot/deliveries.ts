/** The same activity delivered twice: the second one waits for the first and gets the same answer. */
import { createHash } from 'node:crypto';
import type { IncomingActivity } from './activity.js';
import type { TurnAnswer } from './adapter.js';

const REMEMBERED_MAX = 1_000;
const REMEMBERED_MS_MAX = 60_000;

/**
 * A comfort, not a safeguard: it knows one instance and one minute only, and Teams also delivers again under a new id.
 * What must not happen twice carries its own nonce.
 */
export class Deliveries {
  private readonly known = new Map<string, { readonly answer: Promise<TurnAnswer>; readonly at: number }>();

  once(activity: IncomingActivity, serve: () => Promise<TurnAnswer>): Promise<TurnAnswer> {
    const key = keyOf(activity);
    if (key === undefined) return serve();
    const now = performance.now();
    const before = this.known.get(key);
    if (before !== undefined && now - before.at < REMEMBERED_MS_MAX) return before.answer;
    const answer = serve();
    this.remember(key, { answer, at: now });
    // A turn that failed has not happened: the next delivery is served anew.
    answer.catch(() => this.known.delete(key));
    return answer;
  }

  private remember(
    key: string,
    delivery: { readonly answer: Promise<TurnAnswer>; readonly at: number },
  ): void {
    const oldest = this.known.size < REMEMBERED_MAX ? undefined : this.known.keys().next().value;
    if (oldest !== undefined) this.known.delete(oldest);
    this.known.delete(key);
    this.known.set(key, delivery);
  }
}

/** Content counts as well as the id, so that a client which uses ids twice still gets its answers. */
function keyOf(activity: IncomingActivity): string | undefined {
  const { id, type, replyIn, text, value, person, tenant } = activity;
  if (id === undefined) return undefined;
  const said = JSON.stringify([
    id,
    type,
    replyIn,
    text,
    value,
    person?.id,
    tenant,
    activity.conversation.key,
  ]);
  return createHash('sha256').update(said).digest('base64');
}
