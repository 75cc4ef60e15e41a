/** Customers and their cards of the stand-in. */
import { groupOf, textOf, textsOf, type Fields } from './form.js';
import { missing, ok, type Card, type Customer, type Records, type Reply } from './records.js';

export function createCustomer(records: Records, fields: Fields): Reply {
  const id = records.addCustomer('');
  const customer: Customer = { ...records.customers.get(id)!, metadata: textsOf(fields, 'metadata') };
  records.customers.set(id, customer);
  return ok(customer);
}

export function updateCustomer(customer: Customer, records: Records, fields: Fields): Reply {
  const method = textOf(groupOf(fields, 'invoice_settings'), 'default_payment_method');
  if (method !== undefined) customer.invoice_settings.default_payment_method = method;
  records.tell('customer.updated', customer);
  return ok(customer);
}

export function listCards(customer: Customer, records: Records, fields: Fields): Reply {
  const all = [...records.cards.values()].filter((card) => card.customer === customer.id).reverse();
  const after = all.findIndex(({ id }) => id === textOf(fields, 'starting_after'));
  const left = all.slice(after + 1);
  const limit = Number(textOf(fields, 'limit') ?? '10');
  return ok({ object: 'list', data: left.slice(0, limit), has_more: left.length > limit });
}

export function detachCard(card: Card, records: Records): Reply {
  const { customer } = card;
  card.customer = null;
  records.tell('payment_method.detached', card, { customer });
  return ok(card);
}

export function openPortal(records: Records, fields: Fields): Reply {
  const flow = textOf(groupOf(fields, 'flow_data'), 'type') ?? 'none';
  const customer = textOf(fields, 'customer') ?? '';
  if (!records.customers.has(customer)) return missing('customer', 400);
  return ok({
    object: 'billing_portal.session',
    id: records.id('bps'),
    url: `https://billing.stripe.test/p/${customer}/${flow}`,
  });
}
