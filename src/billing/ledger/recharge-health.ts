/** Waits and pauses of auto-recharge: what a decline brings about, and what ends it (DESIGN §4). */
import { tripOf } from './breaker.js';
import { after } from './calendar.js';
import {
  cardOf,
  cardToCharge,
  declinedCards,
  isCard,
  isSameCard,
  rechargeCards,
  restingCards,
} from './cards.js';
import type {
  Account,
  AutoRechargeRule,
  ChosenMethod,
  DeclinedCard,
  HoldCause,
  Payment,
  RechargeHealth,
} from './model.js';
import { FINAL_DECLINE_REASONS, type DeclineReason } from '../payments/processor.js';

/** Hours that a card rests after its first, second … decline in a row; after the last one it is not tried again. */
export const DECLINE_WAITS_HOURS = [1, 2, 4, 8] as const;

interface Said {
  readonly reason: DeclineReason;
  readonly now: string;
}

/**
 * After a decline the card rests, then longer, then is not tried again; at once where its reason can't heal. Auto-recharge
 * itself waits, or pauses, only where no other card may be tried. A card that is not one of the rule's any more says
 * nothing about those that are.
 */
export function healthAfterDecline(
  account: Account,
  { method }: Pick<Payment, 'method'>,
  said: Said,
): RechargeHealth {
  const { health, rule } = account;
  if (rule !== undefined && !rechargeCards(account).some((one) => isSameCard(method, one))) return health;
  const failed = {
    ...withoutFailures(health),
    failures: health.failures + 1,
    pausedMethod: cardOf(method),
    declined: [...declinedButFor(account, method), declinedNow(account, method, said)],
  };
  return { ...failed, ...stopAfter({ ...account, health: failed }, said) };
}

function declinedNow(account: Account, method: ChosenMethod, { reason, now }: Said): DeclinedCard {
  const known = declinedCards(account).find(({ card }) => isCard(card, method));
  const times = (known?.times ?? 0) + 1;
  const hours = FINAL_DECLINE_REASONS.includes(reason) ? undefined : DECLINE_WAITS_HOURS[times - 1];
  return {
    card: cardOf(method),
    times,
    reason,
    ...(hours !== undefined && { notBefore: after(now, { hours }) }),
  };
}

function declinedButFor(account: Account, method: ChosenMethod): readonly DeclinedCard[] {
  return declinedCards(account).filter(({ card }) => !isCard(card, method));
}

/** All wait together, as long as the one that was declined least often: its rest ends first, or has ended. */
function stopAfter(account: Account, { reason, now }: Said): Pick<RechargeHealth, 'notBefore' | 'pausedBy'> {
  if (cardToCharge(account, now) !== undefined) return {};
  const resting = restingCards(account);
  if (resting.length === 0) return { pausedBy: reason };
  const hours = DECLINE_WAITS_HOURS[Math.min(...resting.map(({ times }) => times)) - 1] ?? 0;
  return { notBefore: after(now, { hours }) };
}

/** What stops auto-recharge for another reason than declines stays, the breaker above all; so do the cards that rest. */
export function withoutFailures(health: RechargeHealth): RechargeHealth {
  const { failures: _count, notBefore: _wait, pausedBy: _pause, pausedMethod: _card, ...rest } = health;
  return { failures: 0, ...rest };
}

/**
 * A success ends waits and pauses. Where it was a backup's, the cards that were declined before it still rest: the next
 * recharge must not try them sooner. A person's top-up forgets those too.
 */
export function healthAfterSuccess(account: Account, { method, reason }: Payment): RechargeHealth {
  const left = reason === 'manual' ? [] : declinedButFor(account, method);
  return withDeclined(withoutFailures(account.health), left);
}

function withDeclined(
  { declined: _before, ...health }: RechargeHealth,
  declined: readonly DeclinedCard[],
): RechargeHealth {
  // Where it is absent the failures are those of a row from before it was kept.
  return { ...health, ...((declined.length > 0 || health.failures > 0) && { declined }) };
}

/**
 * Saving the rule shows what it charges at once, so it ends what waits for a person's word. Only another card ends the
 * wait or pause of those that were declined, and only "resume" ends what the breaker stopped.
 */
