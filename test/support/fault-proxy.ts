import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What happens to one request: `loseAnswer` lets it take effect and cuts the connection, `loseRequest` cuts it before,
 * `busy` answers 503 without effect, `hang` takes it and never answers.
 */
export type Fault = 'loseAnswer' | 'loseRequest' | 'busy' | 'hang';

/** A way to the table service that breaks when it is told to. */
export interface FaultProxy {
  readonly connectionString: string;
  /** How many requests came in, those that failed included. */
  readonly requests: () => number;
  /** The next requests meet these faults, one each, in this order. */
  breakNext(...faults: readonly Fault[]): void;
  /** The same for the next requests that write, whatever is read meanwhile. */
  breakNextWrite(...faults: readonly Fault[]): void;
  close(): Promise<void>;
}

/** Listens on loopback and forwards to the table service of the connection string. */
export async function startFaultProxy(connectionString: string): Promise<FaultProxy> {
  const target = new URL(/TableEndpoint=([^;]+)/.exec(connectionString)![1]!);
  const faults: Fault[] = [];
  const faultsOfWrites: Fault[] = [];
  let requests = 0;
  const server = createServer((incoming, answer) => {
    requests += 1;
    const fault = faults.shift() ?? (incoming.method === 'GET' ? undefined : faultsOfWrites.shift());
    handle({ incoming, answer, target }, fault);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    // The signature covers the path but not the host, so the service still takes it.
    connectionString: connectionString.replace(target.host, `127.0.0.1:${port}`),
    requests: () => requests,
    breakNext: (...next) => faults.push(...next),
    breakNextWrite: (...next) => faultsOfWrites.push(...next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly answer: ServerResponse;
  readonly target: URL;
}

function handle(exchange: Exchange, fault: Fault | undefined): void {
  const { incoming, answer } = exchange;
  if (fault === 'hang') return;
  if (fault === 'loseRequest') {
    incoming.socket.destroy();
    return;
  }
  if (fault === 'busy') {
    incoming.resume();
    answer.writeHead(503, { 'content-type': 'application/json' });
    answer.end(JSON.stringify({ 'odata.error': { code: 'ServerBusy', message: { value: 'Busy.' } } }));
    return;
  }
  forward(exchange, fault === 'loseAnswer');
}

function forward({ incoming, answer, target }: Exchange, loseAnswer: boolean): void {
  const { method, headers, url } = incoming;
  const outgoing = request(
    { host: target.hostname, port: target.port, method, path: url, headers, agent: false },
    (response) => {
      if (loseAnswer) {
        // The whole answer is read first: only then the service has surely done what it was asked.
        response.resume().on('end', () => incoming.socket.destroy());
        return;
      }
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    },
  );
  outgoing.on('error', () => incoming.socket.destroy());
  incoming.pipe(outgoing);
}
