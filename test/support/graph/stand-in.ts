/**
 * A server that stands in for Microsoft Graph on the loopback, written from its documentation: `getPstnCalls` only, with
 * rows that are reported late and rows that change, throttling, and the faults of a network.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { STAND_IN_TOKEN } from '../../../src/billing/usage/graph/graph-server.js';

export type Fault =
  | 'loseAnswer'
  | 'cutBody'
  | 'html'
  | 'noValue'
  | 'redirect'
  | 'hang'
  | { readonly status: number; readonly retryAfter?: string };

export interface GraphRow {
  readonly id: string;
  readonly startDateTime: string;
  readonly [field: string]: unknown;
}

export interface Seen {
  readonly url: string;
  readonly authorization: string | undefined;
}

export const TOKEN = STAND_IN_TOKEN;
const DAYS_MAX_MS = 90 * 24 * 3_600_000;
const FIRST =
  /^\/v1\.0\/communications\/callRecords\/getPstnCalls\(fromDateTime=([^,]+),toDateTime=([^)]+)\)$/u;
/** The documentation's own example of a next page has other names of parameters than the request. */
const NEXT = /^\/v1\.0\/communications\/callRecords\/getPstnCalls\(from=([^,]+),to=([^)]+)\)\?\$skip=(\d+)$/u;

interface Reported {
  readonly row: GraphRow;
  readonly from: string;
  readonly start: number;
}

export class GraphStandIn {
  readonly seen: Seen[] = [];
  pageRows = 1_000;
  /** Asked for every request, in turn. */
  fault: (seen: Seen, count: number) => Fault | undefined = () => undefined;
  /** Takes the place of the link to a next page. */
  nextLink: ((link: string) => string) | undefined;
  readonly #rows = new Map<string, Reported>();
  readonly #now: () => string;
  readonly #server: Server;
  #origin = '';

  constructor(now: () => string) {
    this.#now = now;
    this.#server = createServer((request, response) => {
      this.#serve(request, response);
    });
  }

  /** @returns its origin. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.#origin;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** `from`: when it is reported; at once where it is missing. A row that is there already changes. */
  report(rows: readonly GraphRow[], from = ''): void {
    for (const row of rows) this.#rows.set(row.id, { row, from, start: Date.parse(row.startDateTime) });
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const seen = { url: request.url ?? '', authorization: request.headers.authorization };
    this.seen.push(seen);
    const fault = this.fault(seen, this.seen.length);
    if (fault === undefined || fault === 'cutBody') this.#answer(seen, response, fault);
    else if (typeof fault === 'object') refuse(response, fault.status, fault.retryAfter);
    else this.#fail[fault](response);
  }

  readonly #fail: Readonly<Record<Extract<Fault, string>, (response: ServerResponse) => void>> = {
    loseAnswer: (response) => response.req.socket.destroy(),
    hang: () => undefined,
    redirect: (response) => {
      // Where restify was loaded in the same process, `writeHead` gives nothing back to chain on.
      response.writeHead(302, { location: `${this.#origin}/elsewhere` });
      response.end();
    },
    html: (response) => response.end('<html>Sign in to the network</html>'),
    noValue: (response) => response.end('{"rows":[]}'),
    cutBody: () => undefined,
  };

  #answer(seen: Seen, response: ServerResponse, fault: 'cutBody' | undefined): void {
    const asked = readAsked(seen);
    if (typeof asked === 'number') {
      refuse(response, asked);
      return;
    }
    const body = JSON.stringify(this.#page(asked));
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    if (fault === undefined) response.end(body);
    else response.write(body.slice(0, body.length / 2), () => response.req.socket.destroy());
  }

  #page({ from, to, skip }: Asked): object {
    const now = this.#now();
    const [first, last] = [Date.parse(from), Date.parse(to)];
    const found = [...this.#rows.values()].filter(
      ({ start, from: reportedFrom }) => start >= first && start <= last && reportedFrom <= now,
    );
    const rows = found.slice(skip, skip + this.pageRows).map(({ row }) => row);
    const next = skip + this.pageRows;
    const link = `${this.#origin}/v1.0/communications/callRecords/getPstnCalls(from=${from},to=${to})?$skip=${next}`;
    return {
      '@odata.context': 'https://graph.microsoft.com/v1.0/$metadata#Collection(pstnCallLogRow)',
      '@odata.count': rows.length,
      value: rows,
      ...(found.length > next && { '@odata.nextLink': this.nextLink?.(link) ?? link }),
    };
  }
}

interface Asked {
  readonly from: string;
  readonly to: string;
  readonly skip: number;
}

/** @returns the status of the refusal, where it is refused. */
function readAsked({ url, authorization }: Seen): Asked | number {
  if (authorization !== `Bearer ${TOKEN}`) return 401;
  const [, from, to, skip = '0'] = FIRST.exec(url) ?? NEXT.exec(url) ?? [];
  if (from === undefined || to === undefined) return 404;
  return refusalOf(Date.parse(to) - Date.parse(from)) ?? { from, to, skip: Number(skip) };
}

/** A window that is too long is answered by 406. */
function refusalOf(lengthMs: number): number | undefined {
  if (!(lengthMs >= 0)) return 400;
  return lengthMs > DAYS_MAX_MS ? 406 : undefined;
}

const CODES: Readonly<Record<number, string>> = {
  401: 'InvalidAuthenticationToken',
  403: 'Forbidden',
  429: 'TooManyRequests',
};

function refuse(response: ServerResponse, status: number, retryAfter?: string): void {
  const innerError = { date: '2026-11-17T09:00:00', 'request-id': '94fb3b52-452a-4535-a601-69e0a90e3aa2' };
  const error = { code: CODES[status] ?? 'Error', message: 'Somebody wrote Ana Moreno here.', innerError };
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
  });
  response.end(JSON.stringify({ error }));
}
