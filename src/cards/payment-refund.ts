/** What the card of a payment says once its money is on its way back, or was not let go. */
import type { Payment, Refund } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import { methodName } from './payment-method.js';
import { plain } from './render.js';
import type { Look, PaymentView } from './payment-view.js';
import type { Speech } from './speech.js';

const STYLES: Readonly<Record<Refund['status'], Look['style']>> = {
  requested: 'accent',
  refunded: 'good',
  refused: 'warning',
};

/** Undefined where nobody asked for a refund. */
export function refundLook({ refund, amount, currency, method }: Payment, speech: Speech): Look | undefined {
  if (refund === undefined) return undefined;
  const { status } = refund;
  const values = {
    amount: speech.money(money(amount, currency)),
    method: plain(methodName(method, speech)),
  };
  return {
    style: STYLES[status],
    title: speech.say(`payment.refund.${status}.title`),
    lines: [
      speech.say(`payment.refund.${status}.text`, values),
      ...(status === 'requested'
        ? [speech.say('payment.refreshHint', { refresh: speech.say('payment.button.refresh') })]
        : []),
    ],
  };
}

export function refundFacts({ refund }: Payment, speech: Speech): PaymentView['facts'] {
  if (refund === undefined) return [];
  return [
    { title: speech.say('payment.refund.by'), value: plain(refund.by.name) },
    { title: speech.say('payment.refund.at'), value: plain(speech.dateTime(refund.at)) },
  ];
}
