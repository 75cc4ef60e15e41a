/** One customer per tenant at Stripe, with the cards that its people entered on Stripe's own pages. */
import { createHash } from 'node:crypto';
import type Stripe from 'stripe';
import * as z from 'zod';
import type { Currency } from '../../money.js';
import type { MethodChange, MethodChanges, MethodPages, PageLink } from '../method-ports.js';
import type { PaymentMethod, PaymentMethods } from '../processor.js';
import { call, change, type Answer } from './calling.js';
import { ChargeDiffers, StripeRefused, StripeUnavailable } from './errors.js';
import type { StripeRecords } from './records.js';

const PAGE_CARDS = 100;
/** A thousand cards of one tenant: who has more is no customer of this bot. */
const PAGES_MAX = 10;

export interface CustomerDeps {
  readonly stripe: Stripe;
  readonly records: StripeRecords;
  /** Whether the key moves real money. */
  readonly live: boolean;
  /** ISO, UTC. */
  readonly now: () => string;
  /** Where Stripe's pages lead back to. It names nobody: whoever comes from there is told no more than to go back. */
  readonly backUrl: string;
  /** Stripe offers the cards that can be charged in it. */
  readonly currency: Currency;
}

const customerSchema = z.object({
  object: z.literal('customer'),
  id: z.string().min(1),
  livemode: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  invoice_settings: z.object({ default_payment_method: z.string().nullable() }),
});

const cardSchema = z.object({
  object: z.literal('payment_method'),
  id: z.string().min(1),
  type: z.literal('card'),
  customer: z.string().nullable(),
  card: z.object({
    brand: z.string(),
    last4: z.string().regex(/^\d{4}$/u),
    exp_month: z.int().min(1).max(12),
    exp_year: z.int().min(2000).max(9999),
    fingerprint: z.string().nullish(),
  }),
});

const cardListSchema = z.object({
  object: z.literal('list'),
  data: z.array(cardSchema),
  has_more: z.boolean(),
});
const pageSchema = z.object({ object: z.enum(['checkout.session', 'billing_portal.session']), url: z.url() });

const UNKNOWN = { kind: 'unknown' } as const;

/** As people write them; another one is shown as Stripe names it. */
const BRANDS: ReadonlyMap<string, string> = new Map([
  ['amex', 'American Express'],
  ['cartes_bancaires', 'Cartes Bancaires'],
  ['diners', 'Diners Club'],
  ['discover', 'Discover'],
  ['jcb', 'JCB'],
  ['mastercard', 'Mastercard'],
  ['unionpay', 'UnionPay'],
  ['visa', 'Visa'],
]);

/** All methods may throw StripeRefused and StorageUnavailable. */
export class StripeCustomers implements PaymentMethods, MethodPages, MethodChanges {
  readonly #deps: CustomerDeps;

  constructor(deps: CustomerDeps) {
    this.#deps = deps;
  }

  /** @throws StripeUnavailable where it is not known whole: a card that is missing would be taken for one that is gone. */
  async list(tenant: string): Promise<readonly PaymentMethod[]> {
    const customer = await this.#deps.records.read(tenant, 'customer');
    if (customer === undefined) return [];
    const { stripe } = this.#deps;
    const [about, cards] = await Promise.all([
      call(customerSchema, () => stripe.customers.retrieve(customer)),
      this.#cards(customer),
    ]);
    const { invoice_settings: settings } = this.#ours(clear(about), tenant);
    const own = cards.filter((card) => card.customer === customer);
    const first = settings.default_payment_method;
    return [...own.filter(({ id }) => id === first), ...own.filter(({ id }) => id !== first)].map(methodOf);
  }

