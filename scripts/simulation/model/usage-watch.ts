/** Call records: each charged once, in the account whose key sent it, and the days add up. */
import { rowsOf, type Complain, type Transaction, type Watcher } from './transaction.js';

const OF_CALLS = ['usage', 'correction'];

export class UsageWatch implements Watcher {
  private readonly charges = new Map<string, bigint>();
  private readonly days = new Map<string, bigint>();
  private charged = 0n;
  private spentByDay = 0n;
  private entered = 0n;
  private readonly complain: Complain;

  constructor(complain: Complain) {
    this.complain = complain;
  }

  committed(transaction: Transaction): void {
    for (const { amount, kind } of transaction.entries) if (OF_CALLS.includes(kind)) this.entered -= amount;
    for (const { values } of rowsOf(transaction, 'call')) this.take(values['id'], values['charge']);
    for (const { key, values } of rowsOf(transaction, 'day')) {
      const spend = values['spend'] as bigint;
      this.spentByDay += spend - (this.days.get(key) ?? 0n);
      this.days.set(key, spend);
    }
    if (this.charged !== this.entered)
      this.complain('each call record is charged once', `records ${this.charged}, entries ${this.entered}`);
    if (this.spentByDay !== this.entered)
      this.complain('the days add up to the usage', `days ${this.spentByDay}, entries ${this.entered}`);
  }

  private take(id: unknown, charge: unknown): void {
    const known = this.charges.get(id as string) ?? 0n;
    this.charges.set(id as string, charge as bigint);
    this.charged += (charge as bigint) - known;
  }

  chargeOf(id: string): bigint | undefined {
    return this.charges.get(id);
  }

  ids(): Iterable<string> {
    return this.charges.keys();
  }
}
