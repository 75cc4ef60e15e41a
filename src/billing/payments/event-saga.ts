/**
 * Carries out what the processor told by itself. The event is done in the transaction that does what it meant, and stays
 * to be done where there was no clear answer: told late, twice or in another order it ends the same.
 */
import { DONE, type JobResult } from '../due/job-runner.js';
import type { Ledger } from '../lane/ledger.js';
import type { LedgerCommand } from '../lane/command.js';
import type { ToldEvent } from '../ledger/commands/processor-events.js';
import type { Payment } from '../ledger/model.js';
import { rowKeys } from '../ledger/world.js';
import type { LedgerReader } from '../reader.js';
import { nextLook } from './asking.js';
import { endEventCommand, endingEvent, keepEventCommand, type Also } from './event-commands.js';
import type { DisputeMeaning, EventMeaning, EventSource, OutsideRefundMeaning } from './event-source.js';
import type { RefundSaga } from './refund-saga.js';
import { AmountDiffers, type Heard, type PaymentSaga } from './saga.js';

export interface EventSagaDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly saga: Pick<PaymentSaga, 'hear'>;
  readonly refunds: Pick<RefundSaga, 'hear' | 'cameBack'>;
  /** Absent where the processor tells nothing by itself. */
  readonly source?: EventSource;
  readonly now: () => string;
  /** The command that records money which went back without this program. */
  readonly reversal: (
    tenant: string,
    meaning: OutsideRefundMeaning | DisputeMeaning,
  ) => Promise<LedgerCommand<Payment>>;
  readonly reviewCards: (tenant: string, also: Also) => Promise<void>;
  /** Starts the job of an event that has one. */
  readonly tryNow: (tenant: string, eventId: string) => void;
  /** Resolves when this instance is not at the payment: what it does just now would only be done twice. */
  readonly idle: (tenant: string, paymentId: string) => Promise<void>;
}

/** The payment is not as far as what was told of it: it is tried again. */
export class EventTooEarly extends Error {
  override readonly name = 'EventTooEarly';
}

type CarryOut<K extends EventMeaning['kind']> = (
  tenant: string,
  meaning: Extract<EventMeaning, { kind: K }>,
  also: Also,
) => Promise<Heard>;

export class EventSaga {
  private readonly deps: EventSagaDeps;
  private readonly ways: { readonly [K in EventMeaning['kind']]: CarryOut<K> };

  constructor(deps: EventSagaDeps) {
    this.deps = deps;
    this.ways = {
      payment: (tenant, { paymentId }, also) => this.payment(tenant, paymentId, also),
      ownRefund: (tenant, meaning, also) => this.ownRefund(tenant, meaning, also),
      outsideRefund: (tenant, meaning, also) => this.reverse(tenant, meaning, also),
      dispute: (tenant, meaning, also) => this.reverse(tenant, meaning, also),
      cards: async (tenant, _meaning, also) => {
        await deps.reviewCards(tenant, also);
        return 'done';
      },
      nothing: async () => 'nothing',
    };
  }

  /**
   * Keeps what was told, and starts to carry it out: when this resolves it can't be lost any more. Told again it changes
   * nothing; what was not carried out yet is tried once more.
   *
   * @throws LedgerBusy, StorageUnavailable: it may not be kept
   */
  async receive(tenant: string, told: ToldEvent): Promise<void> {
    const kept = await this.deps.ledger.submit(tenant, keepEventCommand(told));
    const waits = kept.kind === 'done' && kept.answer.known && kept.answer.event.doneAt === undefined;
    if (waits) this.deps.tryNow(tenant, told.id);
  }

  /** One job. What can't be carried out is thrown: it is tried again, and parked in the end. */
  async carryOn(tenant: string, id: string): Promise<JobResult> {
    const { reader, source, ledger, now } = this.deps;
    const event = await reader.row(tenant, 'event', rowKeys.event(id));
    if (event === undefined || event.doneAt !== undefined) return DONE;
    if (source === undefined) throw new Error('the processor that told this event is not the configured one');
    const meaning = await source.read(tenant, event);
    const heard = await this.carryOut(tenant, meaning, endingEvent(id));
    if (heard === 'unclear') return { kind: 'again', at: nextLook(event.at, now()) };
    if (heard === 'nothing') await ledger.submit(tenant, endEventCommand(id));
    return DONE;
  }

  private carryOut(tenant: string, meaning: EventMeaning, also: Also): Promise<Heard> {
    const carryOut = this.ways[meaning.kind] as CarryOut<EventMeaning['kind']>;
    return carryOut(tenant, meaning, also);
  }

  private async payment(tenant: string, paymentId: string, also: Also): Promise<Heard> {
    await this.deps.idle(tenant, paymentId);
    return this.deps.saga.hear(tenant, paymentId, also);
  }

  private async ownRefund(
    tenant: string,
    { paymentId, refundId, failed }: Extract<EventMeaning, { kind: 'ownRefund' }>,
    also: Also,
  ): Promise<Heard> {
    const { refunds, reader } = this.deps;
    const payment = await reader.payment(tenant, paymentId);
    if (failed && payment?.refund?.id === refundId && payment.refund.status === 'refunded')
      return refunds.cameBack(tenant, payment, { refund: payment.refund, also });
    return refunds.hear(tenant, paymentId, also);
  }

  /** Where it was told before the payment itself, that is asked for first. */
  private async reverse(
    tenant: string,
    meaning: OutsideRefundMeaning | DisputeMeaning,
    also: Also,
  ): Promise<Heard> {
    const { reader, saga, ledger, reversal } = this.deps;
    const { paymentId, amount } = meaning;
    const payment = await reader.payment(tenant, paymentId);
    if (payment?.status !== 'settled') await saga.hear(tenant, paymentId);
    if (payment !== undefined && payment.currency !== amount.currency)
      throw new AmountDiffers(`payment ${paymentId}: what went back has another currency`);
    const recorded = await ledger.submit(tenant, also(await reversal(tenant, meaning)));
    if (recorded.kind === 'done') return 'done';
    throw new EventTooEarly(`payment ${paymentId}: what went back is refused as ${recorded.reason}`);
  }
}
