/** Wires Stripe: the processor, its pages, its webhook and its record, over one client. */
import { isLiveKey, stripeClient } from './billing/payments/stripe/client.js';
import { StripeCustomers } from './billing/payments/stripe/customers.js';
import { StripeEvents } from './billing/payments/stripe/events.js';
import { PaymentLinks } from './billing/payments/stripe/payment-links.js';
import { StripeRecordTable } from './billing/payments/stripe/record-table.js';
import { StripeProcessor } from './billing/payments/stripe/stripe-processor.js';
import { StripeRecord } from './billing/payments/stripe/stripe-record.js';
import type { Compose, Payments } from './compose-payments.js';
import { CARDS_BACK_PATH, paymentPages } from './payment-pages/route.js';
import { webhookRoute } from './webhook-route.js';

export function composeStripe(
  ...[{ config, tables, log }, access, clock]: Parameters<Compose<'stripe'>>
): Payments {
  const { secretKey, webhookSecrets, productName } = access;
  const { publicUrl, currency } = config;
  const now = (): string => clock.now();
  const live = isLiveKey(secretKey);
  const links = new PaymentLinks({ publicUrl, secret: secretKey });
  const common = { stripe: stripeClient(access), records: new StripeRecordTable(tables.ledger), live, now };
  const processor = new StripeProcessor({ ...common, links, productName });
  const customers = new StripeCustomers({ ...common, backUrl: `${publicUrl}${CARDS_BACK_PATH}`, currency });
  const events = new StripeEvents(common);
  return {
    kind: 'stripe',
    processor,
    methods: customers,
    wallet: { pages: customers, changes: customers },
    events,
    record: new StripeRecord(common),
    routes: ({ billing, events: kept }) => [
      webhookRoute({ settings: { secrets: webhookSecrets, live, now }, events, kept, log }),
      ...paymentPages({ billing, actions: processor, links }),
    ],
  };
}
