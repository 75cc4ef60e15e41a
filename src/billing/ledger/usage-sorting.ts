/** What becomes of each call record of a batch: kept, charged, corrected, or left alone. Pure. */
import { bySource, type ForeignDay } from './day-source.js';
import { dayKeysOf } from './days.js';
import { keepUnmetered } from './keep-unmetered.js';
import type { Actor, StoredCall } from './model.js';
import { rowKeys, rowOf, type World } from './world.js';

export interface UsageBatch {
  /** Names the batch in its entries. */
  readonly reference: string;
  readonly calls: readonly StoredCall[];
  readonly lowBalance: bigint;
  /** When calls started as they are stored, where that is known: the rows of these days are read too. */
  readonly storedStarts?: readonly string[];
  /** Set where an admin decided about a record that the rules had put aside: it is charged, whenever it was. */
  readonly by?: Actor;
}

export interface Correction {
  readonly call: StoredCall;
  readonly before: StoredCall;
  readonly difference: bigint;
}

export interface Sorted {
  /** With what is kept without being charged. */
  readonly world: World;
  readonly fresh: readonly StoredCall[];
  readonly corrected: readonly Correction[];
  readonly kept: readonly StoredCall[];
  /** As they are stored. A day's row can't be changed unread, and these are counted on one that was not read. */
  readonly moved: readonly StoredCall[];
  readonly unchanged: number;
  readonly otherSource: number;
  readonly foreignDays: readonly ForeignDay[];
}

interface Piles {
  readonly fresh: Map<string, StoredCall>;
  readonly corrected: Map<string, StoredCall>;
  unchanged: number;
  otherSource: number;
}

export function sortUsage(world: World, batch: UsageBatch, now: string): Sorted {
  const { own, foreign } = bySource(world, batch.calls);
  const isDayRead = daysRead(world, batch);
  const metering = batch.by === undefined ? world.account.usage.metering : undefined;
  const kept = keepUnmetered(world, { calls: own, metering, isDayRead }, now);
  const piles = pile(world, kept.charge);
  const corrections = [...piles.corrected.values()].flatMap((call) => correctionOf(world, call));
  const moved = corrections.filter(({ before }) => !isDayRead(before)).map(({ before }) => before);
  return {
    world: kept.world,
    fresh: [...piles.fresh.values()],
    corrected: corrections.filter(({ before }) => isDayRead(before)),
    kept: kept.kept,
    moved: [...kept.moved, ...moved],
    unchanged: kept.unchanged + piles.unchanged,
    otherSource: piles.otherSource,
    foreignDays: [...foreign, ...kept.foreign],
  };
}

/** Which day a call was counted on is only known once the call is read; most batches never ask. */
function daysRead(
  { account: { timeZone } }: World,
  { calls, storedStarts = [] }: UsageBatch,
): (call: StoredCall) => boolean {
  let read: ReadonlySet<string> | undefined;
  return ({ start }) => {
    read ??= new Set(dayKeysOf([...calls.map((call) => call.start), ...storedStarts], timeZone));
    const days = read;
    return dayKeysOf([start], timeZone).every((key) => days.has(key));
  };
}

function pile(world: World, calls: readonly StoredCall[]): Piles {
  const piles: Piles = { fresh: new Map(), corrected: new Map(), unchanged: 0, otherSource: 0 };
  for (const call of calls) place(piles, call, chargedCall(world, call));
  return piles;
}

/** The same record may come twice in one batch: it meets what the batch itself said of it before. */
function place(piles: Piles, call: StoredCall, stored: StoredCall | undefined): void {
  const known = piles.corrected.get(call.id) ?? piles.fresh.get(call.id) ?? stored;
  if (known === undefined) piles.fresh.set(call.id, call);
  else if (known.source !== call.source) piles.otherSource += 1;
  else if (known.charge === call.charge) piles.unchanged += 1;
  else (stored === undefined ? piles.fresh : piles.corrected).set(call.id, call);
}

function correctionOf(world: World, call: StoredCall): readonly Correction[] {
  const before = chargedCall(world, call);
  // Corrected and corrected back within one batch: nothing happened.
  if (before === undefined || before.charge === call.charge) return [];
  return [{ call, before, difference: call.charge - before.charge }];
}

/** One that was kept without being charged is new to the ledger. */
function chargedCall(world: World, { id }: Pick<StoredCall, 'id'>): StoredCall | undefined {
  const stored = rowOf(world, 'call', rowKeys.call(id));
  return stored?.unmetered === true ? undefined : stored;
}
