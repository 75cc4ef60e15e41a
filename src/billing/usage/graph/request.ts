/** One request for JSON, bounded in time and size. */
import type { Clock } from '../../clock.js';
import { within } from '../../due/within.js';

const REQUEST_MS_MAX = 60_000;
/** A page of 1,000 rows has about one. */
const BODY_BYTES_MAX = 32 * 1024 * 1024;

export interface HttpReply {
  readonly kind: 'replied';
  readonly status: number;
  /** From `Retry-After`, where there is one that can be read. */
  readonly retryAfterMs?: number;
  /** Undefined where it is no JSON, or too long. */
  readonly body: unknown;
}

export type Reply = HttpReply | { readonly kind: 'silent'; readonly why: 'timeOut' | 'network' };

export interface Requesting {
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

export async function getJson(
  { clock, fetch }: Requesting,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Reply> {
  const stop = new AbortController();
  let reply: Reply = { kind: 'silent', why: 'network' };
  const work = async (): Promise<void> => {
    // A redirect would take the token elsewhere.
    const response = await fetch(url, { headers, redirect: 'error', signal: stop.signal });
    reply = await readReply(response, clock.now());
  };
  const inTime = await within(
    clock,
    REQUEST_MS_MAX,
    work().catch(() => undefined),
  );
  if (inTime) return reply;
  stop.abort();
  return { kind: 'silent', why: 'timeOut' };
}

async function readReply(response: Response, now: string): Promise<HttpReply> {
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'), now);
  const { status } = response;
  const body = parsed(await readText(response));
  return { kind: 'replied', status, body, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Seconds, which Graph also gives with decimals (`2.128`), or a date (RFC 9110). */
export function readRetryAfter(value: string | null, now: string): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}(?:\.\d+)?$/u.test(value)) return Math.ceil(Number(value) * 1_000);
  const until = Date.parse(value);
  return Number.isNaN(until) ? undefined : Math.max(0, until - Date.parse(now));
}
