/**
 * Where the bank wants the person, a page of Checkout takes the place of the charge that was begun. One payment is
 * charged once at most, since at any time at most one of the two can be paid:
 *
 *     the page is made, and shown to nobody
 *     → its id is kept, if nobody else's was first
 *     → the begun charge is cancelled as replaced by it: from then on only the page can be paid
 *     → the person gets the link
 *
 * Stopped anywhere in between, the begun charge still waits for approval, and the next click goes on with the kept page.
 */
import * as z from 'zod';
import { after } from '../../ledger/calendar.js';
import type { ActionLinks } from '../method-ports.js';
import type { ChargeRef, ChargeState } from '../processor.js';
import { call, change, type Answer, type Change } from './calling.js';
import {
  assertOurs,
  intentSchema,
  keyOf,
  metadataByPage,
  metadataOf,
  REPLACED_REASON,
  stateOf,
} from './intent.js';
import type { Intent, Subject } from './intent.js';
import type { Intents } from './intents.js';
import { type IntentsDeps } from './intents.js';
import type { PaymentLinks } from './payment-links.js';
import type { RecordName, StripeRecords } from './records.js';

/** How long a link can be paid; the saga closes the payment at its deadline all the same. Stripe: 30 min to 24 h. */
export const LINK_HOURS = 1;

export interface ApprovalDeps extends IntentsDeps {
  readonly records: StripeRecords;
  readonly links: PaymentLinks;
  /** What the person reads on the page as the thing that is paid. */
  readonly productName: string;
}

const sessionSchema = z.object({
  object: z.literal('checkout.session'),
  id: z.string().min(1),
  mode: z.literal('payment'),
  status: z.enum(['open', 'complete', 'expired']),
  payment_status: z.string(),
  url: z.url().nullish(),
  amount_total: z.int().nullable(),
  currency: z.string().nullable(),
  customer: z.string().nullable(),
  livemode: z.boolean(),
  metadata: z.record(z.string(), z.string()),
  payment_intent: intentSchema.nullable(),
});
type Session = z.infer<typeof sessionSchema>;

/** Stripe's id of the charge, told by the page when it was paid. */
const EXPAND = ['payment_intent'];

export class Approvals {
  readonly #deps: ApprovalDeps;
  readonly #intents: Intents;

  constructor(deps: ApprovalDeps, intents: Intents) {
    this.#deps = deps;
    this.#intents = intents;
  }

  /** The bot's own address, which never changes: the page behind it is made at the click. */
  actionUrl(charge: ChargeRef): string {
    return this.#deps.links.approve(charge);
  }

  /** What is true of a charge that a page replaced. */
  async state(subject: Subject): Promise<ChargeState> {
    const id = await this.#deps.records.read(subject.tenant, recordOf(subject));
    // Somebody cancelled it at Stripe in the words that we use for replacing.
    if (id === undefined) return { kind: 'cancelled' };
    const session = await this.#read(id, subject);
    return session === undefined ? { kind: 'unknown' } : this.#stateOf(session, subject);
  }

  /** Makes sure that the page can't be paid any more; answers `succeeded` where it was paid before. */
  async close(subject: Subject): Promise<ChargeState> {
    const id = await this.#deps.records.read(subject.tenant, recordOf(subject));
    if (id === undefined) return { kind: 'cancelled' };
    const session = await this.#expired(id, subject);
    if (session?.status === 'expired') return { kind: 'cancelled' };
    return session === undefined || session.status === 'open'
      ? { kind: 'unknown' }
      : this.#stateOf(session, subject);
  }

  /** The intent by which the page was paid, to give its money back; undefined where it was not. */
  async paid(subject: Subject): Promise<Intent | 'unknown' | undefined> {
    const id = await this.#deps.records.read(subject.tenant, recordOf(subject));
    if (id === undefined) return undefined;
    const session = await this.#read(id, subject);
    if (session === undefined) return 'unknown';
    return this.#stateOf(session, subject).kind === 'succeeded'
      ? (session.payment_intent ?? undefined)
      : undefined;
  }

  /** The link for a begun charge that waits for the person. */
  async linkFor(begun: Intent, subject: Subject): Promise<Awaited<ReturnType<ActionLinks['linkFor']>>> {
    const session = await this.#current(begun, subject);
    if (session === undefined) return { kind: 'unknown' };
    if (session.status !== 'open') return { kind: 'closed' };
    const replaced = await this.#replaced(begun, subject);
    if (replaced === undefined) return { kind: 'unknown' };
    if (replaced && typeof session.url === 'string') return { kind: 'link', url: session.url };
    await this.#expired(session.id, subject);
    return { kind: 'closed' };
  }

