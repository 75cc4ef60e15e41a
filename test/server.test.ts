import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import {
  createServer,
  type BotServer,
  type Route,
  type RouteRequest,
  type ServerParts,
} from '../src/server.js';

const started: BotServer[] = [];
let lines: string[] = [];

beforeEach(() => {
  lines = [];
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.close()));
});

async function start(parts: Partial<ServerParts> = {}): Promise<{ url: string; server: BotServer }> {
  const server = createServer({
    host: '127.0.0.1',
    port: 0,
    log: pino({}, { write: (line) => void lines.push(line) }),
    loopbackOnly: true,
    messages: async ({ body }) => ({ status: 200, body }),
    ready: async () => ({ ready: true }),
    routes: [],
    ...parts,
  });
  started.push(server);
  const { port } = await server.listen();
  return { url: `http://127.0.0.1:${port}`, server };
}

function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
}

async function errorCode(response: Response): Promise<[number, unknown]> {
  const body = (await response.json()) as { error: { code: string; message: string } };
  return [response.status, body.error.code];
}

/** Plain HTTP, for what `fetch` will not send. */
async function raw(url: string, text: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end(text);
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
}

describe('the endpoint of the bot', () => {
  test('answers malformed JSON with 400, and does not quote it', async () => {
    const { url } = await start();
    const response = await post(`${url}/api/messages`, '{"text": "my secret');
    const text = await response.clone().text();
    expect(await errorCode(response)).toEqual([400, 'malformedJson']);
    expect(text + lines.join('')).not.toContain('secret');
  });

  test('answers a body that is too large with 413, announced or not', async () => {
    const { url } = await start();
    const large = JSON.stringify({ text: 'x'.repeat(600_000) });
    expect(await errorCode(await post(`${url}/api/messages`, large))).toEqual([413, 'tooLarge']);
    const chunk = `${(0x10000).toString(16)}\r\n${'x'.repeat(0x10000)}\r\n`;
    const head = 'POST /api/messages HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
    const answer = await raw(url, `${head}transfer-encoding: chunked\r\n\r\n${chunk.repeat(12)}0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 413 /u);
  });

  test.each([
    ['text, which any web page may send', { 'content-type': 'text/plain' }, 'unsupportedType'],
    ['something compressed', { 'content-encoding': 'gzip' }, 'unsupportedEncoding'],
  ])('does not take %s', async (_what, headers, code) => {
    const { url } = await start();
    expect(await errorCode(await post(`${url}/api/messages`, '{}', headers))).toEqual([415, code]);
  });

  test('hands over the token and a correlation id, which the answer names', async () => {
    let got: unknown;
    const messages: ServerParts['messages'] = async (delivery) => {
      got = delivery;
      return { status: 200 };
    };
    const { url } = await start({ messages });
    const response = await post(`${url}/api/messages`, '{"a":1}', { authorization: 'Bearer x' });
    const correlationId = response.headers.get('x-correlation-id');
    expect(got).toEqual({ body: { a: 1 }, authorization: 'Bearer x', correlationId });
    expect(lines.join('')).toContain(correlationId);
  });

  test('does not show what went wrong inside', async () => {
    const messages = async (): Promise<never> => {
      throw new Error('secret detail');
    };
    const { url } = await start({ messages });
    const response = await post(`${url}/api/messages`, '{}');
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toMatch(/secret|at .*\.ts/u);
    expect(lines.filter((line) => line.includes('secret detail'))).toHaveLength(1);
  });
});

describe('the server', () => {
  test('is alive, and ready when what it needs is', async () => {
    let ready = true;
    const { url } = await start({ ready: async () => ({ ready, details: { parked: 2 } }) });
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'alive' });
    expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready', parked: 2 });
    ready = false;
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
  });

  test('is not ready when that can’t be found out', async () => {
    const { url } = await start({
      ready: async () => {
        throw new Error('table away');
      },
    });
    expect((await fetch(`${url}/readyz`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test('says in JSON that there is nothing', async () => {
    const { url } = await start();
    expect(await errorCode(await fetch(`${url}/nothing/<script>`))).toEqual([404, 'notFound']);
    expect(await errorCode(await fetch(`${url}/api/messages`))).toEqual([405, 'methodNotAllowed']);
  });

  test('sends the headers that keep browsers careful, and does not name itself', async () => {
    const { url } = await start();
    for (const path of ['/healthz', '/nothing']) {
      const { headers } = await fetch(`${url}${path}`);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('server')).toBeNull();
    }
  });

  test('serves the routes of others, with path, query, bytes and their own headers and limits', async () => {
    const got: RouteRequest[] = [];
    const route: Route = {
      method: 'POST',
      path: '/api/usage/:tenant',
      bodyBytesMax: 10,
      handle: async (request) => {
        got.push(request);
        return { status: 202, headers: { 'Content-Type': 'text/html' }, body: '<p>' };
      },
    };
    const { url } = await start({ routes: [route] });
    const response = await post(`${url}/api/usage/a%20b?from=1`, '{"a":1}');
    expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
      202,
      'text/html',
      '<p>',
    ]);
    expect(got[0]).toMatchObject({ params: { tenant: 'a b' }, body: { a: 1 }, remoteAddress: '127.0.0.1' });
    expect([got[0]?.query.get('from'), got[0]?.rawBody.toString()]).toEqual(['1', '{"a":1}']);
    expect((await post(`${url}/api/usage/x`, '{"a":"long"}')).status).toBe(413);
    await post(`${url}/api/usage/x`, 'a=b', { 'content-type': 'text/csv' });
    expect([got[1]?.body, got[1]?.rawBody.toString()]).toEqual([undefined, 'a=b']);
  });

  test('logs a route by its pattern, not by the tenant in it', async () => {
    const route: Route = { method: 'GET', path: '/pay/:token', handle: async () => ({ status: 200 }) };
    const { url } = await start({ routes: [route] });
    await fetch(`${url}/pay/my-token`);
    expect(lines.join('')).toContain('/pay/:token');
    expect(lines.join('')).not.toContain('my-token');
  });

  test('without authentication listens on loopback only', () => {
    const parts = { host: '0.0.0.0', port: 0, loopbackOnly: true } as ServerParts;
    expect(() => createServer(parts)).toThrow(/HOST is 0\.0\.0\.0/u);
  });

  test('without authentication serves no name that a web page could have pointed at this machine', async () => {
    const { url } = await start();
    const answer = await raw(url, 'GET /healthz HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1.1 421 /u);
  });

  test('names the setting when its port is taken', async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    await expect(start({ port })).rejects.toThrow(`PORT ${port} is taken`);
  });
});

describe('a stop', () => {
  test('lets a turn in progress finish, with what it left running, and takes no more', async () => {
    const done: string[] = [];
    const messages = async (): Promise<{ status: number }> => {
      await sleep(150);
      done.push('turn');
      return { status: 200 };
    };
    const settled = async (): Promise<void> => {
      done.push('settled');
    };
    const { url, server } = await start({ messages, settled });
    const turn = post(`${url}/api/messages`, '{}');
    await sleep(50);
    await server.close();
    expect((await turn).status).toBe(200);
    expect(done).toEqual(['turn', 'settled']);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  });

  test('does not wait for ever', async () => {
    const { url, server } = await start({ messages: () => new Promise(() => undefined), graceMs: 100 });
    const turn = post(`${url}/api/messages`, '{}').catch(() => 'cut');
    await sleep(50);
    const before = performance.now();
    await server.close();
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(await turn).toBe('cut');
  });
});
