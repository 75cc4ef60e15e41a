/** Giving top-ups back: which can be, and the preview that says what will happen. */
import type { Account, Payment } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import { isTestCard, methodName } from './payment-method.js';
import { actorName, clickButton, renderPayment, type ClickButton } from './payment-view.js';
import { plain, renderCard, type Card } from './render.js';
import { rawString, type Speech } from './speech.js';
import template from './templates/payments.json' with { type: 'json' };

export const REFUNDS_PER_PAGE = 5;

export interface RefundListFacts {
  /** A page of them, the newest first. */
  readonly payments: readonly Payment[];
  /** Where the neighbouring pages begin; absent at the ends. */
  readonly newer?: number;
  readonly older?: number;
}

export function refundListCard(facts: RefundListFacts, speech: Speech): Card {
  const empty = facts.payments.length === 0;
  const title = speech.say(empty ? 'refund.none.title' : 'refund.title');
  const setBalance = rawString(speech.language, 'command.setBalance.title');
  const text = empty ? speech.say('refund.none.text', { setBalance }) : speech.say('refund.text');
  const data = {
    title,
    text,
    rows: facts.payments.map((payment) => row(payment, speech)),
    more: '',
    buttons: listButtons(facts, speech),
  };
  return renderCard(template, data, title);
}

function row(payment: Payment, speech: Speech): Readonly<Record<string, unknown>> {
  const { refund, reason, amount, currency, id } = payment;
  const said = { who: actorName(payment.requestedBy, speech), date: speech.date(payment.requestedAt) };
  return {
    status: speech.say(`history.kind.${reason === 'manual' ? 'topUp' : 'autoRecharge'}`),
    who: speech.say(refund === undefined ? 'refund.row' : 'refund.row.refused', said),
    method: plain(methodName(payment.method, speech)),
    amount: speech.money(money(amount, currency)),
    buttons: [clickButton(speech.say('payment.button.refund'), { verb: 'refund.ask', id })],
  };
}

function listButtons({ newer, older }: RefundListFacts, speech: Speech): readonly ClickButton[] {
  const page = (key: 'refund.newer' | 'refund.older', from: number | undefined): readonly ClickButton[] =>
    from === undefined ? [] : [clickButton(speech.say(key), { verb: 'refund.page', from: from.toString() })];
  return [
    ...page('refund.newer', newer),
    ...page('refund.older', older),
    clickButton(speech.say('payment.button.history'), { verb: 'history.show' }),
    clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
  ];
}

export interface RefundPreviewFacts {
  readonly payment: Payment;
  readonly account: Pick<Account, 'balance' | 'currency' | 'rule'>;
  readonly isExpired: boolean;
  /** Sealed: what the confirmation sends back. */
  readonly token: string;
}

export function refundPreview(facts: RefundPreviewFacts, speech: Speech): Card {
  const { payment, account, token } = facts;
  const amount = speech.money(money(payment.amount, payment.currency));
  const method = plain(methodName(payment.method, speech));
  const confirm = speech.say('refund.preview.confirm', { amount });
  const after = account.balance - payment.amount;
  const view = {
    style: 'emphasis' as const,
    title: speech.say('refund.preview.title'),
    amount,
    notices: notices(facts, after, speech).map((line) => ({ lines: [line] })),
    lines: [
      speech.say('refund.preview.what', { amount, method }),
      holdSentence(account, after, speech),
      speech.say('refund.preview.text', { confirm }),
    ],
    balances: [balanceChange(account, after, speech)],
    facts: [
      { title: speech.say('payment.fact.method'), value: method },
      { title: speech.say('payment.fact.addedBy'), value: actorName(payment.requestedBy, speech) },
      { title: speech.say('payment.fact.when'), value: plain(speech.dateTime(payment.requestedAt)) },
    ],
    notes: isTestCard(payment.method.id) ? [speech.say('payment.test')] : [],
    buttons: [
      clickButton(confirm, { verb: 'refund.confirm', token }, 'positive'),
      clickButton(speech.say('addFunds.preview.cancel'), { verb: 'refund.discard' }),
    ],
  };
  return renderPayment(view, speech.say('refund.preview.summary', { amount, method }));
}

function notices({ isExpired }: RefundPreviewFacts, after: bigint, speech: Speech): readonly string[] {
  return [
    ...(isExpired ? [speech.say('refund.preview.expired')] : []),
    ...(after === 0n ? [speech.say('refund.preview.usedUp')] : []),
  ];
}

/** A correction never starts a charge (DESIGN §4); below the trigger that is worth knowing beforehand. */
export function holdSentence(
  { rule, currency }: Pick<Account, 'rule' | 'currency'>,
  after: bigint,
  speech: Speech,
): string {
  if (rule?.enabled !== true || after >= rule.trigger) return speech.say('correction.noCharge');
  return speech.say('correction.hold', { trigger: speech.money(money(rule.trigger, currency)) });
}

export function balanceChange(
  { balance, currency }: Pick<Account, 'balance' | 'currency'>,
  after: bigint,
  speech: Speech,
) {
  return {
    beforeLabel: speech.say('addFunds.preview.now'),
    before: speech.money(money(balance, currency)),
    afterLabel: speech.say('addFunds.preview.after'),
    after: speech.money(money(after, currency)),
  };
}
