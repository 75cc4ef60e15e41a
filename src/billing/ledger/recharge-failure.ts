/** Telling people that a recharge did not come through, on one card for as long as the trouble lasts. */
import { labelOf } from './cards.js';
import { SYSTEM, type AlertFacts, type Payment } from './model.js';
import { rechargeState } from './recharge-state.js';
import { evaluateRecharge } from './recharge.js';
import { heal, livingAlert, raiseLiving, updateLiving, type Ending } from './watch.js';
import type { World } from './world.js';
import type { DeclineReason } from '../payments/processor.js';

/** A pause is news; another failed try of the same trouble only brings the card up to date. */
export function tellDeclined(
  world: World,
  payment: Payment,
  said: { readonly reason: DeclineReason; readonly now: string },
): World {
  const { health } = world.account;
  const facts = {
    ...factsOf(world, payment),
    declineReason: said.reason,
    paused: health.pausedBy !== undefined,
    ...(health.notBefore !== undefined && { nextTry: health.notBefore }),
    ...goesOn(world, said.now),
  };
  const known = livingAlert(world, 'rechargeFailed');
  if (known !== undefined && known.facts.paused === facts.paused)
    return updateLiving(world, 'rechargeFailed', facts);
  return tellAnew(world, facts, said.now);
}

/** With another card, at once; not where the caps, the breaker or the balance let it make no recharge. */
function goesOn({ account }: World, now: string): Pick<AlertFacts, 'goesOnWith'> {
  const next = rechargeState(account, now);
  return next.kind === 'due' ? { goesOnWith: labelOf(next.method) } : {};
}

/** A person must open the link before anything is charged. */
export function tellNeedsAction(
  world: World,
  payment: Payment,
  wait: { readonly url: string; readonly now: string },
): World {
  const asked = { declineReason: 'needsAction' as const, actionUrl: wait.url };
  return tellAnew(world, { ...factsOf(world, payment), ...asked }, wait.now);
}

function factsOf(world: World, { id: paymentId, amount, method }: Payment): AlertFacts {
  return { balance: world.account.balance, amount, paymentId, method };
}

function tellAnew(world: World, facts: AlertFacts, at: string): World {
  const superseded = heal(world, 'rechargeFailed', { at, by: SYSTEM, how: 'superseded' });
  return raiseLiving(superseded, { kind: 'rechargeFailed', at, facts });
}

/** A card may be tried again: at once where the balance asks for it, and the failure is settled where it does not. */
export function goOn(world: World, ending: Ending): World {
  const evaluated = evaluateRecharge(world, ending.at);
  const charges = evaluated.account.rechargeCount > world.account.rechargeCount;
  // A charge that was started by this will say itself what became of the failure.
  return charges ? evaluated : heal(evaluated, 'rechargeFailed', ending);
}
