/** Recording what the processor says of money that went back without this bot. */
import type { LedgerCommand, Outcome } from './lane/command.js';
import type { Ledger } from './lane/ledger.js';
import type { Dispute } from './ledger/commands/record-dispute.js';
import type { OutsideRefund } from './ledger/commands/record-outside-refund.js';
import type { Payment, Reversal } from './ledger/model.js';
import { reversalOf, type ReversalReport } from './ledger/reversals.js';
import type { DisputeMeaning, OutsideRefundMeaning } from './payments/event-source.js';
import type { LedgerReader } from './reader.js';
import { reversalCommands, type ReversalCommands } from './reversal-commands.js';

export interface ReversalsDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly lowBalance: bigint;
}

type Known = Pick<ReversalReport, 'lot' | 'alert'>;

/**
 * Any number of times, in any order. Refused as `notFound` where the payment is not settled yet, or changed meanwhile:
 * whoever tells of it tells it again later.
 */
export class Reversals {
  private readonly deps: ReversalsDeps;
  private readonly commands: ReversalCommands;

  constructor(deps: ReversalsDeps) {
    this.deps = deps;
    this.commands = reversalCommands(deps.lowBalance);
  }

  async recordOutsideRefund(
    tenant: string,
    refund: Omit<OutsideRefund, 'lowBalance' | keyof Known>,
  ): Promise<Outcome<Payment>> {
    const known = await this.knownOf(tenant, refund.paymentId, { kind: 'refund', id: refund.refundId });
    return this.deps.ledger.submit(tenant, this.commands.outsideRefund({ ...refund, ...known }));
  }

  async recordDispute(
    tenant: string,
    dispute: Omit<Dispute, 'lowBalance' | keyof Known>,
  ): Promise<Outcome<Payment>> {
    const known = await this.knownOf(tenant, dispute.paymentId, { kind: 'dispute', id: dispute.disputeId });
    return this.deps.ledger.submit(tenant, this.commands.dispute({ ...dispute, ...known }));
  }

  /** The command about what was told, for whoever commits something else with it. */
  async commandFor(
    tenant: string,
    meaning: OutsideRefundMeaning | DisputeMeaning,
  ): Promise<LedgerCommand<Payment>> {
    const { paymentId } = meaning;
    const { micros: amount } = meaning.amount;
    if (meaning.kind === 'dispute') {
      const { disputeId } = meaning;
      const [withdrawn, returned] = [meaning.withdrawn.micros, meaning.returned.micros];
      const known = await this.knownOf(tenant, paymentId, { kind: 'dispute', id: disputeId });
      return this.commands.dispute({ paymentId, disputeId, amount, withdrawn, returned, ...known });
    }
    const { refundId, state } = meaning;
    const known = await this.knownOf(tenant, paymentId, { kind: 'refund', id: refundId });
    return this.commands.outsideRefund({ paymentId, refundId, amount, state, ...known });
  }

  /** The rows that the command has to read beside the payment. */
  async knownOf(tenant: string, paymentId: string, name: Pick<Reversal, 'kind' | 'id'>): Promise<Known> {
    const { reader } = this.deps;
    const payment = await reader.payment(tenant, paymentId);
    if (payment === undefined) return {};
    const lot = payment.lot ?? (await reader.lotOf(tenant, paymentId))?.sequence;
    const alert = reversalOf(payment, name)?.alert;
    return { ...(lot !== undefined && { lot }), ...(alert !== undefined && { alert }) };
  }
}
