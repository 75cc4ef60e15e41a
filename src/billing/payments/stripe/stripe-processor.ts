/**
 * Charges through Stripe: an intent is created unconfirmed, its id stored by the caller, then confirmed off-session; on
 * any doubt it is read again. Nothing is said to be true before the object that Stripe shows agrees with what we asked.
 */
import type { Money } from '../../money.js';
import { StorageUnavailable } from '../../storage/table.js';
import type { ActionLinks } from '../method-ports.js';
import type {
  BeginResult,
  ChargeRef,
  ChargeRequest,
  ChargeState,
  PaymentProcessor,
  RefundResult,
} from '../processor.js';
import { Approvals, type ApprovalDeps } from './approvals.js';
import type { Refusal } from './calling.js';
import { ChargeDiffers, ProcessorMisuse, StripeRefused } from './errors.js';
import { isForeign, REPLACED_REASON, stateOf, type Intent, type Subject } from './intent.js';
import { Intents } from './intents.js';
import { toMinor } from './minor-units.js';
import { refund } from './refunds.js';

export type StripeProcessorDeps = ApprovalDeps;

const UNKNOWN = { kind: 'unknown' } as const;
const ABSENT = { kind: 'absent' } as const;
const NOT_CHARGED = { kind: 'refused', reason: 'notCharged' } as const;

/** Where several intents are found for one payment, which of them says what is true: the first of these. */
const RANK: readonly ChargeState['kind'][] = [
  'succeeded',
  'unknown',
  'actionRequired',
  'unconfirmed',
  'declined',
  'cancelled',
];

/** Besides their own errors all methods may throw ChargeDiffers and StripeRefused, for an operator to look. */
export class StripeProcessor implements PaymentProcessor, ActionLinks {
  readonly #deps: StripeProcessorDeps;
  readonly #intents: Intents;
  readonly #approvals: Approvals;

  constructor(deps: StripeProcessorDeps) {
    this.#deps = deps;
    this.#intents = new Intents(deps);
    this.#approvals = new Approvals(deps, this.#intents);
  }

  /** @throws ProcessorMisuse where the payment id was used for another charge, or no card can be charged the amount. */
  async begin(request: ChargeRequest): Promise<BeginResult> {
    return orUnknown(() => this.#begin(request));
  }

  async #begin(request: ChargeRequest): Promise<BeginResult> {
    const subject = await this.#subject(request);
    // Without a customer there is no stored card.
    if (subject === undefined) return { kind: 'declined', reason: 'unusableCard' };
    const answer = await this.#intents.create(request, subject);
    if (answer.kind === 'unclear') return UNKNOWN;
    if (answer.kind === 'refused') return notBegun(answer.refusal);
    assertAsked(answer.body, request);
    return { kind: 'begun', processorId: answer.body.id };
  }

  /** @throws ProcessorMisuse where the payment was never begun, or under another id. */
  async confirm(charge: ChargeRef & { readonly processorId: string }): Promise<ChargeState> {
    return orUnknown(() => this.#confirm(charge));
  }

  async #confirm(charge: ChargeRef & { readonly processorId: string }): Promise<ChargeState> {
    const subject = await this.#known(charge);
    const intent = await this.#intents.read(charge.processorId, subject);
    if (intent === undefined) return UNKNOWN;
    // Only what was never confirmed is: whatever else is true of it is the answer.
    if (intent.status !== 'requires_confirmation') return this.#state(intent, subject);
    const answer = await this.#intents.confirm(intent, subject);
    if (answer.kind === 'unclear') return UNKNOWN;
    if (answer.kind === 'answered') return this.#state(answer.body, subject);
    const refused = await this.#intents.read(charge.processorId, subject);
    return refused === undefined ? UNKNOWN : this.#state(refused, subject);
  }

