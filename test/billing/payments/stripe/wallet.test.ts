import { StripeCustomers } from '../../../../src/billing/payments/stripe/customers.js';
import { StripeRecordTable } from '../../../../src/billing/payments/stripe/record-table.js';
import { START } from '../../../support/billing.js';
import { enterCard } from '../../../support/stripe/checkout.js';
import { BACK_URL, stripeWorld, type StripeWorld } from '../../../support/stripe/stripe-world.js';
import { walletContract } from '../wallet-contract.js';

const worlds: StripeWorld[] = [];
afterEach(async () => {
  await Promise.all(worlds.splice(0).map(({ standIn }) => standIn.stop()));
});

walletContract("Stripe's customers", async () => {
  const world = await stripeWorld();
  worlds.push(world);
  const { standIn, stripe } = world;
  const records = new StripeRecordTable(world.table);
  const deps = { stripe, records, now: () => START, live: false, backUrl: BACK_URL };
  return {
    wallet: world.customers,
    other: new StripeCustomers({ ...deps, currency: 'USD' }),
    enter: async (url) => void enterCard(standIn.records, url),
    goAway: () => {
      standIn.fault = () => '502';
    },
    comeBack: () => {
      standIn.fault = () => undefined;
    },
  };
});
