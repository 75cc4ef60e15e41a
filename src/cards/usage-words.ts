/** What people must know beside every sum of calls: how late they come, and what probably has not come yet. */
import type { Account, UsageDifference } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
import type { Unreported } from '../billing/usage/graph/usage-facts.js';
import { dayText } from './calendar-text.js';
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

/** The newest; more would hide what else the card says. */
const DAYS_SHOWN_MAX = 3;

/** Calls that only the second source of a day knows, and that nobody was charged for; empty where there are none. */
export function differenceLines(
  { currency, usage: { differences = [] } }: Pick<Account, 'currency' | 'usage'>,
  speech: Speech,
): readonly string[] {
  if (differences.length === 0) return [];
  const more = differences.length - DAYS_SHOWN_MAX;
  return [
    ...differences.slice(0, DAYS_SHOWN_MAX).map((difference) => differenceText(difference, currency, speech)),
    ...(more > 0 ? [speech.say('usage.difference.more', { count: more })] : []),
    speech.say('usage.difference.advice'),
  ];
}

function differenceText(
  { date, first, second, count, amount }: UsageDifference,
  currency: Currency,
  speech: Speech,
): string {
  const day = dayText(date, speech);
  return speech.say('usage.difference', {
    day,
    first,
    second,
    count,
    amount: speech.money(money(amount, currency)),
  });
}
