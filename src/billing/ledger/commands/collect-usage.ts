/** Connecting an account to Microsoft Graph, so that its call records come in by themselves, and what came of it. */
import type { Account, Actor, Collected, GraphConnection } from '../model.js';
import { accepted, refused, withAccount, withJob, type Decision, type Job, type World } from '../world.js';
import { setMetering } from './set-metering.js';

/** One for each account: it puts itself off from one look to the next. */
export const COLLECT: Job = { name: 'graph', subject: 'collect' };

export interface ConnectRequest {
  readonly by: Actor;
  /** ISO, UTC, milliseconds: calls from then on are charged. */
  readonly meteredFrom: string;
}

/** Metering starts in the same transaction: no call of the past can come in before it. Connected already: only that changes. */
export function connectGraph(
  world: World,
  { by, meteredFrom: from }: ConnectRequest,
  now: string,
): Decision<GraphConnection> {
  const metered = setMetering(world, { from, by }, now);
  if (metered.kind === 'refused') return metered;
  const known = world.account.usage.graph;
  const graph: GraphConnection = known ?? { connectedAt: now, by };
  const next = withUsage(metered.world, { graph });
  return accepted(withJob(next, COLLECT), graph);
}

/** What was collected stays; the job finds nothing to do, and ends. */
export function disconnectGraph(world: World): Decision<null> {
  const { graph, ...usage } = world.account.usage;
  if (graph === undefined) return refused('notFound');
  return accepted(withAccount(world, { usage }), null);
}

/** The newest days are wanted now, however long ago they were asked for: a look that is under way hears of it too. */
export function askToCollect(world: World, now: string): Decision<GraphConnection> {
  const known = world.account.usage.graph;
  if (known === undefined) return refused('notFound');
  const graph: GraphConnection = { ...known, askedAt: now };
  return accepted(withJob(withUsage(world, { graph }), COLLECT), graph);
}

/** Told by the collector after each of its looks; an account that was disconnected meanwhile keeps nothing of it. */
export function noteCollected(world: World, collected: Collected): Decision<null> {
  const { graph } = world.account.usage;
  if (graph === undefined) return accepted(world, null);
  return accepted(withUsage(world, { graph: { ...graph, collected } }), null);
}

function withUsage(world: World, change: Partial<Account['usage']>): World {
  return withAccount(world, { usage: { ...world.account.usage, ...change } });
}
