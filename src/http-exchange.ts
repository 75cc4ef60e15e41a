/** One HTTP request and its answer as routes see them; reading and writing them has its limits here. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface RouteRequest {
  /** From the path, such as `tenant` of `/api/usage/:tenant`; decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Names in lower case; of a header that came twice, the first. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Parsed JSON where the content type says so; undefined otherwise. */
  readonly body: unknown;
  /** The bytes as they came, for signatures and for other content types. */
  readonly rawBody: Buffer;
  /** Of the peer that connected: a proxy in front of the bot is that peer. */
  readonly remoteAddress: string;
  readonly correlationId: string;
}

export interface RouteResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text and bytes go out as they are (name their content type); anything else as JSON; undefined sends no body. */
  readonly body?: unknown;
}

/** An answer that was decided before the route was asked. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The shape of every error that leaves the server; never a stack trace, never what was sent in. */
export function errorAnswer(status: number, code: string, message: string): RouteResponse {
  return { status, body: { error: { code, message } } };
}

/** @throws RequestRefused 413 where the body is longer, 415 where it is compressed, 400 where it broke off. */
export async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const { 'content-encoding': encoding = 'identity', 'content-length': announced = '0' } = request.headers;
  if (encoding !== 'identity') {
    throw new RequestRefused(415, 'unsupportedEncoding', 'Send the body uncompressed.');
  }
  const rawBody = Number(announced) > bytesMax ? undefined : await collect(request, bytesMax);
  if (rawBody !== undefined) return rawBody;
  throw new RequestRefused(413, 'tooLarge', `The body may have ${bytesMax.toString()} bytes at most.`);
}

/** Undefined where there is more; the rest is not read. */
async function collect(request: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Without `destroyOnReturn`, leaving the loop would cut the connection before the answer is written.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > bytesMax) return undefined;
      chunks.push(chunk);
    }
  } catch (error) {
    throw Object.assign(new RequestRefused(400, 'brokenOff', 'The body broke off.'), { cause: error });
  }
  return Buffer.concat(chunks);
}

const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/iu;

export function isJson(request: IncomingMessage): boolean {
  return JSON_TYPE.test(request.headers['content-type'] ?? '');
}

/** The parser's own message quotes the body, which may hold what people wrote: it is not passed on. */
export function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    throw new RequestRefused(400, 'malformedJson', 'The body is not valid JSON.');
  }
}

/** Routes may set others in their place: the sandbox page has a form and a style. */
const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

export function writeAnswer(response: ServerResponse, answer: RouteResponse, correlationId: string): void {
  if (response.headersSent) return;
  const { body, headers = {} } = answer;
  const plain = typeof body === 'string' || Buffer.isBuffer(body);
  const content = body === undefined ? '' : plain ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  const own = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  response.writeHead(answer.status, {
    ...SECURITY_HEADERS,
    'x-correlation-id': correlationId,
    ...(body === undefined ? {} : { 'content-type': type }),
    'content-length': Buffer.byteLength(content),
    ...own,
  });
  response.end(content);
}
