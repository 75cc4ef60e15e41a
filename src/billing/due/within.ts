import type { Clock } from '../clock.js';

/** Waits for work, but at most so long; the work itself goes on. @returns whether it ended in time. */
export async function within(
  clock: Pick<Clock, 'sleep'>,
  boundMs: number,
  work: Promise<unknown>,
): Promise<boolean> {
  const ended = new AbortController();
  try {
    const late = clock.sleep(boundMs, ended.signal).then(() => false);
    return await Promise.race([late, work.then(() => true)]);
  } finally {
    ended.abort();
  }
}
