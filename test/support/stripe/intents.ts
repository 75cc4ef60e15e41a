/** PaymentIntents and refunds of the stand-in (https://docs.stripe.com/payments/paymentintents/lifecycle). */
import { groupOf, textOf, textsOf, type Fields } from './form.js';
import {
  invalid,
  missing,
  ok,
  type Behaviour,
  type Intent,
  type Records,
  type Refund,
  type Reply,
} from './records.js';

const CANCELABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];
const SMALLEST = 50;

export function createIntent(records: Records, fields: Fields): Reply {
  if (fields['payment_method_types'] !== undefined)
    return invalid('payment_method_types_no_longer_supported');
  const customer = textOf(fields, 'customer') ?? '';
  if (!records.customers.has(customer)) return missing('customer', 400);
  const method = textOf(fields, 'payment_method') ?? '';
  if (records.cards.get(method)?.customer !== customer) return missing('payment_method', 400);
  const amount = Number(textOf(fields, 'amount'));
  if (!Number.isInteger(amount) || amount < SMALLEST) return invalid('amount_too_small', 'amount');
  const intent: Intent = {
    object: 'payment_intent',
    id: records.id('pi'),
    created: records.seconds(),
    amount,
    amount_received: 0,
    currency: textOf(fields, 'currency') ?? '',
    customer,
    livemode: false,
    metadata: textsOf(fields, 'metadata'),
    allowed_payment_method_types: Object.values(textsOf(fields, 'allowed_payment_method_types')),
    payment_method: method,
    status: 'requires_confirmation',
    canceled_at: null,
    cancellation_reason: null,
    last_payment_error: null,
  };
  records.intents.set(intent.id, intent);
  records.tell('payment_intent.created', intent);
  return ok(intent);
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
  return ok({ object: 'list', data: all.slice(from, to), has_more: to < all.length });
}

export function confirmIntent(intent: Intent, records: Records, fields: Fields): Reply {
  if (intent.status !== 'requires_confirmation') return unexpected(intent);
  const behaviour = records.behaviours.get(intent.payment_method ?? '') ?? { kind: 'approves' };
  const offSession = textOf(fields, 'off_session') === 'true';
  if (behaviour.kind === 'processes') intent.status = 'processing';
  else if (behaviour.kind === 'wantsPerson' && !offSession) intent.status = 'requires_action';
  else if (behaviour.kind === 'wantsPerson' || behaviour.kind === 'declines')
    return fail(records, intent, errorOf(behaviour));
  else charge(records, intent);
  return ok(intent);
}

export function charge(records: Records, intent: Intent): void {
  intent.status = 'succeeded';
  intent.amount_received = intent.amount;
  records.tell('payment_intent.succeeded', intent);
}

function errorOf(
  behaviour: Extract<Behaviour, { kind: 'wantsPerson' | 'declines' }>,
): Record<string, string> {
  if (behaviour.kind === 'wantsPerson')
    return { code: 'authentication_required', decline_code: 'authentication_required' };
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

export function refundedOf(records: Records, intentId: string): number {
  const own = [...records.refunds.values()].filter((refund) => refund.payment_intent === intentId);
  return own.reduce((sum, { amount }) => sum + amount, 0);
}
