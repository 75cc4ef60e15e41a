import { isSameCard, type CardName } from '../cards.js';
import type { Account, Actor, ChosenMethod } from '../model.js';
import { healthWithBackups } from '../recharge-health.js';
import { evaluateRecharge } from '../recharge.js';
import { heal } from '../watch.js';
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
 * many, and as `sameCard` where one is there twice, or is the rule's own: trying it again would help nobody.
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
  const chosen = withAccount(world, { backups: methods, health });
  return accepted(
    isStopped(account) && !isStopped(chosen.account) ? goOn(chosen, { by, now }) : chosen,
    methods,
  );
}

/** Waits or is paused since cards were declined. */
function isStopped({ health }: Account): boolean {
  return health.notBefore !== undefined || health.pausedBy !== undefined;
}

function goOn(world: World, { by, now }: { readonly by: Actor; readonly now: string }): World {
  const evaluated = evaluateRecharge(world, now);
  const charges = evaluated.account.rechargeCount > world.account.rechargeCount;
  // A charge that was started by this will say itself what became of the failure.
  return charges ? evaluated : heal(evaluated, 'rechargeFailed', { at: now, by, how: 'backupsSet' });
}
