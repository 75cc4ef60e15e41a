/** PaymentIntents and refunds of the stand-in (https://docs.stripe.com/payments/paymentintents/lifecycle). */
import { groupOf, textOf, textsOf, wordOf, type Fields } from './form.js';
import {
  invalid,
  missing,
  ok,
  type Behaviour,
  type Dispute,
  type Intent,
  type Records,
  type Refund,
  type Reply,
} from './records.js';

const CANCELABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const SMALLEST = 50;

export function createIntent(records: Records, fields: Fields): Reply {
  const refused = refusalOf(records, fields);
  if (refused !== undefined) return refused;
  const intent = newIntent(records, {
    amount: Number(wordOf(fields, 'amount')),
    currency: wordOf(fields, 'currency'),
    customer: wordOf(fields, 'customer'),
    metadata: textsOf(fields, 'metadata'),
    payment_method: wordOf(fields, 'payment_method'),
  });
  records.tell('payment_intent.created', intent);
  return ok(intent);
}

function refusalOf(records: Records, fields: Fields): Reply | undefined {
  if (fields['payment_method_types'] !== undefined)
    return invalid('payment_method_types_no_longer_supported');
  const customer = wordOf(fields, 'customer');
  if (!records.customers.has(customer)) return missing('customer', 400);
  const card = records.cards.get(wordOf(fields, 'payment_method'));
  if (card?.customer !== customer) return missing('payment_method', 400);
  const amount = Number(wordOf(fields, 'amount'));
  return amount >= SMALLEST ? undefined : invalid('amount_too_small', 'amount');
}

export function newIntent(
  records: Records,
  content: Pick<Intent, 'amount' | 'currency' | 'customer' | 'metadata' | 'payment_method'>,
): Intent {
  const intent: Intent = {
    object: 'payment_intent',
    id: records.id('pi'),
    created: records.seconds(),
    amount_received: 0,
    livemode: false,
    status: 'requires_confirmation',
    canceled_at: null,
    cancellation_reason: null,
    last_payment_error: null,
    ...content,
  };
  records.intents.set(intent.id, intent);
  return intent;
}

/** The newest first, as all of Stripe's lists. */
export function listIntents(records: Records, fields: Fields): Reply {
  const since = Number(textOf(groupOf(fields, 'created'), 'gte') ?? 0);
  const all = [...records.intents.values()]
    .filter((intent) => intent.customer === textOf(fields, 'customer') && intent.created >= since)
    .reverse();
  const after = textOf(fields, 'starting_after');
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const to = from + Number(textOf(fields, 'limit') ?? 10);
  const data = all.slice(from, to).map((intent) => ({ ...intent, latest_charge: chargeOf(records, intent) }));
  return ok({ object: 'list', data, has_more: to < all.length });
}

/** Where a confirmed intent waits: for the bank, or for the person who is there. */
const WAITS: Partial<Readonly<Record<Behaviour['kind'], string>>> = {
  processes: 'processing',
  wantsPerson: 'requires_action',
};

export function confirmIntent(intent: Intent, records: Records, fields: Fields): Reply {
  if (intent.status !== 'requires_confirmation') return unexpected(intent);
  const behaviour = records.behaviourOf(intent) ?? { kind: 'approves' };
  const error = errorOf(behaviour, textOf(fields, 'off_session') === 'true');
  if (error !== undefined) return fail(records, intent, error);
  const waits = WAITS[behaviour.kind];
  if (waits === undefined) charge(records, intent);
  else intent.status = waits;
  return ok(intent);
}

export function charge(records: Records, intent: Intent): void {
  intent.status = 'succeeded';
  intent.amount_received = intent.amount;
  records.tell('payment_intent.succeeded', intent);
}

function errorOf(behaviour: Behaviour, offSession: boolean): Record<string, string> | undefined {
  if (behaviour.kind === 'wantsPerson' && offSession)
    return { code: 'authentication_required', decline_code: 'authentication_required' };
  if (behaviour.kind !== 'declines') return undefined;
  return {
    code: behaviour.code,
    ...(behaviour.decline !== undefined && { decline_code: behaviour.decline }),
    ...(behaviour.advice !== undefined && { advice_code: behaviour.advice }),
  };
}

function fail(records: Records, intent: Intent, details: Record<string, string>): Reply {
  const error = { type: 'card_error', message: 'Your card was declined.', ...details };
  intent.status = 'requires_payment_method';
  intent.payment_method = null;
  intent.last_payment_error = error;
  records.tell('payment_intent.payment_failed', intent);
  return { status: 402, body: { error: { ...error, payment_intent: intent } } };
}

