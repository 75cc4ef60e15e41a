/** Clocks of several machines: one true time, and what each machine makes of it. */
import type { Clock } from '../../src/billing/clock.js';
import type { TestClock } from './billing.js';

/** A machine whose wall clock is off, and that was started at another time than the others. */
export function machineOf(
  clock: TestClock,
  { wallHours = 0, startedMsAgo = 0 }: { readonly wallHours?: number; readonly startedMsAgo?: number } = {},
): Clock {
  return {
    now: () => new Date(Date.parse(clock.now()) + wallHours * 3_600_000).toISOString(),
    monotonic: () => clock.monotonic() + startedMsAgo,
    sleep: clock.sleep,
  };
}
