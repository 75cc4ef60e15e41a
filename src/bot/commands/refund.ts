/** `refund`: an unspent top-up goes back to its card. List → preview → confirmation → what became of it. */
import * as z from 'zod';
import type { Payment } from '../../billing/ledger/model.js';
import type { Refusal } from '../../billing/ledger/world.js';
import { StorageUnavailable } from '../../billing/storage/table.js';
import { noticeCard, type Button } from '../../cards/notice.js';
import { REFUNDS_PER_PAGE, refundListCard, refundPreview } from '../../cards/refund-card.js';
import type { Card } from '../../cards/render.js';
import { rawString, speechFor } from '../../cards/speech.js';
import { showPayment } from '../add-funds/outcome.js';
import { action, post, replace, type Command, type Reply } from '../command.js';
import { notices } from '../notices.js';
import { isRefundable, isUnspent, refundablePayments } from '../refund/refundable.js';
import { isBoughtByPeople, speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

const PURPOSE = 'refund';
/** A click is answered well within the five seconds that Teams waits; the card can be refreshed. */
const OUTCOME_WITHIN_MS = 1_500;

const noData = z.looseObject({});
const pageData = z.looseObject({
  from: z
    .string()
    .regex(/^\d{1,4}$/u)
    .transform(Number),
});
const paymentData = z.looseObject({ id: z.string().min(1).max(200) });
const sealed = z.looseObject({ token: z.string().min(1).max(4_000) });

export const refundCommand: Command = {
  role: 'admin',
  paidBy: ['sandbox', 'stripe'],
  run: async (_input, turn, services) => post(await list(0, turn, services)),
  actions: {
    show: action('admin', noData, async (_data, turn, services) => post(await list(0, turn, services))),
    page: action('admin', pageData, async ({ from }, turn, services) =>
      replace(await list(from, turn, services)),
    ),
    ask: action('admin', paymentData, async ({ id }, turn, services) => post(await ask(id, turn, services))),
    confirm: action('admin', sealed, ({ token }, turn, services) => confirm(token, turn, services)),
    discard: action('admin', noData, async (_data, turn) => replace(notice('discarded', turn))),
  },
};

async function list(from: number, turn: Turn, services: Services): Promise<Card> {
  const { billing } = services;
  const account = await billing.reader.account(turn.tenant);
  const all = isBoughtByPeople(services) ? [] : await refundablePayments(billing.reader, account, turn.now);
  const payments = all.slice(from, from + REFUNDS_PER_PAGE);
  const facts = {
    payments,
    ...(from > 0 && { newer: Math.max(0, from - REFUNDS_PER_PAGE) }),
    ...(all.length > from + REFUNDS_PER_PAGE && { older: from + REFUNDS_PER_PAGE }),
  };
  return refundListCard(facts, speechHere(turn, services, account.timeZone));
}

/** The card stays where it was clicked: a receipt goes on being one. */
async function ask(id: string, turn: Turn, services: Services): Promise<Card> {
  const payment = await services.billing.reader.payment(turn.tenant, id);
  if (payment === undefined) return notices.stale(turn.speech);
  return preview({ payment, isExpired: false }, turn, services);
}

interface Wanted {
  readonly payment: Payment;
  readonly isExpired: boolean;
}

/** What is on its way back already, or was never charged, is shown as it is: its card says where else to go. */
async function preview({ payment, isExpired }: Wanted, turn: Turn, services: Services): Promise<Card> {
  if (!isRefundable(payment)) return showPayment(payment, turn);
  if (isBoughtByPeople(services)) return notice('elsewhere', turn);
  const { reader } = services.billing;
  const account = await reader.account(turn.tenant);
  if (!(await isUnspent(reader, { payment, account, now: turn.now }))) return notice('partlySpent', turn);
  const token = services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { payment: payment.id },
  });
  const speech = speechFor(turn.speech.locale, account.timeZone);
  return refundPreview({ payment, account, isExpired, token }, speech);
}

const termsSchema = z.object({ payment: z.string() });

async function confirm(token: string, turn: Turn, services: Services): Promise<Reply> {
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return post(notices.stale(turn.speech));
  const { id, mintedAt, terms } = opened.form;
  const payment = await services.billing.reader.payment(turn.tenant, termsSchema.parse(terms).payment);
  if (payment === undefined) return post(notices.stale(turn.speech));
  if (opened.kind === 'expired') return replace(await preview({ payment, isExpired: true }, turn, services));
  return replace(await refund(payment, { id, mintedAt }, { turn, services }));
}

async function refund(
  payment: Payment,
  click: { readonly id: string; readonly mintedAt: string },
  { turn, services }: { readonly turn: Turn; readonly services: Services },
): Promise<Card> {
  // Previewed before the admin center took over: whoever charged it can't be asked any more.
  if (isBoughtByPeople(services)) return preview({ payment, isExpired: false }, turn, services);
  const { tenant, person } = turn;
  const by = { id: person.id, name: person.name };
  const requested = await services.billing.requestRefund(tenant, { paymentId: payment.id, by }, click);
  const outcome = requested.kind === 'done' ? 'done' : 'refused';
  await services.audit.note({
    tenant,
    personId: person.id,
    did: 'refund.confirm',
    outcome,
    subject: payment.id,
  });
  if (requested.kind === 'refused') return refusalCard(requested.reason, payment, { turn, services });
  return showPayment(await outcomeOf(requested.answer, turn, services), turn);
}

/** It is committed: where it can't be read just now, "in progress" is true and "nothing was changed" is not. */
async function outcomeOf(committed: Payment, turn: Turn, { billing }: Services): Promise<Payment> {
  try {
    return (await billing.refundWithin(turn.tenant, committed.id, OUTCOME_WITHIN_MS)) ?? committed;
  } catch (error) {
    if (error instanceof StorageUnavailable) return committed;
    throw error;
  }
}

async function refusalCard(
  reason: Refusal,
  payment: Payment,
  { turn, services }: { readonly turn: Turn; readonly services: Services },
): Promise<Card> {
  if (reason === 'partlySpent' || reason === 'limitReached') return notice(reason, turn);
  if (reason !== 'alreadyRefunded' && reason !== 'reversedOutside') return notices.stale(turn.speech);
  return showPayment((await services.billing.reader.payment(turn.tenant, payment.id)) ?? payment, turn);
}

function notice(what: 'discarded' | 'partlySpent' | 'limitReached' | 'elsewhere', { speech }: Turn): Card {
  const adjust = rawString(speech.language, 'command.adjust.title');
  const buttons: readonly Button[] = [
    { title: speech.say('payment.button.refunds'), data: { verb: 'refund.show' } },
    { title: speech.say('payment.button.balance'), data: { verb: 'balance.show' } },
  ];
  return noticeCard({
    tone: what === 'discarded' ? 'info' : 'warning',
    title: speech.say(`refund.${what}.title`),
    text: speech.say(`refund.${what}.text`, { adjust }),
    buttons,
  });
}
