/** The payments that are not finished yet, with what can be done about each. */
import type { Payment } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import { bankLink, cancelButton } from './payment-buttons.js';
import { methodName } from './payment-method.js';
import { actorName, clickButton, type ClickButton, type PaymentButton } from './payment-view.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/payments.json' with { type: 'json' };

/** As many as keep the card far below what Teams takes. */
export const PAYMENTS_SHOWN_MAX = 6;

export interface OpenPaymentsFacts {
  /** Oldest first. */
  readonly payments: readonly Payment[];
  readonly now: string;
  /** Whether the reader may cancel and approve. */
  readonly canAct: boolean;
}

export function paymentsCard(facts: OpenPaymentsFacts, speech: Speech): Card {
  const { payments, canAct } = facts;
  const empty = payments.length === 0;
  const hidden = Math.max(0, payments.length - PAYMENTS_SHOWN_MAX);
  const title = speech.say(empty ? 'payments.empty.title' : 'payments.title');
  const text = empty
    ? speech.say('payments.empty.text')
    : speech.say('payments.text', { count: payments.length });
  const data = {
    title,
    text,
    rows: payments.slice(0, PAYMENTS_SHOWN_MAX).map((payment) => row(payment, facts, speech)),
    more: hidden === 0 ? '' : speech.say('payments.more', { count: hidden }),
    buttons: empty ? emptyButtons(canAct, speech) : [refreshButton(speech)],
  };
  return renderCard(template, data, `${title}. ${text}`);
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

function row(payment: Payment, facts: OpenPaymentsFacts, speech: Speech): Readonly<Record<string, unknown>> {
  const buttons: readonly PaymentButton[] = facts.canAct
    ? [...bankLink(payment, speech), cancelButton(payment.id, speech)]
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
