/** Entries that never start a charge: an adjustment, a refund, an expiry (DESIGN §4). */
import { post, type Posting } from './entries.js';
import { HOLD_CAUSES, type Account } from './model.js';
import { heldBack } from './recharge-health.js';
import { pendingAmount, rechargeState } from './recharge-state.js';
import { explainNoRecharge } from './why.js';
import { withAccount, type World } from './world.js';

/**
 * Posts the entry; where it took the balance below the trigger, auto-recharge holds until the next charged call or an
 * admin's "recharge now". Otherwise the sweep, or a payment that comes to nothing, would charge because of it.
 */
export function postWithoutCharge(world: World, posting: Posting): World {
  const posted = post(world, posting);
  if (!fellBelow(world.account, posted.account)) return posted;
  const cause = HOLD_CAUSES.find((known) => known === posting.kind);
  const held = withAccount(posted, { health: heldBack(posted.account.health, cause) });
  return explainNoRecharge(held, rechargeState(held.account, posting.at), posting.at);
}

/** Judged with what is pending and without: either is what auto-recharge may look at later. */
function fellBelow(before: Account, after: Account): boolean {
  const { rule } = after;
  if (rule?.enabled !== true) return false;
  return [0n, pendingAmount(after)].some(
    (pending) => before.balance + pending >= rule.trigger && after.balance + pending < rule.trigger,
  );
}
