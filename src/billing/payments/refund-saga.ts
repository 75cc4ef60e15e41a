/** Carries a refund to its end: the processor is asked, under one id, until it answers. Every step can be repeated. */
import { DONE, type JobResult } from '../due/job-runner.js';
import type { Payment, Refund } from '../ledger/model.js';
import { money } from '../money.js';
import { nextLook, refOf } from './asking.js';
import { recordRefundCommand } from './refund-commands.js';
import type { SagaDeps } from './saga.js';

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
    const next = refund.status === 'requested' ? await this.ask(tenant, payment, refund) : payment;
    if (next.refund?.status === 'requested') {
      return { kind: 'again', at: nextLook(refund.at, this.deps.now()) };
    }
    await this.deps.show(tenant, next);
    return DONE;
  }

  private async ask(tenant: string, payment: Payment, refund: Refund): Promise<Payment> {
    const amount = money(payment.amount, payment.currency);
    const { kind } = await this.deps.processor.refund(refOf(tenant, payment), amount, refund.id);
    if (kind === 'unknown') return payment;
    const { ledger, lowBalance } = this.deps;
    const report = { paymentId: payment.id, refundId: refund.id, result: kind, lowBalance };
    const recorded = await ledger.submit(tenant, recordRefundCommand(report, payment.lot));
    return recorded.kind === 'done' ? recorded.answer : payment;
  }
}
