import { dayOf, monthOf } from '../ledger/calendar.js';
import type { Account, Entry, EntryKind, Lot, Payment, Reversal } from '../ledger/model.js';
import { heldOf } from '../ledger/reversals.js';
import { same, type Report } from './finding.js';

const OPEN: readonly Payment['status'][] = ['requested', 'begun', 'actionRequired', 'unknown'];
const GIVES_ROOM_BACK: readonly Payment['status'][] = ['declined', 'cancelled'];
const PURCHASE_OF = { manual: 'topUp', autoRecharge: 'autoRecharge' } as const;

/** What the entries say of one payment. */
interface Posted {
  readonly purchases: readonly Entry[];
  /** Sequence of the newest refund. */
  readonly refund?: bigint;
  /** Refunds that were not taken back. */
  readonly refunds: number;
  /** What entries took for refunds and disputes from outside, less what they brought back. */
  readonly reversed: Readonly<Record<Reversal['kind'], bigint>>;
}

const NOTHING_POSTED: Posted = { purchases: [], refunds: 0, reversed: { refund: 0n, dispute: 0n } };

const REVERSES: Readonly<Partial<Record<EntryKind, Reversal['kind']>>> = {
  outsideRefund: 'refund',
  outsideRefundFailed: 'refund',
  disputed: 'dispute',
  disputeReinstated: 'dispute',
};

/** Payments and entries, both ways, and what the account says of payments. */
export class PaymentCheck {
  private readonly posted = new Map<string, Posted>();
  private readonly payments: ReadonlyMap<string, Payment>;
  private readonly report: Report;

  constructor(payments: ReadonlyMap<string, Payment>, report: Report) {
    this.payments = payments;
    this.report = report;
  }

  take(entry: Entry): void {
    const known = this.posted.get(entry.reference) ?? NOTHING_POSTED;
    const { kind, reference, sequence } = entry;
    if (this.isPurchase(entry))
      this.posted.set(reference, { ...known, purchases: [...known.purchases, entry] });
    else if (kind === 'refund')
      this.posted.set(reference, { ...known, refund: sequence, refunds: known.refunds + 1 });
    else if (kind === 'refundReversed') this.posted.set(reference, { ...known, refunds: known.refunds - 1 });
    const reverses = REVERSES[kind];
    if (reverses !== undefined) {
      const reversed = { ...known.reversed, [reverses]: known.reversed[reverses] - entry.amount };
      this.posted.set(reference, { ...known, reversed });
    }
  }

  /** What people attested may answer no request at all. */
  private isPurchase({ kind, reference }: Entry): boolean {
    if (kind === 'attested') return this.payments.has(reference);
    return kind === 'topUp' || kind === 'autoRecharge';
  }

  end(account: Account, lots: ReadonlyMap<bigint, Lot>): void {
    for (const id of this.posted.keys())
      if (!this.payments.has(id)) this.report(`payment ${id}`, 'entries name it, and it has no row');
    for (const payment of this.payments.values()) {
      this.checkPurchase(payment, account);
      this.checkRefund(payment);
      this.checkReversals(payment);
      if (payment.lot !== undefined)
        same(this.report, `payment ${payment.id}`, [
          'the payment of its lot',
          lots.get(payment.lot)?.paymentId,
          payment.id,
        ]);
    }
    this.checkLists(account);
    this.checkCounters(account);
  }

  private checkPurchase(payment: Payment, account: Account): void {
    const subject = `payment ${payment.id}`;
    const { purchases } = this.posted.get(payment.id) ?? NOTHING_POSTED;
    same(this.report, subject, [
      'how often it was credited',
      purchases.length,
      payment.status === 'settled' ? 1 : 0,
    ]);
    same(this.report, subject, ['its currency', payment.currency, account.currency]);
    const [entry] = purchases;
    if (entry === undefined) return;
    same(this.report, subject, ['its amount', payment.attested?.amount ?? payment.amount, entry.amount]);
    same(this.report, subject, ['the balance after it', payment.balanceAfter, entry.balanceAfter]);
    const kind = payment.attested === undefined ? PURCHASE_OF[payment.reason] : 'attested';
    same(this.report, subject, ['the kind of its entry', entry.kind, kind]);
  }

  private checkRefund({ id, refund }: Payment): void {
    const subject = `payment ${id}`;
    const posted = this.posted.get(id) ?? NOTHING_POSTED;
    const given = refund === undefined || refund.status === 'refused' ? 0 : 1;
    same(this.report, subject, ['how often it was refunded', posted.refunds, given]);
    same(this.report, subject, ['the entry of its refund', refund?.entry, posted.refund]);
  }

  /** As much as is gone, up to what the payment had; by kind as its row says. */
  private checkReversals({ id, amount, refund, reversals = [] }: Payment): void {
    const subject = `payment ${id}`;
    const { reversed } = this.posted.get(id) ?? NOTHING_POSTED;
    for (const kind of ['refund', 'dispute'] as const) {
      const taken = sumOf(reversals, (one) => (one.kind === kind ? one.taken : 0n));
      same(this.report, subject, [`what a ${kind} from outside took`, reversed[kind], taken]);
    }
    const gone = sumOf(reversals, heldOf);
    const room = refund === undefined || refund.status === 'refused' ? amount : 0n;
    const all = reversed.refund + reversed.dispute;
    same(this.report, subject, ['what went back without this bot', all, gone < room ? gone : room]);
  }

  private checkLists({ openPayments, openRefunds, rechargeCount }: Account): void {
    const all = [...this.payments.values()];
    const open = all.filter(({ status }) => OPEN.includes(status));
    same(this.report, 'account', ['its list of open payments', listOf(openPayments), listOf(open)]);
    const refunding = all.filter(({ refund }) => refund?.status === 'requested').map(({ id }) => id);
    same(this.report, 'account', ['its list of refunds under way', idsOf(openRefunds), idsOf(refunding)]);
    const recharges = all.filter(({ reason }) => reason === 'autoRecharge');
    same(this.report, 'account', ['its count of auto-recharges', rechargeCount, BigInt(recharges.length)]);
  }

  /** What counts against the caps of the newest day and month that had an auto-recharge. */
  private checkCounters({ counters, timeZone }: Account): void {
    const counting = [...this.payments.values()].filter(
      ({ reason, status }) => reason === 'autoRecharge' && !GIVES_ROOM_BACK.includes(status),
    );
    const total = (during: (requestedAt: string) => boolean): bigint =>
      counting.reduce((sum, { requestedAt, amount }) => (during(requestedAt) ? sum + amount : sum), 0n);
    const day = total((at) => dayOf(at, timeZone) === counters.day);
    const month = total((at) => monthOf(at, timeZone) === counters.month);
    same(this.report, 'account', ['what counts against the cap of the day', counters.dayTotal, day]);
    same(this.report, 'account', ['what counts against the cap of the month', counters.monthTotal, month]);
  }
}

function listOf(payments: readonly Pick<Payment, 'id' | 'amount' | 'reason' | 'status'>[]): string {
  return idsOf(payments.map(({ id, amount, reason, status }) => `${id} (${reason}, ${amount}, ${status})`));
}

function sumOf<T>(all: readonly T[], of: (one: T) => bigint): bigint {
  return all.reduce((sum, one) => sum + of(one), 0n);
}

function idsOf(ids: readonly string[]): string {
  return [...ids].sort().join(', ');
}
