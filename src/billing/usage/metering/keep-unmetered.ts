/** Writing down calls from before the start of metering, beside the ledger: no entry, no spend, no balance. Pure. */
import { dayOf } from '../../ledger/calendar.js';
import type { DayTotals, StoredCall } from '../../ledger/model.js';
import { rowKeys, rowOf, withRows, type World } from '../../ledger/world.js';
import { meter, meteringOf, type KeptCall } from './metering.js';

/** A day's calls that were kept without being charged; no part of its spend. */
export interface UnmeteredTotal {
  /** What they would have cost. */
  readonly spend: bigint;
  readonly calls: number;
}

export type DayWithUnmetered = DayTotals & { readonly unmetered?: UnmeteredTotal };

export interface Kept {
  /** With the kept calls and their days. A call that is charged from now on has left its day's unmetered total. */
  readonly world: World;
  /** Those that the rules of charges hold for. */
  readonly charge: readonly StoredCall[];
  readonly keptCount: number;
  readonly unchanged: number;
}

/** The rows of the calls' days, and of those they were kept on, must have been read. */
export function keepUnmetered(world: World, calls: readonly StoredCall[]): Kept {
  const metering = meteringOf(world);
  // The same record may come twice in one batch, and the last one counts.
  const last = new Map(calls.map((call) => [call.id, call]));
  const now = new Map<string, KeptCall>();
  const charge: StoredCall[] = [];
  let unchanged = 0;
  for (const call of calls) {
    const latest = last.get(call.id) ?? call;
    const metered = meter(latest, storedCall(world, call.id), metering);
    if (metered === 'charge') charge.push(call);
    else if (metered === 'keep') now.set(call.id, { ...latest, unmetered: true });
    else unchanged += 1;
  }
  const keep = [...now.values()];
  const decided = new Set([...charge, ...keep].map(({ id }) => id));
  const before = [...decided].flatMap((id) => unmeteredCall(world, id));
  const days = changedDays(world, before, keep);
  return { world: withRows(world, [...keep, ...days]), charge, keptCount: keep.length, unchanged };
}

function storedCall(world: World, id: string): KeptCall | undefined {
  return rowOf(world, 'call', rowKeys.call(id));
}

function unmeteredCall(world: World, id: string): readonly KeptCall[] {
  const stored = storedCall(world, id);
  return stored?.unmetered === true ? [stored] : [];
}

function changedDays(
  world: World,
  before: readonly KeptCall[],
  keep: readonly KeptCall[],
): readonly DayWithUnmetered[] {
  const days = new Map<string, DayWithUnmetered>();
  const add = ({ start, charge }: KeptCall, calls: 1 | -1): void => {
    const date = dayOf(start, world.account.timeZone);
    const day: DayWithUnmetered =
      days.get(date) ?? rowOf(world, 'day', rowKeys.day(date)) ?? emptyDay(date, world);
    const total = day.unmetered ?? { spend: 0n, calls: 0 };
    const unmetered = { spend: total.spend + BigInt(calls) * charge, calls: total.calls + calls };
    days.set(date, { ...day, unmetered });
  };
  for (const call of before) add(call, -1);
  for (const call of keep) add(call, 1);
  return [...days.values()];
}

function emptyDay(date: string, { account }: World): DayTotals {
  return {
    type: 'day',
    date,
    spend: 0n,
    calls: 0,
    destinations: {},
    otherSpend: 0n,
    otherCalls: 0,
    closingBalance: account.balance,
  };
}
