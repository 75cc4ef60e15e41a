/** The ledger commands of the saga, with the rows they read and write. */
import { recordBegun } from '../ledger/commands/record-begun.js';
import { recordOutcome, type OutcomeReport } from '../ledger/commands/record-outcome.js';
import { requestTopUp, type TopUpRequest } from '../ledger/commands/request-top-up.js';
import { markOverdue, warnOfUnknown } from '../ledger/commands/warn-of-payment.js';
import { rowKeys } from '../ledger/world.js';
import { wishCancel } from '../ledger/commands/wish-cancel.js';
import type { LedgerCommand } from '../lane/command.js';
import type { Actor, Payment } from '../ledger/model.js';

/** Payment, entry, lot, one more payment where the next recharge follows, and the alerts raised and healed. */
const SETTLE_ROWS_MAX = 10;

export interface PaymentCommands {
  request(request: TopUpRequest): LedgerCommand<Payment>;
  begun(begun: { paymentId: string; processorId: string }): LedgerCommand<Payment>;
  wishCancel(wish: { paymentId: string; by: Actor }): LedgerCommand<Payment>;
  outcome(report: Omit<OutcomeReport, 'lowBalance'>): LedgerCommand<Payment>;
  warn(paymentId: string): LedgerCommand<Payment>;
  overdue(paymentId: string): LedgerCommand<null>;
}

export function paymentCommands(lowBalance: bigint): PaymentCommands {
  const on = (paymentId: string) => ({
    priority: 'person' as const,
    rowsMax: SETTLE_ROWS_MAX,
    reads: () => ({ keys: [rowKeys.payment(paymentId)] }),
  });
  return {
    request: (request) => ({
      ...on(request.paymentId),
      name: 'requestTopUp',
      decide: (world, now) => requestTopUp(world, request, now),
    }),
    begun: (begun) => ({
      ...on(begun.paymentId),
      name: 'recordBegun',
      decide: (world, now) => recordBegun(world, begun, now),
    }),
    wishCancel: (wish) => ({
      ...on(wish.paymentId),
      name: 'wishCancel',
      decide: (world, now) => wishCancel(world, wish, now),
    }),
    outcome: (report) => ({
      ...on(report.paymentId),
      name: 'recordOutcome',
      decide: (world, now) => recordOutcome(world, { ...report, lowBalance }, now),
    }),
    warn: (paymentId) => ({
      ...on(paymentId),
      name: 'warnOfUnknown',
      decide: (world, now) => warnOfUnknown(world, paymentId, now),
    }),
    overdue: (paymentId) => ({
      ...on(paymentId),
      name: 'markOverdue',
      decide: (world, now) => markOverdue(world, { paymentId, lowBalance }, now),
    }),
  };
}
