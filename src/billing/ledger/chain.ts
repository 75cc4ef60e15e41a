/** The hash chain: every entry carries the hash of the one before, so that no line can be edited unseen. */
import { hash } from 'node:crypto';
import type { Entry, EntryFormat, StoredCall } from './model.js';

/** What an entry says of one call record. The personal details are in it as their digest, which outlives them. */
export type ChargedCall = Pick<
  StoredCall,
  'id' | 'charge' | 'start' | 'source' | 'details' | 'detailsDigest'
>;

type Unsealed = Omit<Entry, 'hash'>;

/** SHA-256 over a versioned canonical text; a JSON array of texts can be read in one way only. */
export function hashEntry(tenant: string, entry: Unsealed): string {
  return sha256(JSON.stringify(CANONICAL[entry.format](tenant, entry)));
}

/** Rows can't be edited later: a format is never changed, a new one is added. */
const CANONICAL: Readonly<Record<EntryFormat, (tenant: string, entry: Unsealed) => readonly unknown[]>> = {
  'entry-v1': (tenant, entry) => [...firstFields(tenant, entry), entry.digest, entry.previous],
  'entry-v2': (tenant, entry) => [
    ...firstFields(tenant, entry),
    entry.digest,
    entry.lot?.toString() ?? null,
    entry.method === undefined ? null : [entry.method.brand, entry.method.last4],
    entry.reason ?? null,
    entry.previous,
  ],
};

function firstFields(tenant: string, entry: Unsealed): readonly string[] {
  return [
    entry.format,
    tenant,
    entry.sequence.toString(),
    entry.at,
    entry.kind,
    entry.amount.toString(),
    entry.balanceAfter.toString(),
    entry.by.id,
    entry.by.name,
    entry.reference,
  ];
}

/** What was charged for which call record, in the order of the entry; empty for entries without calls. */
export function digestOf(calls: readonly ChargedCall[], format: EntryFormat): string {
  return calls.length === 0 ? '' : sha256(JSON.stringify(calls.map(CALL_FIELDS[format])));
}

const CALL_FIELDS: Readonly<Record<EntryFormat, (call: ChargedCall) => readonly string[]>> = {
  'entry-v1': ({ id, charge, start, source }) => [id, charge.toString(), start, source],
  'entry-v2': (call) => [...CALL_FIELDS['entry-v1'](call), detailsDigestOfCall(call)],
};

/** Kept in place of the details where they were removed. */
export function detailsDigestOfCall(call: Pick<StoredCall, 'details' | 'detailsDigest'>): string {
  return call.detailsDigest ?? detailsDigestOf(call.details);
}

/** SHA-256 over the details of one call, in the order of their names: the store need not keep another one. */
export function detailsDigestOf(details: StoredCall['details']): string {
  const names = Object.keys(details).sort();
  return sha256(JSON.stringify(names.map((name) => [name, details[name]])));
}

function sha256(text: string): string {
  return hash('sha256', text);
}
