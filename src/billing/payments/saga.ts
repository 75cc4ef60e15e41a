/**
 * Carries a payment to its end (DESIGN §4): every step can be repeated, and any doubt is asked away at the processor.
 * The click, the webhook and the reconciler all come through here.
 */
import { DONE, type JobResult } from '../due/job-runner.js';
import { after } from '../ledger/calendar.js';
import type { Outcome as PaymentOutcome } from '../ledger/commands/record-outcome.js';
import type { Actor, Payment } from '../ledger/model.js';
import { rowKeys } from '../ledger/world.js';
import type { Ledger } from '../lane/ledger.js';
import type { LedgerReader } from '../reader.js';
import { money } from '../money.js';
import { nextLook, refOf } from './asking.js';
import { nothingElse, type Also } from './event-commands.js';
import { PaymentNews, type Listening } from './payment-news.js';
import { paymentCommands, type PaymentCommands } from './payment-commands.js';
import { isBoughtByPerson, type ChargeState, type PaymentProcessor } from './processor.js';

/** Unknown for that long: admins are told. */
export const TELL_UNKNOWN_MINUTES = 15;
const OPEN: readonly Payment['status'][] = ['requested', 'begun', 'actionRequired', 'unknown'];

export interface SagaDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly processor: PaymentProcessor;
  readonly now: () => string;
  readonly lowBalance: bigint;
  /** Brings the card that shows the payment up to date. */
  readonly show: (tenant: string, payment: Payment) => Promise<void>;
}

/** What the processor said, and who had asked it to cancel. */
interface Said {
  readonly state: ChargeState;
  readonly by?: Actor;
  readonly unlessBegun?: boolean;
  /** What is committed with it. */
  readonly also?: Also;
}

/** What became of something that the processor told: carried out, of no consequence, or it did not say what is true. */
export type Heard = 'done' | 'nothing' | 'unclear';

/** The processor knows of a payment that has no row: an operator must look. */
export class PaymentMissing extends Error {
  override readonly name = 'PaymentMissing';
}

/** The processor reports another amount than was asked for: an operator must look, nothing is credited. */
export class AmountDiffers extends Error {
  override readonly name = 'AmountDiffers';
}

export class PaymentSaga {
  private readonly deps: SagaDeps;
  private readonly commands: PaymentCommands;
  private readonly heard = new PaymentNews();

  constructor(deps: SagaDeps) {
    this.deps = deps;
    this.commands = paymentCommands(deps.lowBalance);
  }

  /** Tells how the payment stands whenever this instance has asked; see {@link PaymentNews.listen}. */
  listen(tenant: string, paymentId: string, card?: string): Listening {
    return this.heard.listen(tenant, paymentId, card);
  }

  /** One job: as far as it goes now; open payments are looked at again. */
  async carryOn(tenant: string, paymentId: string): Promise<JobResult> {
    const payment = await this.read(tenant, paymentId);
    if (payment === undefined) return DONE;
    const next = OPEN.includes(payment.status) ? await this.advance(tenant, payment) : payment;
    // The click that the card came from shows it in its own answer.
    const isShown = this.heard.tell(tenant, next);
    const isNews = next.status !== payment.status || !OPEN.includes(next.status);
    if (isNews && !isShown) await this.deps.show(tenant, next);
    if (!OPEN.includes(next.status)) return DONE;
    return { kind: 'again', at: nextLook(next.requestedAt, this.deps.now()) };
  }

  /**
   * The processor told something of a payment: it is asked what is true now, also of a payment that was closed, since money
   * may have moved after all. Begins and confirms nothing. `also` is committed with what is settled.
   *
   * @throws PaymentMissing, AmountDiffers
   */
  async hear(tenant: string, paymentId: string, also: Also = nothingElse): Promise<Heard> {
    const payment = await this.deps.reader.payment(tenant, paymentId);
    if (payment === undefined) throw new PaymentMissing(`payment ${paymentId} is not in the ledger`);
    if (payment.status === 'settled') return 'nothing';
    const state = await this.deps.processor.find(refOf(tenant, payment));
    if (state.kind === 'unknown') return 'unclear';
    // What is begun and not charged is for the payment's own job.
    if (state.kind === 'absent' || state.kind === 'unconfirmed') return 'nothing';
    await this.tellNews(tenant, payment, await this.settle(tenant, payment, { state, also }));
    return 'done';
  }

  private async tellNews(tenant: string, before: Payment, now: Payment): Promise<void> {
    const isShown = this.heard.tell(tenant, now);
    if (now.status !== before.status && !isShown) await this.deps.show(tenant, now);
  }

  /**
   * Keeps the wish, then cancels at the processor: only its word closes the payment, and it may be that it was charged
   * before. Where it does not answer, the reconciler goes on cancelling.
   */
  async cancel(tenant: string, paymentId: string, by: Actor): Promise<Payment | undefined> {
    const wished = await this.deps.ledger.submit(tenant, this.commands.wishCancel({ paymentId, by }));
    const payment = wished.kind === 'done' ? wished.answer : undefined;
    if (payment === undefined || !OPEN.includes(payment.status)) return payment;
    const next = await this.close(tenant, payment, by);
    await this.deps.show(tenant, next);
    return next;
  }

  /** The payment as the commit that started this job has just written it needs no reading. */
  private async read(tenant: string, paymentId: string): Promise<Payment | undefined> {
    const opened = this.deps.ledger.handOver(tenant, rowKeys.payment(paymentId));
    return opened?.type === 'payment' ? opened : this.deps.reader.payment(tenant, paymentId);
  }

