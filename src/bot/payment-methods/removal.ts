/** Removing a stored card: refused while something depends on it, asked for, and looked at again before it is done. */
import * as z from 'zod';
import { money } from '../../billing/money.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import { removalQuestion, removalRefused, type RemovalRefused } from '../../cards/card-removal-card.js';
import { noticeCard } from '../../cards/notice.js';
import type { Card } from '../../cards/render.js';
import { storedBackups } from '../../cards/one-card-card.js';
import { backupRank, rechargesWith, spokenName } from '../../cards/stored-card.js';
import { openPayments } from '../add-funds/preview.js';
import { post, replace, type Reply } from '../command.js';
import { notices } from '../notices.js';
import { goneCard, listCard, lookAgain, methodIn, noteDone, oneCard, review, type Purse } from './purse.js';

const PURPOSE = 'paymentMethods.remove';

export async function askRemoval(purse: Purse, id: string): Promise<Reply> {
  const method = methodIn(purse, id);
  if (method === undefined) return replace(goneCard(purse));
  return replace((await refusal(purse, method)) ?? question(purse, method));
}

/** What stands in the way, as a card that says what to do. */
async function refusal(purse: Purse, method: PaymentMethod): Promise<Card | undefined> {
  const { turn, services, account } = purse;
  const named = (more: Omit<RemovalRefused, 'name'>): Card =>
    removalRefused({ name: spokenName(method, turn.speech), ...more }, turn.speech);
  if (rechargesWith(method.id, account)) return named({});
  const payments = await openPayments(turn, services, account);
  const open = payments.find((payment) => payment.method.id === method.id);
  return open && named({ open: turn.speech.money(money(open.amount, open.currency)) });
}

function question(purse: Purse, method: PaymentMethod): Card {
  const { turn, services, account, methods } = purse;
  const token = services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { method: method.id },
  });
  const [first, second] = methods;
  const next =
    first?.id === method.id && second !== undefined ? { next: spokenName(second, turn.speech) } : {};
  const facts = {
    id: method.id,
    name: spokenName(method, turn.speech),
    isLast: methods.length === 1,
    isBackup: backupRank(method.id, account) > 0,
    ...next,
    token,
  };
  return removalQuestion(facts, turn.speech);
}

const termsSchema = z.object({ method: z.string() });

/** Facts are read again: auto-recharge may have come to depend on it since the question. */
export async function remove(purse: Purse, token: string): Promise<Reply> {
  const { turn, services } = purse;
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return post(notices.stale(turn.speech));
  const { method: id } = termsSchema.parse(opened.form.terms);
  const method = methodIn(purse, id);
  if (method === undefined) return replace(goneCard(purse));
  if (opened.kind === 'expired') return askRemoval(purse, id);
  return replace((await refusal(purse, method)) ?? (await removed(purse, method)));
}

async function removed(purse: Purse, method: PaymentMethod): Promise<Card> {
  const { turn, wallet } = purse;
  const { speech, tenant } = turn;
  if (!(await takenOffBackups(purse, method)))
    return oneCard(await lookAgain(purse), method.id, {
      banner: { style: 'warning', lines: [speech.say('wallet.refused.text')] },
    });
  const name = spokenName(method, speech);
  const { kind } = await wallet.changes.remove(tenant, method.id);
  if (kind === 'unknown') return removalUnknown(purse, name);
  if (kind === 'notFound') return goneCard(await lookAgain(purse));
  await noteDone(purse, 'remove', method.id);
  await review(purse);
  const line = speech.say('wallet.done.removed', { method: name });
  return listCard(await lookAgain(purse), { banner: { style: 'good', lines: [line] } });
}

/** Before it is removed, so that no recharge goes on with a card that is not there. */
async function takenOffBackups(purse: Purse, { id }: PaymentMethod): Promise<boolean> {
  const { turn, services, account } = purse;
  if (backupRank(id, account) === 0) return true;
  const methods = storedBackups(purse).filter((backup) => backup.id !== id);
  const by = { id: turn.person.id, name: turn.person.name };
  return (await services.billing.setBackups(turn.tenant, { methods, by })).kind === 'done';
}

function removalUnknown({ turn: { speech } }: Purse, method: string): Card {
  return noticeCard({
    tone: 'warning',
    title: speech.say('wallet.unknown.remove.title', { method }),
    text: speech.say('wallet.unknown.remove.text'),
    buttons: [{ title: speech.say('wallet.button.all'), data: { verb: 'paymentMethods.list' } }],
  });
}
