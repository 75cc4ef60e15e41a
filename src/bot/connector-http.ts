/**
 * How requests to the chat service leave. The SDK's own client has no time-out and repeats 5xx, resets and 429 three
 * times by itself, out of the caller's sight (PLATFORM); here each request is one try with a bound, and whoever asked
 * decides about another.
 */
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
}

const BODY_CHARS_MAX = 64 * 1024;

/** A redirect is a refusal too: it would lead past the allow-list of service URLs. */
export function boundedHttpClient(timeoutMs: number): HttpClient {
  return { sendRequest: (request) => sendOnce(request, timeoutMs) };
}

async function sendOnce(request: HttpRequest, timeoutMs: number): Promise<HttpAnswer> {
  const { response, body } = await exchange(request, timeoutMs);
  if (!response.ok) {
    const retryAfterMs = retryAfter(response.headers.get('retry-after'));
    throw new ConnectorRefusal(response.status, {
      reason: reasonIn(body),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  const headers = request.headers.clone();
  headers.headerNames().forEach((name) => headers.remove(name));
  headers.set('content-type', response.headers.get('content-type') ?? 'application/json');
  return { request, status: response.status, headers, bodyAsText: body };
}

async function exchange(
  request: HttpRequest,
  timeoutMs: number,
): Promise<{ response: Response; body: string }> {
  try {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers.rawHeaders(),
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
      ...(typeof request.body === 'string' ? { body: request.body } : {}),
    });
    return { response, body: (await response.text()).slice(0, BODY_CHARS_MAX) };
  } catch (error) {
    throw new ConnectorSilence('the chat service gave no answer', { cause: error });
  }
}

/** Seconds or a date (RFC 9110). */
function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined;
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
