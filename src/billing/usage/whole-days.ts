/**
 * Which days an export covers whole. A day of the account belongs to the source of its first charge, and the export's days
 * are those of UTC: of a local day at the file's edge, or of one that is not over, it has a part only. Such a day may not
 * become the file's own, since the rest of its calls would then be charged from nowhere.
 */
import { dayOf } from '../ledger/calendar.js';
import { isRounded, sourceOfDay } from '../ledger/day-source.js';
import type { Account } from '../ledger/model.js';
import type { LedgerReader } from '../reader.js';
import { momentsOf } from '../spend/period.js';
import { PREPAID_LICENSE, type UsageSource } from './call-record.js';
import { readInstant } from './instant.js';

/** A day of which nothing was taken: it comes again with an export that reaches over it. */
export interface IncompleteDay {
  /** `YYYY-MM-DD` in the account's time zone. */
  readonly date: string;
  /** Its rows that would have been charged, kept, or put aside. */
  readonly count: number;
}

export interface OfWholeDays {
  readonly rows: readonly unknown[];
  /** Oldest first. */
  readonly incomplete: readonly IncompleteDay[];
}

export interface Rows {
  readonly rows: readonly unknown[];
  readonly source: UsageSource;
  readonly now: string;
}

/** ISO, UTC; `to` is exclusive. */
interface Span {
  readonly from: string;
  readonly to: string;
}

/**
 * Leaves out rows of days that nobody was charged for and that the file has a part of only. Looked at before the
 * transactions, since a day that has a source keeps it: what changes meanwhile is never taken too early.
 */
export async function ofWholeDays(
  reader: Pick<LedgerReader, 'days'>,
  { tenant, timeZone }: Account,
  { rows, source, now }: Rows,
): Promise<OfWholeDays> {
  const starts = isRounded(source) ? rows.map(startOf) : [];
  const span = spanOf(starts.flatMap((start) => start ?? []));
  if (span === undefined) return { rows, incomplete: [] };
  const dates = starts.map((start) => (start === undefined ? undefined : dayOf(start, timeZone)));
  const reach = { ...span, to: span.to < now ? span.to : now };
  const open = new Set(
    dates.flatMap((date) => date ?? []).filter((date) => !isWithin(date, timeZone, reach)),
  );
  for (const date of await ownedAmong(reader, tenant, open)) open.delete(date);
  const counts = new Map<string, number>();
  const taken = rows.filter((row, index) => {
    const date = dates[index];
    if (date === undefined || !open.has(date) || !isPrepaid(row)) return true;
    counts.set(date, (counts.get(date) ?? 0) + 1);
    return false;
  });
  const incomplete = [...counts].map(([date, count]) => ({ date, count }));
  return { rows: taken, incomplete: incomplete.sort((one, other) => (one.date < other.date ? -1 : 1)) };
}

/** From the start of the first row's day to the end of the last row's, both of UTC. */
function spanOf(starts: readonly string[]): Span | undefined {
  const [first, last] = [...starts]
    .sort()
    .filter((_, index, { length }) => index === 0 || index === length - 1);
  if (first === undefined) return undefined;
  const day = (start: string): string => dayOf(start, 'UTC');
  return momentsOf({ from: day(first), to: day(last ?? first) }, 'UTC');
}

function isWithin(date: string, timeZone: string, reach: Span): boolean {
  const { from, to } = momentsOf({ from: date, to: date }, timeZone);
  return reach.from <= from && to <= reach.to;
}

/** Those that belong to a source already: to the export itself, or to one that it is compared with. */
async function ownedAmong(
  reader: Pick<LedgerReader, 'days'>,
  tenant: string,
  dates: ReadonlySet<string>,
): Promise<readonly string[]> {
  const [from, to] = [[...dates].sort()[0], [...dates].sort().at(-1)];
  if (from === undefined || to === undefined) return [];
  const days = await reader.days(tenant, from, to);
  return days.filter((day) => sourceOfDay(day) !== undefined).map(({ date }) => date);
}

function startOf(row: unknown): string | undefined {
  return readInstant(fieldOf(row, 'startDateTime'));
}

function isPrepaid(row: unknown): boolean {
  return fieldOf(row, 'licenseCapability') === PREPAID_LICENSE;
}

function fieldOf(row: unknown, name: string): unknown {
  return typeof row === 'object' && row !== null
    ? (row as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
