/** The HTTP server: the bot's endpoint, health, and the routes that others bring. Knows HTTP, and nothing of what it carries. */
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { createServer as createRestify, type Request, type Response, type Server } from 'restify';
import { RequestRefused, errorAnswer, isJson, parseJson, readBody, writeAnswer } from './http-exchange.js';
import type { RouteRequest, RouteResponse } from './http-exchange.js';

export type { RouteRequest, RouteResponse } from './http-exchange.js';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Such as `/api/usage/:tenant`. */
  readonly path: string;
  /** 1 MiB where it is missing. */
  readonly bodyBytesMax?: number;
  handle(request: RouteRequest): Promise<RouteResponse>;
}

export interface ReadyReport {
  readonly ready: boolean;
  /** What was looked at, for the operator: counts and words, no secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface ServerParts {
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly log: Logger;
  /** The unauthenticated bot: listens on loopback or not at all, and serves no name but this machine's. */
  readonly loopbackOnly: boolean;
  /** POST /api/messages. */
  messages(delivery: {
    readonly body: unknown;
    readonly authorization: string;
    readonly correlationId: string;
  }): Promise<RouteResponse>;
  ready(): Promise<ReadyReport>;
  readonly routes: readonly Route[];
  /** What turns left running beside them; a stop waits for it as well. */
  settled?(): Promise<void>;
  /** How long a stop waits for requests that are being served. */
  readonly graceMs?: number;
}

export interface BotServer {
  /** Resolves when requests are taken. A port that is taken is an error that names the setting. */
  listen(): Promise<{ readonly host: string; readonly port: number }>;
  /** Takes no more requests, lets those being served finish, and closes every connection. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 1024 * 1024;
/** Teams' own limit for a message is 100 KB as UTF-16, which JSON can make three times as long. */
const ACTIVITY_BYTES_MAX = 512 * 1024;
const GRACE_MS = 10_000;
const READY_MS_MAX = 5_000;
const LOOPBACK_HOST = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/iu;

interface Running {
  readonly parts: ServerParts;
  readonly inFlight: Set<Promise<void>>;
  closing: boolean;
}

export function createServer(parts: ServerParts): BotServer {
  const { host, loopbackOnly } = parts;
  if (loopbackOnly && !LOOPBACK_HOST.test(host) && host !== '::1') {
    throw new Error(`HOST is ${host}: without authentication the bot listens on 127.0.0.1 only`);
  }
  const running: Running = { parts, inFlight: new Set(), closing: false };
  const restify = createRestify({ name: '', log: parts.log as never });
  restify.on('restifyError', onRestifyError);
  for (const route of [messagesRoute(parts), ...healthRoutes(running), ...parts.routes]) {
    restify[VERBS[route.method]](route.path, async (request: Request, response: Response) => {
      const serving = serve(running, route, { request, response });
      running.inFlight.add(serving);
      await serving.finally(() => running.inFlight.delete(serving));
    });
  }
  return { listen: () => listen(restify, parts), close: () => close(restify, running) };
}

const VERBS = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'del' } as const;

/**
 * No route, or another method: restify's own answers, in the shape of ours. Its `done` is not called, since it would send
 * a second answer, which ends the process.
 */
function onRestifyError(_request: Request, response: Response, error: RestifyError): void {
  const status = error.statusCode ?? 500;
  const code = status === 404 ? 'notFound' : status === 405 ? 'methodNotAllowed' : 'badRequest';
  writeAnswer(response, errorAnswer(status, code, 'There is nothing here.'), randomUUID());
}

interface RestifyError extends Error {
  readonly statusCode?: number;
}

function messagesRoute(parts: ServerParts): Route {
  return {
    method: 'POST',
    path: '/api/messages',
    bodyBytesMax: ACTIVITY_BYTES_MAX,
    handle: ({ body, headers, correlationId }) => {
      // A page in somebody's browser can send text without asking, but not JSON: that protects the mode without tokens.
      if (body === undefined) throw new RequestRefused(415, 'unsupportedType', 'Send application/json.');
      return parts.messages({ body, authorization: headers['authorization'] ?? '', correlationId });
    },
  };
}

function healthRoutes(running: Running): readonly Route[] {
  return [
    { method: 'GET', path: '/healthz', handle: async () => ({ status: 200, body: { status: 'alive' } }) },
    {
      method: 'GET',
      path: '/readyz',
      handle: async () => {
        const { ready, details = {} } = await readiness(running);
        return { status: ready ? 200 : 503, body: { status: ready ? 'ready' : 'not ready', ...details } };
      },
    },
  ];
}

