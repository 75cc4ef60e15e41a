/** The hash chain: every entry carries the hash of the one before, so that no line can be edited unseen. */
import { createHash } from 'node:crypto';
import type { Entry, StoredCall } from './model.js';

const FORMAT = 'entry-v1';

/** SHA-256 over a versioned canonical text; a JSON array of texts can be read in one way only. */
export function hashEntry(tenant: string, entry: Omit<Entry, 'hash'>): string {
  const canonical = JSON.stringify([
    FORMAT,
    tenant,
    entry.sequence.toString(),
    entry.at,
    entry.kind,
    entry.amount.toString(),
    entry.balanceAfter.toString(),
    entry.by.id,
    entry.by.name,
    entry.reference,
    entry.digest,
    entry.previous,
  ]);
  return sha256(canonical);
}

/** What was charged for which call record, in the order of the entry; empty for entries without calls. */
export function digestOf(calls: readonly Pick<StoredCall, 'id' | 'charge' | 'start' | 'source'>[]): string {
  if (calls.length === 0) return '';
  return sha256(
    JSON.stringify(calls.map((call) => [call.id, call.charge.toString(), call.start, call.source])),
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
