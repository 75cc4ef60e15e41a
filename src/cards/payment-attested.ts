/** What the card of a payment says once a person recorded what they bought: by whose word, and never that the bot paid. */
import type { Payment } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import { dayText } from './calendar-text.js';
import type { Look, PaymentView } from './payment-view.js';
import { plain } from './render.js';
import type { Speech } from './speech.js';

export function amountText(micros: bigint, { currency }: Pick<Payment, 'currency'>, speech: Speech): string {
  return speech.money(money(micros, currency));
}

/** Undefined where nobody attested it. */
export function attestedLook(payment: Payment, speech: Speech): Look | undefined {
  const { attested, amount, balanceAfter = 0n } = payment;
  if (attested === undefined) return undefined;
  const name = plain(attested.by.name);
  const bought = amountText(attested.amount, payment, speech);
  const asked = amountText(amount, payment, speech);
  const balance = amountText(balanceAfter, payment, speech);
  return {
    style: 'good',
    title: speech.say('payment.attested.title', { name }),
    lines: [
      speech.say('payment.attested.text', { name, amount: bought }),
      ...(attested.amount === amount ? [] : [speech.say('payment.attested.asked', { amount: asked })]),
    ],
    summary: speech.say('payment.attested.summary', { name: attested.by.name, amount: bought, balance }),
  };
}

export function attestedFacts({ attested }: Payment, speech: Speech): PaymentView['facts'] {
  if (attested === undefined) return [];
  return [
    { title: speech.say('attest.fact.by'), value: plain(attested.by.name) },
    { title: speech.say('attest.fact.date'), value: plain(dayText(attested.date, speech)) },
    { title: speech.say('attest.fact.invoice'), value: plain(attested.invoice) },
  ];
}
