import { isSameCard, type CardName } from '../cards.js';
import type { Actor, ChosenMethod } from '../model.js';
import { accepted, refused, withAccount, type Decision, type World } from '../world.js';

/** More would only be more declines in a row. */
export const BACKUPS_MAX = 3;

export interface BackupsRequest {
  /** In the order in which they are tried; an empty list is none. */
  readonly methods: readonly ChosenMethod[];
  readonly by: Actor;
}

/**
 * Says which cards auto-recharge goes on with when its own is declined. Refused as `limitReached` where there are too many,
 * and as `sameCard` where one is there twice, or is the rule's own: trying it again would help nobody.
 */
export function setBackups(world: World, { methods }: BackupsRequest): Decision<readonly ChosenMethod[]> {
  if (methods.length > BACKUPS_MAX) return refused('limitReached');
  const { rule } = world.account;
  const cards: readonly CardName[] = rule === undefined ? methods : [rule.method, ...methods];
  const isDouble = cards.some((card, index) =>
    cards.slice(0, index).some((other) => isSameCard(card, other)),
  );
  if (isDouble) return refused('sameCard');
  return accepted(withAccount(world, { backups: methods }), methods);
}
