/** Writing down calls from before the start of metering, beside the ledger: no entry, no spend, no balance. Pure. */
import { dayOf } from './calendar.js';
import { bySource, sourceOfKept, type ForeignDay } from './day-source.js';
import { emptyDay } from './days.js';
import { isMetered, meter } from './metering.js';
import type { DayTotals, Metering, StoredCall, UnmeteredTotal } from './model.js';
import { rowKeys, rowOf, withAccount, withRows, type World } from './world.js';

export interface Delivered {
  readonly calls: readonly StoredCall[];
  /** Absent where every call is to be charged. */
  readonly metering: Metering | undefined;
  /** Whether the row of the day of a call that was kept is among those that were read. */
  readonly isDayRead: (call: StoredCall) => boolean;
}

export interface Kept {
  /** With the kept calls and their days. A call that is charged from now on has left the unmetered totals. */
  readonly world: World;
  /** Those that the rules of charges hold for. */
  readonly charge: readonly StoredCall[];
  readonly kept: readonly StoredCall[];
  readonly unchanged: number;
  /** As they are stored: calls that were kept on a day whose row was not read, and left as they are. */
  readonly moved: readonly StoredCall[];
  /** Days that were kept from another source: what was to be kept of them was left out. */
  readonly foreign: readonly ForeignDay[];
}

const NOTHING: UnmeteredTotal = { spend: 0n, calls: 0 };

/** The rows of the calls' days must have been read. */
export function keepUnmetered(world: World, delivered: Delivered, now: string): Kept {
  const { calls, metering } = delivered;
  // A start of metering can be moved, and not be taken away: no call was ever kept.
  if (world.account.usage.metering === undefined || isPlain(world, delivered))
    return { world, charge: calls, kept: [], unchanged: 0, moved: [], foreign: [] };
  const { charge, keep: wanted, unchanged } = sort(world, calls, metering);
  const { own: keep, foreign } = bySource(world, wanted, sourceOfKept);
  const before = [...new Set([...charge, ...keep].map(({ id }) => id))].flatMap((id) => keptCall(world, id));
  const moved = before.filter((call) => !delivered.isDayRead(call));
  const stays = new Set(moved.map(({ id }) => id));
  const isHere = ({ id }: StoredCall): boolean => !stays.has(id);
  const kept = keep.filter(isHere);
  const changed = withTotals(world, before.filter(isHere), kept);
  const noted = kept.length === 0 ? changed : withNews(withRows(changed, kept), kept, now);
  return { world: noted, charge: charge.filter(isHere), kept, unchanged, moved, foreign };
}

/** As nearly always once an account is connected: all is metered, and none was kept before. */
function isPlain(world: World, { calls, metering }: Delivered): boolean {
  const none = (world.account.usage.unmetered?.calls ?? 0) === 0;
  return none && calls.every((call) => isMetered(call, metering));
}

interface Sorted {
  readonly charge: readonly StoredCall[];
  readonly keep: readonly StoredCall[];
  readonly unchanged: number;
}

/** The same record may come twice in one batch, and the last one counts. */
function sort(world: World, calls: readonly StoredCall[], metering: Metering | undefined): Sorted {
  const last = new Map(calls.map((call) => [call.id, call]));
  const keep = new Map<string, StoredCall>();
  const charge: StoredCall[] = [];
  let unchanged = 0;
  for (const call of calls) {
    const latest = last.get(call.id) ?? call;
    const metered = meter(latest, storedCall(world, call.id), metering);
    if (metered === 'charge') charge.push(call);
    else if (metered === 'keep') keep.set(call.id, { ...latest, unmetered: true });
    else unchanged += 1;
  }
  return { charge, keep: [...keep.values()], unchanged };
}

function storedCall(world: World, id: string): StoredCall | undefined {
  return rowOf(world, 'call', rowKeys.call(id));
}

function keptCall(world: World, id: string): readonly StoredCall[] {
  const stored = storedCall(world, id);
  return stored?.unmetered === true ? [stored] : [];
}

function withTotals(world: World, before: readonly StoredCall[], now: readonly StoredCall[]): World {
  if (before.length + now.length === 0) return world;
  const { usage, timeZone } = world.account;
  const days = new Map<string, DayTotals>();
  let all = usage.unmetered ?? NOTHING;
  const add = (call: StoredCall, calls: 1 | -1): void => {
    const date = dayOf(call.start, timeZone);
    const day = days.get(date) ?? rowOf(world, 'day', rowKeys.day(date)) ?? emptyDay(date);
    const keptSource = sourceOfKept(day) ?? call.source;
    days.set(date, { ...day, keptSource, unmetered: changed(day.unmetered ?? NOTHING, call, calls) });
    all = changed(all, call, calls);
  };
  for (const call of before) add(call, -1);
  for (const call of now) add(call, 1);
  return withAccount(withRows(world, [...days.values()]), { usage: { ...usage, unmetered: all } });
}

function changed({ spend, calls }: UnmeteredTotal, call: StoredCall, change: 1 | -1): UnmeteredTotal {
  return { spend: spend + BigInt(change) * call.charge, calls: calls + change };
}

/** Calls that are kept are known like others: how far the data reaches is told by them too. */
function withNews(world: World, kept: readonly StoredCall[], now: string): World {
  const { usage } = world.account;
  const newest = [usage.knownUntil ?? '', ...kept.map(({ start }) => start)].sort().at(-1) ?? '';
  return withAccount(world, { usage: { ...usage, knownUntil: newest, receivedAt: now } });
}
