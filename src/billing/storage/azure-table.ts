import type { TableClient, TableEntityQueryOptions, TableEntityResultPage } from '@azure/data-tables';
import pLimit from 'p-limit';
import { conflictOf, unavailable } from './azure-errors.js';
import { AzurePointReads } from './azure-point-read.js';
import { AzureTransactions, etagsOf, type Etags } from './azure-transaction.js';
import { checkColumnName, checkCommit, checkKey } from './limits.js';
import {
  StorageUnavailable,
  type CommitResult,
  type PartitionScan,
  type RangeQuery,
  type Row,
  type TableStore,
  type Value,
  type Write,
} from './table.js';

/** One call, the SDK's own retries included, is given up after this time. */
export const CALL_MS_MAX = 10_000;
/** Point reads in flight at once, over all calls of one store. */
export const POINT_READS_MAX = 16;
/** The service gives at most this many rows per page. */
const PAGE_ROWS_MAX = 1_000;
const SYSTEM_COLUMNS = new Set(['partitionKey', 'rowKey', 'timestamp', 'etag', 'odata.metadata']);

type Page = TableEntityResultPage<Record<string, unknown>>;

/** {@link TableStore} on Azure Table Storage, or on Azurite. */
export class AzureTableStore implements TableStore, PartitionScan {
  readonly #client: TableClient;
  readonly #pointReads: AzurePointReads;
  readonly #transactions: AzureTransactions;
  readonly #callMsMax: number;
  readonly #pointRead = pLimit(POINT_READS_MAX);

  /** The client is taken over: it gets a policy of this store. `callMsMax` bounds every request to the service. */
  constructor(client: TableClient, { callMsMax = CALL_MS_MAX }: { readonly callMsMax?: number } = {}) {
    this.#client = client;
    this.#pointReads = new AzurePointReads(client);
    this.#transactions = new AzureTransactions(client);
    this.#callMsMax = callMsMax;
  }

  async ensure(): Promise<void> {
    // The SDK takes "exists already" for an answer.
    await this.#call('createTable', (abortSignal) => this.#client.createTable({ abortSignal }));
  }

  async get(partition: string, key: string): Promise<Row | undefined> {
    checkKey(partition);
    checkKey(key);
    if (!fitsUrlPath(partition, key)) return this.#find(partition, key);
    return this.#call('get', (abortSignal) => this.#pointReads.read(partition, key, abortSignal));
  }

  async getMany(partition: string, keys: readonly string[]): Promise<readonly Row[]> {
    const rows = await this.#pointRead.map(keys, (key) => this.get(partition, key));
    return rows.filter((row) => row !== undefined);
  }

  async query(partition: string, range: RangeQuery): Promise<readonly Row[]> {
    checkKey(partition);
    const filter = rangeFilter(partition, range);
    range.columns?.forEach(checkColumnName);
    if (range.limit <= 0 || range.from >= range.to) return [];
    const select = range.columns && ['rowKey', ...range.columns];
    return this.#list(filter, range.limit, select);
  }

