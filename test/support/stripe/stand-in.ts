/**
 * A server that stands in for Stripe on the loopback, written from its documentation: only what this program calls, with
 * the faults of a network and of a busy peer. Where a call is not known the test fails by a 404.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFields, type Fields } from './form.js';
import { Records, type Reply } from './records.js';
import { route } from './routes.js';

/** What may go wrong with one request. `500after` fails although it took effect. */
export type Fault =
  'loseRequest' | 'loseAnswer' | 'cutBody' | '401' | '409' | '429' | '500' | '500after' | '502';

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly key: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly fields: Fields;
}

export interface StandInOptions {
  readonly now: () => string;
  /** Off: it forgets each key at once, as any peer without that feature. */
  readonly idempotency?: boolean;
  readonly fault?: (request: Seen) => Fault | undefined;
}

interface Saved extends Reply {
  readonly content: string;
}

export class StripeStandIn {
  readonly records: Records;
  readonly seen: Seen[] = [];
  /** May be changed while it runs. */
  fault: (request: Seen) => Fault | undefined;
  readonly #idempotency: boolean;
  readonly #saved = new Map<string, Saved>();
  readonly #lost = new Map<string, number>();
  readonly #server: Server;

  constructor(options: StandInOptions) {
    this.records = new Records(options.now);
    this.#idempotency = options.idempotency ?? true;
    this.fault = options.fault ?? (() => undefined);
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  /** @returns its port on the loopback. */
  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = await readRequest(request);
    this.seen.push(seen);
    const fault = this.fault(seen) ?? this.#faultOfCard(seen);
    if (fault === 'loseRequest') return void request.socket.destroy();
    const { reply, replayed } = this.#reply(seen, fault);
    if (fault === 'loseAnswer') return void request.socket.destroy();
    const body = JSON.stringify(reply.body);
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      'request-id': `req_${this.seen.length}`,
      ...(replayed && { 'idempotent-replayed': 'true' }),
    });
    if (fault !== 'cutBody') return void response.end(body);
    response.write(body.slice(0, body.length / 2), () => request.socket.destroy());
  }

  /** Limits and conflicts come before anything is saved; what ran is saved, faults too. */
  #reply(seen: Seen, fault: Fault | undefined): { reply: Reply; replayed: boolean } {
    const refused = fault && REFUSALS[fault]?.(seen);
    if (refused !== undefined) return fresh(refused);
    const key = this.#idempotency ? seen.key : undefined;
    if (key === undefined) return fresh(this.#run(seen, fault));
    const content = JSON.stringify([seen.path, seen.fields]);
    const saved = this.#saved.get(key);
    if (saved === undefined) {
      const reply = this.#run(seen, fault);
      this.#saved.set(key, { ...structuredClone(reply), content });
      return fresh(reply);
    }
    return saved.content === content ? { reply: saved, replayed: true } : fresh(OTHER_CONTENT);
  }

  #run(seen: Seen, fault: Fault | undefined): Reply {
    const failed: Reply = { status: 500, body: { error: { type: 'api_error', message: 'no' } } };
    if (fault === '500') return failed;
    const reply = route(this.records, `${seen.method} ${seen.path}`, seen.fields);
    return fault === '500after' ? failed : reply;
  }

  /** A card that loses the first confirms of each intent on their way. */
  #faultOfCard({ path }: Seen): Fault | undefined {
    const id = CONFIRM.exec(path)?.[1] ?? '';
    const behaviour = this.records.behaviourOf(this.records.intents.get(id));
    if (behaviour === undefined || !('times' in behaviour)) return undefined;
    const lost = (this.#lost.get(id) ?? 0) + 1;
    this.#lost.set(id, lost);
    return lost > behaviour.times ? undefined : LOSS_OF[behaviour.kind];
  }
}

const LOSS_OF = { losesRequests: 'loseRequest', losesAnswers: 'loseAnswer' } as const;
const CONFIRM = /^\/v1\/payment_intents\/(\w+)\/confirm$/u;

const failing = (status: number, error: object): Reply => ({ status, body: { error } });

/** What is answered before the call is looked at. */
const REFUSALS: Partial<Readonly<Record<Fault, (seen: Seen) => Reply>>> = {
  '401': keyRefused,
  '409': () => failing(409, { type: 'idempotency_error', code: 'idempotency_key_in_use' }),
  '429': () => failing(429, { type: 'invalid_request_error', code: 'rate_limit' }),
  // A gateway before Stripe: no `error`, so that the client takes it for an answer.
  '502': () => ({ status: 502, body: { message: 'Bad Gateway' } }),
};
const OTHER_CONTENT = failing(400, { type: 'idempotency_error' });

function fresh(reply: Reply): { reply: Reply; replayed: boolean } {
  return { reply, replayed: false };
}

async function readRequest(request: IncomingMessage): Promise<Seen> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const body = Buffer.concat(chunks).toString('utf8');
  const key = request.headers['idempotency-key'];
  return {
    method: request.method ?? '',
    path,
    key: typeof key === 'string' ? key : undefined,
    headers: request.headers,
    fields: readFields(request.method === 'GET' ? query : body),
  };
}

/** Stripe's sentence quotes the key's end. */
function keyRefused({ headers }: Seen): Reply {
  const message = `Invalid API Key provided: sk_test_****${(headers.authorization ?? '').slice(-6)}`;
  return { status: 401, body: { error: { type: 'invalid_request_error', message } } };
}
