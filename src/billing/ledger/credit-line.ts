/**
 * Lots without writes per call (DESIGN §3): credit is a line, each purchase a span on it, and a debit moves the pointer.
 * The pointer never goes back; below zero it stands beyond the end of the line, so that new funds pay off the debt first.
 * What is taken out of the line ahead of the pointer is a hole: skipped when reached.
 */
import type { Account, Lot, OpenLot, Span } from './model.js';

/** Lots that the account lists; `moreLots` says that there are others behind them. */
export const LISTED_LOTS_MAX = 32;
/** Holes ahead of the pointer: at some 75 characters each they stay well within one column. */
export const HOLES_MAX = 256;

export type Line = Pick<Account, 'credited' | 'pointer' | 'holes' | 'lots' | 'moreLots'>;

export function lineBalance({
  credited,
  pointer,
  holes,
}: Pick<Line, 'credited' | 'pointer' | 'holes'>): bigint {
  return credited - pointer - lengthOf(holes);
}

/** Spends `amount` (≥ 0), oldest funds first. */
export function debitLine(line: Line, amount: bigint): Line {
  return relisted({ ...line, ...moveOn(line, amount) });
}

/** Lengthens the line by credit that never expires, such as a lowered charge. */
export function creditLine(line: Line, amount: bigint): Line {
  return { ...line, credited: line.credited + amount };
}

/** Lengthens the line by a lot, which keeps its whole span, even where a debt eats its beginning at once. */
export function lotOnLine(
  line: Line,
  { amount, ...terms }: Omit<Lot, 'type' | 'start' | 'end' | 'closed'> & { readonly amount: bigint },
): { readonly line: Line; readonly lot: Lot } {
  const start = line.credited;
  const lot: Lot = { type: 'lot', start, end: start + amount, ...terms };
  return { lot, line: { ...list(line, lot), credited: lot.end } };
}

/** What is left of a span of the line: not yet spent, and not taken out. */
export function remainderOf(span: Span, { pointer, holes }: Pick<Line, 'pointer' | 'holes'>): bigint {
  const ahead = { start: pointer, end: span.end };
  return overlapOf(span, ahead) - holes.reduce((sum, hole) => sum + overlapOf(span, hole), 0n);
}

/**
 * Takes out what is left of a span, whoever it is taken from: an expired, a refunded or a withdrawn lot. At the head the
 * pointer moves on; further ahead a hole stays. What is spent of it stays spent: a debit of its own takes that back.
 */
export function takeOut(line: Line, span: Span): Line {
  return relisted({ ...line, ...moveOn({ ...line, holes: holesWith(line, span) }, 0n) });
}

/** Whether the line can hold the hole that taking the span out leaves: see {@link HOLES_MAX}. */
export function hasRoomFor(line: Line, span: Span): boolean {
  return takeOut(line, span).holes.length <= HOLES_MAX;
}

/** The end of what is left of a lot: `amount` of it, or all where that is less. */
export function endOf(lot: Span, line: Pick<Line, 'pointer' | 'holes'>, amount: bigint): Span {
  const left = remainderOf(lot, line);
  // What was taken out of a lot before was its end too: what is left of it is in one piece.
  return { start: larger(lot.start, line.pointer) + left - smaller(left, amount), end: lot.end };
}

/** Takes `amount` (≥ 0) back from a lot: the end of what is left of it, and as a debit what is spent of it. */
export function withdraw(line: Line, lot: Span, amount: bigint): Line {
  const left = remainderOf(lot, line);
  if (left === 0n) return debitLine(line, amount);
  return debitLine(takeOut(line, endOf(lot, line, amount)), amount - smaller(left, amount));
}

/** The listed lots of which something is left, the next to be used first. */
export function openLotsOf(
  account: Line,
): readonly { readonly sequence: bigint; readonly amount: bigint; readonly expiresAt: string }[] {
  return account.lots
    .map((lot) => ({ sequence: lot.sequence, amount: remainderOf(lot, account), expiresAt: lot.expiresAt }))
    .filter(({ amount }) => amount > 0n);
}

/** Fills the list up with the lots that follow it in order; `more`: there are others that were not read. */
export function listFrom(line: Line, following: readonly Lot[], more: boolean): Line {
  const open = [...line.lots, ...following.map(listedOf)].filter((lot) => remainderOf(lot, line) > 0n);
  const last = following.at(-1);
  const readOnBehind = more && open.length < LISTED_LOTS_MAX && last !== undefined && !isLast(open, last);
  const lots = readOnBehind ? [...open, listedOf(last)] : open.slice(0, LISTED_LOTS_MAX);
  return { ...line, lots, moreLots: more || open.length > lots.length };
}

function isLast(lots: readonly OpenLot[], { sequence }: Lot): boolean {
  return lots.at(-1)?.sequence === sequence;
}

/** Skips the holes that are reached; a pointer that lands on the start of one moves past it. */
function moveOn(
  { pointer, holes }: Pick<Line, 'pointer' | 'holes'>,
  amount: bigint,
): Pick<Line, 'pointer' | 'holes'> {
  const [hole, ...others] = holes;
  if (hole === undefined || pointer + amount < hole.start) return { pointer: pointer + amount, holes };
  return moveOn({ pointer: hole.end, holes: others }, amount - (hole.start - pointer));
}

/** In order, apart from each other: those that touch or overlap become one. */
function holesWith({ pointer, holes }: Line, span: Span): readonly Span[] {
  const taken = { start: larger(span.start, pointer), end: span.end };
  if (taken.end <= taken.start) return holes;
  const before = holes.filter((hole) => hole.end < taken.start);
  const behind = holes.filter((hole) => hole.start > taken.end);
  const touching = holes.slice(before.length, holes.length - behind.length);
  const start = smaller(taken.start, touching[0]?.start ?? taken.start);
  const end = larger(taken.end, touching.at(-1)?.end ?? taken.end);
  return [...before, { start, end }, ...behind];
}

function list(line: Line, lot: Lot): Line {
  if (lot.end <= line.pointer) return line;
  if (line.moreLots || line.lots.length >= LISTED_LOTS_MAX) return { ...line, moreLots: true };
  return { ...line, lots: [...line.lots, listedOf(lot)] };
}

function listedOf({ sequence, start, end, expiresAt }: Lot): OpenLot {
  return { sequence, start, end, expiresAt };
}

/** Drops the lots of which nothing is left. While there are more, the last listed one stays: they follow behind it. */
function relisted(line: Line): Line {
  // Where all is spent no lot is left, listed or not: the list can begin anew.
  const moreLots = line.moreLots && line.pointer < line.credited;
  const last = moreLots ? line.lots.at(-1) : undefined;
  const lots = line.lots.filter((lot) => lot === last || remainderOf(lot, line) > 0n);
  return { ...line, lots, moreLots };
}

function lengthOf(spans: readonly Span[]): bigint {
  return spans.reduce((sum, { start, end }) => sum + end - start, 0n);
}

function overlapOf(one: Span, other: Span): bigint {
  const length = smaller(one.end, other.end) - larger(one.start, other.start);
  return length > 0n ? length : 0n;
}

function larger(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function smaller(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
