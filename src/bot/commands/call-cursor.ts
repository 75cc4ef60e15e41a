/**
 * Where a page of calls begins, as text in a button, with the pages that lie before it: the ledger is walked from the
 * newest on, so the way back is remembered in the card.
 */
import type { CallCursor } from '../../billing/spend/call-pages.js';
import type { CallsTarget } from '../../cards/calls-card.js';

const CURSOR = /^([1-9]\d{0,15})-(\d{1,4})$/u;
/** Pages that "newer" goes back one by one; beyond, it goes to the newest. */
export const TRAIL_MAX = 20;

/** Anything else than a cursor starts at the newest call. */
export function readCursor(text: string | undefined): CallCursor | undefined {
  const [, sequence, skip] = CURSOR.exec(text ?? '') ?? [];
  return sequence === undefined ? undefined : { sequence: BigInt(sequence), skip: Number(skip) };
}

export function readTrail(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').filter((part) => CURSOR.test(part));
}

interface Place {
  readonly at: CallCursor | undefined;
  readonly older: CallCursor | undefined;
  /** Begins of the newer pages, the nearest last; the very first page has none. */
  readonly trail: readonly string[];
}

export function targetsOf(
  { at, older, trail }: Place,
  more: CallsTarget,
): { readonly older?: CallsTarget; readonly newer?: CallsTarget } {
  const passed = at === undefined ? [] : [...trail, cursorText(at)].slice(-TRAIL_MAX);
  const before = trail.at(-1);
  return {
    ...(older !== undefined && { older: { ...more, at: cursorText(older), back: passed.join(',') } }),
    ...(at !== undefined && {
      newer: before === undefined ? more : { ...more, at: before, back: trail.slice(0, -1).join(',') },
    }),
  };
}

function cursorText({ sequence, skip }: CallCursor): string {
  return `${sequence.toString()}-${skip}`;
}
