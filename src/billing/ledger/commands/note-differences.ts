/** What a second source knows of a day and the first one does not: noted on the account, since nobody was charged for it. */
import { isDeepStrictEqual } from 'node:util';
import type { UsageDifference } from '../model.js';
import { accepted, withAccount, type Decision, type World } from '../world.js';

/** Days, by the source that differs; some 120 bytes each. */
export const DIFFERENCES_MAX = 10;

/** Told again it changes nothing, so that it needs no operation. */
export function noteDifferences(world: World, told: readonly UsageDifference[]): Decision<null> {
  const { usage } = world.account;
  const differences = differencesWith(usage.differences, told);
  if (isDeepStrictEqual(differences, usage.differences ?? [])) return accepted(world, null);
  return accepted(withAccount(world, { usage: { ...usage, differences } }), null);
}

/**
 * The newest days, newest first. A delivery that says less of a day than the noted one, as a page does, takes nothing
 * back; one that says as much replaces it, and ends it where nothing is missing any more.
 */
export function differencesWith(
  known: readonly UsageDifference[] = [],
  told: readonly UsageDifference[],
): readonly UsageDifference[] {
  const days = new Map(known.map((difference) => [keyOf(difference), difference]));
  for (const difference of told) {
    const before = days.get(keyOf(difference));
    if (before === undefined || before.delivered <= difference.delivered)
      days.set(keyOf(difference), difference);
  }
  const differing = [...days.values()].filter(({ count }) => count > 0);
  return differing.sort((one, other) => (keyOf(one) < keyOf(other) ? 1 : -1)).slice(0, DIFFERENCES_MAX);
}

function keyOf({ date, second }: UsageDifference): string {
  return `${date} ${second}`;
}
