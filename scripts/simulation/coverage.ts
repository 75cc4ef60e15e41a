/** How often each thing that a run must meet was met. */
import { ALERT_KINDS, PAYMENT_STATUSES } from '../../src/billing/ledger/model.js';
import { REFUSALS } from '../../src/billing/ledger/world.js';
import { applies, FAULTS, IO_KINDS } from './io.js';

export type Counts = Readonly<Record<string, number>>;

export class Coverage {
  private readonly counts = new Map<string, number>();

  count(name: string, times = 1): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + times);
  }

  of(name: string): number {
    return this.counts.get(name) ?? 0;
  }

  all(): Counts {
    return Object.fromEntries([...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  add(counts: Counts): void {
    for (const [name, times] of Object.entries(counts)) this.count(name, times);
  }
}

const OUTCOMES = PAYMENT_STATUSES.filter((status) => status !== 'requested');

/** Everything that a long run must meet, by the names under which it is counted. */
export function wanted(): readonly string[] {
  const faults = FAULTS.flatMap((fault) =>
    IO_KINDS.filter((io) => applies(fault, io)).map((io) => `fault ${fault} ${io}`),
  );
  return [
    ...faults,
    ...OUTCOMES.map((status) => `payment ${status}`),
    ...REFUSALS.map((reason) => `refusal ${reason}`),
    ...ALERT_KINDS.map((kind) => `alert ${kind}`),
  ];
}