  async find(charge: ChargeRef): Promise<ChargeState | typeof ABSENT> {
    return orUnknown(() => this.#over(charge, (intent, subject) => this.#state(intent, subject)));
  }

  async cancel(charge: ChargeRef): Promise<ChargeState | typeof ABSENT> {
    return orUnknown(() => this.#over(charge, (intent, subject) => this.#cancel(intent, subject)));
  }

  /** @throws ProcessorMisuse for another currency, or where the refund id was used with another amount. */
  async refund(charge: ChargeRef, amount: Money, refundId: string): Promise<RefundResult> {
    return orUnknown(async () => {
      if (isForeign(charge)) return UNKNOWN;
      const subject = await this.#subject(charge);
      if (subject === undefined) return NOT_CHARGED;
      const intents = await this.#all(charge, subject);
      const of = intents === undefined ? 'unknown' : await this.#charged(intents, subject);
      if (of === 'unknown') return UNKNOWN;
      return of === undefined ? NOT_CHARGED : refund(this.#deps, { refundId, amount, of }, subject);
    });
  }

  async linkFor(charge: ChargeRef & { readonly processorId: string }): ReturnType<ActionLinks['linkFor']> {
    return orUnknown(async () => {
      const subject = await this.#known(charge);
      const intent = await this.#intents.read(charge.processorId, subject);
      if (intent === undefined) return UNKNOWN;
      const { kind } = stateOf(intent, '');
      if (kind === 'actionRequired' || kind === 'replaced') return this.#approvals.linkFor(intent, subject);
      return kind === 'unknown' ? UNKNOWN : { kind: 'closed' };
    });
  }

  async #over(
    charge: ChargeRef,
    tell: (intent: Intent, subject: Subject) => Promise<ChargeState>,
  ): Promise<ChargeState | typeof ABSENT> {
    if (isForeign(charge)) return UNKNOWN;
    const subject = await this.#subject(charge);
    if (subject === undefined) return ABSENT;
    const intents = await this.#all(charge, subject);
    if (intents === undefined) return UNKNOWN;
    const states: ChargeState[] = [];
    for (const intent of intents) states.push(await tell(intent, subject));
    return RANK.flatMap((kind) => states.filter((state) => state.kind === kind))[0] ?? ABSENT;
  }

  /** One where the id is stored; otherwise each that a begin whose answer was lost has left. Undefined: no clear answer. */
  async #all({ processorId }: ChargeRef, subject: Subject): Promise<readonly Intent[] | undefined> {
    if (processorId === undefined) return this.#intents.find(subject);
    const intent = await this.#intents.read(processorId, subject);
    return intent && [intent];
  }

  async #state(intent: Intent, subject: Subject): Promise<ChargeState> {
    const state = stateOf(intent, this.#approvals.actionUrl(subject));
    return state.kind === 'replaced' ? this.#approvals.state(subject) : state;
  }

  async #cancel(intent: Intent, subject: Subject): Promise<ChargeState> {
    if (intent.status === 'canceled') return this.#cancelled(intent, subject);
    if (intent.status === 'succeeded') return this.#state(intent, subject);
    const answer = await this.#intents.cancel(intent, subject, 'requested_by_customer');
    const now = answer.kind === 'answered' ? answer.body : await this.#intents.read(intent.id, subject);
    if (now?.status === 'canceled') return this.#cancelled(now, subject);
    return now?.status === 'succeeded' ? this.#state(now, subject) : UNKNOWN;
  }

  /** Where a page took its place, that is closed too. */
  async #cancelled({ cancellation_reason: reason }: Intent, subject: Subject): Promise<ChargeState> {
    return reason === REPLACED_REASON ? this.#approvals.close(subject) : { kind: 'cancelled' };
  }

  async #charged(intents: readonly Intent[], subject: Subject): Promise<Intent | 'unknown' | undefined> {
    for (const intent of intents) {
      const { kind } = stateOf(intent, '');
      if (kind === 'succeeded') return intent;
      if (kind === 'unknown') return 'unknown';
      if (kind === 'replaced') return this.#approvals.paid(subject);
    }
    return undefined;
  }

  async #subject({ tenant, paymentId }: ChargeRef): Promise<Subject | undefined> {
    const customer = await this.#deps.records.read(tenant, 'customer');
    return customer === undefined ? undefined : { tenant, paymentId, customer };
  }

  async #known(charge: ChargeRef): Promise<Subject> {
    const subject = await this.#subject(charge);
    if (subject === undefined) throw new ProcessorMisuse(`payment ${charge.paymentId} was never begun`);
    return subject;
  }
}

/** A fault of our own table is to the caller what a fault of the network is: no clear answer. */
async function orUnknown<T>(work: () => Promise<T>): Promise<T | typeof UNKNOWN> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StorageUnavailable) return UNKNOWN;
    throw error;
  }
}

/** What a request is refused for that was not a mistake of ours. */
function notBegun({ code, param, summary }: Refusal): BeginResult {
  if (param?.startsWith('payment_method') === true) return { kind: 'declined', reason: 'unusableCard' };
  if (param === 'customer' || param === 'amount' || code?.startsWith('amount_too_') === true)
    return { kind: 'declined', reason: 'processorRefused' };
  throw new StripeRefused(summary);
}

/** @throws ChargeDiffers */
function assertAsked({ id, amount, currency }: Intent, request: ChargeRequest): void {
  if (amount === toMinor(request.amount) && currency === request.amount.currency.toLowerCase()) return;
  throw new ChargeDiffers(`${id} of payment ${request.paymentId} has another amount or currency`);
}