  /** The page that is kept; a new one where there is none, or where the kept one ran out before anybody saw it. */
  async #current(begun: Intent, subject: Subject): Promise<Session | undefined> {
    const { records } = this.#deps;
    const from = await records.read(subject.tenant, recordOf(subject));
    if (from !== undefined) {
      const kept = await this.#read(from, subject);
      const shown = begun.status === 'canceled';
      if (kept === undefined || shown || kept.status !== 'expired') return kept;
    }
    const made = await this.#create(begun, subject, from);
    if (made === undefined) return undefined;
    const to = await records.change(subject.tenant, recordOf(subject), { from, to: made.id });
    if (to === made.id) return made;
    // Another click was first: its page counts, and this one must never be paid.
    await this.#expired(made.id, subject);
    return this.#read(to, subject);
  }

  /** @returns whether only the page can be paid now; undefined where there was no clear answer. */
  async #replaced(begun: Intent, subject: Subject): Promise<boolean | undefined> {
    const answer: Answer<Intent> =
      begun.status === 'canceled'
        ? { kind: 'answered', body: begun }
        : await this.#intents.cancel(begun, subject, REPLACED_REASON);
    const now = answer.kind === 'answered' ? answer.body : await this.#intents.read(begun.id, subject);
    if (now === undefined) return undefined;
    return now.status === 'canceled' && now.cancellation_reason === REPLACED_REASON;
  }

  async #create(begun: Intent, subject: Subject, before = 'first'): Promise<Session | undefined> {
    const { stripe, now, productName, links } = this.#deps;
    const back = links.back(subject);
    const expiresAt = Math.floor(Date.parse(after(now(), { hours: LINK_HOURS })) / 1_000);
    // The moment is part of the content, so of the key too: a page whose answer was lost is shown to nobody.
    const once = this.#once(`approve-${before}-${expiresAt}`, subject);
    const price = {
      currency: begun.currency,
      unit_amount: begun.amount,
      product_data: { name: productName },
    };
    const answer = await change(sessionSchema, once, (options) =>
      stripe.checkout.sessions.create(
        {
          mode: 'payment',
          customer: subject.customer,
          allowed_payment_method_types: ['card'],
          // The currency that was asked for, not the one of wherever the person sits.
          adaptive_pricing: { enabled: false },
          line_items: [{ quantity: 1, price_data: price }],
          metadata: metadataOf(subject),
          payment_intent_data: { metadata: metadataByPage(subject) },
          success_url: back,
          cancel_url: back,
          expires_at: expiresAt,
          expand: EXPAND,
        },
        options,
      ),
    );
    return this.#ours(answer, subject);
  }

  async #read(id: string, subject: Subject): Promise<Session | undefined> {
    const retrieve = () => this.#deps.stripe.checkout.sessions.retrieve(id, { expand: EXPAND });
    return this.#ours(await call(sessionSchema, retrieve), subject, id);
  }

  /** Tries to let it run out; answers how it stands now. */
  async #expired(id: string, subject: Subject): Promise<Session | undefined> {
    const answer = await change(sessionSchema, this.#once(`expire-${id}`, subject), (options) =>
      this.#deps.stripe.checkout.sessions.expire(id, { expand: EXPAND }, options),
    );
    return answer.kind === 'answered' ? this.#ours(answer, subject, id) : this.#read(id, subject);
  }

  #once(step: string, subject: Subject): Change {
    return { key: keyOf(step, subject), now: this.#deps.now() };
  }

  #ours(answer: Answer<Session>, subject: Subject, id?: string): Session | undefined {
    if (answer.kind !== 'answered') return undefined;
    if (id !== undefined && answer.body.id !== id) return undefined;
    assertOurs(answer.body, subject, this.#deps.live);
    return answer.body;
  }

  /** A page that ran out without being paid was not approved. */
  #stateOf(session: Session, subject: Subject): ChargeState {
    if (session.status === 'open') return { kind: 'actionRequired', url: this.actionUrl(subject) };
    if (session.status === 'expired') return { kind: 'declined', reason: 'authenticationFailed' };
    const { payment_intent: paid } = session;
    if (session.payment_status !== 'paid' || paid === null) return { kind: 'unknown' };
    assertOurs(paid, subject, this.#deps.live);
    const agrees = paid.amount_received === session.amount_total && paid.currency === session.currency;
    const state = stateOf(paid, this.actionUrl(subject));
    return agrees && state.kind === 'succeeded' ? state : { kind: 'unknown' };
  }
}

function recordOf({ paymentId }: ChargeRef): RecordName {
  return `approval:${paymentId}`;
}
