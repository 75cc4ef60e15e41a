/** Well below the body limit of any server; Graph's rows are 700 bytes each. */
export const REQUEST_BYTES_MAX = 512 * 1024;

const BRACKETS_BYTES = Buffer.byteLength('{"value":[]}');

/** What one request hands over. */
export interface Chunk {
  readonly rows: number;
  /** Such as `application/json`. */
  readonly type: string;
  /** A page in Graph's shape, as JSON text; or a file as it is. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** Cuts rows into requests, in order: at most so many rows, and no more bytes than {@link REQUEST_BYTES_MAX}. */
export function chunksOf(rows: readonly unknown[], rowsMax: number): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let open: string[] = [];
  let bytes = BRACKETS_BYTES;
  for (const text of rows.map((row) => JSON.stringify(row))) {
    const size = Buffer.byteLength(text) + 1;
    if (open.length > 0 && (open.length === rowsMax || bytes + size > REQUEST_BYTES_MAX)) {
      chunks.push(close(open));
      open = [];
      bytes = BRACKETS_BYTES;
    }
    open.push(text);
    bytes += size;
  }
  return open.length === 0 ? chunks : [...chunks, close(open)];
}

function close(texts: readonly string[]): Chunk {
  return { rows: texts.length, type: 'application/json', body: `{"value":[${texts.join(',')}]}` };
}
