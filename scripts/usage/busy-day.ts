import { MICROS_PER_UNIT } from '../../src/billing/money.js';
import { drawCall, type DrawnCall, minutesBegun, type Period } from './call.js';
import { type GraphRow, graphAmount } from './graph-row.js';
import { seededRandom } from './random.js';

/** What the prepaid calls of the day cost together: more than a top-up of 50, less than one and a recharge of 50. */
export const BUSY_DAY_TOTAL = 60n * MICROS_PER_UNIT;

/** A Tuesday. Calls are long: the day of a product launch. */
const DAY: Period = {
  from: Date.UTC(2026, 10, 17),
  to: Date.UTC(2026, 10, 18),
  currency: 'USD',
  longestSeconds: 2.5 * 3600,
};
const SEED = 'busy day 1';
/** The last drawn call takes what is left of the total, as its connection charge: at most this much. */
const REMAINDER_MAX = 250_000n;
const DRAWS_MAX = 1000;

/** One day's call records that cost a round sum, oldest first: always the same ones. */
export function busyDay(): readonly GraphRow[] {
  const random = seededRandom(SEED);
  const calls: DrawnCall[] = [];
  let left = BUSY_DAY_TOTAL;
  for (let draw = 0; left > REMAINDER_MAX && draw < DRAWS_MAX; draw++) {
    const call = drawCall(random, DAY);
    const cost = costOf(call);
    if (cost > left) continue;
    calls.push(call);
    left -= cost;
  }
  return settleOn(calls, left).sort((one, other) => (one.startDateTime < other.startDateTime ? -1 : 1));
}

function costOf({ row, rate }: DrawnCall): bigint {
  return rate * minutesBegun(row.duration);
}

/** The last one drawn is prepaid: only what costs something ends the drawing. */
function settleOn(calls: readonly DrawnCall[], left: bigint): GraphRow[] {
  const last = calls.at(-1);
  if (last === undefined || left > REMAINDER_MAX) throw new RangeError('the day can not be filled');
  const charge = graphAmount(costOf(last) + left);
  return [
    ...calls.slice(0, -1).map(({ row }) => row),
    { ...last.row, charge, connectionCharge: graphAmount(left) },
  ];
}