export function cancelIntent(intent: Intent, records: Records, fields: Fields): Reply {
  if (!CANCELABLE.includes(intent.status)) return unexpected(intent);
  intent.status = 'canceled';
  intent.canceled_at = records.seconds();
  intent.cancellation_reason = textOf(fields, 'cancellation_reason') ?? null;
  records.tell('payment_intent.canceled', intent);
  return ok(intent);
}

function unexpected(intent: Intent): Reply {
  const code = 'payment_intent_unexpected_state';
  const error = { type: 'invalid_request_error', code, message: 'no', payment_intent: intent };
  return { status: 400, body: { error } };
}

export function createRefund(records: Records, fields: Fields): Reply {
  const intent = records.intents.get(textOf(fields, 'payment_intent') ?? '');
  if (intent === undefined) return missing('payment_intent', 400);
  const left = intent.amount_received - refundedOf(records, intent.id);
  const amount = Number(textOf(fields, 'amount') ?? left);
  if (intent.amount_received > 0 && left === 0) return invalid('charge_already_refunded');
  if (amount > left) return invalid(undefined, 'amount');
  const refund: Refund = {
    object: 'refund',
    id: records.id('re'),
    amount,
    currency: intent.currency,
    payment_intent: intent.id,
    metadata: textsOf(fields, 'metadata'),
    status: 'succeeded',
  };
  records.refunds.set(refund.id, refund);
  records.tell('refund.created', refund);
  return ok(refund);
}

export function listRefunds(records: Records, fields: Fields): Reply {
  const of = textOf(fields, 'payment_intent');
  const data = [...records.refunds.values()].filter((refund) => refund.payment_intent === of).reverse();
  return ok({ object: 'list', data, has_more: false });
}

/** As it is listed with `data.latest_charge` expanded. */
function chargeOf(records: Records, { id, amount_received }: Intent): object | null {
  if (amount_received === 0) return null;
  const disputed = [...records.disputes.values()].some(({ payment_intent }) => payment_intent === id);
  return { object: 'charge', amount_refunded: refundedOf(records, id), disputed };
}

/** With its intent expanded, as the program asks. */
export function withIntent(records: Records, object: Refund | Dispute): Reply {
  return ok({ ...object, payment_intent: records.intents.get(object.payment_intent) });
}

export function listDisputes(records: Records, fields: Fields): Reply {
  const of = textOf(fields, 'payment_intent');
  const data = [...records.disputes.values()].filter((dispute) => dispute.payment_intent === of).reverse();
  return ok({ object: 'list', data, has_more: false });
}

/** Somebody gives money back in Stripe's dashboard. */
export function refundByHand(records: Records, intent: Intent, amount: number): Refund {
  const refund: Refund = {
    object: 'refund',
    id: records.id('re'),
    amount,
    currency: intent.currency,
    payment_intent: intent.id,
    metadata: {},
    status: 'succeeded',
  };
  records.refunds.set(refund.id, refund);
  records.tell('refund.created', refund);
  return refund;
}

/** The bank did not take it: the money is back. */
export function failRefund(records: Records, refund: Refund): void {
  refund.status = 'failed';
  records.tell('refund.failed', refund);
}

/** The holder of the card goes to the bank, which takes the money back (https://docs.stripe.com/disputes/how-disputes-work). */
export function withdraw(records: Records, { id, amount, currency }: Intent): Dispute {
  const dispute: Dispute = {
    object: 'dispute',
    id: records.id('du'),
    amount,
    currency,
    payment_intent: id,
    metadata: {},
    status: 'needs_response',
    balance_transactions: [],
  };
  records.disputes.set(dispute.id, dispute);
  records.tell('charge.dispute.created', dispute);
  move(dispute, -amount);
  records.tell('charge.dispute.funds_withdrawn', dispute);
  return dispute;
}

/** The dispute was won; what comes back in the account's own currency may be another amount than what was taken. */
export function reinstate(
  records: Records,
  dispute: Dispute,
  moved?: { amount: number; currency: string },
): void {
  dispute.status = 'won';
  move(dispute, moved?.amount ?? dispute.amount, moved?.currency);
  records.tell('charge.dispute.funds_reinstated', dispute);
}

function move(dispute: Dispute, amount: number, currency = dispute.currency): void {
  dispute.balance_transactions.push({ object: 'balance_transaction', amount, currency });
}

export function refundedOf(records: Records, intentId: string): number {
  const own = [...records.refunds.values()].filter(
    ({ payment_intent, status }) => payment_intent === intentId && status !== 'failed',
  );
  return own.reduce((sum, { amount }) => sum + amount, 0);
}
