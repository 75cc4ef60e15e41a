import type { TableClient, TransactionAction } from '@azure/data-tables';
import type { Write } from './table.js';

/** ETags by row key; a deleted row has none. */
export type Etags = ReadonlyMap<string, string>;

type Etag = string | undefined;

const PART_BOUNDARY = '\r\n--changeset_';
const ANY_VERSION = 'If-Match: *';

/**
 * Sends writes as one entity-group transaction, and puts right two things on the way: the SDK has no ETag on a
 * delete within a transaction, and Azurite breaks on a line separator (U+2028, U+2029) that is not escaped.
 */
export class AzureTransactions {
  readonly #client: TableClient;
  /** What the deletes of a request ask for; the SDK hands nothing through to its pipeline but the abort signal. */
  readonly #conditions = new WeakMap<object, readonly Etag[]>();

  constructor(client: TableClient) {
    this.#client = client;
    client.pipeline.addPolicy({
      name: 'transactionBody',
      sendRequest: (request, next) => {
        const conditions = request.abortSignal && this.#conditions.get(request.abortSignal);
        if (conditions && typeof request.body === 'string') {
          request.body = rewrite(request.body, conditions);
          // The SDK's signing may have measured the body already.
          request.headers.set('content-length', String(Buffer.byteLength(request.body)));
        }
        return next(request);
      },
    });
  }

  async submit(partition: string, writes: readonly Write[], signal: AbortSignal): Promise<Etags> {
    const conditions = writes.map((write) => (write.kind === 'delete' ? write.etag : undefined));
    this.#conditions.set(signal, conditions);
    const actions = writes.map((write) => toAction(partition, write));
    const { subResponses } = await this.#client.submitTransaction(actions, { abortSignal: signal });
    // The row keys in the answer are encoded and may be missing; the order of the answers is that of the writes.
    return etagsOf(
      writes,
      subResponses.map((response) => response.etag),
    );
  }
}

/** Pairs the writes with the ETags that the service gave them, in the same order. */
export function etagsOf(writes: readonly Write[], etags: readonly Etag[]): Etags {
  const byKey = new Map<string, string>();
  writes.forEach((write, index) => {
    const etag = etags[index];
    if (write.kind === 'delete') return;
    if (etag === undefined) throw new TypeError('The service gave a written row no ETag.');
    byKey.set(write.key, etag);
  });
  return byKey;
}

function toAction(partition: string, write: Write): TransactionAction {
  const keys = { partitionKey: partition, rowKey: write.key };
  if (write.kind === 'delete') return ['delete', keys];
  const entity = { ...write.values, ...keys };
  if (write.kind === 'insert') return ['create', entity];
  if (write.kind === 'put') return ['upsert', entity, 'Replace'];
  return ['update', entity, 'Replace', { etag: write.etag }];
}

function rewrite(body: string, conditions: readonly Etag[]): string {
  const escaped = body.replace(/[\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16)}`);
  if (conditions.every((etag) => etag === undefined)) return escaped;
  // No value can hold the boundary: within JSON and within URLs a line ending is always escaped.
  const [preamble, ...parts] = escaped.split(PART_BOUNDARY);
  const rewritten = parts.map((part, index) => {
    const etag = conditions[index];
    return etag === undefined ? part : part.replace(ANY_VERSION, () => `If-Match: ${etag}`);
  });
  return [preamble, ...rewritten].join(PART_BOUNDARY);
}