  private async advance(tenant: string, payment: Payment): Promise<Payment> {
    if (payment.deadline !== undefined && payment.deadline <= this.deps.now())
      return this.expire(tenant, payment);
    const wished = payment.cancelWishedBy;
    const next =
      wished === undefined
        ? await this.settle(tenant, payment, { state: await this.charge(tenant, payment) })
        : await this.close(tenant, payment, wished);
    return next.status === 'unknown' ? this.tellIfLong(tenant, next) : next;
  }

  /** The first time straight through; after any interruption by asking first. */
  private async charge(tenant: string, payment: Payment): Promise<ChargeState> {
    if (payment.status === 'requested') return this.begin(tenant, payment);
    const found = await this.deps.processor.find(refOf(tenant, payment));
    if (found.kind === 'absent') return this.begin(tenant, payment);
    return found.kind === 'unconfirmed' ? this.confirm(tenant, payment, found.processorId) : found;
  }

  private async begin(tenant: string, payment: Payment): Promise<ChargeState> {
    const begun = await this.deps.processor.begin({
      paymentId: payment.id,
      tenant,
      amount: money(payment.amount, payment.currency),
      methodId: payment.method.id,
    });
    return begun.kind === 'begun' ? this.confirm(tenant, payment, begun.processorId) : begun;
  }

  /**
   * The processor's id is stored before anything is charged, and only the stored one is charged: where another instance
   * began it too, a processor that forgot our key has made a charge of its own of each.
   */
  private async confirm(tenant: string, payment: Payment, begunId: string): Promise<ChargeState> {
    const stored = payment.processorId === begunId ? payment : await this.store(tenant, payment, begunId);
    const processorId = stored?.processorId ?? begunId;
    // Somebody cancelled it meanwhile: what was begun must not be charged.
    const wanted =
      stored !== undefined && OPEN.includes(stored.status) && stored.cancelWishedBy === undefined;
    if (!wanted) return (await this.cancelled(tenant, { ...payment, processorId })).state;
    const state = await this.deps.processor.confirm({ paymentId: payment.id, tenant, processorId });
    return state.kind === 'unknown' ? this.askOnce(tenant, payment, processorId) : state;
  }

  private async store(tenant: string, { id }: Payment, processorId: string): Promise<Payment | undefined> {
    const begun = this.commands.begun({ paymentId: id, processorId });
    const result = await this.deps.ledger.submit(tenant, begun);
    return result.kind === 'done' ? result.answer : undefined;
  }

  /** Many lost answers are known a moment later. */
  private async askOnce(tenant: string, payment: Payment, processorId: string): Promise<ChargeState> {
    const found = await this.deps.processor.find({ paymentId: payment.id, tenant, processorId });
    return found.kind === 'absent' || found.kind === 'unconfirmed' ? { kind: 'unknown' } : found;
  }

  /**
   * Cancels what is open. That the processor never heard of it is its word only as long as nobody begins it: where
   * another instance did so meanwhile, it is cancelled once more under the processor's own id.
   */
  private async close(tenant: string, payment: Payment, by?: Actor): Promise<Payment> {
    const said = { ...(await this.cancelled(tenant, payment)), ...(by !== undefined && { by }) };
    const next = await this.settle(tenant, payment, said);
    const begunMeanwhile = said.unlessBegun === true && OPEN.includes(next.status);
    return begunMeanwhile && payment.processorId === undefined ? this.close(tenant, next, by) : next;
  }

  private async cancelled(tenant: string, payment: Payment): Promise<Said> {
    // Nobody charges what a person buys: it is over at once, also where another processor has taken over meanwhile.
    if (isBoughtByPerson(payment.method)) return { state: { kind: 'cancelled' } };
    const state = await this.deps.processor.cancel(refOf(tenant, payment));
    return state.kind === 'absent' ? { state: { kind: 'cancelled' }, unlessBegun: true } : { state };
  }

  private async expire(tenant: string, payment: Payment): Promise<Payment> {
    const next = await this.close(tenant, payment);
    if (OPEN.includes(next.status)) await this.deps.ledger.submit(tenant, this.commands.overdue(payment.id));
    return next;
  }

  private async settle(tenant: string, payment: Payment, said: Said): Promise<Payment> {
    const { state, also = nothingElse, ...who } = said;
    assertAmount(payment, state);
    const outcome: PaymentOutcome = state.kind === 'unconfirmed' ? { kind: 'unknown' } : state;
    const report = { paymentId: payment.id, outcome, ...who };
    const result = await this.deps.ledger.submit(tenant, also(this.commands.outcome(report)));
    return result.kind === 'done' ? result.answer : payment;
  }

  private async tellIfLong(tenant: string, payment: Payment): Promise<Payment> {
    const since = after(payment.requestedAt, { minutes: TELL_UNKNOWN_MINUTES });
    if (since > this.deps.now() || payment.told === true) return payment;
    const result = await this.deps.ledger.submit(tenant, this.commands.warn(payment.id));
    return result.kind === 'done' ? result.answer : payment;
  }
}

function assertAmount(payment: Payment, state: ChargeState): void {
  if (state.kind !== 'succeeded') return;
  if (state.amount.micros === payment.amount && state.amount.currency === payment.currency) return;
  throw new AmountDiffers(`payment ${payment.id}: the processor reports another amount or currency`);
}
