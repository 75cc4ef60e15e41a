/**
 * A chat service that takes what Teams takes, on the real clock, and answers 429 beyond it: 50 requests a second of a
 * tenant (whom the service URL names, as Teams' own does), and the four limits of a conversation. It is a process of its
 * own; the parent asks it over IPC what arrived, and what share of the answers it loses after it delivered.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrived {
  /** Conversations that got at least one message. */
  readonly reached: number;
  readonly messages: number;
  readonly refused: number;
  readonly lostAnswers: number;
}

export type Asked = { readonly ask: 'arrived' } | { readonly ask: 'startAnew'; readonly loseEvery: number };

/** Source: learn.microsoft.com, "Optimize your bot with rate limiting". */
const TENANT = [{ requests: 50, ms: 1_000 }];
const CONVERSATION = [
  { requests: 7, ms: 1_000 },
  { requests: 8, ms: 2_000 },
  { requests: 60, ms: 30_000 },
  { requests: 1_800, ms: 3_600_000 },
];
const PATH = /^\/([^/]+)\/v3\/conversations\/([^/]+)\/activities/u;

/** Every request counts, refused ones too. */
class Window {
  private readonly times: number[] = [];
  private readonly limits: typeof TENANT;

  constructor(limits: typeof TENANT) {
    this.limits = limits;
  }

  takes(now: number): boolean {
    this.times.push(now);
    return this.limits.every(({ requests, ms }) => {
      const before = this.times.at(-1 - requests);
      return before === undefined || now - before >= ms;
    });
  }
}

let windows = new Map<string, Window>();
let messages = new Map<string, number>();
let counts = { refused: 0, lostAnswers: 0, requests: 0 };
let loseEvery = 0;

function isTaken(tenant: string, conversation: string): boolean {
  const now = performance.now();
  const named = [
    { name: tenant, limits: TENANT },
    { name: `${tenant}/${conversation}`, limits: CONVERSATION },
  ].map(({ name, limits }) => {
    const window = windows.get(name) ?? new Window(limits);
    windows.set(name, window);
    return window.takes(now);
  });
  return named.every(Boolean);
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const [, tenant = '', conversation = ''] = PATH.exec(request.url ?? '') ?? [];
  request.resume();
  request.on('end', () => {
    if (!isTaken(tenant, conversation)) {
      counts.refused += 1;
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '1' });
      response.end('{"error":{"code":"Throttled"}}');
      return;
    }
    const name = `${tenant}/${conversation}`;
    messages.set(name, (messages.get(name) ?? 0) + 1);
    counts.requests += 1;
    if (loseEvery > 0 && counts.requests % loseEvery === 0) {
      counts.lostAnswers += 1;
      response.destroy();
      return;
    }
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(`{"id":"${counts.requests}"}`);
  });
}

function startAnew(every: number): void {
  windows = new Map();
  messages = new Map();
  counts = { refused: 0, lostAnswers: 0, requests: 0 };
  loseEvery = every;
}

function arrived(): Arrived {
  const all = [...messages.values()].reduce((sum, one) => sum + one, 0);
  return { reached: messages.size, messages: all, refused: counts.refused, lostAnswers: counts.lostAnswers };
}

const server = createServer({ keepAliveTimeout: 60_000 }, serve);
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
process.on('message', (asked: Asked) => {
  if (asked.ask === 'startAnew') startAnew(asked.loseEvery);
  process.send?.(arrived());
});
process.on('disconnect', () => process.exit(0));
