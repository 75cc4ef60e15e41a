/**
 * Which instance delivers an alert right now, so that the one that committed it and the one that finds its due row don't
 * both tell everybody. A courtesy, not a lock: it runs out by the wall clock, and at worst an alert is told twice.
 */
import * as z from 'zod';
import { after } from '../../billing/ledger/calendar.js';
import { fromColumns, toColumns } from '../../billing/rows/columns.js';
import type { Row, TableStore, Write } from '../../billing/storage/table.js';

/** As long as a due row waits: when it fires, the claim of an instance that died at once has run out. */
export const CLAIM_SECONDS = 120;

export interface ClaimParts {
  readonly table: TableStore;
  readonly now: () => string;
  /** Names this run of the program. */
  readonly instance: string;
}

export interface Claim {
  readonly key: string;
  readonly by: string;
  readonly until: string;
  /** Absent where no row is there yet. */
  readonly etag?: string;
}

export type Taken =
  | { readonly kind: 'taken'; readonly key: string; readonly etag: string }
  | { readonly kind: 'busy'; readonly until: string };

const schema = z.object({ by: z.string(), until: z.string() });

/** A row that is not the claim's counts as none. */
export function readClaim(key: string, row: Row | undefined): Claim {
  if (row?.key !== key) return { key, by: '', until: '' };
  return { key, etag: row.etag, ...fromColumns<z.infer<typeof schema>>(schema, key, row.values) };
}

export async function takeClaim(parts: ClaimParts, partition: string, found: Claim): Promise<Taken> {
  const { now, instance, table } = parts;
  if (found.by !== instance && found.until > now()) return { kind: 'busy', until: found.until };
  const result = await table.commit(partition, [claimWrite(parts, found)]);
  const etag = result.kind === 'committed' ? result.etags.get(found.key) : undefined;
  if (etag !== undefined) return { kind: 'taken', key: found.key, etag };
  const own = await ownClaim(parts, partition, found.key);
  return own === undefined
    ? { kind: 'busy', until: after(now(), { seconds: CLAIM_SECONDS }) }
    : { kind: 'taken', key: found.key, etag: own };
}

/**
 * After a refusal: the ETag of the claim where it is this instance's all the same. It may have been refused only the
 * second time, since the store repeats requests whose answer was lost.
 */
export async function ownClaim(
  { instance, table }: ClaimParts,
  partition: string,
  key: string,
): Promise<string | undefined> {
  const there = readClaim(key, await table.get(partition, key));
  return there.by === instance ? there.etag : undefined;
}

/** Takes it, or holds it for longer; refused where somebody else took it since. */
export function claimWrite(
  { now, instance }: Pick<ClaimParts, 'now' | 'instance'>,
  { key, etag }: Pick<Claim, 'key' | 'etag'>,
): Write {
  const values = toColumns({ by: instance, until: after(now(), { seconds: CLAIM_SECONDS }) });
  return etag === undefined ? { kind: 'insert', key, values } : { kind: 'replace', key, values, etag };
}
