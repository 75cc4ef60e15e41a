/** One try to send, with a bound around all of it (getting a token included), and the few tries of an answer. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorSilence } from './connector-http.js';
import { failureOf, type SendResult } from './send-result.js';

/** Never throws: whatever goes wrong is one of the closed kinds. */
export async function sendWithin(
  timeoutMs: number,
  send: () => Promise<string | undefined>,
): Promise<SendResult> {
  const bound = new AbortController();
  try {
    const late = sleep(timeoutMs, undefined, { signal: bound.signal }).then(() => {
      throw new ConnectorSilence('no answer in time');
    });
    return { kind: 'sent', activityId: (await Promise.race([send(), late])) ?? '' };
  } catch (error) {
    return failureOf(error);
  } finally {
    bound.abort();
  }
}

export interface Patience {
  readonly triesMax: number;
  /** No further try starts after this. */
  readonly budgetMs: number;
  readonly delayMs: number;
}

/**
 * An answer to a person who is waiting is worth a second and third try; a lost answer of the service may then post it
 * twice, which is better than not at all (PLATFORM: at least once is what can be had).
 */
export async function sendPatiently(
  patience: Patience,
  send: () => Promise<SendResult>,
): Promise<SendResult> {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    const result = await send();
    const waitMs = waitBefore(result, attempt * patience.delayMs);
    const spentMs = performance.now() - started;
    if (waitMs === undefined || attempt >= patience.triesMax || spentMs + waitMs > patience.budgetMs)
      return result;
    await sleep(waitMs);
  }
}

function waitBefore(result: SendResult, delayMs: number): number | undefined {
  if (result.kind === 'throttled') return result.retryAfterMs;
  return result.kind === 'retry' ? delayMs : undefined;
}
