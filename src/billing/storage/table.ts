/**
 * The port to a table store with the semantics of Azure Table Storage: rows in partitions, sorted by row key, and
 * entity-group transactions within one partition. Nothing of the vendor's SDK shows in here.
 */

/** What a column may hold. A bigint is stored as Edm.Int64 and must fit it. */
export type Value = string | bigint | boolean;

export type Values = Readonly<Record<string, Value>>;

export interface Row {
  readonly key: string;
  readonly etag: string;
  readonly values: Values;
}

export type Write =
  /** Fails with `exists` when the row is there. */
  | { readonly kind: 'insert'; readonly key: string; readonly values: Values }
  /** Fails with `changed` or `missing` unless the row still has this ETag. Replaces the whole row. */
  | { readonly kind: 'replace'; readonly key: string; readonly values: Values; readonly etag: string }
  /** Inserts or replaces, whatever is there. */
  | { readonly kind: 'put'; readonly key: string; readonly values: Values }
  /** Without an ETag the row goes whatever its version; a row that is not there fails with `missing`. */
  | { readonly kind: 'delete'; readonly key: string; readonly etag?: string };

/**
 * A conflict says only that the store refused this request. As the transport repeats requests whose answer was lost,
 * the first try may have committed: the caller must *look* (an operation row) before it believes that nothing happened.
 */
export type CommitResult =
  | { readonly kind: 'committed'; readonly etags: ReadonlyMap<string, string> }
  | { readonly kind: 'conflict'; readonly reason: 'exists' | 'changed' | 'missing'; readonly key?: string };

export interface RangeQuery {
  /** First row key, inclusive. */
  readonly from: string;
  /** Last row key, exclusive. */
  readonly to: string;
  readonly limit: number;
  /** Only rows whose text column lies in [from, to), compared as text by the store. */
  readonly where?: { readonly column: string; readonly from: string; readonly to: string };
  /** Only these columns come back; all where it is missing. */
  readonly columns?: readonly string[];
}

/**
 * Every method may throw {@link StorageUnavailable} (outcome unknown) or {@link StorageLimitExceeded} (refused before
 * anything was sent). Keys must be valid already: see `encodeKeyPart`.
 */
export interface TableStore {
  /** Creates the table where it is missing. Safe to call again, and from several instances at once. */
  ensure(): Promise<void>;
  get(partition: string, key: string): Promise<Row | undefined>;
  /** Point reads, bounded in parallel. Rows that are missing are left out; the order is that of `keys`. */
  getMany(partition: string, keys: readonly string[]): Promise<readonly Row[]>;
  /** Rows of the range in key order, at most `limit`. Short or empty pages of the service are read on. */
  query(partition: string, range: RangeQuery): Promise<readonly Row[]>;
  /** All or nothing, in one entity-group transaction of one partition: at most 100 rows, each once, below 4 MiB. */
  commit(partition: string, writes: readonly Write[]): Promise<CommitResult>;
}

/** Going through all partitions of a table: slow, for daily scans and for checks. */
export interface PartitionScan {
  /**
   * Every partition that has a row of that key, each once, read page by page; one that is written meanwhile may be
   * missed. May throw {@link StorageUnavailable}.
   */
  partitionsWith(key: string): AsyncIterable<string>;
}

/** The store did not answer as it should: nobody knows whether a write happened. */
export class StorageUnavailable extends Error {
  override readonly name = 'StorageUnavailable';
}

/** A limit of Azure Table Storage would be broken; checked here since the emulator does not. */
export class StorageLimitExceeded extends Error {
  override readonly name = 'StorageLimitExceeded';
}

export const ROWS_PER_COMMIT_MAX = 100;
export const COMMIT_BYTES_MAX = 4 * 1024 * 1024;
