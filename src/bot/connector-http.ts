/**
 * How requests to the chat service leave. The SDK's own client has no time-out and repeats 5xx, resets and 429 three
 * times by itself, out of the caller's sight (PLATFORM); here each request is one try with a bound, and whoever asked
 * decides about another.
 */
import {
  Agent as HttpAgent,
  request as requestHttp,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { ConfigurationBotFrameworkAuthentication } from 'botbuilder';

type ClientOptions = NonNullable<ConstructorParameters<typeof ConfigurationBotFrameworkAuthentication>[4]>;
type HttpClient = NonNullable<ClientOptions['httpClient']>;
type HttpRequest = Parameters<HttpClient['sendRequest']>[0];
type HttpAnswer = Awaited<ReturnType<HttpClient['sendRequest']>>;

/** The service answered, and not with success. Kept apart from the SDK's error classes, which it would retry. */
export class ConnectorRefusal extends Error {
  override readonly name = 'ConnectorRefusal';
  readonly status: number;
  /** The service's own word, such as `ConversationBlockedByUser`; empty where it sent none. */
  readonly reason: string;
  readonly retryAfterMs: number | undefined;

  constructor(status: number, details: { readonly reason: string; readonly retryAfterMs?: number }) {
    super(
      `the chat service answered ${status.toString()}${details.reason === '' ? '' : ` (${details.reason})`}`,
    );
    this.status = status;
    this.reason = details.reason;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** No answer within the bound, or the connection broke: the message may have been delivered all the same. */
export class ConnectorSilence extends Error {
  override readonly name = 'ConnectorSilence';
  readonly mayHaveArrived: boolean;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.mayHaveArrived = !wasNeverConnected(options?.cause);
  }
}

const NOT_CONNECTED: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

function wasNeverConnected(error: unknown): boolean {
  return isRecord(error) && NOT_CONNECTED.has(error['code']);
}

const BODY_CHARS_MAX = 64 * 1024;

/** A redirect is a refusal too: it would lead past the allow-list of service URLs. */
export function boundedHttpClient(timeoutMs: number): HttpClient {
  return { sendRequest: (request) => sendOnce(request, timeoutMs) };
}

async function sendOnce(request: HttpRequest, timeoutMs: number): Promise<HttpAnswer> {
  const { status, headers: answered, body } = await exchange(request, timeoutMs);
  if (status < 200 || status > 299) {
    const retryAfterMs = retryAfter(answered['retry-after']);
    throw new ConnectorRefusal(status, {
      reason: reasonIn(body),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const headers = request.headers.clone();
  headers.headerNames().forEach((name) => headers.remove(name));
  headers.set('content-type', answered['content-type'] ?? 'application/json');
  return { request, status, headers, bodyAsText: body };
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Below the time after which services close what is idle: a message on a connection that just closed may be lost. */
const IDLE_MS_MAX = 30_000;
const KEPT = { keepAlive: true, timeout: IDLE_MS_MAX };
const HTTP = { ask: requestHttp, agent: new HttpAgent(KEPT) };
const HTTPS = { ask: requestHttps, agent: new HttpsAgent(KEPT) };

/** Node's own client: `fetch` takes three times the processor's time for a request, and alerts come by the thousand. */
function exchange(request: HttpRequest, timeoutMs: number): Promise<Answered> {
  const url = new URL(request.url);
  const { ask, agent } = url.protocol === 'https:' ? HTTPS : HTTP;
  // What is compressed would have to be unpacked here.
  const headers = { ...request.headers.rawHeaders(), 'accept-encoding': 'identity' };
  return new Promise((resolve, reject) => {
    const silent = (cause: unknown): void => {
      reject(new ConnectorSilence('the chat service gave no answer', { cause }));
    };
    const asking = ask(url, { method: request.method, headers, agent }, (answer) => {
      read(answer).then(resolve, silent);
    });
    const timer = setTimeout(() => asking.destroy(new Error('no answer in time')), timeoutMs);
    asking.on('close', () => {
      clearTimeout(timer);
    });
    asking.on('error', silent);
    asking.end(typeof request.body === 'string' ? request.body : undefined);
  });
}

async function read(answer: IncomingMessage): Promise<Answered> {
  answer.setEncoding('utf8');
  let body = '';
  for await (const chunk of answer as AsyncIterable<string>) {
    body = (body + chunk).slice(0, BODY_CHARS_MAX);
  }
  return { status: answer.statusCode ?? 0, headers: answer.headers, body };
}

/** Seconds or a date (RFC 9110). */
function retryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/u.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** `MessageWritesBlocked` comes as JSON inside the message string, so the innermost code is looked for (PLATFORM). */
function reasonIn(body: string): string {
  return innermostCode(body, 0) ?? '';
}

const NESTING_MAX = 4;

function innermostCode(text: string, depth: number): string | undefined {
  const error = depth > NESTING_MAX ? undefined : errorIn(text);
  if (error === undefined) return undefined;
  const message = error['message'];
  const inner = typeof message === 'string' ? innermostCode(message, depth + 1) : undefined;
  return inner ?? codeIn(error);
}

function codeIn(error: Record<string, unknown>): string | undefined {
  const code = error['subCode'] ?? error['errorCode'] ?? error['code'];
  return typeof code === 'string' && /^[\w.-]{1,80}$/u.test(code) ? code : undefined;
}

function errorIn(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isRecord(parsed)) return undefined;
    return isRecord(parsed['error']) ? parsed['error'] : parsed;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
