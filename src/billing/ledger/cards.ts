/** Which cards auto-recharge charges, and whether two are the same. */
import type { Account, ChosenMethod } from './model.js';

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

/** The rule's own card first, then its backups; none while auto-recharge is off. */
export function cardsInUse({ rule, backups }: Pick<Account, 'rule' | 'backups'>): readonly ChosenMethod[] {
  return rule?.enabled === true ? [rule.method, ...backups] : [];
}
