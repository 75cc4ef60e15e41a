/** One payment, in whatever state it is: receipt, refusal, "in progress", or what a person must do now. */
import type { Payment, PaymentStatus } from '../billing/ledger/model.js';
import { money } from '../billing/money.js';
import { isBoughtByPerson } from '../billing/payments/processor.js';
import { amountText, attestedFacts, attestedLook } from './payment-attested.js';
import { isTestCard, methodName } from './payment-method.js';
import { speechAbout } from './purchase-speech.js';
import { actorName, renderPayment, type BalanceChange, type PaymentView, type Look } from './payment-view.js';
import { paymentButtons } from './payment-buttons.js';
import { refundFacts, refundLook } from './payment-refund.js';
import { reversalFacts, reversalLook } from './payment-reversal.js';
import { plain, type Card } from './render.js';
import type { Speech } from './speech.js';

/** What came of asking for a cancellation, where the payment's state alone does not say it. */
export const CANCEL_NOTICES = ['chargedBefore', 'declinedBefore', 'cancelUnknown'] as const;
export type CancelNotice = (typeof CANCEL_NOTICES)[number];

export interface PaymentReader {
  /** Whether the buttons that only admins may use are shown. Cards that many people see show them. */
  readonly canAct: boolean;
  readonly notice?: CancelNotice;
}

/** Pure: the same payment and reader give the same card, so that it can be brought up to date at any time. */
export function paymentCard(payment: Payment, reader: PaymentReader, reading: Speech): Card {
  const speech = speechAbout(payment.method, reading);
  const look =
    reversalLook(payment, speech) ?? refundLook(payment, speech) ?? LOOKS[payment.status](payment, speech);
  const amount = amountText(payment.attested?.amount ?? payment.amount, payment, speech);
  const { notice } = reader;
  const view: PaymentView = {
    style: look.style,
    title: look.title,
    amount,
    notices: notice === undefined ? [] : [{ lines: [speech.say(`payment.notice.${notice}`)] }],
    lines: look.lines,
    balances: balanceChange(payment, speech),
    facts: facts(payment, speech),
    notes: isTestCard(payment.method.id) ? [speech.say('payment.test')] : [],
    buttons: paymentButtons(payment, reader, speech),
  };
  return renderPayment(view, look.summary ?? speech.say('payment.summary', { amount, title: look.title }));
}

type LookOf = (payment: Payment, speech: Speech) => Look;

const inProgress: LookOf = (payment, speech) => ({
  style: 'accent',
  title: speech.say('payment.progress.title'),
  lines: [speech.say('payment.progress.text'), whenKnown(payment, speech)],
});

/** A new status does not compile until it has a look. */
const LOOKS: Readonly<Record<PaymentStatus, LookOf>> = {
  requested: inProgress,
  begun: inProgress,
  unknown: (payment, speech) => {
    const what = payment.processorId === undefined ? 'unreached' : 'unknown';
    return {
      style: 'warning',
      title: speech.say(`payment.${what}.title`),
      lines: [
        speech.say(`payment.${what}.text`),
        whenKnown(payment, speech),
        ...until('payment.unknown.until', payment, speech),
      ],
    };
  },
  actionRequired: (payment, speech) => ({
    style: 'warning',
    title: speech.say('payment.action.title', actionValues(payment, speech)),
    lines: [
      speech.say('payment.action.text', actionValues(payment, speech)),
      ...until('payment.action.until', payment, speech),
    ],
  }),
  settled: (payment, speech) =>
    attestedLook(payment, speech) ?? {
      style: 'good',
      title: speech.say('payment.settled.title'),
      lines: [],
      summary: speech.say('payment.settled.summary', {
        amount: speech.money(money(payment.amount, payment.currency)),
        balance: speech.money(money(payment.balanceAfter ?? payment.amount, payment.currency)),
      }),
    },
  declined: (payment, speech) => ({
    style: 'attention',
    title: speech.say('payment.declined.title'),
    lines: [
      speech.say(`payment.declined.${payment.declineReason ?? 'declined'}`),
      speech.say('payment.declined.safe'),
    ],
  }),
  cancelled: (payment, speech) => ({
    style: 'emphasis',
    title: speech.say('payment.cancelled.title'),
    lines: [
      cancelledBy(payment, speech),
      ...(isBoughtByPerson(payment.method) ? [speech.say('payment.cancelled.record')] : []),
    ],
  }),
};

function actionValues(payment: Payment, speech: Speech) {
  const amount = amountText(payment.amount, payment, speech);
  return { amount, done: speech.say('payment.action.done') };
}

/** Only a card whose message is known can be changed later; nothing is promised for the others. */
function whenKnown(payment: Payment, speech: Speech): string {
  return payment.origin === undefined
    ? speech.say('payment.refreshHint', { refresh: speech.say('payment.button.refresh') })
    : speech.say('payment.willUpdate');
}

function until(
  key: 'payment.unknown.until' | 'payment.action.until',
  payment: Payment,
  speech: Speech,
): readonly string[] {
  const { deadline } = payment;
  return deadline === undefined ? [] : [speech.say(key, { time: speech.dateTime(deadline) })];
}

function cancelledBy({ cancelledBy: by }: Payment, speech: Speech): string {
  return by === undefined || by.name === ''
    ? speech.say('payment.cancelled.late')
    : speech.say('payment.cancelled.by', { name: plain(by.name) });
}

/**
 * The balance just before this entry is taken from the one after it: since the request calls may have been charged.
 */
function balanceChange(payment: Payment, speech: Speech): readonly BalanceChange[] {
  const { balanceAfter, currency, refund, reversals, attested } = payment;
  const amount = attested?.amount ?? payment.amount;
  // Beside a refund the balance of the purchase would be read as today's.
  if (balanceAfter === undefined || refund !== undefined || reversals !== undefined) return [];
  return [
    {
      beforeLabel: speech.say('payment.before'),
      before: speech.money(money(balanceAfter - amount, currency)),
      afterLabel: speech.say('payment.after'),
      after: speech.money(money(balanceAfter, currency)),
    },
  ];
}

function facts(payment: Payment, speech: Speech): PaymentView['facts'] {
  const settled = payment.status === 'settled';
  const at = settled && payment.refund === undefined ? payment.updatedAt : payment.requestedAt;
  return [
    { title: speech.say('payment.fact.method'), value: plain(methodName(payment.method, speech)) },
    ...insteadOf(payment, speech),
    {
      title: speech.say(
        settled && payment.attested === undefined ? 'payment.fact.addedBy' : 'payment.fact.requestedBy',
      ),
      value: actorName(payment.requestedBy, speech),
    },
    { title: speech.say('payment.fact.when'), value: plain(speech.dateTime(at)) },
    ...attestedFacts(payment, speech),
    ...refundFacts(payment, speech),
    ...reversalFacts(payment, speech),
    { title: speech.say('payment.fact.reference'), value: plain(payment.id) },
  ];
}

/** The rule's own card, where its backup is charged. */
function insteadOf({ insteadOf: own }: Payment, speech: Speech): PaymentView['facts'] {
  if (own === undefined) return [];
  return [{ title: speech.say('payment.fact.insteadOf'), value: plain(methodName(own, speech)) }];
}