export function healthAfterSaving(account: Account, method: ChosenMethod): RechargeHealth {
  const { rule, backups } = account;
  const { asksFirst: _asked, notBought: _vain, ...saved } = withoutHold(account.health);
  const isDeclined = declinedCards(account).some(({ card }) => isCard(card, method));
  const isSame = isDeclined || (rule !== undefined && isSameCard(rule.method, method));
  return ofCards(isSame ? saved : withoutFailures(saved), [method, ...backups]);
}

/** Another card to try ends the wait or the pause of those that were declined; another order, or fewer, ends nothing. */
export function healthWithBackups(
  account: Account,
  backups: readonly ChosenMethod[],
  now: string,
): RechargeHealth {
  const chosen = { ...account, backups };
  const kept = { ...chosen, health: ofCards(account.health, rechargeCards(chosen)) };
  const isMore = backups.some((backup) => account.backups.every((known) => !isSameCard(known, backup)));
  return healthWithoutCards(isMore ? { ...kept, health: freed(kept, now) } : kept, now);
}

/** Without the wait or pause where there is a card that may be tried. */
function freed(account: Account, now: string): RechargeHealth {
  const { health } = account;
  if (!isStopped(health) || cardToCharge(account, now) === undefined) return health;
  const { notBefore: _wait, pausedBy: _pause, ...rest } = health;
  return rest;
}

/** A bank's new date heals a card that had expired, as its return heals one that was gone: the series is over. */
export function healthAfterRenewal(account: Account, ids: readonly string[], now: string): RechargeHealth {
  const renewed = rechargeCards(account).filter(({ id }) => ids.includes(id));
  const left = declinedCards(account).filter(
    ({ card, reason }) => reason !== 'expiredCard' || !renewed.some((method) => isCard(card, method)),
  );
  const health = withDeclined(account.health, left);
  const next = cardToCharge({ ...account, health }, now);
  const isOver = isStopped(health) && next !== undefined && ids.includes(next.id);
  return isOver ? withDeclined(withoutFailures(health), left) : health;
}

/** Paused where no card is left to charge now or later, with the reason that is true of one that was removed, or its own. */
export function healthWithoutCards(account: Account, now: string): RechargeHealth {
  const { health, rule } = account;
  const isLeft = cardToCharge(account, now) !== undefined || restingCards(account).length > 0;
  if (rule?.enabled !== true || isLeft || health.pausedBy !== undefined) return health;
  const { notBefore: _wait, ...paused } = health;
  const own = declinedCards(account).find(({ card }) => isCard(card, rule.method));
  const pausedBy = own?.reason ?? 'unusableCard';
  return { ...paused, pausedBy, pausedMethod: cardOf(rule.method) };
}

/** Until the next charged call, or an admin's word. A newer cause takes the place of an older one. */
export function heldBack(health: RechargeHealth, heldBy: HoldCause | undefined): RechargeHealth {
  return { ...withoutHold(health), held: true, ...(heldBy !== undefined && { heldBy }) };
}

export function withoutHold({ heldBy: _cause, ...health }: RechargeHealth): RechargeHealth {
  return { ...health, held: false };
}

/** Waits, or is paused, since cards were declined or are gone. */
export function isStopped({ notBefore, pausedBy }: RechargeHealth): boolean {
  return notBefore !== undefined || pausedBy !== undefined;
}

/** What was declined of cards that are in use no more is forgotten. */
function ofCards(health: RechargeHealth, methods: readonly ChosenMethod[]): RechargeHealth {
  if (health.declined === undefined) return health;
  const kept = health.declined.filter(({ card }) => methods.some((method) => isCard(card, method)));
  return withDeclined(health, kept);
}

/** An admin's "try again now" ends everything but the caps. What the breaker saw, or would see, was seen by that person. */
export function resumed(account: Account, rule: AutoRechargeRule, now: string): Account {
  const { tripped, breakerFrom } = account.health;
  // One that is said to be gone is asked for again: the processor's answer to the charge is the newest.
  const cards = account.cards.filter(({ expires }) => expires !== undefined);
  if (tripped === undefined && tripOf(account, rule, now) === undefined) {
    return {
      ...account,
      cards,
      health: { failures: 0, held: false, ...(breakerFrom !== undefined && { breakerFrom }) },
    };
  }
  return { ...account, cards, rechargeTimes: [], health: { failures: 0, held: false, breakerFrom: now } };
}
