/** Which top-ups can be given back: settled, of which nothing was used or expired, and not on their way back already. */
import { remainderOf } from '../../billing/ledger/credit-line.js';
import type { Account, Lot, OpenLot, Payment } from '../../billing/ledger/model.js';
import { rowKeys } from '../../billing/ledger/world.js';
import type { LedgerReader } from '../../billing/reader.js';

/** The account lists the lots that are used next; where there are more, the newest are found by their entries. */
const ENTRIES_READ = 100;

/** The newest first. */
export async function refundablePayments(
  reader: LedgerReader,
  account: Account,
  now: string,
): Promise<readonly Payment[]> {
  const { tenant } = account;
  const listed = account.lots.filter((lot) => isWhole(lot, account, now)).map(({ sequence }) => sequence);
  const sequences = new Set([...listed, ...(account.moreLots ? await newestLots(reader, tenant) : [])]);
  const lots = await reader.rows(tenant, 'lot', [...sequences].map(rowKeys.lot));
  const whole = lots.filter((lot) => isOpen(lot, account, now));
  const keys = whole.map(({ paymentId }) => rowKeys.payment(paymentId));
  const payments = await reader.rows(tenant, 'payment', [...new Set(keys)]);
  return payments.filter(isRefundable).sort((left, right) => (left.requestedAt > right.requestedAt ? -1 : 1));
}

/** Whether all of it is there, at the time of a look: the ledger judges it again. */
export async function isUnspent(
  reader: LedgerReader,
  { payment, account, now }: { readonly payment: Payment; readonly account: Account; readonly now: string },
): Promise<boolean> {
  const lot =
    payment.lot === undefined
      ? await reader.lotOf(account.tenant, payment.id)
      : await reader.row(account.tenant, 'lot', rowKeys.lot(payment.lot));
  return lot !== undefined && isOpen(lot, account, now);
}

/** One that the processor refused to give back came back as it was; one that was reversed is for the processor. */
export function isRefundable({ status, refund, reversals, attested }: Payment): boolean {
  const isWhole =
    attested === undefined &&
    reversals === undefined &&
    (refund === undefined || refund.status === 'refused');
  return status === 'settled' && isWhole;
}

function isOpen(lot: Lot, account: Account, now: string): boolean {
  return lot.closed === undefined && isWhole(lot, account, now);
}

function isWhole(lot: Pick<OpenLot, 'start' | 'end' | 'expiresAt'>, account: Account, now: string): boolean {
  return remainderOf(lot, account) === lot.end - lot.start && lot.expiresAt >= now;
}

async function newestLots(reader: LedgerReader, tenant: string): Promise<readonly bigint[]> {
  const { entries } = await reader.entries(tenant, { limit: ENTRIES_READ });
  return entries.flatMap(({ kind, lot }) => (lot === undefined || kind === 'expired' ? [] : [lot]));
}
