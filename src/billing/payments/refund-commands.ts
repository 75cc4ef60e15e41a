/** The ledger commands of a refund, with the rows they read and write. */
import type { LedgerCommand, LedgerCommandName } from '../lane/command.js';
import {
  recordRefund,
  requestRefund,
  type RefundReport,
  type RefundRequest,
} from '../ledger/commands/refund.js';
import type { Payment } from '../ledger/model.js';
import { REVERSAL_ROWS_MAX } from '../reversal-commands.js';
import { rowKeys } from '../ledger/world.js';

/**
 * Payment, entry, the old lot and the new one, the operation, explanations, and the alerts raised and healed; where the
 * processor refused it, also what was reversed meanwhile.
 */
const REFUND_ROWS_MAX = 4 + REVERSAL_ROWS_MAX;

type Operation = LedgerCommand<unknown>['operation'];

export function requestRefundCommand(
  request: RefundRequest,
  operation: NonNullable<Operation>,
): LedgerCommand<Payment> {
  return {
    ...on('requestRefund', request.paymentId, request.lot),
    operation,
    decide: (world, now) => requestRefund(world, request, now),
  };
}

export function recordRefundCommand(report: RefundReport, lot: bigint | undefined): LedgerCommand<Payment> {
  return {
    ...on('recordRefund', report.paymentId, lot),
    decide: (world, now) => recordRefund(world, report, now),
  };
}

function on(
  name: LedgerCommandName,
  paymentId: string,
  lot: bigint | undefined,
): Pick<LedgerCommand<Payment>, 'name' | 'priority' | 'rowsMax' | 'reads'> {
  const keys = [rowKeys.payment(paymentId), ...(lot === undefined ? [] : [rowKeys.lot(lot)])];
  return { name, priority: 'person', rowsMax: REFUND_ROWS_MAX, reads: () => ({ keys }) };
}
