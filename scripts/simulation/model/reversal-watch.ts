/** Money that went back without the program: the ledger takes it off once, whatever was heard of it first. */
import type { Reversal } from '../../../src/billing/ledger/model.js';
import type { Values } from '../../../src/billing/storage/table.js';
import { rowsOf, type Complain, type Transaction, type Watcher } from './transaction.js';
import { jsonOf, paymentView, type EntryView, type PaymentView } from './views.js';

/** Begins the ids of what the program did not do itself. */
export const OUTSIDE = 'outside-';

type Happened = Pick<Reversal, 'kind' | 'id' | 'amount' | 'returned'>;

/** How an entry counts: what is taken, and what comes back of it. */
const KINDS: Readonly<Record<string, Reversal['kind']>> = {
  outsideRefund: 'refund',
  outsideRefundFailed: 'refund',
  disputed: 'dispute',
  disputeReinstated: 'dispute',
};

export class ReversalWatch implements Watcher {
  private readonly truth = new Map<string, Happened[]>();
  private readonly taken = new Map<string, bigint>();
  private readonly payments = new Map<string, PaymentView>();
  private readonly complain: Complain;
  /** Disputes that payments know of, each with the alert that told it last, and alerts that told one. */
  private readonly disputes = new Set<string>();
  private told = 0;
  /** Alerts that a payment has named. */
  private readonly named = new Set<string>();
  /** What the processor told and nobody has carried out yet. */
  private readonly openEvents = new Set<string>();

  constructor(complain: Complain) {
    this.complain = complain;
  }

  /** At the processor, or at a bank. */
  happened(paymentId: string, reversal: Happened): void {
    this.truth.set(paymentId, [...this.of(paymentId), reversal]);
  }

  private of(paymentId: string): readonly Happened[] {
    return this.truth.get(paymentId) ?? [];
  }

  committed(transaction: Transaction): void {
    for (const { values } of rowsOf(transaction, 'payment')) this.written(values);
    for (const { kind, values } of rowsOf(transaction, 'alert'))
      if (kind === 'insert' && values['kind'] === 'disputed' && this.lasts(values)) this.told += 1;
    for (const entry of transaction.entries) this.entered(entry);
    this.events(transaction);
    if (this.told !== this.disputes.size)
      this.complain(
        'each dispute is told once each time it takes money',
        `${this.disputes.size} disputes, ${this.told} alerts`,
      );
  }

  /** Of what was withdrawn, returned and withdrawn again in one transaction the payment names the last alert alone. */
  private lasts({ sequence, healed }: Values): boolean {
    return healed === undefined || this.named.has(String(sequence));
  }

  private events(transaction: Transaction): void {
    for (const { key, values } of rowsOf(transaction, 'event')) {
      if (values['doneAt'] === undefined) this.openEvents.add(key);
      else this.openEvents.delete(key);
    }
    for (const key of transaction.deleted)
      if (this.openEvents.has(key)) this.complain('what was told and not carried out stays', key);
  }

  private written(values: Values): void {
    const payment = paymentView(values);
    this.payments.set(payment.id, payment);
    for (const { kind, id, alert } of (jsonOf(values, 'reversals') ?? []) as readonly Reversal[])
      if (kind === 'dispute') {
        this.disputes.add(`${id} ${alert ?? 'not told'}`);
        this.named.add(String(alert));
      }
  }

  private entered({ kind, reference, amount }: EntryView): void {
    if (KINDS[kind] === undefined) return;
    const taken = (this.taken.get(reference) ?? 0n) - amount;
    this.taken.set(reference, taken);
    const most = this.of(reference).reduce((sum, one) => sum + one.amount, 0n);
    if (taken < 0n || taken > most)
      this.complain('nothing is taken back that did not go back', `${reference}: ${taken} of ${most}`);
  }

  /** All was heard by now: what is gone is off the ledger, up to what the payment had beside its own refund. */
  quiet(): void {
    for (const [id, happened] of this.truth) {
      const payment = this.payments.get(id);
      if (payment === undefined) continue;
      const own = payment.refund === undefined || payment.refund.status === 'refused' ? 0n : payment.amount;
      const gone = happened.reduce((sum, one) => sum + one.amount - one.returned, 0n);
      const most = payment.amount - own;
      const taken = this.taken.get(id) ?? 0n;
      if (taken !== (gone < most ? gone : most))
        this.complain('what went back is off the ledger', `${id}: ${taken} of ${gone}, at most ${most}`);
    }
  }
}
