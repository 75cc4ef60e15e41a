/** What is told at a later time, or on demand. */
import type { Actor, Alert } from '../model.js';
import { raise } from '../watch.js';
import { accepted, refused, rowKeys, rowOf, withAccount, type Decision, type World } from '../world.js';

/** One message for the crossings of a day that were not told one by one. */
export function tellGatheredCrossings(world: World, now: string): Decision<null> {
  const { gatheredCrossings: count, balance } = world.account;
  if (count === 0) return accepted(world, null);
  const forgotten = withAccount(world, { gatheredCrossings: 0, crossings: [] });
  return accepted(raise(forgotten, { kind: 'crossings', at: now, facts: { balance, count } }), null);
}

/** A test alert goes to the conversation that asked for it, on the very path that real ones take. */
export function tellTest(
  world: World,
  test: { readonly only: string; readonly by: Actor },
  now: string,
): Decision<{ readonly sequence: bigint }> {
  const facts = { balance: world.account.balance, by: test.by };
  const raised = raise(world, { kind: 'test', at: now, facts, only: test.only });
  return accepted(raised, { sequence: raised.account.alertCount });
}

const UNDELIVERED_MAX = 20;

/** Nobody could be reached: the next `balance` shows it. Delivered after all, it is taken off again. */
export function noteUndelivered(
  world: World,
  note: { readonly sequence: bigint; readonly undelivered: boolean },
): Decision<Alert> {
  const alert = rowOf(world, 'alert', rowKeys.alert(note.sequence));
  if (alert === undefined) return refused('notFound');
  const listed = world.account.undelivered.includes(note.sequence);
  if (listed === note.undelivered) return accepted(world, alert);
  const others = world.account.undelivered.filter((sequence) => sequence !== note.sequence);
  const undelivered = note.undelivered ? [note.sequence, ...others].slice(0, UNDELIVERED_MAX) : others;
  return accepted(withAccount(world, { undelivered }), alert);
}
