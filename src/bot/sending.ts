/** One try to send, paced and with a bound around all of it (getting a token included), and the few tries of a message. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectorSilence } from './connector-http.js';
import type { Going, Pacer } from './pacing/pacer.js';
import { failureOf, type SendFailure, type SendResult } from './send-result.js';

export interface Try extends Going {
  readonly pacer: Pacer;
  /** From the moment it is its turn. */
  readonly timeoutMs: number;
}

/** Every request to the chat service passes here. Never throws: whatever goes wrong is one of the closed kinds. */
export function sendOnce(one: Try, send: () => Promise<string | undefined>): Promise<SendResult> {
  return one.pacer.paced(one, () => sendWithin(one.timeoutMs, send));
}

async function sendWithin(timeoutMs: number, send: () => Promise<string | undefined>): Promise<SendResult> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ConnectorSilence('no answer in time'));
    }, timeoutMs);
  });
  try {
    return { kind: 'sent', activityId: (await Promise.race([send(), late])) ?? '' };
  } catch (error) {
    return failureOf(error);
  } finally {
    clearTimeout(timer);
  }
}

export interface Patience {
  readonly triesMax: number;
  /** No further try starts after this. */
  readonly budgetMs: number;
  /** Before the second try; doubled before each further one, and a random part of it taken off. */
  readonly delayMs: number;
}

/**
 * A message is worth a second and third try; a lost answer of the service may then post it twice, which is better than
 * not at all (PLATFORM: at least once is what can be had). `failed` hears of each failure but the last.
 */
export async function sendPatiently(
  patience: Patience,
  send: () => Promise<SendResult>,
  failed?: (failure: SendFailure) => void,
): Promise<SendResult> {
  const started = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    const result = await send();
    if (result.kind === 'sent') return result;
    const waitMs = waitBefore(result, jittered(patience.delayMs * 2 ** (attempt - 1)));
    const spentMs = performance.now() - started;
    if (waitMs === undefined || attempt >= patience.triesMax || spentMs + waitMs > patience.budgetMs)
      return result;
    failed?.(result);
    await sleep(waitMs);
  }
}

/** Those who failed together do not come back together. */
export function jittered(ms: number): number {
  return ms * (0.5 + Math.random() / 2);
}

function waitBefore(result: SendFailure, delayMs: number): number | undefined {
  if (result.kind === 'throttled') return result.retryAfterMs;
  return result.kind === 'retry' ? delayMs : undefined;
}
