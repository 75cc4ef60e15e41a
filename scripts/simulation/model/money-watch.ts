/** Payments against what the processor did: each charge has one credit, each credit one charge. */
import type { Values } from '../../../src/billing/storage/table.js';
import { paymentIdOf } from '../forgetful-processor.js';
import type { Coverage } from '../coverage.js';
import { OUTSIDE } from './reversal-watch.js';
import { rowsOf, type Complain, type Transaction, type Watcher, type Written } from './transaction.js';
import { paymentView, type EntryView, type PaymentView } from './views.js';

const PURCHASES = ['topUp', 'autoRecharge'];
const OPEN = ['requested', 'begun', 'actionRequired', 'unknown'];

interface Charge {
  readonly paymentId: string;
  readonly state: string;
  readonly micros: bigint;
  readonly currency: string;
  readonly timesCharged: bigint;
  readonly refunds: readonly { readonly id: string; readonly micros: string }[];
}

export class MoneyWatch implements Watcher {
  readonly payments = new Map<string, PaymentView>();
  private readonly charges = new Map<string, Charge>();
  private readonly credits = new Map<string, EntryView>();
  /** What the processor told the program that it had charged, by payment. */
  private readonly words = new Map<string, Set<bigint>>();
  /** Taken back by the ledger and not given again, by payment. */
  private readonly refunded = new Map<string, bigint>();
  private readonly complain: Complain;
  private readonly coverage: Coverage;

  constructor(complain: Complain, coverage: Coverage) {
    this.complain = complain;
    this.coverage = coverage;
  }

  committed(transaction: Transaction): void {
    for (const row of rowsOf(transaction, 'payment')) this.written(row, transaction.after?.currency ?? '');
    for (const entry of transaction.entries) this.entered(entry);
  }

  private written({ values, kind }: Written, currency: string): void {
    const payment = paymentView(values);
    const known = this.payments.get(payment.id);
    if (known !== undefined && kind === 'insert') this.complain('a payment is opened once', payment.id);
    if (known?.status !== payment.status) this.coverage.count(`payment ${payment.status}`);
    if (payment.currency !== currency)
      this.complain('every payment is in the account’s currency', `${payment.currency} ≠ ${currency}`);
    this.payments.set(payment.id, payment);
  }

  private entered(entry: EntryView): void {
    const { kind, reference, amount } = entry;
    if (PURCHASES.includes(kind)) this.credited(entry);
    const payment = this.paymentOf(reference);
    if (kind === 'refund') this.refunded.set(payment, (this.refunded.get(payment) ?? 0n) - amount);
    if (kind === 'refundReversed') this.refunded.set(payment, (this.refunded.get(payment) ?? 0n) - amount);
  }

  /** A refund's entry refers to the payment, or to the refund of it. */
  private paymentOf(reference: string): string {
    if (this.payments.has(reference)) return reference;
    const found = [...this.payments.values()].find(({ refund }) => refund?.id === reference);
    return found?.id ?? reference;
  }

  private credited(entry: EntryView): void {
    const id = entry.reference;
    if (this.credits.has(id)) this.complain('a charge is credited once', id);
    this.credits.set(id, entry);
    if (this.words.get(id)?.has(entry.amount) !== true)
      this.complain('what is credited is what the processor said', `${id}: ${entry.amount}`);
    const paid = this.paidFor(id);
    if (paid !== entry.amount)
      this.complain('nothing is credited that was not charged', `${id}: ${entry.amount}, charged ${paid}`);
  }

  said(id: string, micros: bigint): void {
    this.words.set(id, (this.words.get(id) ?? new Set()).add(micros));
  }

  private paidFor(id: string): bigint {
    let sum = 0n;
    for (const charge of this.chargesOf(id)) if (charge.state === 'succeeded') sum += charge.micros;
    return sum;
  }

  private chargesOf(id: string): readonly Charge[] {
    return [...this.charges.values()].filter(({ paymentId }) => paymentIdOf(paymentId) === id);
  }

  /** The processor's own record changed. */
  charged(values: Values): void {
    const { refunds, ...rest } = values;
    const charge = {
      ...rest,
      refunds: JSON.parse(refunds as string) as Charge['refunds'],
    } as unknown as Charge;
    this.charges.set(charge.paymentId, charge);
    const id = paymentIdOf(charge.paymentId);
    const payment = this.payments.get(id);
    if (payment === undefined) this.complain('the processor hears of a payment after it is written', id);
    else if (payment.amount !== charge.micros || payment.currency !== charge.currency)
      this.complain('a charge is what its payment says', `${id}: ${charge.micros} ${charge.currency}`);
    const times = this.chargesOf(id).reduce((sum, { timesCharged }) => sum + timesCharged, 0n);
    if (times > 1n) this.complain('a payment is charged once', `${id}: ${times} times`);
    this.givenBack(id, charge);
  }

  private givenBack(id: string, charge: Charge): void {
    const back = sumOf(charge);
    if (back > (this.refunded.get(id) ?? 0n))
      this.complain('a refund leaves the ledger before the processor gives it', `${id}: ${back}`);
  }

  isOpen(id: string): boolean {
    const payment = this.payments.get(id);
    return payment !== undefined && OPEN.includes(payment.status);
  }

  hasOpenRefund(id: string): boolean {
    return this.payments.get(id)?.refund?.status === 'requested';
  }

  open(): readonly PaymentView[] {
    return [...this.payments.values()].filter(({ status }) => OPEN.includes(status));
  }

  /** When nothing is left to do, the two records agree. */
  quiet(): void {
    for (const payment of this.open()) this.complain('no payment stays open for ever', payment.id);
    for (const id of new Set([...this.charges.keys()].map(paymentIdOf))) {
      const paid = this.paidFor(id);
      const credit = this.credits.get(id)?.amount ?? 0n;
      if (paid !== credit)
        this.complain('each charge has one credit', `${id}: charged ${paid}, credited ${credit}`);
    }
    for (const [id, payment] of this.payments) this.refundAgrees(id, payment);
  }

  private refundAgrees(id: string, { refund }: PaymentView): void {
    const given = this.chargesOf(id).reduce((sum, charge) => sum + sumOf(charge), 0n);
    const taken = this.refunded.get(id) ?? 0n;
    if (given !== taken)
      this.complain('what the processor gave back has left the ledger', `${id}: ${given}, ledger ${taken}`);
    if (refund?.status === 'requested') this.complain('no refund stays open for ever', id);
  }
}

/** What the program itself had given back. */
function sumOf({ refunds }: Charge): bigint {
  return refunds.reduce((sum, { id, micros }) => (id.startsWith(OUTSIDE) ? sum : sum + BigInt(micros)), 0n);
}