  async commit(partition: string, writes: readonly Write[]): Promise<CommitResult> {
    checkCommit(partition, writes);
    const [first] = writes;
    if (first === undefined) return { kind: 'committed', etags: new Map() };
    const alone = writes.length === 1 && fitsUrlPath(partition, first.key);
    return this.#call('commit', async (signal): Promise<CommitResult> => {
      try {
        const etags = alone
          ? await this.#writeOne(partition, first, signal)
          : await this.#transactions.submit(partition, writes, signal);
        return { kind: 'committed', etags };
      } catch (error) {
        const conflict = conflictOf(error, writes);
        if (conflict === undefined) throw error;
        return conflict;
      }
    });
  }

  /** A single operation costs half of a transaction with one row, and means the same. */
  async #writeOne(partition: string, write: Write, abortSignal: AbortSignal): Promise<Etags> {
    const client = this.#client;
    const options = { abortSignal };
    if (write.kind === 'delete') {
      await client.deleteEntity(partition, write.key, { ...options, etag: write.etag ?? '*' });
      return new Map();
    }
    const entity = { ...write.values, partitionKey: partition, rowKey: write.key };
    const send = {
      insert: () => client.createEntity(entity, options),
      put: () => client.upsertEntity(entity, 'Replace', options),
      replace: (etag: string) => client.updateEntity(entity, 'Replace', { ...options, etag }),
    };
    const { etag } = write.kind === 'replace' ? await send.replace(write.etag) : await send[write.kind]();
    return etagsOf([write], [etag]);
  }

  async #find(partition: string, key: string): Promise<Row | undefined> {
    const filter = `PartitionKey eq ${literal(partition)} and RowKey eq ${literal(key)}`;
    const [row] = await this.#list(filter, 1);
    return row;
  }

  async *partitionsWith(key: string): AsyncGenerator<string> {
    checkKey(key);
    const queryOptions = { filter: `RowKey eq ${literal(key)}`, select: ['partitionKey'] };
    for await (const page of this.#pages(queryOptions, PAGE_ROWS_MAX))
      for (const { partitionKey } of page) yield String(partitionKey);
  }

  async #list(filter: string, limit: number, select?: string[]): Promise<readonly Row[]> {
    const queryOptions = { filter, ...(select && { select }) };
    const rows: Row[] = [];
    for await (const page of this.#pages(queryOptions, Math.min(limit, PAGE_ROWS_MAX))) {
      for (const entity of page) rows.push(toRow(entity));
      if (rows.length >= limit) break;
    }
    return rows.slice(0, limit);
  }

  async *#pages(queryOptions: TableEntityQueryOptions, maxPageSize: number): AsyncGenerator<Page> {
    let continuationToken: string | undefined;
    do {
      const page: Page = await this.#call('query', async (abortSignal) => {
        const pages = this.#client.listEntities({ abortSignal, queryOptions });
        const next = await pages
          .byPage({ maxPageSize, ...(continuationToken && { continuationToken }) })
          .next();
        return next.value as Page;
      });
      yield page;
      // A page may be short, or empty, and still not be the last: only the token tells.
      continuationToken = page.continuationToken;
    } while (continuationToken !== undefined);
  }

  async #call<T>(name: string, send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    const timer = setTimeout(() => {
      controller.abort();
    }, this.#callMsMax);
    try {
      return await send(controller.signal);
    } catch (error) {
      throw unavailable(name, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/**
 * The service decodes the path of a URL twice, so a `%` in a key reaches it as another key (Microsoft's own note of
 * 2012-05-28, never fixed). Filters and the bodies of transactions are not affected.
 */
function fitsUrlPath(partition: string, key: string): boolean {
  return !partition.includes('%') && !key.includes('%');
}

function rangeFilter(partition: string, { from, to, where }: RangeQuery): string {
  const terms = [`PartitionKey eq ${literal(partition)}`, between('RowKey', from, to)];
  if (where) {
    checkColumnName(where.column);
    terms.push(between(where.column, where.from, where.to));
  }
  return terms.join(' and ');
}

function between(column: string, from: string, to: string): string {
  return `${column} ge ${literal(from)} and ${column} lt ${literal(to)}`;
}

/** OData doubles a quote within a text. */
function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function toRow(entity: Readonly<Record<string, unknown>>): Row {
  const { rowKey: key, etag } = entity;
  if (typeof key !== 'string' || typeof etag !== 'string') {
    throw new StorageUnavailable('The table store gave a row without its key or its ETag.');
  }
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(entity)) {
    // A selected column that the row doesn't have may come back as null.
    if (SYSTEM_COLUMNS.has(name) || value === null || value === undefined) continue;
    if (!isValue(value)) {
      throw new StorageUnavailable(
        `Column "${name}" of row "${key}" has a type that this program never writes.`,
      );
    }
    values[name] = value;
  }
  return { key, etag, values };
}

function isValue(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean';
}
