import { invoiceId, readAttestedReason } from '../ledger/commands/attest.js';
import type { Attestation, Entry } from '../ledger/model.js';
import { same, type Report } from './finding.js';

/** Credits by a person's word and the invoices that were recorded with them, both ways. */
export class AttestationCheck {
  count = 0;
  private readonly recorded: ReadonlyMap<bigint, Attestation>;
  private readonly credited = new Set<bigint>();
  private readonly report: Report;

  constructor(attestations: readonly Attestation[], report: Report) {
    this.recorded = new Map(attestations.map((attestation) => [attestation.entry, attestation]));
    this.report = report;
    if (this.recorded.size < attestations.length)
      report('account', 'two invoices were recorded for one entry');
  }

  take({ kind, sequence, amount, reason = '', by }: Entry): void {
    if (kind !== 'attested') return;
    this.count += 1;
    this.credited.add(sequence);
    const row = this.recorded.get(sequence);
    const subject = `entry ${sequence}`;
    if (row === undefined) {
      this.report(subject, 'a person attested it, and its invoice has no row');
      return;
    }
    const sealed = readAttestedReason(reason);
    same(this.report, subject, ['the amount of its invoice', row.amount, amount]);
    same(this.report, subject, ['the day of its invoice', row.date, sealed.date]);
    same(this.report, subject, ['the number of its invoice', row.id, invoiceId(sealed.invoice)]);
    same(this.report, subject, ['who attested it', row.by.id, by.id]);
  }

  end(): void {
    for (const sequence of this.recorded.keys())
      if (!this.credited.has(sequence))
        this.report(`entry ${sequence}`, 'its invoice is recorded, and it is not there');
  }
}
