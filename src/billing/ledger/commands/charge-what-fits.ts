/** A batch of call records, or as much of it as one transaction has room for beside what the charge itself brings about. */
import { accepted, rowsBetween, type Decision, type World } from '../world.js';
import { chargeUsage, type UsageBatch, type UsageReceipt } from './charge-usage.js';

export interface BoundedBatch extends UsageBatch {
  /** The most rows of its transaction, the operation's own among them. */
  readonly rowsMax: number;
}

const OPERATION_ROWS = 1;

/**
 * What a charge brings about (a recharge, its reason, notices of caps, an alert) is known only once it is decided. Where
 * that leaves too little room, the first half is charged, and the answer says how many calls at the end are left to come
 * again in a batch of their own.
 */
export function chargeWhatFits(world: World, batch: BoundedBatch, now: string): Decision<UsageReceipt> {
  const decision = chargeUsage(world, batch, now);
  const { calls, rowsMax } = batch;
  if (decision.kind === 'refused' || calls.length === 1) return decision;
  if (rowsBetween(world, decision.world) + OPERATION_ROWS <= rowsMax) return decision;
  const half = Math.ceil(calls.length / 2);
  const first = chargeWhatFits(world, { ...batch, calls: calls.slice(0, half) }, now);
  if (first.kind === 'refused') return first;
  const left = calls.length - half + (first.answer.left ?? 0);
  return accepted(first.world, { ...first.answer, left });
}
