import { isDeepStrictEqual } from 'node:util';
import { cardsInUse, isGone } from '../cards.js';
import { tellCards, watched } from '../card-watch.js';
import { SYSTEM, type Account } from '../model.js';
import { healthAfterRenewal, healthWithoutCards, isStopped } from '../recharge-health.js';
import { goOn } from '../recharge-failure.js';
import { accepted, refused, withAccount, type Decision, type World } from '../world.js';
import type { PaymentMethod } from '../../payments/processor.js';

export interface CardsSeen {
  /** All that the processor has. */
  readonly stored: readonly PaymentMethod[];
  /** The ids of the cards that were in use before it was asked. */
  readonly inUse: readonly string[];
}

/** By their ids: what a list of stored cards can speak of. */
export function idsInUse(account: Account): readonly string[] {
  return cardsInUse(account).map(({ id }) => id);
}

/**
 * What the stored cards mean for auto-recharge. Tells of a card that ends soon, or
 * is gone; pauses where no card is left that could be charged; goes on where one was renewed by its bank, or is back.
 * The same cards again change nothing. Refused as `notFound` where others were chosen since: the list may be older than
 * they are, and asking again helps.
 */
export function reviewCards(world: World, { stored, inUse }: CardsSeen, now: string): Decision<null> {
  const { account } = world;
  if (!isDeepStrictEqual(idsInUse(account), inUse)) return refused('notFound');
  const cards = watched(account, stored, now);
  if (isDeepStrictEqual(cards, account.cards)) return accepted(world, null);
  const ending = { at: now, by: SYSTEM, how: 'cardRenewed' as const };
  const told = tellCards(world, cards, ending);
  const mended = mendedIds(account, told.account);
  const health =
    mended.length > 0 ? healthAfterRenewal(told.account, mended, now) : healthWithoutCards(told.account, now);
  const next = withAccount(told, { health });
  return accepted(isStopped(account.health) && !isStopped(health) ? goOn(next, ending) : next, null);
}

/** Cards with a later end than before, and those that are there again. */
function mendedIds(before: Account, { cards }: Account): readonly string[] {
  return cards.flatMap(({ id, expires }) => {
    const known = before.cards.find((one) => one.id === id);
    if (expires === undefined || known === undefined) return [];
    return isGone(before, id) || expires > (known.expires ?? '') ? [id] : [];
  });
}
