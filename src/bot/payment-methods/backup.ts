/** A card's place among the backups: asked first where it would start a charge, done at once where it would not. */
import * as z from 'zod';
import type { Click } from '../../billing/billing.js';
import { rechargeOpenedBy, type BackupsRequest } from '../../billing/ledger/commands/set-backups.js';
import type { AutoRechargeRule, Payment } from '../../billing/ledger/model.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import { SITUATION_STYLES, situationLines } from '../../cards/auto-recharge-card.js';
import type { DueForecast } from '../../cards/auto-recharge-preview.js';
import { backupQuestion } from '../../cards/backup-question-card.js';
import { storedBackups } from '../../cards/one-card-card.js';
import type { Banner } from '../../cards/payment-methods-card.js';
import { backupRank } from '../../cards/stored-card.js';
import { chosen } from '../add-funds/form.js';
import { dueOf } from '../auto-recharge/preview.js';
import { seenSince } from '../auto-recharge/situation.js';
import { post, replace, type Reply } from '../command.js';
import { notices } from '../notices.js';
import { goneCard, lookAgain, methodIn, noteDone, oneCard, review, warning, type Purse } from './purse.js';

const PURPOSE = 'paymentMethods.backup';

/** From 0; `off` takes it off. */
export type Place = number | 'off';

interface Move {
  readonly method: PaymentMethod;
  readonly to: Place;
}

/** The question's button, and how many recharges there had been when it was shown. */
interface Confirmed {
  readonly click: Click;
  readonly rechargeCount: bigint;
}

export async function moveBackup(purse: Purse, id: string, to: Place): Promise<Reply> {
  const method = methodIn(purse, id);
  if (method === undefined) return replace(goneCard(purse));
  const due = chargeOf(purse, { method, to });
  return due === undefined ? moved(purse, { method, to }) : replace(question(purse, { method, to }, due));
}

interface Due {
  readonly rule: AutoRechargeRule;
  readonly payment: Payment;
  readonly forecast: DueForecast;
}

function requestOf(purse: Purse, { method, to }: Move): BackupsRequest {
  const { id, name } = purse.turn.person;
  const others = storedBackups(purse).filter((backup) => backup.id !== method.id);
  const methods = to === 'off' ? others : [...others.slice(0, to), chosen(method), ...others.slice(to)];
  return { methods, by: { id, name } };
}

/** The ledger's own judgement of the account as it would be with this move. */
function chargeOf(purse: Purse, move: Move): Due | undefined {
  const { account, turn } = purse;
  const { rule } = account;
  const payment = rechargeOpenedBy(account, requestOf(purse, move), turn.now);
  if (rule === undefined || payment === undefined) return undefined;
  return { rule, payment, forecast: dueOf(account, { rule, method: payment.method }, turn.now) };
}

/** Another card, amount or number of recharges is another charge, and so is the next recharge. */
function nameOf({ payment, forecast }: Due): string {
  return [payment.id, payment.method.id, payment.amount, forecast.recharges].join(' ');
}

function question(purse: Purse, { method, to }: Move, due: Due & { readonly changed?: boolean }) {
  const { turn, services, account } = purse;
  const { rule, forecast, changed = false } = due;
  const token = services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: {
      method: method.id,
      to: to.toString(),
      charge: nameOf(due),
      rechargeCount: account.rechargeCount.toString(),
    },
  });
  const { currency, balance } = account;
  return backupQuestion({ method, rule, currency, balance, forecast, token, changed }, turn.speech);
}

const termsSchema = z.object({
  method: z.string(),
  to: z.literal('off').or(z.string().regex(/^\d$/u).transform(Number)),
  charge: z.string(),
  rechargeCount: z.string().regex(/^\d+$/u).transform(BigInt),
});

/** Facts are read again: a charge that the question did not announce is asked about anew. */
export async function confirmBackup(purse: Purse, token: string): Promise<Reply> {
  const { turn, services } = purse;
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return post(notices.stale(turn.speech));
  const { id, mintedAt, terms } = opened.form;
  const { method: methodId, to, charge, rechargeCount } = termsSchema.parse(terms);
  const method = methodIn(purse, methodId);
  if (method === undefined) return replace(goneCard(purse));
  const due = chargeOf(purse, { method, to });
  const isAnnounced = opened.kind === 'valid' && due !== undefined && nameOf(due) === charge;
  if (due !== undefined && !isAnnounced)
    return replace(question(purse, { method, to }, { ...due, changed: true }));
  if (opened.kind === 'expired') return moved(purse, { method, to });
  return moved(purse, { method, to }, { click: { id, mintedAt }, rechargeCount });
}

const NO_CHARGE: Banner = { style: 'good', lines: [] };

async function moved(purse: Purse, move: Move, confirmed?: Confirmed): Promise<Reply> {
  const { turn, services } = purse;
  const { speech, tenant } = turn;
  const { id } = move.method;
  const set = await services.billing.setBackups(tenant, requestOf(purse, move), confirmed?.click);
  if (set.kind === 'refused')
    return replace(oneCard(await lookAgain(purse), id, warning(speech.say('wallet.refused.text'))));
  await noteDone(purse, 'backup', id);
  const charged = confirmed === undefined ? NO_CHARGE : await outcomeOf(purse, confirmed);
  await review(purse);
  const after = await lookAgain(purse);
  const rank = backupRank(id, after.account);
  const line = rank === 0 ? speech.say('wallet.done.noBackup') : speech.say('wallet.done.backup', { rank });
  const { style, lines } = charged;
  return replace(oneCard(after, id, { banner: { style, lines: [line, ...lines] } }));
}

/** What became of the charge, also where the click is delivered again. */
async function outcomeOf({ turn, services }: Purse, before: Confirmed): Promise<Banner> {
  const { account, situation } = await seenSince(before, turn, services);
  const { rule, currency, balance } = account;
  if (rule === undefined) return NO_CHARGE;
  const lines = situationLines({ rule, currency, balance, situation }, turn.speech);
  return { style: SITUATION_STYLES[situation.kind], lines };
}
