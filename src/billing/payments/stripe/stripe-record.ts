/** Stripe's own record of a tenant's charges, whole or not at all: a part of it would accuse the ledger. */
import * as z from 'zod';
import type { ProcessorRecord, RecordedCharge } from '../../verify/processor-record.js';
import { call, type Answer } from './calling.js';
import { disputeSchema, heldBy } from './disputes.js';
import { ChargeDiffers, StripeRefused, StripeUnavailable } from './errors.js';
import type { EventsDeps } from './events.js';
import { intentSchema } from './intent.js';
import { fromMinor, microsOfMinor } from './minor-units.js';

const PAGE_INTENTS = 100;
/** A hundred thousand charges of one tenant. */
const PAGES_MAX = 1_000;

const listedSchema = intentSchema.extend({
  latest_charge: z.object({ amount_refunded: z.int().nonnegative(), disputed: z.boolean() }).nullable(),
});
type Listed = z.infer<typeof listedSchema>;

const listSchema = z.object({
  object: z.literal('list'),
  data: z.array(listedSchema),
  has_more: z.boolean(),
});

const disputesSchema = z.object({
  object: z.literal('list'),
  data: z.array(disputeSchema),
  has_more: z.literal(false),
});

const STATES: ReadonlyMap<string, RecordedCharge['state']> = new Map([
  ['succeeded', 'charged'],
  ['canceled', 'notCharged'],
  ['requires_payment_method', 'notCharged'],
]);
/** A payment's first charge in the list is the one that it is compared with. */
const RANK: readonly RecordedCharge['state'][] = ['charged', 'open', 'notCharged'];

export class StripeRecord implements ProcessorRecord {
  readonly #deps: EventsDeps;

  constructor(deps: EventsDeps) {
    this.#deps = deps;
  }

  /** @throws StripeUnavailable, StripeRefused, ChargeDiffers, StorageUnavailable */
  async charges(tenant: string): Promise<readonly RecordedCharge[]> {
    const customer = await this.#deps.records.read(tenant, 'customer');
    if (customer === undefined) return [];
    const charges: RecordedCharge[] = [];
    let last: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const { data, has_more } = await this.#page(customer, last);
      for (const intent of data) charges.push(...(await this.#recorded(intent, tenant)));
      last = data.at(-1)?.id;
      if (!has_more || last === undefined)
        return RANK.flatMap((state) => charges.filter((charge) => charge.state === state));
    }
    throw new ChargeDiffers(`${customer} has more than ${PAGES_MAX * PAGE_INTENTS} charges`);
  }

  async #page(customer: string, last: string | undefined): Promise<z.infer<typeof listSchema>> {
    const answer = await call(listSchema, () =>
      this.#deps.stripe.paymentIntents.list({
        customer,
        limit: PAGE_INTENTS,
        expand: ['data.latest_charge'],
        ...(last !== undefined && { starting_after: last }),
      }),
    );
    return clear(answer);
  }

  /** What somebody charged at Stripe by hand is none of the ledger's payments. */
  async #recorded(intent: Listed, tenant: string): Promise<readonly RecordedCharge[]> {
    const { id, metadata, status, currency, livemode, latest_charge: charge } = intent;
    const { paymentId } = metadata;
    if (paymentId === undefined) return [];
    if (metadata['tenant'] !== tenant || livemode !== this.#deps.live)
      throw new ChargeDiffers(`${id} of payment ${paymentId} has another tenant or mode`);
    const state = STATES.get(status) ?? 'open';
    const amount = fromMinor(state === 'charged' ? intent.amount_received : intent.amount, currency);
    return [{ paymentId, amount, state, ...(await this.#wentBack(id, currency, charge)) }];
  }

  async #wentBack(
    id: string,
    currency: string,
    charge: Listed['latest_charge'],
  ): Promise<Pick<RecordedCharge, 'refunded' | 'disputed'>> {
    const refunded = microsOfMinor(charge?.amount_refunded ?? 0, currency);
    return { refunded, disputed: charge?.disputed === true ? await this.#disputed(id, currency) : 0n };
  }

  async #disputed(payment_intent: string, currency: string): Promise<bigint> {
    const answer = await call(disputesSchema, () =>
      this.#deps.stripe.disputes.list({ payment_intent, limit: PAGE_INTENTS }),
    );
    const { data } = clear(answer);
    const held = data.map(heldBy);
    return held.reduce((sum, minor) => sum + microsOfMinor(minor, currency), 0n);
  }
}

function clear<T>(answer: Answer<T>): T {
  if (answer.kind === 'answered') return answer.body;
  if (answer.kind === 'refused') throw new StripeRefused(answer.refusal.summary);
  throw new StripeUnavailable('the record of charges is not known just now');
}
