/** Who did or tried what, one row each in the tenant's partition, newest first; outside the account's ETag (DESIGN §3). */
import { partitionOf } from '../billing/lane/account-rows.js';
import { newestFirst } from '../billing/storage/keys.js';
import type { TableStore } from '../billing/storage/table.js';
import type { Audit, AuditNote } from './ports.js';

/** Of one person, one outcome and one minute: refused tries can't push out what was done. */
export const NOTES_PER_MINUTE_MAX = 30;
const COUNTERS_MAX = 10_000;
const TEXT_CHARS_MAX = 256;

/** The part of a logger that is used here. */
export interface AuditLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface AuditParts {
  readonly table: Pick<TableStore, 'commit'>;
  readonly now: () => string;
  /** Tells apart what happens within one millisecond. */
  readonly random: () => string;
  readonly log: AuditLog;
}

export class TableAudit implements Audit {
  private readonly parts: AuditParts;
  private minute = '';
  private readonly counts = new Map<string, number>();

  constructor(parts: AuditParts) {
    this.parts = parts;
  }

  /** Never fails the turn that it notes: what can't be written is logged. */
  async note(note: AuditNote): Promise<void> {
    const { tenant, did, outcome } = note;
    try {
      if (this.isWithinLimit(note)) await this.write(note);
    } catch (error) {
      this.parts.log.error({ err: error, tenant, did, outcome }, 'audit note not written');
    }
  }

  private async write({ tenant, personId, did, outcome, subject }: AuditNote): Promise<void> {
    const at = this.parts.now();
    const values = {
      type: 'audit',
      at,
      personId,
      did: did.slice(0, TEXT_CHARS_MAX),
      outcome,
      ...(subject !== undefined && { subject: subject.slice(0, TEXT_CHARS_MAX) }),
    };
    const write = { kind: 'insert', key: auditKey(at, this.parts.random()), values } as const;
    const result = await this.parts.table.commit(partitionOf(tenant), [write]);
    // A repeated request finds its own row; another one with the same time and random does not happen.
    if (result.kind === 'conflict')
      this.parts.log.warn({ tenant, did, outcome }, 'audit note was there already');
  }

  private isWithinLimit({ tenant, personId, outcome }: AuditNote): boolean {
    const minute = this.parts.now().slice(0, 16);
    if (minute !== this.minute || this.counts.size >= COUNTERS_MAX) this.counts.clear();
    this.minute = minute;
    const key = `${tenant}|${personId}|${outcome}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    if (count === NOTES_PER_MINUTE_MAX + 1) {
      this.parts.log.warn(
        { tenant, outcome, limit: NOTES_PER_MINUTE_MAX },
        'audit notes of one person limited',
      );
    }
    return count <= NOTES_PER_MINUTE_MAX;
  }
}

export function auditKey(at: string, random: string): string {
  return `audit:${newestFirst(BigInt(Date.parse(at)))}-${random}`;
}
