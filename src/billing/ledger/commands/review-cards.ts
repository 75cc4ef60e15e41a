import { isDeepStrictEqual } from 'node:util';
import { cardsInUse } from '../cards.js';
import type { WatchedCard } from '../model.js';
import { accepted, withAccount, type Decision, type World } from '../world.js';
import type { PaymentMethod } from '../../payments/processor.js';

/** Keeps what the processor says of the cards that auto-recharge depends on. `stored` are all that it has. */
export function reviewCards(world: World, stored: readonly PaymentMethod[]): Decision<null> {
  const cards = cardsInUse(world.account).map(({ id }): WatchedCard => {
    const card = stored.find((one) => one.id === id);
    return { id, ...(card !== undefined && { expires: card.expires }) };
  });
  if (isDeepStrictEqual(cards, world.account.cards)) return accepted(world, null);
  return accepted(withAccount(world, { cards }), null);
}
