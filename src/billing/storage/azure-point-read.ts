import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type PipelineResponse,
} from '@azure/core-rest-pipeline';
import type { TableClient } from '@azure/data-tables';
import { rowUrl } from './azure-batch-body.js';
import { isMissing } from './azure-errors.js';
import { isPlainLoopback } from './plain-loopback.js';
import { StorageUnavailable, type Row, type Value } from './table.js';

/** Types by their names where JSON has none of its own, and nothing else about the row. */
const HEADERS = {
  accept: 'application/json;odata=minimalmetadata',
  dataserviceversion: '3.0',
  'x-ms-version': '2019-02-02',
};
const KEYS_AND_TIME = new Set(['PartitionKey', 'RowKey', 'Timestamp']);
/** Those that JSON says by itself. */
const PLAIN_TYPES: readonly unknown[] = [undefined, 'Edm.String', 'Edm.Boolean'];

type Body = Readonly<Record<string, unknown>>;

/**
 * Reads single rows past the SDK's serialiser, which takes longer than the rest of a read. The client's pipeline signs,
 * sends and repeats them like everything else.
 */
export class AzurePointReads {
  readonly #client: TableClient;
  readonly #http = createDefaultHttpClient();
  readonly #tableUrl: string;
  readonly #allowInsecureConnection: boolean;

  constructor(client: TableClient) {
    this.#client = client;
    this.#tableUrl = `${client.url.replace(/\/$/u, '')}/${client.tableName}`;
    this.#allowInsecureConnection = isPlainLoopback(client.url);
  }

  /** @throws what the pipeline throws, and an error with the service's status and code where it refuses. */
  async read(partition: string, key: string, abortSignal: AbortSignal): Promise<Row | undefined> {
    const request = createPipelineRequest({
      url: rowUrl(this.#tableUrl, partition, key),
      headers: createHttpHeaders(HEADERS),
      allowInsecureConnection: this.#allowInsecureConnection,
      abortSignal,
    });
    const response = await this.#client.pipeline.sendRequest(this.#http, request);
    const body = bodyOf(response);
    if (response.status === 200) return rowOf(body);
    const problem = { statusCode: response.status, code: codeIn(body) };
    if (isMissing(problem)) return undefined;
    throw Object.assign(new Error(`The service answered ${response.status}.`), problem);
  }
}

/** The pipeline has parsed it; an answer without JSON comes from something in between, and has neither row nor code. */
function bodyOf(response: PipelineResponse & { readonly parsedBody?: unknown }): Body {
  const { parsedBody: body } = response;
  return typeof body === 'object' && body !== null ? (body as Body) : {};
}

function codeIn(body: Body): unknown {
  const error = body['odata.error'];
  return typeof error === 'object' && error !== null ? (error as Body)['code'] : undefined;
}

function rowOf(body: Body): Row {
  const { RowKey: key, 'odata.etag': etag } = body;
  if (typeof key !== 'string' || typeof etag !== 'string') {
    throw new StorageUnavailable('The table store gave a row without its key or its ETag.');
  }
  const values: Record<string, Value> = {};
  for (const [name, value] of Object.entries(body)) {
    // No column's name has such a sign: it is something about the row, or about a column's type.
    if (value === null || KEYS_AND_TIME.has(name) || /[.@]/.test(name)) continue;
    values[name] = valueOf(value, body[`${name}@odata.type`]) ?? refuseType(name, key);
  }
  return { key, etag, values };
}

function valueOf(value: unknown, type: unknown): Value | undefined {
  if (type === 'Edm.Int64') return typeof value === 'string' ? BigInt(value) : undefined;
  const isPlain = typeof value === 'string' || typeof value === 'boolean';
  return isPlain && PLAIN_TYPES.includes(type) ? value : undefined;
}

function refuseType(name: string, key: string): never {
  throw new StorageUnavailable(`Column "${name}" of row "${key}" has a type that this program never writes.`);
}
