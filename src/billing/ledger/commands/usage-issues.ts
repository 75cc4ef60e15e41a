import type { Actor, UsageIssue } from '../model.js';
import {
  accepted,
  refused,
  rowKeys,
  rowOf,
  withAccount,
  withRows,
  type Decision,
  type World,
} from '../world.js';

/** Puts rows aside that can't be charged by the rules. One that is known already is not counted again, decided or not. */
export function putAside(world: World, issues: readonly UsageIssue[]): Decision<{ readonly added: number }> {
  const fresh = new Map(
    issues
      .filter((issue) => rowOf(world, 'issue', rowKeys.issue(issue.id)) === undefined)
      .map((issue) => [issue.id, issue]),
  );
  if (fresh.size === 0) return accepted(world, { added: 0 });
  const added = withRows(world, [...fresh.values()]);
  return accepted(count(added, fresh.size), { added: fresh.size });
}

export interface IssueVerdict {
  readonly id: string;
  readonly state: 'charged' | 'dismissed';
  readonly by: Actor;
}

/** A person's verdict; a second one, or another one, meets what was decided first. */
export function resolveIssue(world: World, verdict: IssueVerdict, now: string): Decision<UsageIssue> {
  const issue = rowOf(world, 'issue', rowKeys.issue(verdict.id));
  if (issue === undefined) return refused('notFound');
  if (issue.state !== 'open') return refused('notOpen');
  const resolved: UsageIssue = { ...issue, state: verdict.state, resolvedBy: verdict.by, resolvedAt: now };
  return accepted(count(withRows(world, [resolved]), -1), resolved);
}

function count(world: World, change: number): World {
  const { usage } = world.account;
  return withAccount(world, { usage: { ...usage, openIssues: Math.max(0, usage.openIssues + change) } });
}
