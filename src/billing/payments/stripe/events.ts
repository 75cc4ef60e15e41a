/**
 * What Stripe's events are about. An event names an object; whose it is, and what is true of it, is read at Stripe, and
 * has to agree with what this program keeps.
 */
import * as z from 'zod';
import type { Money } from '../../money.js';
import type { EventMeaning, EventSource } from '../event-source.js';
import type { ProcessorEvent } from '../../ledger/model.js';
import { call } from './calling.js';
import { disputeOfChargeSchema, movedBy } from './disputes.js';
import { ChargeDiffers, StripeRefused, StripeUnavailable } from './errors.js';
import { assertOurs, intentSchema, type Intent } from './intent.js';
import type { IntentsDeps } from './intents.js';
import { fromMinor } from './minor-units.js';
import type { StripeRecords } from './records.js';
import type { StripeEvent } from './webhook.js';

export interface EventsDeps extends Omit<IntentsDeps, 'now'> {
  readonly records: StripeRecords;
}

/** Whose event it is: `nobodys` is about what this program did not make. */
export type Owner =
  | { readonly kind: 'tenant'; readonly tenant: string; readonly paymentId?: string }
  | { readonly kind: 'nobodys' };

const NOBODYS: Owner = { kind: 'nobodys' };
const NOTHING: EventMeaning = { kind: 'nothing' };

const customerSchema = z.object({
  object: z.literal('customer'),
  metadata: z.record(z.string(), z.string()).optional(),
});

const refundSchema = z.object({
  object: z.literal('refund'),
  id: z.string().min(1),
  amount: z.int().positive(),
  currency: z.string(),
  status: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
  payment_intent: intentSchema,
});

const EXPAND = { expand: ['payment_intent'] };

/** Its methods may throw StripeUnavailable and StripeRefused, ProcessorMisuse and ChargeDiffers, and StorageUnavailable. */
export class StripeEvents implements EventSource {
  readonly #deps: EventsDeps;

  constructor(deps: EventsDeps) {
    this.#deps = deps;
  }

  /** The tenant is believed only where the customer that Stripe names is the one that is kept of it. */
  async ownerOf(event: StripeEvent): Promise<Owner> {
    const { tenant, paymentId, customerId } = await this.#named(event);
    if (tenant === undefined) return NOBODYS;
    const kept = await this.#deps.records.read(tenant, 'customer');
    if (kept === undefined || (customerId !== undefined && customerId !== kept)) return NOBODYS;
    if (event.kind !== 'cards' && paymentId === undefined) return NOBODYS;
    return { kind: 'tenant', tenant, ...(paymentId !== undefined && { paymentId }) };
  }

  async read(tenant: string, { about, objectId, paymentId = '' }: ProcessorEvent): Promise<EventMeaning> {
    if (about === 'cards') return { kind: 'cards' };
    if (about === 'payment') return { kind: 'payment', paymentId };
    const customer = await this.#deps.records.read(tenant, 'customer');
    if (customer === undefined) throw new ChargeDiffers(`${objectId} is of a tenant without a customer`);
    const ours = (intent: Intent): void => {
      assertOurs(intent, { tenant, paymentId, customer }, this.#deps.live);
    };
    return about === 'refund'
      ? this.#refund(objectId, paymentId, ours)
      : this.#dispute(objectId, paymentId, ours);
  }

  async #refund(id: string, paymentId: string, assertOwn: (intent: Intent) => void): Promise<EventMeaning> {
    const made = await clear(refundSchema, id, () => this.#deps.stripe.refunds.retrieve(id, EXPAND));
    assertOwn(made.payment_intent);
    const failed = made.status === 'failed' || made.status === 'canceled';
    const own = made.metadata?.['refundId'];
    if (own !== undefined) return { kind: 'ownRefund', paymentId, refundId: own, failed };
    // What is pending will be told of again.
    if (!failed && made.status !== 'succeeded') return NOTHING;
    const amount = fromMinor(made.amount, made.currency);
    return { kind: 'outsideRefund', paymentId, refundId: id, amount, state: failed ? 'failed' : 'refunded' };
  }

  async #dispute(id: string, paymentId: string, assertOwn: (intent: Intent) => void): Promise<EventMeaning> {
    const dispute = await clear(disputeOfChargeSchema, id, () =>
      this.#deps.stripe.disputes.retrieve(id, EXPAND),
    );
    assertOwn(dispute.payment_intent);
    const { withdrawn, returned } = movedBy(dispute);
    if (withdrawn === 0) return NOTHING;
    const inMicros = (minor: number): Money => fromMinor(minor, dispute.currency);
    return {
      kind: 'dispute',
      paymentId,
      disputeId: id,
      amount: inMicros(dispute.amount),
      withdrawn: inMicros(withdrawn),
      returned: inMicros(returned),
    };
  }

  async #named(event: StripeEvent): Promise<Pick<StripeEvent, 'tenant' | 'paymentId' | 'customerId'>> {
    if (event.kind === 'payment' || (event.kind === 'cards' && event.tenant !== undefined)) return event;
    if (event.kind === 'cards') return this.#ofCustomer(event.customerId);
    return event.intentId === undefined ? {} : this.#ofIntent(event.intentId);
  }

  async #ofIntent(intentId: string): Promise<Pick<StripeEvent, 'tenant' | 'paymentId' | 'customerId'>> {
    const intent = await clear(intentSchema, intentId, () =>
      this.#deps.stripe.paymentIntents.retrieve(intentId),
    );
    const { tenant, paymentId } = intent.metadata;
    return {
      ...(tenant !== undefined && { tenant }),
      ...(paymentId !== undefined && { paymentId }),
      customerId: intent.customer ?? '',
    };
  }

  async #ofCustomer(customerId = ''): Promise<Pick<StripeEvent, 'tenant' | 'customerId'>> {
    if (customerId === '') return {};
    const { metadata } = await clear(customerSchema, customerId, () =>
      this.#deps.stripe.customers.retrieve(customerId),
    );
    const tenant = metadata?.['tenant'];
    return tenant === undefined ? {} : { tenant, customerId };
  }
}

async function clear<T>(schema: z.ZodType<T>, id: string, send: () => Promise<unknown>): Promise<T> {
  const answer = await call(schema, send);
  if (answer.kind === 'answered') return answer.body;
  if (answer.kind === 'refused') throw new StripeRefused(`${id}: ${answer.refusal.summary}`);
  throw new StripeUnavailable(`${id} could not be read just now`);
}
