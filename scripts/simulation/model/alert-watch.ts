/** What people must hear: one alert for each crossing of zero, and each alert heard. */
import type { Coverage } from '../coverage.js';
import { rowsOf, type Complain, type Transaction, type Watcher, type Written } from './transaction.js';
import { jsonOf } from './views.js';

interface Told {
  readonly kind: string;
  version: number;
  /** The newest version that was shown to people; 0 for none. */
  shown: number;
}

export class AlertWatch implements Watcher {
  readonly alerts = new Map<string, Told>();
  private crossings = 0;
  private negatives = 0;
  private recovered = 0;
  private gatheredTold = 0;
  private balance = 0n;
  private readonly complain: Complain;
  private readonly coverage: Coverage;

  constructor(complain: Complain, coverage: Coverage) {
    this.complain = complain;
    this.coverage = coverage;
  }

  committed(transaction: Transaction): void {
    for (const { balanceAfter } of transaction.entries) {
      if (this.balance >= 0n && balanceAfter < 0n) this.crossings += 1;
      this.balance = balanceAfter;
    }
    for (const row of rowsOf(transaction, 'alert')) this.written(row);
    this.judge(transaction.after?.gatheredCrossings ?? 0);
  }

  private written({ kind, values }: Written): void {
    const sequence = String(values['sequence']);
    const version = jsonOf(values, 'version') as number;
    const known = this.alerts.get(sequence);
    if (known === undefined) {
      this.raised(sequence, { kind: values['kind'] as string, version, shown: 0 }, values);
      return;
    }
    known.version = version;
    if (kind === 'insert') this.complain('an alert is raised once', sequence);
  }

  private raised(sequence: string, alert: Told, values: Parameters<typeof jsonOf>[0]): void {
    this.alerts.set(sequence, alert);
    this.coverage.count(`alert ${alert.kind}`);
    if (alert.kind === 'negative') this.negatives += 1;
    if (alert.kind === 'recovered') this.recovered += 1;
    if (alert.kind === 'crossings')
      this.gatheredTold += (jsonOf(values, 'facts') as { count?: number }).count ?? 0;
  }

  private judge(gathered: number): void {
    if (this.crossings !== this.negatives + this.gatheredTold + gathered) {
      this.complain(
        'each crossing of zero is one alert, or gathered',
        `${this.crossings} crossings, ${this.negatives} told, ${this.gatheredTold} + ${gathered} gathered`,
      );
    }
    const open = this.negatives - this.recovered;
    if (open < 0 || open > 1 || (this.balance >= 0n && open !== 0))
      this.complain(
        'each told crossing is told as recovered once',
        `${this.negatives} and ${this.recovered}`,
      );
  }

  heard(sequence: bigint, version: number): void {
    const alert = this.alerts.get(String(sequence));
    if (alert === undefined) this.complain('people hear only what is written', String(sequence));
    else alert.shown = Math.max(alert.shown, version);
  }

  /** Those of which people do not know the newest. */
  unheard(): readonly string[] {
    return [...this.alerts].filter(([, { shown, version }]) => shown < version).map(([sequence]) => sequence);
  }

  isUnheard(sequence: string): boolean {
    const alert = this.alerts.get(sequence);
    return alert !== undefined && alert.shown < alert.version;
  }
}
