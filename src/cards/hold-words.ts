/** What auto-recharge holds for, in sentences that are true while it lasts and afterwards. */
import type { AlertFacts } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
import type { Speech } from './speech.js';

type HoldsFor = Pick<AlertFacts, 'heldBy' | 'inDoubt'>;

/** What the hold came with, or the payment that may have been charged; nothing where that was not kept yet. */
export function holdLines(
  { heldBy, inDoubt }: HoldsFor,
  currency: Currency,
  speech: Speech,
): readonly string[] {
  const cause = heldBy === undefined ? [] : [speech.say(`hold.by.${heldBy}`)];
  if (inDoubt === undefined) return cause;
  const amount = speech.money(money(inDoubt.amount, currency));
  return [...cause, speech.say('hold.inDoubt', { amount, time: speech.dateTime(inDoubt.requestedAt) })];
}

/** Why auto-recharge does not lift a low balance: as the alert says it, and `why` after it. */
export function noRechargeLines(facts: AlertFacts, currency: Currency, speech: Speech): readonly string[] {
  const { noRecharge, heldBy } = facts;
  if (noRecharge === undefined) return [];
  // Before the cause was kept, an alert said `held` also where an admin was to be asked first.
  const key = noRecharge === 'held' && heldBy === undefined ? 'onHold' : noRecharge;
  return [speech.say(`alert.low.${key}`), ...holdLines(facts, currency, speech)];
}
