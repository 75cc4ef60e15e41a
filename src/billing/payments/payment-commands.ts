/** The ledger commands of the saga, with the rows they read and write. */
import { recordBegun } from '../ledger/commands/record-begun.js';
import { recordOutcome, type OutcomeReport } from '../ledger/commands/record-outcome.js';
import { requestTopUp, type TopUpRequest } from '../ledger/commands/request-top-up.js';
import { markOverdue, warnOfUnknown } from '../ledger/commands/warn-of-payment.js';
import { tripRowKeys } from '../ledger/breaker.js';
import { rowKeys } from '../ledger/world.js';
import { wishCancel } from '../ledger/commands/wish-cancel.js';
import type { LedgerCommand } from '../lane/command.js';
import type { Account, Actor, Payment } from '../ledger/model.js';

/**
 * Account, payment, entry and lot; one more payment where the next recharge follows, why it does, and what is told of the
 * caps; and the alerts that a settled payment raises (2) and heals (4).
 */
const SETTLE_ROWS_MAX = 14;

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
    reads: (account: Account) => ({ keys: [rowKeys.payment(paymentId), ...tripRowKeys(account)] }),
  });
  return {
    request: (request) => ({
      ...on(request.paymentId),
      name: 'requestTopUp',
      // Its row is inserted: only where it is there already, or where the request would be refused, it is looked for.
      reads: (_account, careful) => (careful ? { keys: [rowKeys.payment(request.paymentId)] } : {}),
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
