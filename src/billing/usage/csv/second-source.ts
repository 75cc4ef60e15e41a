/**
 * Two sources for one day. Charges of the admin center's export are rounded to two decimals, and a call that only one of
 * the sources lists would be paid twice if it were known under two names. So the day belongs to the source that was
 * charged first; what another one says of it is compared and reported, neither charged nor taken for a correction. Pure.
 */
import type { StoredCall } from '../../ledger/model.js';
import type { UsageSource } from '../call-record.js';

/** Those whose charges are rounded. Graph and HTTP give the same exact rows: they may share a day, record by record. */
const ROUNDED: readonly UsageSource[] = ['csv'];

/** Half of the last of two decimals, in micros: what rounding may take or add to one call. */
const ROUNDING_MAX = 5_000n;

/** `first`: the source of the day's first charge; undefined where there was none. */
export function isSecondSource(first: UsageSource | undefined, source: UsageSource): boolean {
  if (first === undefined || first === source) return false;
  return ROUNDED.includes(first) || ROUNDED.includes(source);
}

type Charged = Pick<StoredCall, 'id' | 'charge'>;

export interface KnownDay {
  /** `YYYY-MM-DD` in the account's time zone. */
  readonly date: string;
  /** Of the day's first charge. */
  readonly source?: UsageSource;
  /** All calls of the day that the ledger knows. */
  readonly calls: readonly Charged[];
}

export interface Sum {
  readonly count: number;
  /** In micros. */
  readonly amount: bigint;
}

/** What a second source says of a day, beside what was charged. */
export interface SourceComparison {
  readonly date: string;
  readonly first: UsageSource;
  readonly second: UsageSource;
  readonly charged: Sum;
  readonly delivered: Sum;
  /** Of the same calls, those whose charges differ by more than rounding; the second source's surplus. */
  readonly differing: Sum;
  /** Delivered, and not known: perhaps calls that the first source lost. */
  readonly onlyDelivered: Sum;
  /** Known, and not delivered: the file may hold a part of the day only. */
  readonly onlyCharged: Sum;
}

/**
 * Compares what one delivery says of a day with what is known of it.
 * @returns undefined where the day is this source's own, or nobody's yet: its calls are charged and corrected as usual.
 */
export function secondSource(
  day: KnownDay,
  source: UsageSource,
  delivered: readonly Charged[],
): SourceComparison | undefined {
  const { date, source: first, calls } = day;
  if (first === undefined || !isSecondSource(first, source)) return undefined;
  const [known, told] = [byId(calls), byId(delivered)];
  const surplus = [...told].flatMap(([id, charge]) => {
    const before = known.get(id);
    return before === undefined ? [] : [charge - before];
  });
  return {
    date,
    first,
    second: source,
    charged: sumOf([...known.values()]),
    delivered: sumOf([...told.values()]),
    differing: sumOf(surplus.filter((amount) => amount > ROUNDING_MAX || amount < -ROUNDING_MAX)),
    onlyDelivered: sumOf(missingFrom(known, told)),
    onlyCharged: sumOf(missingFrom(told, known)),
  };
}

/** A file may list a record twice, the last time as it is; letters of an id are written large here and small there. */
function byId(calls: readonly Charged[]): ReadonlyMap<string, bigint> {
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
