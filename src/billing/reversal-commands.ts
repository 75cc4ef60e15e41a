/** The ledger commands about money that went back without this bot, with the rows they read and write. */
import type { LedgerCommand, LedgerCommandName } from './lane/command.js';
import { recordDispute, type Dispute } from './ledger/commands/record-dispute.js';
import { recordOutsideRefund, type OutsideRefund } from './ledger/commands/record-outside-refund.js';
import type { Payment } from './ledger/model.js';
import { REVERSALS_MAX, type ReversalReport } from './ledger/reversals.js';
import { rowKeys } from './ledger/world.js';

/**
 * Account, payment, explanations (2), the alerts raised and healed (6), and the entries: one of its own each way, and where
 * it made room, those of the payment's other reversals.
 */
export const REVERSAL_ROWS_MAX = REVERSALS_MAX + 12;

export interface ReversalCommands {
  /** No operation is noted: what is kept on the payment makes asking again harmless. */
  outsideRefund(refund: Omit<OutsideRefund, 'lowBalance'>): LedgerCommand<Payment>;
  dispute(dispute: Omit<Dispute, 'lowBalance'>): LedgerCommand<Payment>;
}

export function reversalCommands(lowBalance: bigint): ReversalCommands {
  return {
    outsideRefund: (refund) => ({
      ...on('recordOutsideRefund', refund),
      decide: (world, now) => recordOutsideRefund(world, { ...refund, lowBalance }, now),
    }),
    dispute: (dispute) => ({
      ...on('recordDispute', dispute),
      decide: (world, now) => recordDispute(world, { ...dispute, lowBalance }, now),
    }),
  };
}

function on(
  name: LedgerCommandName,
  { paymentId, lot, alert }: Omit<ReversalReport, 'lowBalance'>,
): Pick<LedgerCommand<Payment>, 'name' | 'priority' | 'rowsMax' | 'reads'> {
  const keys = [
    rowKeys.payment(paymentId),
    ...(lot === undefined ? [] : [rowKeys.lot(lot)]),
    ...(alert === undefined ? [] : [rowKeys.alert(alert)]),
  ];
  return { name, priority: 'batch', rowsMax: REVERSAL_ROWS_MAX, reads: () => ({ keys }) };
}
