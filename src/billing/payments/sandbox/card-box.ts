/**
 * A tenant's stored test cards and the rules for them, pure. The first is the default. Each rule answers the very same
 * box where it changes nothing, so that the shell knows that there is nothing to write.
 */
import { after } from '../../ledger/calendar.js';
import { SANDBOX_CARDS, addedCardId, type SandboxCard } from './cards.js';
import { PAGE_HOURS_MAX, type SetupPage } from './setup-page.js';

/** As many as one row holds with ease, and more than anybody looks through. */
export const CARDS_MAX = 20;
/** Pages that were used lately: more are refused until the oldest ones no longer open anyway. */
export const USED_PAGES_MAX = 100;

/** A page that has added its card: sent again it adds none, even where that card is gone by then. */
export interface UsedPage {
  readonly page: string;
  readonly at: string;
  readonly brand: string;
  readonly last4: string;
}

export interface CardBox {
  readonly cards: readonly SandboxCard[];
  readonly used: readonly UsedPage[];
}

/** Every tenant starts with one card for each scenario. */
export const FIRST_BOX: CardBox = { cards: SANDBOX_CARDS, used: [] };

/** What was typed and found right: never the number itself. */
export type NewCard = Pick<SandboxCard, 'scenario' | 'brand' | 'last4' | 'expires'> &
  Pick<SandboxCard, 'fingerprint'>;

export interface Boxed<Kind extends string> {
  readonly box: CardBox;
  readonly kind: Kind;
}

/** Behind the others; one that replaces another stands before it, and is the default where that one was. */
export function addCard(
  box: CardBox,
  { page, card, now }: { readonly page: SetupPage; readonly card: NewCard; readonly now: string },
): Boxed<'added' | 'before' | 'full'> {
  if (usedPage(box, page.id) !== undefined) return { box, kind: 'before' };
  const used = box.used.filter(({ at }) => after(at, { hours: PAGE_HOURS_MAX }) >= now);
  if (box.cards.length >= CARDS_MAX || used.length >= USED_PAGES_MAX) return { box, kind: 'full' };
  const { brand, last4 } = card;
  const place = box.cards.findIndex(({ id }) => id === page.replaces);
  const at = place < 0 ? box.cards.length : place;
  const added = { id: addedCardId(page.id), ...card };
  return {
    kind: 'added',
    box: {
      cards: [...box.cards.slice(0, at), added, ...box.cards.slice(at)],
      used: [...used, { page: page.id, at: now, brand, last4 }],
    },
  };
}

export function usedPage(box: CardBox, pageId: string): UsedPage | undefined {
  return box.used.find(({ page }) => page === pageId);
}

export function removeCard(box: CardBox, methodId: string): Boxed<'done' | 'notFound'> {
  const cards = box.cards.filter(({ id }) => id !== methodId);
  return cards.length === box.cards.length
    ? { box, kind: 'notFound' }
    : { box: { ...box, cards }, kind: 'done' };
}

export function makeDefault(box: CardBox, methodId: string): Boxed<'done' | 'notFound'> {
  const card = box.cards.find(({ id }) => id === methodId);
  if (card === undefined) return { box, kind: 'notFound' };
  if (box.cards[0] === card) return { box, kind: 'done' };
  return { box: { ...box, cards: [card, ...box.cards.filter((other) => other !== card)] }, kind: 'done' };
}
