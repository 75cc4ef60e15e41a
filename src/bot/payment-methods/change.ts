/** What a stored card is used for: the default, and auto-recharge's own card. */
import { previewCard } from '../auto-recharge/preview.js';
import { formCard, prefilled } from '../auto-recharge/form.js';
import { replace, type Reply } from '../command.js';
import { good, goneCard, lookAgain, methodIn, noteDone, oneCard, warning, type Purse } from './purse.js';

export async function makeDefault(purse: Purse, id: string): Promise<Reply> {
  const { turn, wallet } = purse;
  const { speech } = turn;
  if (methodIn(purse, id) === undefined) return replace(goneCard(purse));
  const { kind } = await wallet.changes.makeDefault(turn.tenant, id);
  if (kind === 'unknown') return replace(oneCard(purse, id, warning(speech.say('wallet.unknown'))));
  const after = await lookAgain(purse);
  if (kind === 'notFound') return replace(goneCard(after));
  await noteDone(purse, 'makeDefault', id);
  return replace(oneCard(after, id, good(speech.say('wallet.done.default'))));
}

/** The rule as it is, with this card: shown like any other change of it, with what it charges at once. */
export function rechargeWith(purse: Purse, id: string): Reply {
  const method = methodIn(purse, id);
  if (method === undefined) return replace(goneCard(purse));
  const { rule } = purse.account;
  if (rule === undefined) return replace(formCard(purse, { values: { ...prefilled(purse), method: id } }));
  const { trigger, amount, monthCap, dayCap } = rule;
  return replace(
    previewCard(purse, { trigger, amount, monthCap, ...(dayCap !== undefined && { dayCap }), method }),
  );
}
