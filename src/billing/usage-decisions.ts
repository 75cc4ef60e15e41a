/** What people decide about usage: from when on calls are charged, and what becomes of records that were put aside. */
import type { LedgerCommand, LedgerCommandName, Outcome } from './lane/command.js';
import type { Ledger } from './lane/ledger.js';
import { decideIssue, issueKeys, type DecidedIssue } from './ledger/commands/decide-issue.js';
import { setMetering, type MeteringRequest } from './ledger/commands/set-metering.js';
import type { Actor, Metering, StoredCall, UsageIssue } from './ledger/model.js';
import { rowKeys, type Decision } from './ledger/world.js';
import type { LedgerReader } from './reader.js';
import { callOfIssue } from './usage/issue-call.js';

type Operation = NonNullable<LedgerCommand<unknown>['operation']>;

export interface UsageDecisionDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly lowBalance: bigint;
  /** A call as it may be stored, by its age. */
  readonly kept: (call: StoredCall) => StoredCall;
}

/** Charging or dismissing a call record that the rules had put aside. */
export interface IssueDecision {
  readonly issue: UsageIssue;
  readonly by: Actor;
  /** In micros of the account's currency; absent to dismiss. */
  readonly charge?: bigint;
}

/** Account and operation. */
const METERING_ROWS_MAX = 2;
/** Account, operation, issue, call, two days and an entry; a recharge, why it was opened, and what is told of all that. */
const ISSUE_ROWS_MAX = 13;

export class UsageDecisions {
  private readonly deps: UsageDecisionDeps;

  constructor(deps: UsageDecisionDeps) {
    this.deps = deps;
  }

  setMetering(tenant: string, request: MeteringRequest, operation: Operation): Promise<Outcome<Metering>> {
    return this.deps.ledger.submit(tenant, {
      ...quick('setMetering', METERING_ROWS_MAX),
      operation,
      reads: () => ({}),
      decide: (world, now) => setMetering(world, request, now),
    });
  }

  /** One transaction: the verdict, and the debit that goes with it. See {@link decideIssue} for what is refused. */
  async decideIssue(
    tenant: string,
    { issue, by, charge }: IssueDecision,
    operation: Operation,
  ): Promise<Outcome<DecidedIssue>> {
    const { ledger, reader, kept, lowBalance } = this.deps;
    const call = charge === undefined ? undefined : kept(callOfIssue(issue, charge));
    const known = call === undefined ? undefined : await reader.row(tenant, 'call', rowKeys.call(call.id));
    const storedStarts = known === undefined ? [] : [known.start];
    const verdict = { issue, by, storedStarts, ...(call !== undefined && { call }) };
    const outcome = await ledger.submit<DecidedIssue>(tenant, {
      ...quick('decideIssue', ISSUE_ROWS_MAX),
      operation,
      reads: (account) => ({ keys: issueKeys(verdict, account) }),
      decide: (world, now) => withRaw(decideIssue(world, { ...verdict, lowBalance }, now), ''),
    });
    return withRaw(outcome, issue.raw);
  }
}

/** The row as it came would not fit beside the rest of an answer that is kept, and whoever asked has it anyway. */
function withRaw<T extends Decision<DecidedIssue> | Outcome<DecidedIssue>>(told: T, raw: string): T {
  if (told.kind === 'refused') return told;
  return { ...told, answer: { ...told.answer, issue: { ...told.answer.issue, raw } } };
}

function quick(
  name: LedgerCommandName,
  rowsMax: number,
): Pick<LedgerCommand<unknown>, 'name' | 'priority' | 'rowsMax'> {
  return { name, priority: 'person', rowsMax };
}
