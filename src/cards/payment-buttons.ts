/** What can be done about a payment, by its state. */
import type { Payment, PaymentStatus } from '../billing/ledger/model.js';
import { toDecimal } from '../billing/money.js';
import { isBoughtByPerson } from '../billing/payments/processor.js';
import { clickButton, type ClickButton, type PaymentButton } from './payment-view.js';
import type { Speech } from './speech.js';

type ButtonsOf = (payment: Payment, speech: Speech) => readonly PaymentButton[];

/** For everybody, and those that only admins may press. */
interface Buttons {
  readonly all: ButtonsOf;
  readonly admin: ButtonsOf;
}

const none: ButtonsOf = () => [];

const refresh: ButtonsOf = ({ id }, speech) => [
  clickButton(speech.say('payment.button.refresh'), { verb: 'addFunds.status', id }),
];

const waiting: Buttons = { all: refresh, admin: (payment, speech) => [cancelButton(payment.id, speech)] };

const BUTTONS: Readonly<Record<PaymentStatus, Buttons>> = {
  requested: waiting,
  begun: waiting,
  unknown: waiting,
  actionRequired: {
    all: none,
    admin: (payment, speech) => [
      ...bankLink(payment, speech),
      doneButton(payment, speech),
      cancelButton(payment.id, speech),
    ],
  },
  settled: {
    all: (payment, speech) => [
      ...(payment.refund?.status === 'requested' ? refresh(payment, speech) : []),
      clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
      clickButton(speech.say('payment.button.history'), { verb: 'history.show' }),
    ],
    admin: (payment, speech) => (payment.attested === undefined ? refundButtons(payment, speech) : []),
  },
  declined: {
    all: none,
    admin: (payment, speech) => [
      clickButton(
        speech.say('payment.declined.otherCard'),
        { verb: 'addFunds.form', amount: toDecimal(payment.amount), notMethod: payment.method.id },
        'positive',
      ),
    ],
  },
  cancelled: {
    all: none,
    admin: (payment, speech) => [
      clickButton(speech.say('payment.button.addFunds'), {
        verb: 'addFunds.form',
        amount: toDecimal(payment.amount),
      }),
      ...(isBoughtByPerson(payment.method) ? [attestButton(payment.id, speech)] : []),
    ],
  },
};

/** After a cancellation the way back to the other open payments is offered too. */
export function paymentButtons(
  payment: Payment,
  reader: { readonly canAct: boolean; readonly notice?: string },
  speech: Speech,
): readonly PaymentButton[] {
  const { all, admin } = BUTTONS[payment.status];
  const list = clickButton(speech.say('payment.button.payments'), { verb: 'payments.show' });
  return [
    ...all(payment, speech),
    ...(reader.canAct ? admin(payment, speech) : []),
    ...(payment.status === 'cancelled' || reader.notice !== undefined ? [list] : []),
  ];
}

/**
 * Whether nothing of it was used is judged at the click; one that was refused may be asked for again, and one of which money
 * went back without this bot may not.
 */
function refundButtons({ id, refund, reversals }: Payment, speech: Speech): readonly ClickButton[] {
  if ((refund !== undefined && refund.status !== 'refused') || reversals !== undefined) return [];
  return [clickButton(speech.say('payment.button.refund'), { verb: 'refund.ask', id })];
}

/** A bank says itself what became of it; that a person bought is known by their word alone. */
function doneButton({ id, method }: Payment, speech: Speech): ClickButton {
  if (isBoughtByPerson(method)) return attestButton(id, speech);
  return clickButton(speech.say('payment.action.done'), { verb: 'addFunds.status', id });
}

export function attestButton(id: string, speech: Speech): ClickButton {
  return clickButton(speech.say('payment.action.done'), { verb: 'attest.answer', id });
}

export function cancelButton(id: string, speech: Speech): ClickButton {
  return clickButton(speech.say('payment.button.cancel'), { verb: 'payments.cancel', id }, 'destructive');
}

/** Only web addresses become links, whatever the processor said. */
export function bankLink(payment: Payment, speech: Speech): readonly PaymentButton[] {
  const url = payment.actionUrl;
  if (url === undefined || !/^https?:\/\//u.test(url)) return [];
  return [{ kind: 'link', title: speech.say('payment.action.open'), style: 'positive', url }];
}