  async #cards(customer: string): Promise<readonly z.infer<typeof cardSchema>[]> {
    const cards: z.infer<typeof cardSchema>[] = [];
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const last = cards.at(-1)?.id;
      const answer = await call(cardListSchema, () =>
        this.#deps.stripe.customers.listPaymentMethods(customer, {
          type: 'card',
          limit: PAGE_CARDS,
          ...(last !== undefined && { starting_after: last }),
        }),
      );
      const { data, has_more } = clear(answer);
      cards.push(...data);
      if (!has_more) return cards;
    }
    throw new StripeUnavailable(`${customer} has more than ${PAGES_MAX * PAGE_CARDS} cards`);
  }

  /** A first card makes the tenant's customer. */
  async addLink(tenant: string): Promise<PageLink> {
    const customer = await this.#customer(tenant);
    if (customer === undefined) return UNKNOWN;
    const { stripe, backUrl, currency } = this.#deps;
    return linkOf(
      await call(pageSchema, () =>
        stripe.checkout.sessions.create({
          mode: 'setup',
          customer,
          currency: currency.toLowerCase(),
          allowed_payment_method_types: ['card'],
          metadata: { tenant },
          setup_intent_data: { metadata: { tenant } },
          success_url: backUrl,
          cancel_url: backUrl,
        }),
      ),
    );
  }

  async replaceLink(tenant: string): Promise<PageLink | { readonly kind: 'noCustomer' }> {
    const { stripe, records, backUrl } = this.#deps;
    const customer = await records.read(tenant, 'customer');
    if (customer === undefined) return { kind: 'noCustomer' };
    return linkOf(
      await call(pageSchema, () =>
        stripe.billingPortal.sessions.create({
          customer,
          return_url: backUrl,
          flow_data: {
            type: 'payment_method_update',
            after_completion: { type: 'redirect', redirect: { return_url: backUrl } },
          },
        }),
      ),
    );
  }

  async remove(tenant: string, methodId: string): Promise<MethodChange> {
    const { stripe } = this.#deps;
    return this.#change(tenant, methodId, async () => {
      const answer = await call(cardSchema, () => stripe.paymentMethods.detach(methodId));
      return answer.kind === 'answered' && answer.body.customer === null;
    });
  }

  async makeDefault(tenant: string, methodId: string): Promise<MethodChange> {
    const { stripe } = this.#deps;
    return this.#change(tenant, methodId, async (customer) => {
      const invoice_settings = { default_payment_method: methodId };
      const answer = await call(customerSchema, () =>
        stripe.customers.update(customer, { invoice_settings }),
      );
      return answer.kind === 'answered' && answer.body.invoice_settings.default_payment_method === methodId;
    });
  }

  /** Only what is the tenant's own is changed. */
  async #change(
    tenant: string,
    methodId: string,
    apply: (customer: string) => Promise<boolean>,
  ): Promise<MethodChange> {
    const customer = await this.#deps.records.read(tenant, 'customer');
    if (customer === undefined) return { kind: 'notFound' };
    const card = await call(cardSchema, () => this.#deps.stripe.paymentMethods.retrieve(methodId));
    if (card.kind === 'unclear') return UNKNOWN;
    if (card.kind === 'refused' || card.body.customer !== customer) return { kind: 'notFound' };
    return { kind: (await apply(customer)) ? 'done' : 'unknown' };
  }

  /** Made under a key of the tenant's, kept if nobody else's was first: two clicks make one. */
  async #customer(tenant: string): Promise<string | undefined> {
    const { stripe, records, now } = this.#deps;
    const kept = await records.read(tenant, 'customer');
    if (kept !== undefined) return kept;
    const key = `customer:${createHash('sha256').update(tenant).digest('hex')}`;
    const answer = await change(customerSchema, { key, now: now() }, (options) =>
      stripe.customers.create({ metadata: { tenant } }, options),
    );
    if (answer.kind === 'refused') throw new StripeRefused(answer.refusal.summary);
    if (answer.kind === 'unclear') return undefined;
    const { id } = this.#ours(answer.body, tenant);
    return records.change(tenant, 'customer', { from: undefined, to: id });
  }

  #ours(customer: z.infer<typeof customerSchema>, tenant: string): z.infer<typeof customerSchema> {
    if (customer.metadata['tenant'] === tenant && customer.livemode === this.#deps.live) return customer;
    throw new ChargeDiffers(`${customer.id} is not the customer of this tenant in this mode`);
  }
}

function clear<T>(answer: Answer<T>): T {
  if (answer.kind === 'answered') return answer.body;
  if (answer.kind === 'refused') throw new StripeRefused(answer.refusal.summary);
  throw new StripeUnavailable('the stored cards are not known just now');
}

function linkOf(answer: Answer<z.infer<typeof pageSchema>>): PageLink {
  if (answer.kind === 'refused') throw new StripeRefused(answer.refusal.summary);
  return answer.kind === 'answered' ? { kind: 'link', url: answer.body.url } : UNKNOWN;
}

function methodOf({ id, card }: z.infer<typeof cardSchema>): PaymentMethod {
  const month = String(card.exp_month).padStart(2, '0');
  const { fingerprint } = card;
  return {
    id,
    brand: BRANDS.get(card.brand) ?? card.brand,
    last4: card.last4,
    expires: `${card.exp_year}-${month}`,
    ...(typeof fingerprint === 'string' && { fingerprint }),
  };
}
