/** The payments that are not finished yet, with what can be done about each. */
import type { Payment } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import { attestButton, bankLink, cancelButton } from './payment-buttons.js';
import { methodName } from './payment-method.js';
import { isBoughtByPerson } from '../billing/payments/processor.js';
import { speechAbout } from './purchase-speech.js';
import { actorName, clickButton, type ClickButton, type PaymentButton } from './payment-view.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/payments.json' with { type: 'json' };

/** As many as keep the card far below what Teams takes. */
export const PAYMENTS_SHOWN_MAX = 6;

export interface OpenPaymentsFacts {
  /** Oldest first. */
  readonly payments: readonly Payment[];
  /** Settled ones whose refund is under way at the processor. */
  readonly refunds: readonly Payment[];
  readonly now: string;
  /** Whether the reader may cancel and approve. */
  readonly canAct: boolean;
}

export function paymentsCard(facts: OpenPaymentsFacts, speech: Speech): Card {
  const { payments, refunds, canAct } = facts;
  const all = [
    ...payments.map((payment) => row(payment, facts, speech)),
    ...refunds.map((payment) => refundRow(payment, facts, speech)),
  ];
  const empty = all.length === 0;
  const hidden = Math.max(0, all.length - PAYMENTS_SHOWN_MAX);
  const title = speech.say(empty ? 'payments.empty.title' : 'payments.title');
  const text = empty ? speech.say('payments.empty.text') : counted(facts, speech);
  const data = {
    title,
    text,
    rows: all.slice(0, PAYMENTS_SHOWN_MAX),
    more: hidden === 0 ? '' : speech.say('payments.more', { count: hidden }),
    buttons: [
      ...(empty ? emptyButtons(canAct, speech) : [refreshButton(speech)]),
      ...refundsButton(canAct, speech),
    ],
  };
  return renderCard(template, data, `${title}. ${text}`);
}

function counted({ payments, refunds }: OpenPaymentsFacts, speech: Speech): string {
  const open = speech.say('payments.text', { count: payments.length });
  if (refunds.length === 0) return open;
  return `${open} ${speech.say('payments.text.refunds', { count: refunds.length })}`;
}

function refundsButton(canAct: boolean, speech: Speech): readonly ClickButton[] {
  return canAct ? [clickButton(speech.say('payment.button.refunds'), { verb: 'refund.show' })] : [];
}

function refreshButton(speech: Speech): ClickButton {
  return clickButton(speech.say('payment.button.refresh'), { verb: 'payments.refresh' });
}

function emptyButtons(canAct: boolean, speech: Speech): readonly ClickButton[] {
  return [
    ...(canAct ? [clickButton(speech.say('payment.button.addFunds'), { verb: 'addFunds.form' })] : []),
    clickButton(speech.say('payment.button.history'), { verb: 'history.show' }),
  ];
}

function row(payment: Payment, facts: OpenPaymentsFacts, reading: Speech): Readonly<Record<string, unknown>> {
  const speech = speechAbout(payment.method, reading);
  const buttons: readonly PaymentButton[] = facts.canAct
    ? [
        ...bankLink(payment, speech),
        ...(isBoughtByPerson(payment.method) && payment.status === 'actionRequired'
          ? [attestButton(payment.id, speech)]
          : []),
        cancelButton(payment.id, speech),
      ]
    : [];
  return {
    status: speech.say(`payments.status.${payment.status}`),
    who: speech.say('payments.row', {
      who: actorName(payment.requestedBy, speech),
      age: age(payment.requestedAt, facts.now, speech),
    }),
    method: plain(methodName(payment.method, speech)),
    amount: speech.money(money(payment.amount, payment.currency)),
    buttons: buttons.map((button) => ({ ...button, style: rowStyle(button) })),
  };
}

function refundRow(
  payment: Payment,
  { now }: OpenPaymentsFacts,
  speech: Speech,
): Readonly<Record<string, unknown>> {
  const { refund, requestedBy, requestedAt } = payment;
  const who = actorName(refund?.by ?? requestedBy, speech);
  return {
    status: speech.say('payments.status.refund'),
    who: speech.say('payments.row', { who, age: age(refund?.at ?? requestedAt, now, speech) }),
    method: plain(methodName(payment.method, speech)),
    amount: speech.money(money(payment.amount, payment.currency)),
    buttons: [],
  };
}

/** Rows repeat their buttons: none of them is the card's main one. */
function rowStyle(button: PaymentButton): string {
  return button.style === 'positive' ? 'default' : button.style;
}

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

function age(from: string, now: string, speech: Speech): string {
  const minutes = Math.max(0, Math.floor((Date.parse(now) - Date.parse(from)) / MINUTE_MS));
  if (minutes < HOUR_MINUTES) return speech.say('payments.age.minutes', { count: minutes });
  if (minutes < DAY_MINUTES)
    return speech.say('payments.age.hours', { count: Math.floor(minutes / HOUR_MINUTES) });
  return speech.say('payments.age.days', { count: Math.floor(minutes / DAY_MINUTES) });
}
