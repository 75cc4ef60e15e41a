/** Rows of the due table: what work they stand for, and where they sort. */
import { createHash } from 'node:crypto';
import { JOB_NAMES, type JobName } from '../ledger/world.js';
import { encodeKeyPart } from '../storage/keys.js';
import type { Row, Write } from '../storage/table.js';

/** Fixed when the table is created: another number would look for rows in other shards. */
export const SHARDS = 4;
export const PARKED = 'parked:';
export const UNDELIVERED = 'undelivered:';

/** What is to be done, without when. */
export interface Work {
  readonly tenant: string;
  readonly name: JobName;
  readonly subject: string;
}

/** One due row. */
export interface Ticket extends Work {
  readonly shard: string;
  readonly key: string;
  readonly etag: string;
  readonly tries: number;
  /** The commit that it was written for is known to have happened; until then the row may be ahead of it. */
  readonly confirmed: boolean;
  /** Its work can start now, ahead of the row's time. */
  readonly atOnce: boolean;
}

/** A row's work, or why it can't be done here: `foreign` is the work of another version of this program. */
export type ReadRow =
  | { readonly kind: 'work'; readonly ticket: Ticket }
  | { readonly kind: 'foreign'; readonly name: string }
  | { readonly kind: 'unreadable' };

export function shards(): readonly string[] {
  return Array.from({ length: SHARDS }, (_, index) => `shard${index}`);
}

export function shardOf(tenant: string): string {
  const first = createHash('sha256').update(tenant).digest().readUInt32BE(0);
  return `shard${first % SHARDS}`;
}

/** The same work always has the same name. */
export function nameOf({ name, tenant, subject }: Omit<Work, 'name'> & { readonly name: string }): string {
  return [name, encodeKeyPart(tenant), encodeKeyPart(subject)].join('|');
}

export function dueKey(at: string, work: Work): string {
  return `${at}|${nameOf(work)}`;
}

/** Without a time: the same work is parked once, however often it failed. */
export function parkedKey(work: Work): string {
  return PARKED + nameOf(work);
}

export function undeliveredKey(tenant: string, subject: string): string {
  return UNDELIVERED + [tenant, subject].map(encodeKeyPart).join('|');
}

export function putTicket({
  key,
  tenant,
  name,
  subject,
  tries,
  confirmed,
}: Omit<Ticket, 'shard' | 'etag' | 'atOnce'>): Write {
  const values = { tenant, name, subject, tries: BigInt(tries), ...(confirmed && { confirmed }) };
  return { kind: 'put', key, values };
}

export function readRow(shard: string, row: Row): ReadRow {
  const { tenant, name, subject, tries, confirmed } = row.values;
  const readable = typeof tenant === 'string' && typeof subject === 'string' && typeof name === 'string';
  if (!readable) return { kind: 'unreadable' };
  const known = JOB_NAMES.find((job) => job === name);
  if (known === undefined) return { kind: 'foreign', name };
  const work = { tenant, name: known, subject };
  const state = { tries: Number(tries ?? 0n), confirmed: confirmed === true, atOnce: false };
  return { kind: 'work', ticket: { shard, key: row.key, etag: row.etag, ...work, ...state } };
}
