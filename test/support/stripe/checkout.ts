/** Stripe's hosted pages of the stand-in: made by the program, then used by a person. */
import { groupOf, textOf, textsOf, wordOf, type Fields } from './form.js';
import { charge, newIntent } from './intents.js';
import { invalid, missing, ok, type Behaviour, type Records, type Reply, type Session } from './records.js';

const DAY_SECONDS = 86_400;

export function createSession(records: Records, fields: Fields): Reply {
  const customer = wordOf(fields, 'customer');
  if (!records.customers.has(customer)) return missing('customer', 400);
  const mode = wordOf(fields, 'mode');
  const total = totalOf(fields);
  if (mode === 'payment' && Number.isNaN(total.amount)) return invalid(undefined, 'line_items');
  const id = records.id('cs_test');
  const session: Session = {
    object: 'checkout.session',
    id,
    mode,
    customer,
    livemode: false,
    metadata: textsOf(fields, 'metadata'),
    amount_total: mode === 'payment' ? total.amount : null,
    currency: mode === 'payment' ? total.currency : wordOf(fields, 'currency'),
    expires_at: Number(textOf(fields, 'expires_at') ?? records.seconds() + DAY_SECONDS),
    success_url: wordOf(fields, 'success_url'),
    intentMetadata: textsOf(groupOf(fields, 'payment_intent_data'), 'metadata'),
    status: 'open',
    payment_status: 'unpaid',
    payment_intent: null,
    url: `https://checkout.stripe.test/c/${id}`,
  };
  records.sessions.set(id, session);
  return ok(shown(records, session));
}

function totalOf(fields: Fields): { readonly amount: number; readonly currency: string } {
  const item = groupOf(groupOf(fields, 'line_items'), '0');
  const price = groupOf(item, 'price_data');
  const amount = Number(textOf(price, 'unit_amount')) * Number(textOf(item, 'quantity'));
  return { amount, currency: wordOf(price, 'currency') };
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
  const intent = newIntent(records, {
    amount: session.amount_total!,
    currency: session.currency!,
    customer: session.customer,
    metadata: session.intentMetadata,
    payment_method: null,
  });
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
