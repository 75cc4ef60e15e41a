/** Which card auto-recharge charges next: the rule's own, or one of its backups while that may not be tried (DESIGN §4). */
import type { Account, CardLabel, ChosenMethod, DeclinedCard } from './model.js';

export type CardName = Pick<ChosenMethod, 'id' | 'fingerprint'>;

/** By its fingerprint, which is the same also where a card was entered twice; by its id where it has none. */
export function cardOf({ fingerprint, id }: CardName): string {
  return fingerprint ?? id;
}

/** Whether a name that {@link cardOf} gave, now or before its fingerprint was known, is this card's. */
export function isCard(card: string, { fingerprint, id }: CardName): boolean {
  return card === fingerprint || card === id;
}

export function isSameCard(one: CardName, other: CardName): boolean {
  return one.id === other.id || isCard(cardOf(one), other);
}

/** What is said of a card in rows that many people read. */
export function labelOf({ brand, last4 }: ChosenMethod): CardLabel {
  return { brand, last4 };
}

type Chosen = Pick<Account, 'rule' | 'backups'>;

/** The rule's own card first, then its backups in their order. */
export function rechargeCards({ rule, backups }: Chosen): readonly ChosenMethod[] {
  return rule === undefined ? [] : [rule.method, ...backups];
}

/** Those that something depends on: none while auto-recharge is off. */
export function cardsInUse(account: Chosen): readonly ChosenMethod[] {
  return account.rule?.enabled === true ? rechargeCards(account) : [];
}

/** Rows from before each declined card was kept know of one only: what they say of it is all there is. */
export function declinedCards({ health, rule }: Pick<Account, 'health' | 'rule'>): readonly DeclinedCard[] {
  const { declined, failures: times, notBefore, pausedBy: reason, pausedMethod } = health;
  if (declined !== undefined || rule === undefined || times === 0) return declined ?? [];
  const card = pausedMethod ?? cardOf(rule.method);
  return [
    { card, times, ...(reason !== undefined && { reason }), ...(notBefore !== undefined && { notBefore }) },
  ];
}

/** The first that the processor still has, and that was not declined or has rested since. */
export function cardToCharge(account: Account, now: string): ChosenMethod | undefined {
  const declined = declinedCards(account);
  return present(account).find((method) => {
    const known = declined.find(({ card }) => isCard(card, method));
    return known === undefined || (known.notBefore !== undefined && known.notBefore <= now);
  });
}

/** The declined cards that may be tried again after a rest. */
export function restingCards(account: Account): readonly (DeclinedCard & { readonly notBefore: string })[] {
  return declinedCards(account).flatMap(({ notBefore, ...declined }) =>
    notBefore !== undefined && present(account).some((method) => isCard(declined.card, method))
      ? [{ ...declined, notBefore }]
      : [],
  );
}

function present(account: Account): readonly ChosenMethod[] {
  return rechargeCards(account).filter(({ id }) => !isGone(account, id));
}

/** As the processor said when it was asked last; a card that was never asked for is taken to be there. */
export function isGone({ cards }: Pick<Account, 'cards'>, id: string): boolean {
  const known = cards.find((card) => card.id === id);
  return known !== undefined && known.expires === undefined;
}
