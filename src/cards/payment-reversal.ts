/** What the card of a payment says of money that went back without this bot. */
import type { Payment, Reversal } from '../billing/ledger/model.js';
import { heldOf } from '../billing/ledger/reversals.js';
import { money } from '../billing/money.js';
import { methodName } from './payment-method.js';
import type { Look, PaymentView } from './payment-view.js';
import { plain } from './render.js';
import type { Speech, StringKey } from './speech.js';

const STYLES: Readonly<Record<Reversal['kind'], Look['style']>> = { refund: 'warning', dispute: 'attention' };

/** Undefined where nothing is gone: what came back is among the facts. A dispute asks for more than a refund. */
export function reversalLook(payment: Payment, speech: Speech): Look | undefined {
  const kind = (['dispute', 'refund'] as const).find((one) => gone(payment, one) > 0n);
  if (kind === undefined) return undefined;
  const values = {
    amount: speech.money(money(gone(payment, kind), payment.currency)),
    method: plain(methodName(payment.method, speech)),
  };
  return {
    style: STYLES[kind],
    title: speech.say(`payment.reversed.${kind}.title`),
    lines: [speech.say(`payment.reversed.${kind}.text`, values)],
  };
}

export function reversalFacts(payment: Payment, speech: Speech): PaymentView['facts'] {
  const fact = (title: StringKey, amount: bigint) =>
    amount === 0n ? [] : [{ title: speech.say(title), value: speech.money(money(amount, payment.currency)) }];
  return [
    ...fact('payment.reversed.fact.refund', gone(payment, 'refund')),
    ...fact('payment.reversed.fact.refundFailed', back(payment, 'refund')),
    ...fact('payment.reversed.fact.dispute', gone(payment, 'dispute')),
    ...fact('payment.reversed.fact.reinstated', back(payment, 'dispute')),
  ];
}

/** What the processor, or the bank, keeps of it. */
function gone(payment: Payment, kind: Reversal['kind']): bigint {
  return sum(payment, kind, heldOf);
}

function back(payment: Payment, kind: Reversal['kind']): bigint {
  return sum(payment, kind, ({ returned }) => returned);
}

function sum({ reversals = [] }: Payment, kind: Reversal['kind'], of: (one: Reversal) => bigint): bigint {
  return reversals.reduce((total, one) => (one.kind === kind ? total + of(one) : total), 0n);
}
