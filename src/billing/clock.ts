/** Time as a port: the program hands over the machine's, tests and the simulation their own. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** The wall clock, ISO 8601 in UTC with milliseconds. */
  now(): string;
  /** Milliseconds that only grow, whatever the wall clock does; comparable within one instance alone. */
  monotonic(): number;
  /** Resolves after that time, or as soon as it is aborted. */
  sleep(ms: number, aborted?: AbortSignal): Promise<void>;
}

export const machineClock: Clock = {
  now: () => new Date().toISOString(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal && { signal }).catch(() => undefined);
  },
};
