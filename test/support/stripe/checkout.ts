/** Stripe's hosted pages of the stand-in: made by the program, then used by a person. */
import { groupOf, textOf, textsOf, type Fields } from './form.js';
import { charge } from './intents.js';
import {
  invalid,
  missing,
  ok,
  type Behaviour,
  type Intent,
  type Records,
  type Reply,
  type Session,
} from './records.js';

export function createSession(records: Records, fields: Fields): Reply {
  const customer = textOf(fields, 'customer') ?? '';
  if (!records.customers.has(customer)) return missing('customer', 400);
  const item = groupOf(groupOf(fields, 'line_items'), '0');
  const price = groupOf(item, 'price_data');
  const mode = textOf(fields, 'mode') ?? '';
  if (mode === 'payment' && textOf(price, 'unit_amount') === undefined)
    return invalid(undefined, 'line_items');
  const id = records.id('cs_test');
  const session: Session = {
    object: 'checkout.session',
    id,
    mode,
    customer,
    livemode: false,
    metadata: textsOf(fields, 'metadata'),
    amount_total:
      mode === 'payment' ? Number(textOf(price, 'unit_amount')) * Number(textOf(item, 'quantity')) : null,
    currency: textOf(price, 'currency') ?? textOf(fields, 'currency') ?? null,
    expires_at: Number(textOf(fields, 'expires_at') ?? records.seconds() + 86_400),
    success_url: textOf(fields, 'success_url') ?? '',
    intentMetadata: textsOf(groupOf(fields, 'payment_intent_data'), 'metadata'),
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    url: `https://checkout.stripe.test/c/${id}`,
  };
  records.sessions.set(id, session);
  return ok(shown(records, session));
}

/** With its intent expanded, as the program always asks; a page that is not open any more has no address. */
export function shown(records: Records, session: Session): object {
  const { intentMetadata: _kept, ...rest } = session;
  if (session.status === 'open' && session.expires_at <= records.seconds()) session.status = 'expired';
  const open = session.status === 'open';
  const intent = session.payment_intent === null ? null : records.intents.get(session.payment_intent);
  return { ...rest, status: session.status, url: open ? session.url : null, payment_intent: intent };
}

export function expireSession(session: Session, records: Records): Reply {
  shown(records, session);
  if (session.status !== 'open') return invalid(undefined);
  session.status = 'expired';
  records.tell('checkout.session.expired', shown(records, session));
  return ok(shown(records, session));
}

/** The person pays, or approves, on the page. A page that is not open any more lets nobody. */
export function payPage(records: Records, url: string): boolean {
  const session = openPage(records, url);
  if (session?.mode !== 'payment') return false;
  const intent: Intent = {
    object: 'payment_intent',
    id: records.id('pi'),
    created: records.seconds(),
    amount: session.amount_total!,
    amount_received: 0,
    currency: session.currency!,
    customer: session.customer,
    livemode: false,
    metadata: session.intentMetadata,
    allowed_payment_method_types: ['card'],
    payment_method: null,
    status: 'requires_confirmation',
    canceled_at: null,
    cancellation_reason: null,
    last_payment_error: null,
  };
  records.intents.set(intent.id, intent);
  charge(records, intent);
  session.payment_intent = intent.id;
  session.payment_status = 'paid';
  session.status = 'complete';
  records.tell('checkout.session.completed', shown(records, session));
  return true;
}

/** The person enters a card on the page. */
export function enterCard(records: Records, url: string, behaviour?: Behaviour): string | undefined {
  const session = openPage(records, url);
  if (session?.mode !== 'setup') return undefined;
  session.status = 'complete';
  session.payment_status = 'no_payment_required';
  const id = records.addCard(session.customer, behaviour);
  records.tell('payment_method.attached', records.cards.get(id)!);
  return id;
}

function openPage(records: Records, url: string): Session | undefined {
  const session = records.sessions.get(url.split('/').at(-1) ?? '');
  if (session !== undefined) shown(records, session);
  return session?.status === 'open' ? session : undefined;
}
