/**
 * From when on calls are charged. Connecting a tenant brings up to 90 days of calls that were paid elsewhere: those are
 * kept and shown, not charged, and start no recharge. Pure.
 */
import type { Metering, StoredCall } from './model.js';

export type Metered =
  /** The rules of charges hold: it is new, or was charged before, or was kept and is metered since the start was moved. */
  | 'charge'
  /** It is written down as it is now, and not debited. */
  | 'keep'
  | 'unchanged';

/**
 * What becomes of a delivered call. `stored`: the same record as it is known. Once charged a call stays charged, and its
 * corrections are debited, wherever the start of metering is moved.
 */
export function meter(call: StoredCall, stored: StoredCall | undefined, metering?: Metering): Metered {
  const charged = stored !== undefined && stored.unmetered !== true;
  if (charged || isMetered(call, metering)) return 'charge';
  return stored !== undefined && saysNothingNew(call, stored) ? 'unchanged' : 'keep';
}

export function isMetered({ start }: Pick<StoredCall, 'start'>, metering: Metering | undefined): boolean {
  return metering === undefined || start >= metering.from;
}

/** Only the source that a record came from may correct it. */
function saysNothingNew(call: StoredCall, stored: StoredCall): boolean {
  if (call.source !== stored.source) return true;
  return call.charge === stored.charge && call.start === stored.start;
}
