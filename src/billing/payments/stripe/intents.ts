/** The PaymentIntents of our payments at Stripe: made, read, found without an id, confirmed and cancelled. */
import type Stripe from 'stripe';
import * as z from 'zod';
import { after } from '../../ledger/calendar.js';
import type { ChargeRef, ChargeRequest } from '../processor.js';
import { call, change, type Answer, type Change } from './calling.js';
import { ProcessorMisuse, StripeRefused } from './errors.js';
import { assertOurs, carries, intentSchema, keyOf, metadataOf, type Intent, type Subject } from './intent.js';
import { toMinor } from './minor-units.js';

/** An intent without a stored id is looked for this far back: an older one was never confirmed, and never will be. */
const LOOK_BACK_HOURS = 31 * 24;
const PAGE_INTENTS = 100;
/** Beyond that the search gives up by name. */
const PAGES_MAX = 50;

const listSchema = z.object({
  object: z.literal('list'),
  data: z.array(intentSchema),
  has_more: z.boolean(),
});

export interface IntentsDeps {
  readonly stripe: Stripe;
  /** Whether the key moves real money. */
  readonly live: boolean;
  /** ISO, UTC. */
  readonly now: () => string;
}

/** Too many intents of one customer to look through. */
export class TooManyIntents extends Error {
  override readonly name = 'TooManyIntents';
}

/** Every method may throw ProcessorMisuse, ChargeDiffers and StripeRefused. */
export class Intents {
  readonly #deps: IntentsDeps;

  constructor(deps: IntentsDeps) {
    this.#deps = deps;
  }

  /** Charges nothing. */
  async create(request: ChargeRequest, subject: Subject): Promise<Answer<Intent>> {
    const content = {
      amount: toMinor(request.amount),
      currency: request.amount.currency.toLowerCase(),
      customer: subject.customer,
      payment_method: request.methodId,
      allowed_payment_method_types: ['card'],
      metadata: metadataOf(subject),
    };
    return this.#checked(
      subject,
      await change(intentSchema, this.#once('begin', subject), (options) =>
        this.#deps.stripe.paymentIntents.create(content, options),
      ),
    );
  }

  /** @returns undefined where there was no clear answer. */
  async read(id: string, subject: Subject): Promise<Intent | undefined> {
    const answer = this.#checked(
      subject,
      await call(intentSchema, () => this.#deps.stripe.paymentIntents.retrieve(id)),
      id,
    );
    if (answer.kind === 'refused')
      throw new ProcessorMisuse(`Stripe does not show ${id}: ${answer.refusal.summary}`);
    return answer.kind === 'answered' ? answer.body : undefined;
  }

  /**
   * The intents of a payment whose id is not known, the oldest first. Lists are up to date right after a write, which
   * the search is not (https://docs.stripe.com/search#data-freshness).
   * @returns undefined where there was no clear answer. @throws TooManyIntents
   */
  async find(subject: Subject): Promise<readonly Intent[] | undefined> {
    const since = Math.floor(Date.parse(after(this.#deps.now(), { hours: -LOOK_BACK_HOURS })) / 1_000);
    const found: Intent[] = [];
    let last: string | undefined;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const listed = await this.#page(subject.customer, since, last);
      if (listed === undefined) return undefined;
      found.unshift(...listed.data.filter((intent) => isOwn(intent, subject)).reverse());
      last = listed.data.at(-1)?.id;
      if (!listed.has_more || last === undefined) return found;
    }
    throw new TooManyIntents(
      `payment ${subject.paymentId}: more than ${PAGES_MAX * PAGE_INTENTS} to look through`,
    );
  }

  /** Off-session and without a method: it charges what was begun, or nothing. */
  async confirm({ id }: Intent, subject: Subject): Promise<Answer<Intent>> {
    return this.#checked(
      subject,
      await change(intentSchema, this.#once(`confirm-${id}`, subject), (options) =>
        this.#deps.stripe.paymentIntents.confirm(id, { off_session: true }, options),
      ),
      id,
    );
  }

  async cancel(
    { id }: Intent,
    subject: Subject,
    reason: 'duplicate' | 'requested_by_customer',
  ): Promise<Answer<Intent>> {
    return this.#checked(
      subject,
      await change(intentSchema, this.#once(`cancel-${id}-${reason}`, subject), (options) =>
        this.#deps.stripe.paymentIntents.cancel(id, { cancellation_reason: reason }, options),
      ),
      id,
    );
  }

  async #page(
    customer: string,
    since: number,
    last: string | undefined,
  ): Promise<z.infer<typeof listSchema> | undefined> {
    const answer = await call(listSchema, () =>
      this.#deps.stripe.paymentIntents.list({
        customer,
        created: { gte: since },
        limit: PAGE_INTENTS,
        ...(last !== undefined && { starting_after: last }),
      }),
    );
    if (answer.kind === 'refused') throw new StripeRefused(answer.refusal.summary);
    return answer.kind === 'answered' ? answer.body : undefined;
  }

  #once(step: string, subject: Subject): Change {
    return { key: keyOf(step, subject), now: this.#deps.now() };
  }

  /** An intent with another id than was asked for is no answer; one of somebody else's is worse. */
  #checked(subject: Subject, answer: Answer<Intent>, id?: string): Answer<Intent> {
    if (answer.kind !== 'answered') return answer;
    if (id !== undefined && answer.body.id !== id) return { kind: 'unclear' };
    assertOurs(answer.body, subject, this.#deps.live);
    return answer;
  }
}

/** What a page of Checkout made is found through that page, never by itself. */
function isOwn({ metadata }: Intent, charge: ChargeRef): boolean {
  return carries(metadata, charge) && metadata['by'] === undefined;
}
