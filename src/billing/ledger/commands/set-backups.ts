import { isDeepStrictEqual } from 'node:util';
import { forgetCards } from '../card-watch.js';
import { isSameCard, type CardName } from '../cards.js';
import type { Account, Actor, ChosenMethod, Payment } from '../model.js';
import { healthWithBackups, isStopped } from '../recharge-health.js';
import { goOn } from '../recharge-failure.js';
import { accepted, refused, withAccount, type Decision, type World } from '../world.js';

/** More would only be more declines in a row. */
export const BACKUPS_MAX = 3;

export interface BackupsRequest {
  /** In the order in which they are tried; an empty list is none. */
  readonly methods: readonly ChosenMethod[];
  readonly by: Actor;
}

/**
 * Says which cards auto-recharge goes on with when its own is declined. Where it waits or is paused since all were declined,
 * another one ends that, and is charged at once where the balance asks for it. Refused as `limitReached` where there are too
 * many, and as `sameCard` where one is there twice, or is the rule's own: trying it again would help nobody. The same list
 * again changes nothing.
 */
export function setBackups(
  world: World,
  { methods, by }: BackupsRequest,
  now: string,
): Decision<readonly ChosenMethod[]> {
  if (methods.length > BACKUPS_MAX) return refused('limitReached');
  const { account } = world;
  const cards: readonly CardName[] = account.rule === undefined ? methods : [account.rule.method, ...methods];
  if (cards.some((card, index) => cards.slice(0, index).some((other) => isSameCard(card, other))))
    return refused('sameCard');
  const health = healthWithBackups(account, methods, now);
  // The same list again, as after a lost answer: nothing is written, so that what its first time started is not waited for.
  if (isDeepStrictEqual([methods, health], [account.backups, account.health]))
    return accepted(world, methods);
  const ending = { at: now, by, how: 'backupsSet' as const };
  const chosen = forgetCards(withAccount(world, { backups: methods, health }), ending);
  return accepted(
    isStopped(account.health) && !isStopped(chosen.account.health) ? goOn(chosen, ending) : chosen,
    methods,
  );
}

/** Nothing is written: the recharge that this list would open at once, for a person to see first; undefined where none. */
export function rechargeOpenedBy(
  account: Account,
  request: BackupsRequest,
  now: string,
): Payment | undefined {
  const decision = setBackups({ account, rows: new Map(), entries: [], jobs: [] }, request, now);
  if (decision.kind === 'refused') return undefined;
  return [...decision.world.rows.values()].find((row) => row.type === 'payment');
}
