/** Changing many rows of a partition without a word of the account: each under its own ETag, so that nothing newer is lost. */
import {
  ROWS_PER_COMMIT_MAX,
  type RangeQuery,
  type Row,
  type TableStore,
  type Values,
} from '../storage/table.js';

/** What the row is to hold; undefined where it stays as it is. */
export type Change = (row: Row) => Values | undefined;

const PAGE_ROWS = 1_000;
/** Somebody else wrote a row again and again: the next run comes back to it. */
const ATTEMPTS_MAX = 5;

export class RowsBusy extends Error {
  override readonly name = 'RowsBusy';
}

/** @throws RowsBusy, StorageUnavailable: a part may be done; running it again finishes it. */
export async function rewriteRange(
  table: TableStore,
  { partition, ...range }: Omit<RangeQuery, 'limit'> & { readonly partition: string },
  change: Change,
): Promise<void> {
  let from = range.from;
  for (;;) {
    const rows = await table.query(partition, { ...range, from, limit: PAGE_ROWS });
    for (let first = 0; first < rows.length; first += ROWS_PER_COMMIT_MAX)
      await rewriteSome(table, partition, { rows: rows.slice(first, first + ROWS_PER_COMMIT_MAX), change });
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_ROWS) return;
    from = `${last.key} `;
  }
}

async function rewriteSome(
  table: TableStore,
  partition: string,
  { rows, change }: { readonly rows: readonly Row[]; readonly change: Change },
): Promise<void> {
  let current = rows;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const writes = current.flatMap((row) => {
      const values = change(row);
      return values === undefined ? [] : [{ kind: 'replace' as const, key: row.key, values, etag: row.etag }];
    });
    if (writes.length === 0) return;
    const result = await table.commit(partition, writes);
    if (result.kind === 'committed') return;
    // One of them was written meanwhile, or the answer was lost: what is there now tells what is left to do.
    current = await table.getMany(
      partition,
      rows.map(({ key }) => key),
    );
  }
  throw new RowsBusy(`rows from ${rows[0]?.key ?? ''} on were written by others ${ATTEMPTS_MAX} times`);
}
