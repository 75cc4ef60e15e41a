import type { Payment, Reversal } from '../ledger/model.js';
import { heldOf } from '../ledger/reversals.js';
import { isBoughtByPerson } from '../payments/processor.js';
import { same, type Report } from './finding.js';
import type { RecordedCharge } from './processor-record.js';

/**
 * The processor's record and the payments, both ways. A payment that is not closed may have been charged already: its
 * outcome is asked for again until it is known.
 * What people attested can't be compared: no processor took that money.
 * @returns how many payments are under way like that.
 */
export function checkProcessor(
  charges: readonly RecordedCharge[],
  payments: ReadonlyMap<string, Payment>,
  report: Report,
): number {
  const byPayment = grouped(charges);
  for (const [id, taken] of byPayment) {
    const times = taken.filter(({ state }) => state === 'charged').length;
    if (times > 1) report(`payment ${id}`, `the processor charged it ${times} times`);
    if (times > 0 && !payments.has(id))
      report(`payment ${id}`, 'the processor charged it, and it has no row');
  }
  let underWay = 0;
  for (const payment of payments.values()) {
    const [charge] = byPayment.get(payment.id) ?? [];
    if (!isClosed(payment)) underWay += 1;
    else checkClosed(payment, charge, report);
  }
  return underWay;
}

function isClosed({ status }: Payment): boolean {
  return status === 'settled' || status === 'declined' || status === 'cancelled';
}

function checkClosed(payment: Payment, charge: RecordedCharge | undefined, report: Report): void {
  if (isBoughtByPerson(payment.method)) return;
  const subject = `payment ${payment.id}`;
  const charged = charge?.state === 'charged';
  same(report, subject, ['whether the processor charged it', charged, payment.status === 'settled']);
  if (!charged) return;
  same(report, subject, ['its amount', payment.amount, charge.amount.micros]);
  same(report, subject, ['its currency', payment.currency, charge.amount.currency]);
  same(report, subject, ['what the processor gave back', charge.refunded, givenBack(payment, charge)]);
  same(report, subject, ['what disputes withdrew', charge.disputed, goneBy('dispute', payment)]);
}

/** While a refund is under way, the processor may have done it already, or not yet. */
function givenBack(payment: Payment, charge: RecordedCharge): bigint {
  const { refund, amount } = payment;
  const outside = goneBy('refund', payment);
  if (refund?.status === 'requested' && charge.refunded === outside + amount) return outside + amount;
  return refund?.status === 'refunded' ? outside + amount : outside;
}

/** As the processor told it, whatever of it the ledger could take. */
function goneBy(kind: Reversal['kind'], { reversals = [] }: Payment): bigint {
  return reversals.reduce((sum, one) => (one.kind === kind ? sum + heldOf(one) : sum), 0n);
}

function grouped(charges: readonly RecordedCharge[]): ReadonlyMap<string, readonly RecordedCharge[]> {
  const groups = new Map<string, RecordedCharge[]>();
  for (const charge of charges)
    groups.set(charge.paymentId, [...(groups.get(charge.paymentId) ?? []), charge]);
  return groups;
}
