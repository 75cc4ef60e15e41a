import type { Actor, Metering } from '../model.js';
import { accepted, withAccount, type Decision, type World } from '../world.js';

export interface MeteringRequest {
  /** ISO, UTC, milliseconds. */
  readonly from: string;
  readonly by: Actor;
}

/**
 * The moment that a person chose. Moved back, calls that were kept since then are charged when they come again, as those
 * of the last 30 days do; moved ahead, it changes nothing of what was charged.
 */
export function setMetering(world: World, { from, by }: MeteringRequest, now: string): Decision<Metering> {
  const metering: Metering = { from, setBy: by, setAt: now };
  return accepted(withAccount(world, { usage: { ...world.account.usage, metering } }), metering);
}
