/**
 * The body of an entity-group transaction, as "Performing entity group transactions" of Azure Table Storage describes it:
 * a batch with one changeset, whose parts are HTTP requests of their own. The SDK sends each part through a pipeline of
 * its own first, which takes longer than the service does; here they are plain text.
 */
import type { Value, Write } from './table.js';

const LINE = '\r\n';
const PART_HEADERS = ['content-type: application/http', 'content-transfer-encoding: binary', ''].join(LINE);
const JSON_HEADERS = [
  'Content-Type: application/json',
  'Accept: application/json;odata=minimalmetadata',
  'DataServiceVersion: 3.0',
  'Prefer: return-no-content',
].join(LINE);

/** Where the parts are sent to, and the boundaries that the request's headers have announced. */
export interface BatchFrame {
  /** Of the table, without a slash at its end. */
  readonly tableUrl: string;
  readonly batch: string;
  readonly changeset: string;
}

export function batchBody(frame: BatchFrame, partition: string, writes: readonly Write[]): string {
  const { batch, changeset } = frame;
  return [
    `--${batch}`,
    `content-type: multipart/mixed; boundary=${changeset}`,
    '',
    ...writes.flatMap((write) => [`--${changeset}`, PART_HEADERS, ...requestOf(frame, partition, write)]),
    `--${changeset}--`,
    `--${batch}--`,
    '',
  ].join(LINE);
}

function requestOf({ tableUrl }: BatchFrame, partition: string, write: Write): readonly string[] {
  const url = rowUrl(tableUrl, partition, write.key);
  switch (write.kind) {
    case 'delete':
      return [`DELETE ${url} HTTP/1.1`, JSON_HEADERS, `If-Match: ${write.etag ?? '*'}`, '', ''];
    case 'insert':
      return [`POST ${tableUrl} HTTP/1.1`, JSON_HEADERS, '', entity(partition, write)];
    case 'put':
      return [`PUT ${url} HTTP/1.1`, JSON_HEADERS, '', entity(partition, write)];
    case 'replace':
      return [`PUT ${url} HTTP/1.1`, JSON_HEADERS, `If-Match: ${write.etag}`, '', entity(partition, write)];
  }
}

/** Where one row is; the table's URL without a slash at its end. */
export function rowUrl(tableUrl: string, partition: string, key: string): string {
  return `${tableUrl}(PartitionKey='${inUrl(partition)}',RowKey='${inUrl(key)}')`;
}

/** OData doubles a quote within a key. */
function inUrl(key: string): string {
  return encodeURIComponent(key.replaceAll("'", "''"));
}

/** Azurite breaks on a line separator that is not escaped. */
function entity(partition: string, { key, values }: Exclude<Write, { kind: 'delete' }>): string {
  const columns: Record<string, Exclude<Value, bigint>> = { PartitionKey: partition, RowKey: key };
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'bigint') columns[`${name}@odata.type`] = 'Edm.Int64';
    columns[name] = typeof value === 'bigint' ? value.toString() : value;
  }
  return JSON.stringify(columns).replace(
    /[\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16)}`,
  );
}
