/**
 * From when on calls are charged. Connecting a tenant brings up to 90 days of calls that were paid elsewhere: those are
 * kept and shown, not charged, and start no recharge. Pure.
 */
import type { Account, Actor, StoredCall } from '../../ledger/model.js';
import { accepted, withAccount, type Decision, type World } from '../../ledger/world.js';

/** Calls that start at this moment or later are charged. */
export interface Metering {
  /** ISO, UTC, milliseconds. */
  readonly from: string;
  readonly setBy: Actor;
  readonly setAt: string;
}

/** The account's, where one was set; without it every call is charged. */
export type MeteredUsage = Account['usage'] & { readonly metering?: Metering };

/**
 * A call as it is kept. `unmetered` is set where no entry holds its charge. Once charged a call stays charged, and its
 * corrections are debited, wherever the start of metering is moved.
 */
export type KeptCall = StoredCall & { readonly unmetered?: true };

export type Metered =
  /** The rules of charges hold: it is new, or was charged before, or was kept and is metered since the start was moved. */
  | 'charge'
  /** It is written down as it is now, and not debited. */
  | 'keep'
  | 'unchanged';

/** What becomes of a delivered call. `stored`: the same record as it is known. */
export function meter(call: StoredCall, stored: KeptCall | undefined, metering?: Metering): Metered {
  const charged = stored !== undefined && stored.unmetered !== true;
  if (charged || metering === undefined || call.start >= metering.from) return 'charge';
  return stored !== undefined && saysNothingNew(call, stored) ? 'unchanged' : 'keep';
}

/** Only the source that a record came from may correct it. */
function saysNothingNew(call: StoredCall, stored: KeptCall): boolean {
  if (call.source !== stored.source) return true;
  return call.charge === stored.charge && call.start === stored.start;
}

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
  const usage: MeteredUsage = { ...world.account.usage, metering };
  return accepted(withAccount(world, { usage }), metering);
}

/** When usage is connected: from now on, unless a person has chosen before. */
export function startMetering(world: World, by: Actor, now: string): Decision<Metering> {
  const known = meteringOf(world);
  return known === undefined ? setMetering(world, { from: now, by }, now) : accepted(world, known);
}

export function meteringOf({ account }: World): Metering | undefined {
  const { metering }: MeteredUsage = account.usage;
  return metering;
}
