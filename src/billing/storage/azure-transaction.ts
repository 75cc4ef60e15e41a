import type { TableClient, TransactionAction } from '@azure/data-tables';
import { batchBody, type BatchFrame } from './azure-batch-body.js';
import type { Write } from './table.js';

/** ETags by row key; a deleted row has none. */
export type Etags = ReadonlyMap<string, string>;

type Etag = string | undefined;

interface Transaction {
  readonly partition: string;
  readonly writes: readonly Write[];
}

/**
 * Sends writes as one entity-group transaction. The SDK signs, sends, repeats and reads it; its body is written here (see
 * azure-batch-body.ts), which also gives a delete the ETag that the SDK has no place for.
 */
export class AzureTransactions {
  readonly #client: TableClient;
  /** What a request is to send; the SDK hands nothing through to its pipeline but the abort signal. */
  readonly #sent = new WeakMap<object, Transaction>();

  constructor(client: TableClient) {
    this.#client = client;
    client.pipeline.addPolicy({
      name: 'transactionBody',
      sendRequest: (request, next) => {
        const transaction = request.abortSignal && this.#sent.get(request.abortSignal);
        if (transaction && typeof request.body === 'string') {
          const frame = { ...boundariesOf(request.body), tableUrl: this.#tableUrl() };
          request.body = batchBody(frame, transaction.partition, transaction.writes);
          // The SDK's signing may have measured the body already.
          request.headers.set('content-length', String(Buffer.byteLength(request.body)));
        }
        return next(request);
      },
    });
  }

  async submit(partition: string, writes: readonly Write[], signal: AbortSignal): Promise<Etags> {
    this.#sent.set(signal, { partition, writes });
    // It takes at least one action; the policy puts all of them in its place.
    const [rowKey = ''] = writes.map(({ key }) => key);
    const stand = [['delete', { partitionKey: partition, rowKey }]] satisfies TransactionAction[];
    const { subResponses } = await this.#client.submitTransaction([...stand], { abortSignal: signal });
    // The row keys in the answer are encoded and may be missing; the order of the answers is that of the writes.
    return etagsOf(
      writes,
      subResponses.map((response) => response.etag),
    );
  }

  #tableUrl(): string {
    return `${this.#client.url.replace(/\/$/u, '')}/${this.#client.tableName}`;
  }
}

function boundariesOf(body: string): Pick<BatchFrame, 'batch' | 'changeset'> {
  const [batch, changeset] = [/^--(batch_\S+)/u, /boundary=(changeset_\S+)/u].map(
    (mark) => mark.exec(body)?.[1],
  );
  if (batch === undefined || changeset === undefined) {
    throw new TypeError('The SDK writes transactions in another way than this program expects.');
  }
  return { batch, changeset };
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
