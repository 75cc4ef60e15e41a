import { drawCall, type DrawnCall, minutesBegun } from './call.js';
import { type GraphRow, graphAmount } from './graph-row.js';
import { type Random, seededRandom } from './random.js';

export interface GenerateOptions {
  /** Of all rows, repeated ones included. */
  readonly count: number;
  readonly days: number;
  readonly seed: number;
  /** No call ends later. */
  readonly end: Date;
  readonly currency: string;
}

/** Of all rows: an id that came before, with another charge. */
export const CORRECTED_SHARE = 0.02;
/** Of all calls: those that the biller hands in long after later ones. */
export const LATE_SHARE = 0.03;

const DAY_MS = 24 * 3_600_000;
const LONGEST_SECONDS = 3600;

interface Arrival {
  readonly row: GraphRow;
  readonly position: number;
}

/**
 * Call records of the last days of a busy company, in the order of their arrival. The same options give the same rows,
 * byte by byte; the end is part of the seed, so that another day's rows are other calls and not corrections.
 */
export function generateRows(options: GenerateOptions): readonly GraphRow[] {
  const { count, days, currency, end } = options;
  const random = seededRandom([options.seed, count, days, end.toISOString(), currency].join(' '));
  const period = {
    from: end.getTime() - days * DAY_MS,
    to: end.getTime(),
    currency,
    longestSeconds: LONGEST_SECONDS,
  };
  const corrections = Math.floor(count * CORRECTED_SHARE);
  const calls = Array.from({ length: count - corrections }, () => drawCall(random, period)).sort(byStart);
  const delayMax = Math.ceil(count / 10);
  const arrivals = calls.map((call, index): Arrival => {
    const late = random.fraction() < LATE_SHARE;
    return { row: call.row, position: late ? index + 1 + random.below(delayMax) : index };
  });
  const corrected = drawCorrected(random, calls, corrections).map((index): Arrival => {
    const [call, first] = [calls[index], arrivals[index]];
    if (call === undefined || first === undefined) throw new RangeError(`no call ${index}`);
    return { row: correct(random, call), position: first.position + 1 + random.below(delayMax) };
  });
  // The sort keeps the order of equals, and a correction is always further on: it can't come before its call.
  return [...arrivals, ...corrected]
    .sort((left, right) => left.position - right.position)
    .map(({ row }) => row);
}

/** Different calls that cost something: a second correction of one call could undo the first. */
function drawCorrected(random: Random, calls: readonly DrawnCall[], count: number): readonly number[] {
  const candidates = calls.flatMap((call, index) => (call.rate > 0n ? [index] : []));
  return Array.from({ length: Math.min(count, candidates.length) }, () => {
    const [index = 0] = candidates.splice(random.below(candidates.length), 1);
    return index;
  });
}

/** Billed for other minutes than at first: more, or fewer where there was more than one. */
function correct(random: Random, { row, rate }: DrawnCall): GraphRow {
  const billed = minutesBegun(row.duration);
  const lower = billed > 1n && random.fraction() < 0.5;
  return { ...row, charge: graphAmount(rate * (lower ? billed - 1n : billed + 1n)) };
}

function byStart(left: DrawnCall, right: DrawnCall): number {
  return left.row.startDateTime < right.row.startDateTime ? -1 : 1;
}
