/** The calls that the stand-in knows. */
import { createSession, expireSession, shown } from './checkout.js';
import { createCustomer, detachCard, listCards, openPortal, updateCustomer } from './customers.js';
import type { Fields } from './form.js';
import {
  cancelIntent,
  confirmIntent,
  createIntent,
  createRefund,
  listDisputes,
  listIntents,
  listRefunds,
  withIntent,
} from './intents.js';
import { invalid, missing, ok, type Records, type Reply } from './records.js';

type Handler = (records: Records, fields: Fields, id: string) => Reply;

/** A call about one object, which must be there. */
function about<T>(
  pick: (records: Records) => ReadonlyMap<string, T>,
  handle: (object: T, records: Records, fields: Fields) => Reply,
): Handler {
  return (records, fields, id) => {
    const object = pick(records).get(id);
    return object === undefined ? missing('id') : handle(object, records, fields);
  };
}

const intents = (records: Records) => records.intents;
const refunds = (records: Records) => records.refunds;
const disputes = (records: Records) => records.disputes;
const sessions = (records: Records) => records.sessions;
const customers = (records: Records) => records.customers;
const cards = (records: Records) => records.cards;

const ROUTES: readonly (readonly [string, Handler])[] = [
  ['POST /v1/payment_intents', createIntent],
  ['GET /v1/payment_intents', listIntents],
  ['GET /v1/payment_intents/:id', about(intents, (intent) => ok(intent))],
  ['POST /v1/payment_intents/:id/confirm', about(intents, confirmIntent)],
  ['POST /v1/payment_intents/:id/cancel', about(intents, cancelIntent)],
  ['POST /v1/refunds', createRefund],
  ['GET /v1/refunds', listRefunds],
  ['GET /v1/refunds/:id', about(refunds, (refund, records) => withIntent(records, refund))],
  ['GET /v1/disputes', listDisputes],
  ['GET /v1/disputes/:id', about(disputes, (dispute, records) => withIntent(records, dispute))],
  ['POST /v1/checkout/sessions', createSession],
  ['GET /v1/checkout/sessions/:id', about(sessions, (session, records) => ok(shown(records, session)))],
  ['POST /v1/checkout/sessions/:id/expire', about(sessions, expireSession)],
  ['POST /v1/billing_portal/sessions', openPortal],
  ['POST /v1/customers', createCustomer],
  ['GET /v1/customers/:id', about(customers, (customer) => ok(customer))],
  ['POST /v1/customers/:id', about(customers, updateCustomer)],
  ['GET /v1/customers/:id/payment_methods', about(customers, listCards)],
  ['GET /v1/payment_methods/:id', about(cards, (card) => ok(card))],
  ['POST /v1/payment_methods/:id/detach', about(cards, detachCard)],
];

const BY_PATTERN = ROUTES.map(([call, handle]) => ({
  pattern: new RegExp(`^${call.replace(':id', '([^/]+)')}$`, 'u'),
  handle,
}));

export function route(records: Records, call: string, fields: Fields): Reply {
  for (const { pattern, handle } of BY_PATTERN) {
    const match = pattern.exec(call);
    if (match !== null) return handle(records, fields, decodeURIComponent(match[1] ?? ''));
  }
  return invalid('url_invalid', undefined, 404);
}
