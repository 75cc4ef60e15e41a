/**
 * Lots without writes per call (DESIGN §3): credit is a line, each purchase a span on it, and a debit moves the pointer.
 * The pointer never goes back; below zero it stands beyond the end of the line, so that new funds pay off the debt first.
 */
import type { Account, Lot, OpenLot } from './model.js';
import { expiryOf } from './calendar.js';

const LISTED_LOTS_MAX = 32;

type Line = Pick<Account, 'credited' | 'pointer' | 'lots' | 'moreLots'>;

export function lineBalance(line: Pick<Account, 'credited' | 'pointer'>): bigint {
  return line.credited - line.pointer;
}

/** Spends `amount` (≥ 0), oldest funds first. */
export function debitLine(line: Line, amount: bigint): Line {
  const pointer = line.pointer + amount;
  // Where all is spent no lot is left, listed or not: the list can begin anew.
  const moreLots = line.moreLots && pointer < line.credited;
  return { ...line, pointer, lots: unspent(line.lots, pointer), moreLots };
}

/** Lengthens the line by credit that never expires, such as a lowered charge. */
export function creditLine(line: Line, amount: bigint): Line {
  return { ...line, credited: line.credited + amount };
}

/** Lengthens the line by a purchase; the lot keeps its whole span, even where a debt eats its beginning at once. */
export function purchaseOnLine(
  line: Line,
  purchase: {
    readonly amount: bigint;
    readonly sequence: bigint;
    readonly at: string;
    readonly paymentId: string;
  },
): { readonly line: Line; readonly lot: Lot } {
  const start = line.credited;
  const end = start + purchase.amount;
  const lot: Lot = {
    type: 'lot',
    sequence: purchase.sequence,
    start,
    end,
    purchasedAt: purchase.at,
    expiresAt: expiryOf(purchase.at),
    paymentId: purchase.paymentId,
  };
  return { lot, line: { ...list(line, lot), credited: end } };
}

function list(line: Line, lot: Lot): Line {
  if (lot.end <= line.pointer) return line;
  if (line.moreLots || line.lots.length >= LISTED_LOTS_MAX) return { ...line, moreLots: true };
  const { sequence, start, end, expiresAt } = lot;
  return { ...line, lots: [...line.lots, { sequence, start, end, expiresAt }] };
}

function unspent(lots: readonly OpenLot[], pointer: bigint): readonly OpenLot[] {
  return lots[0] !== undefined && lots[0].end <= pointer ? lots.filter((lot) => lot.end > pointer) : lots;
}

/** What is left of a lot. */
export function remainderOf(lot: Pick<OpenLot, 'start' | 'end'>, pointer: bigint): bigint {
  const from = pointer > lot.start ? pointer : lot.start;
  return lot.end > from ? lot.end - from : 0n;
}
