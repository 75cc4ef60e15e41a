import * as z from 'zod';
import { encodeKeyPart } from '../../storage/keys.js';
import { StorageUnavailable, type Row, type TableStore } from '../../storage/table.js';
import type { RecordChange, RecordName, StripeRecords } from './records.js';

const recordSchema = z.object({ id: z.string().min(1) });

/** The records as rows of the tenant's partition, changed under their ETag. */
export class StripeRecordTable implements StripeRecords {
  readonly #table: TableStore;

  constructor(table: TableStore) {
    this.#table = table;
  }

  async read(tenant: string, name: RecordName): Promise<string | undefined> {
    return idOf(await this.#row(tenant, name));
  }

  async change(tenant: string, name: RecordName, { from, to }: RecordChange): Promise<string> {
    const row = await this.#row(tenant, name);
    const current = idOf(row);
    if (current !== undefined && current !== from) return current;
    const write = { key: keyOf(name), values: { id: to } };
    const result = await this.#table.commit(encodeKeyPart(tenant), [
      row === undefined ? { kind: 'insert', ...write } : { kind: 'replace', ...write, etag: row.etag },
    ]);
    if (result.kind === 'committed') return to;
    // Somebody else was first, or the lost first try of this very write.
    const stored = await this.read(tenant, name);
    if (stored === undefined) throw new StorageUnavailable(`the record ${name} was refused and is not there`);
    return stored;
  }

  async #row(tenant: string, name: RecordName): Promise<Row | undefined> {
    return this.#table.get(encodeKeyPart(tenant), keyOf(name));
  }
}

function idOf(row: Row | undefined): string | undefined {
  return row === undefined ? undefined : recordSchema.parse(row.values).id;
}

function keyOf(name: RecordName): string {
  return `stripe:${encodeKeyPart(name)}`;
}
