/** What a stored card is used for: the default, its place among the backups, and auto-recharge's own card. */
import { previewCard } from '../auto-recharge/preview.js';
import { formCard, prefilled } from '../auto-recharge/form.js';
import { chosen } from '../add-funds/form.js';
import type { Banner } from '../../cards/payment-methods-card.js';
import { storedBackups } from '../../cards/one-card-card.js';
import { backupRank } from '../../cards/stored-card.js';
import { replace, type Reply } from '../command.js';
import { goneCard, lookAgain, methodIn, noteDone, oneCard, review, type Purse } from './purse.js';

const good = (line: string): { readonly banner: Banner } => ({ banner: { style: 'good', lines: [line] } });
const warning = (line: string): { readonly banner: Banner } => ({
  banner: { style: 'warning', lines: [line] },
});

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

/** `to` is its place among the backups, from 0; `off` takes it off. */
export async function moveBackup(purse: Purse, id: string, to: number | 'off'): Promise<Reply> {
  const { turn, services } = purse;
  const { speech, tenant, person } = turn;
  const method = methodIn(purse, id);
  if (method === undefined) return replace(goneCard(purse));
  const others = storedBackups(purse).filter((backup) => backup.id !== id);
  const methods = to === 'off' ? others : [...others.slice(0, to), chosen(method), ...others.slice(to)];
  const by = { id: person.id, name: person.name };
  const set = await services.billing.setBackups(tenant, { methods, by });
  if (set.kind === 'done') {
    await noteDone(purse, 'backup', id);
    await review(purse);
  }
  const after = await lookAgain(purse);
  if (set.kind === 'refused') return replace(oneCard(after, id, warning(speech.say('wallet.refused.text'))));
  const rank = backupRank(id, after.account);
  const line = rank === 0 ? speech.say('wallet.done.noBackup') : speech.say('wallet.done.backup', { rank });
  return replace(oneCard(after, id, good(line)));
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
