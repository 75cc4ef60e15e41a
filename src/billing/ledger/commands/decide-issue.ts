/** A person's verdict about a call record that the rules had put aside, and the debit that goes with it. */
import { tripRowKeys } from '../breaker.js';
import { dayKeysOf } from '../days.js';
import type { Account, Actor, StoredCall, UsageIssue } from '../model.js';
import { accepted, refused, rowKeys, type Decision, type World } from '../world.js';
import { chargeUsage } from './charge-usage.js';
import { resolveIssue } from './usage-issues.js';

export interface IssueVerdict {
  readonly issue: UsageIssue;
  readonly by: Actor;
  /** What is to be charged; absent to dismiss. */
  readonly call?: StoredCall;
  /** When that record started as it is stored already, if it is. */
  readonly storedStarts: readonly string[];
}

export interface DecidedIssue {
  readonly issue: UsageIssue;
  readonly balanceBefore: bigint;
  readonly balanceAfter: bigint;
}

export function issueKeys({ issue, call, storedStarts }: IssueVerdict, account: Account): readonly string[] {
  const charged =
    call === undefined
      ? []
      : [rowKeys.call(call.id), ...dayKeysOf([call.start, ...storedStarts], account.timeZone)];
  return [rowKeys.issue(issue.id), ...charged, ...tripRowKeys(account)];
}

/**
 * Refused as `otherContent` where the record, or its day, was charged from another source, which alone may correct it, and
 * as `stale` where somebody corrected it between the look and the verdict.
 */
export function decideIssue(
  world: World,
  verdict: IssueVerdict & { readonly lowBalance: bigint },
  now: string,
): Decision<DecidedIssue> {
  const { issue, by, call, storedStarts, lowBalance } = verdict;
  const state = call === undefined ? 'dismissed' : 'charged';
  const resolved = resolveIssue(world, { id: issue.id, state, by }, now);
  if (resolved.kind === 'refused') return resolved;
  const balanceBefore = world.account.balance;
  const answer = { issue: resolved.answer, balanceBefore, balanceAfter: balanceBefore };
  if (call === undefined) return accepted(resolved.world, answer);
  const batch = { reference: issue.id, calls: [call], storedStarts, lowBalance, by };
  const charged = chargeUsage(resolved.world, batch, now);
  if (charged.kind === 'refused') return charged;
  if (charged.answer.otherSource > 0 || charged.answer.foreignDays !== undefined)
    return refused('otherContent');
  if (charged.answer.moved !== undefined) return refused('stale');
  return accepted(charged.world, { ...answer, balanceAfter: charged.answer.balance });
}
