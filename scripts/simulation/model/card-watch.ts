/** Which cards auto-recharge charges: none again before it has rested, and none that can't heal. */
import { clicked, rowsOf, type Complain, type Transaction, type Watcher } from './transaction.js';
import { paymentView, type PaymentView } from './views.js';

/** After its first, second … decline in a row. */
const RESTS_HOURS = [1, 2, 4, 8];
const HOUR_MS = 3_600_000;
const FINAL = ['expiredCard', 'unusableCard'];
/** With these a person may try a declined card again, or choose it anew. */
const PEOPLE = ['rule', 'resume', 'backups'] as const;

interface Declined {
  readonly times: number;
  /** Milliseconds; Infinity for never. */
  readonly restsUntil: number;
}

export class CardWatch implements Watcher {
  private readonly known = new Map<string, PaymentView>();
  private readonly declined = new Map<string, Declined>();
  /** Cards whose renewal has led to no charge yet. */
  private readonly renewals = new Set<string>();
  private readonly complain: Complain;

  constructor(complain: Complain) {
    this.complain = complain;
  }

  committed(transaction: Transaction): void {
    const payments = rowsOf(transaction, 'payment').map(({ values }) => paymentView(values));
    const news = payments.filter(({ id, status }) => this.known.get(id)?.status !== status);
    for (const payment of news) this.settled(payment);
    if (PEOPLE.some((kind) => clicked(transaction, kind))) this.declined.clear();
    else for (const payment of news) if (!this.known.has(payment.id)) this.judge(payment);
    for (const payment of payments) this.known.set(payment.id, payment);
  }

  /** Its bank renewed it: once the program has heard of that, it may try it again. */
  renewed(card: string): void {
    this.renewals.add(card);
  }

  private settled(payment: PaymentView): void {
    const { card, reason, status } = payment;
    if (status === 'settled' && reason === 'manual') this.declined.clear();
    if (status === 'settled') this.declined.delete(card);
    if (status === 'declined' && reason === 'autoRecharge') this.wasDeclined(payment);
  }

  private wasDeclined({ card, declineReason = 'declined', updatedAt }: PaymentView): void {
    const times = (this.declined.get(card)?.times ?? 0) + 1;
    const hours = FINAL.includes(declineReason) ? Infinity : (RESTS_HOURS[times - 1] ?? Infinity);
    this.declined.set(card, { times, restsUntil: Date.parse(updatedAt) + hours * HOUR_MS });
  }

  private judge({ id, card, reason, requestedAt }: PaymentView): void {
    const declined = this.declined.get(card);
    if (reason !== 'autoRecharge' || declined === undefined) return;
    if (Date.parse(requestedAt) >= declined.restsUntil || this.renewals.delete(card)) return;
    this.complain('a declined card rests', `${id}: ${card} after ${declined.times}`);
  }
}
