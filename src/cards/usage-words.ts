/** What people must know beside every sum of calls: how late they come, and what probably has not come yet. */
import { money, type Currency } from '../billing/money.js';
import type { Unreported } from '../billing/usage/graph/usage-facts.js';
import type { Speech } from './speech.js';

/** Rounded to whole units, since it is a guess: down at its start, up at its end. Undefined where it says nothing. */
export function unreportedText(
  { low, high }: Unreported,
  currency: Currency,
  speech: Speech,
): string | undefined {
  if (high <= 0n) return undefined;
  const text = (micros: bigint): string => speech.money(money(micros, currency));
  const range = { low: text(wholeUnits(low)), high: text(wholeUnits(high + UNIT - 1n)) };
  if (wholeUnits(low) === 0n) return speech.say('usage.unreported.upTo', range);
  return speech.say(range.low === range.high ? 'usage.unreported.same' : 'usage.unreported', range);
}

const UNIT = 1_000_000n;

function wholeUnits(micros: bigint): bigint {
  return (micros / UNIT) * UNIT;
}