async function readiness({ parts, closing }: Running): Promise<ReadyReport> {
  if (closing) return { ready: false, details: { reason: 'stopping' } };
  const bound = new AbortController();
  const late = sleep(READY_MS_MAX, { ready: false, details: { reason: 'no answer in time' } }, bound).catch(
    () => ({ ready: false }),
  );
  try {
    return await Promise.race([parts.ready(), late]);
  } catch (error) {
    parts.log.error({ err: error }, 'readiness not known');
    return { ready: false };
  } finally {
    bound.abort();
  }
}

interface Exchange {
  readonly request: Request;
  readonly response: Response;
}

/** Never throws: restify would answer with the error's text. */
async function serve(
  { parts, closing }: Running,
  route: Route,
  { request, response }: Exchange,
): Promise<void> {
  const correlationId = randomUUID();
  const started = performance.now();
  const answer = await answerTo(parts, route, { request, correlationId });
  if (closing || answer.status === 413) response.setHeader('connection', 'close');
  writeAnswer(response, answer, correlationId);
  const ms = Math.round(performance.now() - started);
  // The route's pattern, not the address: that may hold a tenant, or a token of a link.
  parts.log.info(
    { correlationId, method: route.method, route: route.path, status: answer.status, ms },
    'request',
  );
}

async function answerTo(
  parts: ServerParts,
  route: Route,
  { request, correlationId }: { readonly request: Request; readonly correlationId: string },
): Promise<RouteResponse> {
  try {
    if (parts.loopbackOnly && !LOOPBACK_HOST.test(request.headers.host ?? '')) {
      throw new RequestRefused(421, 'wrongHost', 'This bot serves this machine only.');
    }
    return await route.handle(await routeRequest(route, request, correlationId));
  } catch (error) {
    if (error instanceof RequestRefused) return errorAnswer(error.status, error.code, error.message);
    parts.log.error({ err: error, correlationId, route: route.path }, 'request failed');
    return errorAnswer(500, 'internal', `Something went wrong. Reference: ${correlationId}`);
  }
}

async function routeRequest(route: Route, request: Request, correlationId: string): Promise<RouteRequest> {
  const rawBody = await readBody(request, route.bodyBytesMax ?? BODY_BYTES_MAX);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, [value].flat()[0]] as const);
  const params = Object.entries((request.params ?? {}) as Record<string, unknown>);
  return {
    params: Object.fromEntries(params.map(([name, value]) => [name, String(value)])),
    query: new URLSearchParams(request.url?.split('?')[1] ?? ''),
    headers: Object.fromEntries(headers),
    body: rawBody.length > 0 && isJson(request) ? parseJson(rawBody) : undefined,
    rawBody,
    remoteAddress: request.socket.remoteAddress ?? '',
    correlationId,
  };
}

function listen(restify: Server, { host, port }: ServerParts): Promise<{ host: string; port: number }> {
  return new Promise((resolve, reject) => {
    // On the wrapper: it passes the error on, and throws where nobody listens.
    restify.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Error(whyNot(error, host, port), { cause: error }));
    });
    restify.server.listen(port, host, () => {
      resolve({ host, port: (restify.server.address() as AddressInfo).port });
    });
  });
}

function whyNot(error: NodeJS.ErrnoException, host: string, port: number): string {
  if (error.code === 'EADDRINUSE') return `PORT ${port} is taken on ${host}: set PORT to a free one`;
  if (error.code === 'EACCES') return `PORT ${port} may not be used: set PORT to one above 1023`;
  return `HOST ${host} and PORT ${port} can't be listened on: ${error.message}`;
}

async function close(restify: Server, running: Running): Promise<void> {
  const { parts } = running;
  running.closing = true;
  const closed = new Promise<void>((resolve) =>
    restify.server.close(() => {
      resolve();
    }),
  );
  const finished = Promise.allSettled(running.inFlight).then(() => parts.settled?.());
  const bound = new AbortController();
  await Promise.race([finished, sleep(parts.graceMs ?? GRACE_MS, undefined, bound).catch(() => undefined)]);
  bound.abort();
  if ('closeAllConnections' in restify.server) restify.server.closeAllConnections();
  await closed;
}
