/**
 * What a second source says of a day that another one was charged for: compared and reported, neither charged nor taken
 * for a correction (see day-source.ts).
 */
import { dayOf } from '../ledger/calendar.js';
import type { ForeignDay } from '../ledger/day-source.js';
import type { Account, StoredCall } from '../ledger/model.js';
import { toDecimal } from '../money.js';
import type { LedgerReader } from '../reader.js';
import { momentsOf } from '../spend/period.js';
import type { UsageSource } from './call-record.js';

/** Half of the last of two decimals, in micros: what rounding may take or add to one call. */
const ROUNDING_MAX = 5_000n;

type Delivered = Pick<StoredCall, 'id' | 'charge'>;
type Known = Pick<StoredCall, 'id' | 'charge' | 'unmetered'>;

export interface DayDelivery {
  readonly source: UsageSource;
  readonly delivered: readonly Delivered[];
  /** All calls of the day that the ledger knows, those that were kept without being charged included. */
  readonly known: readonly Known[];
}

export interface Sum {
  readonly count: number;
  /** In micros. */
  readonly amount: bigint;
}

/** What a second source says of a day, beside what was charged. */
export interface SourceComparison extends ForeignDay {
  readonly second: UsageSource;
  readonly charged: Sum;
  readonly delivered: Sum;
  /** Of the same calls, those whose charges differ by more than rounding; the second source's surplus. */
  readonly differing: Sum;
  /** Delivered, and not known: perhaps calls that the first source lost. */
  readonly onlyDelivered: Sum;
  /** Charged, and not delivered: the file may hold a part of the day only. */
  readonly onlyCharged: Sum;
}

/** Compares what one delivery says of a day with what is known of it. */
export function compareSources(day: ForeignDay, { source, delivered, known }: DayDelivery): SourceComparison {
  const [all, told] = [byId(known), byId(delivered)];
  const charged = byId(known.filter(({ unmetered }) => unmetered !== true));
  const surplus = [...told].flatMap(([id, charge]) => {
    const before = all.get(id);
    return before === undefined ? [] : [charge - before];
  });
  return {
    ...day,
    second: source,
    charged: sumOf([...charged.values()]),
    delivered: sumOf([...told.values()]),
    differing: sumOf(surplus.filter((amount) => amount > ROUNDING_MAX || amount < -ROUNDING_MAX)),
    onlyDelivered: sumOf(missingFrom(all, told)),
    onlyCharged: sumOf(missingFrom(told, charged)),
  };
}

/** A file may list a record twice, the last time as it is; letters of an id are written large here and small there. */
function byId(calls: readonly Delivered[]): ReadonlyMap<string, bigint> {
  return new Map(calls.map(({ id, charge }) => [id.toLowerCase(), charge]));
}

function missingFrom(
  others: ReadonlyMap<string, bigint>,
  calls: ReadonlyMap<string, bigint>,
): readonly bigint[] {
  return [...calls].filter(([id]) => !others.has(id)).map(([, charge]) => charge);
}

function sumOf(amounts: readonly bigint[]): Sum {
  return { count: amounts.length, amount: amounts.reduce((sum, amount) => sum + amount, 0n) };
}

/** Money crosses JSON as decimal text. */
export function withDecimals({ date, first, second, ...sums }: SourceComparison): object {
  const texts = Object.entries(sums).map(([name, { count, amount }]: [string, Sum]) => [
    name,
    { count, amount: toDecimal(amount) },
  ]);
  return { date, first, second, ...(Object.fromEntries(texts) as object) };
}

/** Reads what is known of these days, oldest first; a day may come several times, since its calls come in batches. */
export async function compareDays(
  reader: Pick<LedgerReader, 'callCharges'>,
  { tenant, timeZone }: Account,
  { source, calls, days }: SecondDelivery,
): Promise<readonly SourceComparison[]> {
  const firsts = new Map(days.map((day) => [day.date, day]));
  const comparisons: SourceComparison[] = [];
  for (const [date, day] of [...firsts].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const { from, to } = momentsOf({ from: date, to: date }, timeZone);
    const known = await reader.callCharges(tenant, from, to);
    const delivered = calls.filter(({ start }) => dayOf(start, timeZone) === date);
    comparisons.push(compareSources(day, { source, delivered, known }));
  }
  return comparisons;
}

export interface SecondDelivery {
  readonly source: UsageSource;
  readonly calls: readonly StoredCall[];
  readonly days: readonly ForeignDay[];
}
