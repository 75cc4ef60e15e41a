/** Carries a refund to its end: the processor is asked, under one id, until it answers. Every step can be repeated. */
import { DONE, type JobResult } from '../due/job-runner.js';
import type { Payment, Refund } from '../ledger/model.js';
import { money } from '../money.js';
import { nextLook, refOf } from './asking.js';
import { nothingElse, type Also } from './event-commands.js';
import { recordRefundCommand } from './refund-commands.js';
import { PaymentMissing, type Heard, type SagaDeps } from './saga.js';

interface Asked {
  readonly refund: Refund;
  /** What is committed with the answer. */
  readonly also: Also;
}

export class RefundSaga {
  private readonly deps: SagaDeps;

  constructor(deps: SagaDeps) {
    this.deps = deps;
  }

  /** One job: as far as it goes now; what the processor does not answer is asked again. */
  async carryOn(tenant: string, paymentId: string): Promise<JobResult> {
    const payment = await this.deps.reader.payment(tenant, paymentId);
    if (payment?.refund === undefined) return DONE;
    const { refund } = payment;
    const next =
      refund.status === 'requested'
        ? await this.ask(tenant, payment, { refund, also: nothingElse })
        : payment;
    if (next.refund?.status === 'requested') {
      return { kind: 'again', at: nextLook(refund.at, this.deps.now()) };
    }
    await this.deps.show(tenant, next);
    return DONE;
  }

  /** The processor told something of a refund: as {@link PaymentSaga.hear}. @throws PaymentMissing */
  async hear(tenant: string, paymentId: string, also: Also): Promise<Heard> {
    const payment = await this.deps.reader.payment(tenant, paymentId);
    if (payment === undefined) throw new PaymentMissing(`payment ${paymentId} is not in the ledger`);
    const { refund } = payment;
    if (refund?.status !== 'requested') return 'nothing';
    const next = await this.ask(tenant, payment, { refund, also });
    if (next.refund?.status === 'requested') return 'unclear';
    await this.deps.show(tenant, next);
    return 'done';
  }

  /** A refund that was recorded failed after all: its money is back at the processor, so it comes back here. */
  async cameBack(tenant: string, payment: Payment, { refund, also }: Asked): Promise<Heard> {
    const { ledger, lowBalance, show } = this.deps;
    const report = { paymentId: payment.id, refundId: refund.id, result: 'failed', lowBalance } as const;
    const recorded = await ledger.submit(tenant, also(recordRefundCommand(report, payment.lot)));
    if (recorded.kind === 'refused') return 'unclear';
    await show(tenant, recorded.answer);
    return 'done';
  }

  private async ask(tenant: string, payment: Payment, { refund, also }: Asked): Promise<Payment> {
    const amount = money(payment.amount, payment.currency);
    const { kind } = await this.deps.processor.refund(refOf(tenant, payment), amount, refund.id);
    if (kind === 'unknown') return payment;
    const { ledger, lowBalance } = this.deps;
    const report = { paymentId: payment.id, refundId: refund.id, result: kind, lowBalance };
    const recorded = await ledger.submit(tenant, also(recordRefundCommand(report, payment.lot)));
    return recorded.kind === 'done' ? recorded.answer : payment;
  }
}
