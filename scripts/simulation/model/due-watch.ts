/** The due table from outside: which work would be found, if every instance stopped now. */
import type { Write } from '../../../src/billing/storage/table.js';
import type { Complain } from './transaction.js';

export interface Work {
  readonly name: string;
  readonly tenant: string;
  readonly subject: string;
}

interface Held {
  readonly holder: string;
  /** Virtual time of the last write. */
  readonly at: number;
}

const LEASE = '!lease';
const LEASE_MS = 30_000;

export class DueWatch {
  private readonly leases = new Map<string, Held>();
  private readonly rows = new Map<string, Work>();
  private readonly counts = new Map<string, number>();

  private readonly complain: Complain;

  constructor(complain: Complain) {
    this.complain = complain;
  }

  /** @returns the work of which this transaction took the last row. */
  committed(shard: string, writes: readonly Write[], now: number): readonly Work[] {
    const gone: Work[] = [];
    for (const write of writes) {
      if (write.key === LEASE) this.leased(shard, write, now);
      const key = `${shard} ${write.key}`;
      const before = this.rows.get(key);
      if (before !== undefined) this.count(before, -1);
      if (write.kind === 'delete') {
        this.rows.delete(key);
        if (before !== undefined) gone.push(before);
        continue;
      }
      const work = write.values as unknown as Work;
      // Leases and marks share the table; work has a subject.
      if (typeof work.subject !== 'string') continue;
      this.rows.set(key, work);
      this.count(work, 1);
    }
    return gone.filter((work) => !this.has(work));
  }

  /** Work is not done twice for nothing: a shard stays with its holder as long as that one gives a sign of life. */
  private leased(shard: string, write: Write, at: number): void {
    const holder = write.kind === 'delete' ? '' : String(write.values['holder']);
    const before = this.leases.get(shard);
    const other = before !== undefined && before.holder !== '' && holder !== '' && holder !== before.holder;
    if (other && at - before.at < LEASE_MS)
      this.complain('a shard stays with who holds it', `${shard}: ${holder} after ${at - before.at} ms`);
    this.leases.set(shard, { holder, at });
  }

  has({ name, tenant, subject }: Work): boolean {
    return (this.counts.get(`${name}|${tenant}|${subject}`) ?? 0) > 0;
  }

  /** Keys of the work that is due before that time. */
  before(at: string): readonly string[] {
    return [...this.rows.keys()].filter((key) => {
      const time = key.slice(key.indexOf(' ') + 1);
      return /^\d/u.test(time) && time < at;
    });
  }

  private count({ name, tenant, subject }: Work, by: number): void {
    const key = `${name}|${tenant}|${subject}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }
}
