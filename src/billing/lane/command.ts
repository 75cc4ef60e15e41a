import type { Account } from '../ledger/model.js';
import type { Decision, Refusal, World } from '../ledger/world.js';
import type { RangeQuery } from '../storage/table.js';

/** The rows beside the account that a command's rules read: single rows, whole families by their prefix, and ranges. */
export interface Reads {
  readonly keys?: readonly string[];
  readonly prefixes?: readonly string[];
  readonly ranges?: readonly Pick<RangeQuery, 'from' | 'to' | 'limit'>[];
}

/** All that changes a ledger, as a list: each of them must be shown to happen once, also where its answer is lost. */
export const LEDGER_COMMANDS = [
  'requestTopUp',
  'recordBegun',
  'wishCancel',
  'recordOutcome',
  'warnOfUnknown',
  'markOverdue',
  'setAutoRecharge',
  'turnOffAutoRecharge',
  'resumeAutoRecharge',
  'sweepAutoRecharge',
  'setBackups',
  'reviewCards',
  'chargeUsage',
  'putAside',
  'decideIssue',
  'noteDifferences',
  'setMetering',
  'connectGraph',
  'disconnectGraph',
  'collectNow',
  'noteCollected',
  'attest',
  'setBalance',
  'adjust',
  'expireLots',
  'requestRefund',
  'recordRefund',
  'recordOutsideRefund',
  'recordDispute',
  'keepEvent',
  'endEvent',
  'setRole',
  'testAlert',
  'tellGatheredCrossings',
  'noteUndelivered',
] as const;
export type LedgerCommandName = (typeof LEDGER_COMMANDS)[number];

/** A decision with what the shell has to know to carry it out. */
export interface LedgerCommand<A> {
  /** For the log. */
  readonly name: LedgerCommandName;
  /** A person waits for the answer: goes before batches. */
  readonly priority: 'person' | 'batch';
  /** The most rows it writes, the account and its operation row included. */
  readonly rowsMax: number;
  /**
   * Named where asking again must answer the same although the state alone can't tell (a lost answer, a second
   * delivery): its answer is then kept in an operation row, written in the same transaction.
   */
  readonly operation?: { readonly id: string; readonly mintedAt: string };
  /**
   * `careful` after a conflict, or where nothing is to be written: read also what was only assumed to be absent. A row
   * that is not asked for at first must be one that the command inserts: then the store refuses what was assumed wrongly.
   */
  reads(account: Account, careful: boolean): Reads;
  decide(world: World, now: string): Decision<A>;
}

export type Outcome<A> =
  { readonly kind: 'done'; readonly answer: A } | { readonly kind: 'refused'; readonly reason: Refusal };

/** Others were first again and again, up to the named limit: nothing was written, and asking again is safe. */
export class LedgerBusy extends Error {
  override readonly name = 'LedgerBusy';
}
