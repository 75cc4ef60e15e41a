import { checkColumnName, checkCommit, checkKey } from './limits.js';
import type { CommitResult, PartitionScan, RangeQuery, Row, TableStore, Values, Write } from './table.js';

/** What a fault hook is told about a call. */
export type Operation =
  | { readonly kind: 'ensure' }
  | { readonly kind: 'get'; readonly partition: string; readonly key: string }
  | { readonly kind: 'getMany'; readonly partition: string; readonly keys: readonly string[] }
  | { readonly kind: 'query'; readonly partition: string; readonly range: RangeQuery }
  | { readonly kind: 'scan'; readonly key: string }
  | { readonly kind: 'commit'; readonly partition: string; readonly writes: readonly Write[] };

/**
 * Faults for tests. What a hook throws is what the caller gets: thrown by `before` the request was lost and nothing
 * happened, thrown by `after` the answer was lost and it did happen. A hook that waits holds the request or the answer.
 */
export interface Faults {
  readonly before?: (operation: Operation) => void | Promise<void>;
  readonly after?: (operation: Operation) => void | Promise<void>;
  /** True: the transport lost the answer and asked again, as the SDK does. The caller hears the second answer. */
  readonly repeat?: (operation: Operation) => boolean;
  /** No fault: told of each transaction at the moment it happens, whether or not its answer arrives. */
  readonly committed?: (partition: string, writes: readonly Write[]) => void;
}

interface Partition {
  readonly rows: Map<string, Row>;
  /** The keys of `rows`, sorted. */
  readonly keys: string[];
}

type Conflict = Extract<CommitResult, { kind: 'conflict' }>;

const COMMITTED_NOTHING: CommitResult = { kind: 'committed', etags: new Map() };

/** {@link TableStore} in memory, with the same semantics and limits, for tests. */
export class MemoryTableStore implements TableStore, PartitionScan {
  readonly #partitions = new Map<string, Partition>();
  readonly #faults: Faults;
  #version = 0;

  constructor(faults: Faults = {}) {
    this.#faults = faults;
  }

  async ensure(): Promise<void> {
    await this.#perform({ kind: 'ensure' }, () => undefined);
  }

  async get(partition: string, key: string): Promise<Row | undefined> {
    checkKey(partition);
    checkKey(key);
    return this.#perform({ kind: 'get', partition, key }, () => this.#rows(partition).get(key));
  }

  async getMany(partition: string, keys: readonly string[]): Promise<readonly Row[]> {
    checkKey(partition);
    keys.forEach(checkKey);
    return this.#perform({ kind: 'getMany', partition, keys }, () => {
      const rows = this.#rows(partition);
      return keys.map((key) => rows.get(key)).filter((row) => row !== undefined);
    });
  }

  async query(partition: string, range: RangeQuery): Promise<readonly Row[]> {
    checkKey(partition);
    range.columns?.forEach(checkColumnName);
    if (range.where) checkColumnName(range.where.column);
    return this.#perform({ kind: 'query', partition, range }, () => {
      const found = this.#partitions.get(partition);
      return found === undefined ? [] : rowsInRange(found, range);
    });
  }

  async *partitionsWith(key: string): AsyncGenerator<string> {
    checkKey(key);
    await this.#perform({ kind: 'scan', key }, () => undefined);
    for (const [name, { rows }] of [...this.#partitions]) if (rows.has(key)) yield name;
  }

  async commit(partition: string, writes: readonly Write[]): Promise<CommitResult> {
    checkCommit(partition, writes);
    if (writes.length === 0) return COMMITTED_NOTHING;
    return this.#perform({ kind: 'commit', partition, writes }, () => this.#apply(partition, writes));
  }

  /** `run` is synchronous: nothing comes between the checks and the writes of a commit. */
  async #perform<T>(operation: Operation, run: () => T): Promise<T> {
    await this.#faults.before?.(operation);
    let answer = run();
    if (this.#faults.repeat?.(operation) === true) answer = run();
    await this.#faults.after?.(operation);
    return answer;
  }

  #rows(partition: string): ReadonlyMap<string, Row> {
    return this.#partitions.get(partition)?.rows ?? new Map<string, Row>();
  }

  #apply(name: string, writes: readonly Write[]): CommitResult {
    const partition = this.#partitions.get(name) ?? { rows: new Map<string, Row>(), keys: [] };
    for (const write of writes) {
      const reason = conflictReason(write, partition.rows.get(write.key));
      if (reason !== undefined) return { kind: 'conflict', reason, key: write.key };
    }
    this.#partitions.set(name, partition);
    const etags = new Map<string, string>();
    for (const write of writes) {
      if (write.kind === 'delete') remove(partition, write.key);
      else etags.set(write.key, this.#store(partition, write.key, write.values));
    }
    this.#faults.committed?.(name, writes);
    return { kind: 'committed', etags };
  }

  #store(partition: Partition, key: string, values: Values): string {
    this.#version += 1;
    const etag = `W/"${this.#version}"`;
    if (!partition.rows.has(key)) partition.keys.splice(firstAtLeast(partition.keys, key), 0, key);
    partition.rows.set(key, Object.freeze({ key, etag, values: Object.freeze({ ...values }) }));
    return etag;
  }
}

function conflictReason(write: Write, row: Row | undefined): Conflict['reason'] | undefined {
  if (write.kind === 'put') return undefined;
  if (write.kind === 'insert') return row === undefined ? undefined : 'exists';
  if (row === undefined) return 'missing';
  return write.etag === undefined || write.etag === row.etag ? undefined : 'changed';
}

function remove(partition: Partition, key: string): void {
  partition.rows.delete(key);
  partition.keys.splice(firstAtLeast(partition.keys, key), 1);
}

function rowsInRange(partition: Partition, range: RangeQuery): readonly Row[] {
  const rows: Row[] = [];
  const end = firstAtLeast(partition.keys, range.to);
  for (let i = firstAtLeast(partition.keys, range.from); i < end && rows.length < range.limit; i++) {
    const row = partition.rows.get(partition.keys[i] ?? '');
    if (row && matches(row, range.where)) rows.push(range.columns ? project(row, range.columns) : row);
  }
  return rows;
}

function matches(row: Row, where: RangeQuery['where']): boolean {
  if (where === undefined) return true;
  const value = Object.hasOwn(row.values, where.column) ? row.values[where.column] : undefined;
  return typeof value === 'string' && value >= where.from && value < where.to;
}

function project(row: Row, columns: readonly string[]): Row {
  const values = Object.entries(row.values).filter(([name]) => columns.includes(name));
  return { ...row, values: Object.fromEntries(values) };
}

/** The index of the first key that is not below `bound`: binary search, as there may be many thousands. */
function firstAtLeast(keys: readonly string[], bound: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? '') < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
