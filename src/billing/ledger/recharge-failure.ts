/** Telling people that a recharge did not come through, on one card for as long as the trouble lasts. */
import { labelOf } from './cards.js';
import { SYSTEM, type Actor, type AlertFacts, type Payment } from './model.js';
import { rechargeState } from './recharge-state.js';
import { evaluateRecharge } from './recharge.js';
import { heal, livingAlert, raiseLiving, updateLiving, type Ending } from './watch.js';
import { withAccount, type World } from './world.js';
import { isBoughtByPerson, type DeclineReason } from '../payments/processor.js';

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
export function tellNeedsAction(world: World, payment: Payment, now: string): World {
  const { actionUrl, deadline } = payment;
  const asked = {
    declineReason: 'needsAction' as const,
    ...(actionUrl !== undefined && { actionUrl }),
    // A bank gives an hour, and its words say so.
    ...(deadline !== undefined && isBoughtByPerson(payment.method) && { deadline }),
  };
  return tellAnew(world, { ...factsOf(world, payment), ...asked }, now);
}

/** The trouble is over. A request to buy is none: it stands for as long as it is open. */
export function healFailure(world: World, cause: Parameters<typeof heal>[2]): World {
  const { method, paymentId } = livingAlert(world, 'rechargeFailed')?.facts ?? {};
  const asks = method !== undefined && isBoughtByPerson(method);
  const isOpen = world.account.openPayments.some(({ id }) => id === paymentId);
  return asks && isOpen ? world : heal(world, 'rechargeFailed', cause);
}

/**
 * People were asked to buy, and nobody did. While the balance is low it is not asked for again: the next call record
 * would otherwise bring the same question every hour.
 */
export function askedInVain(
  world: World,
  { at, by, lapsed }: { readonly at: string; readonly by: Actor; readonly lapsed: boolean },
): World {
  const { rule, balance, health } = world.account;
  const healed = heal(world, 'rechargeFailed', { at, by, how: lapsed ? 'lapsed' : 'notNow' });
  if (rule === undefined || balance >= rule.trigger) return healed;
  return withAccount(healed, { health: { ...health, notBought: lapsed ? 'lapsed' : 'notNow' } });
}

function factsOf(world: World, { id: paymentId, amount, method }: Payment): AlertFacts {
  return { balance: world.account.balance, amount, paymentId, method: labelOf(method) };
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
