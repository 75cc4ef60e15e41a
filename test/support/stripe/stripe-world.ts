/** The real client and adapters over the stand-in, for one or more instances of the program. */
import type Stripe from 'stripe';
import { stripeClient } from '../../../src/billing/payments/stripe/client.js';
import { StripeCustomers } from '../../../src/billing/payments/stripe/customers.js';
import { PaymentLinks } from '../../../src/billing/payments/stripe/payment-links.js';
import { StripeRecordTable } from '../../../src/billing/payments/stripe/record-table.js';
import { StripeProcessor } from '../../../src/billing/payments/stripe/stripe-processor.js';
import { MemoryTableStore } from '../../../src/billing/storage/memory-table.js';
import type { TableStore } from '../../../src/billing/storage/table.js';
import { START } from '../billing.js';
import type { Behaviour } from './records.js';
import { StripeStandIn, type StandInOptions } from './stand-in.js';

export const TEST_KEY = 'sk_test_ofTheStandIn';
export const PUBLIC_URL = 'https://bot.example';
export const BACK_URL = `${PUBLIC_URL}/payments/cards`;
export const LINKS = new PaymentLinks({ publicUrl: PUBLIC_URL, secret: TEST_KEY });

export interface StripeWorld {
  readonly standIn: StripeStandIn;
  readonly table: TableStore;
  readonly records: StripeRecordTable;
  readonly stripe: Stripe;
  processor(): StripeProcessor;
  readonly customers: StripeCustomers;
  /** @returns the id of the tenant's customer, which is made where it is missing. */
  customer(tenant: string): Promise<string>;
  card(tenant: string, behaviour?: Behaviour): Promise<string>;
}

export async function stripeWorld(options: Partial<StandInOptions> = {}): Promise<StripeWorld> {
  const now = options.now ?? (() => START);
  const standIn = new StripeStandIn({ ...options, now });
  const server = { host: '127.0.0.1', port: await standIn.start(), protocol: 'http' } as const;
  const table = new MemoryTableStore();
  const records = new StripeRecordTable(table);
  const stripe = stripeClient({ secretKey: TEST_KEY, server });
  const deps = { stripe, records, now, live: false };
  const customer = async (tenant: string): Promise<string> =>
    (await records.read(tenant, 'customer')) ??
    records.change(tenant, 'customer', { from: undefined, to: standIn.records.addCustomer(tenant) });
  return {
    standIn,
    table,
    records,
    stripe,
    processor: () => new StripeProcessor({ ...deps, links: LINKS, productName: 'Communications Credits' }),
    customers: new StripeCustomers({ ...deps, backUrl: BACK_URL, currency: 'USD' }),
    customer,
    card: async (tenant, behaviour) => standIn.records.addCard(await customer(tenant), behaviour),
  };
}
