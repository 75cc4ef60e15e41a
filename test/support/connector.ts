/**
 * A stand-in for the chat service's side of the conversation: records what the bot sends, and answers with each error.
 * Paths: learn.microsoft.com, "Bot Framework REST API reference: Bot Connector service".
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What the bot may ask for; `member` is a question about somebody in the conversation. */
export type Asking = Sent['kind'] | 'member';

export interface Sent {
  readonly kind: 'post' | 'update' | 'delete' | 'create';
  readonly conversationId: string;
  readonly activityId: string;
  readonly replyToId?: string;
  /** Of a creation, its parameters. */
  readonly activity: JsonObject;
  /** False where the bot was told, or left to believe, that it did not arrive. */
  readonly acknowledged: boolean;
}

export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Record<string, string>;
    }
  /** Takes the request and never answers. */
  | { readonly kind: 'silence' }
  /** Delivers, then cuts the connection before the answer. */
  | { readonly kind: 'dropAfterDelivery' };

function refusal(status: number, code: string, message = code): Extract<Fault, { kind: 'status' }> {
  return { kind: 'status', status, body: { error: { code, message } } };
}

/** The errors of PLATFORM, in the words of the service. */
export const FAULTS = {
  notInRoster: refusal(403, 'BotNotInConversationRoster', 'The bot is not part of the conversation roster.'),
  blockedByUser: refusal(403, 'ConversationBlockedByUser', 'User blocked the conversation with the bot.'),
  disabledByAdmin: refusal(403, 'BotDisabledByAdmin', 'The tenant admin disabled this bot'),
  writesBlocked: refusal(
    403,
    'Forbidden',
    '{"errorCode":209,"message":"{\\r\\n  \\"subCode\\": \\"MessageWritesBlocked\\",\\r\\n  \\"details\\": \\"Thread is blocked from message writes.\\"}"}',
  ),
  notFound: refusal(404, 'ConversationNotFound', 'Conversation not found.'),
  preconditionFailed: refusal(412, 'PreconditionFailed', 'Precondition failed, please try again.'),
  tooLarge: refusal(413, 'MessageSizeTooBig', 'Message size too large.'),
  throttled: { ...refusal(429, 'Throttled', 'Too many requests.'), headers: { 'Retry-After': '1' } },
  badGateway: { kind: 'status', status: 502, body: 'Bad gateway' },
  silence: { kind: 'silence' },
  dropAfterDelivery: { kind: 'dropAfterDelivery' },
} as const satisfies Record<string, Fault>;

interface Planned {
  readonly fault: Fault;
  readonly only: (kind: Asking, conversationId: string) => boolean;
  left: number;
}

const PATH = /^\/v3\/conversations(?:\/([^/]+)(?:\/(activities|pagedmembers|members)(?:\/([^/]+))?)?)?$/u;
const WAIT_MS_MAX = 5_000;
const PAGE_SIZE = 2;

export class StubConnector {
  /** Everything that arrived, refused tries included, in order. */
  readonly sent: Sent[] = [];
  /** Requests of any kind, as `POST /v3/…`. */
  readonly requests: string[] = [];
  /** Who is told to be in any conversation, two a page. */
  members: readonly JsonObject[] = [];
  private readonly planned: Planned[] = [];
  private readonly waiting = new Set<() => void>();
  private readonly server: Server;
  private count = 0;

  private constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async start(): Promise<StubConnector> {
    const connector = new StubConnector();
    await new Promise<void>((resolve) => connector.server.listen(0, '127.0.0.1', resolve));
    return connector;
  }

  get serviceUrl(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The next `times` requests of that kind (and conversation) get the fault; the default is every one from now on. */
  fail(fault: Fault, options: { times?: number; kind?: Asking; conversationId?: string } = {}): void {
    const { times = Number.POSITIVE_INFINITY, kind, conversationId } = options;
    this.planned.push({
      fault,
      left: times,
      only: (what, where) =>
        (kind === undefined || kind === what) && (conversationId === undefined || conversationId === where),
    });
  }

  heal(): void {
    this.planned.length = 0;
  }

  /** What a client shows in a conversation: posts in order, updates in place, deletions gone. */
  shown(conversationId: string): readonly Sent[] {
    const messages = new Map<string, Sent>();
    for (const one of this.sent.filter(
      (sent) => sent.acknowledged && sent.conversationId === conversationId,
    )) {
      if (one.kind === 'delete') messages.delete(one.activityId);
      else if (one.kind !== 'create') messages.set(one.activityId, one);
    }
    return [...messages.values()];
  }

  /** The first thing that fits, sent already or within five seconds. */
  async waitFor(fits: (sent: Sent) => boolean): Promise<Sent> {
    const until = Date.now() + WAIT_MS_MAX;
    for (;;) {
      const found = this.sent.find(fits);
      if (found !== undefined) return found;
      if (Date.now() > until)
        throw new Error(`nothing that fits was sent, only ${JSON.stringify(this.sent).slice(0, 2_000)}`);
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          this.waiting.delete(done);
          resolve();
        };
        const timer = setTimeout(done, 100);
        this.waiting.add(done);
      });
    }
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url = '/', method = '' } = request;
    const { pathname, searchParams } = new URL(url, 'http://stub');
    this.requests.push(`${method} ${pathname}`);
    const text = await read(request);
    const path = readPath(pathname);
    if (path === undefined) answer(response, 404, { error: { code: 'NoSuchPath', message: pathname } });
    else if (method === 'GET' && path.id !== '') this.tellMember(response, path);
    else if (method === 'GET') this.list(response, searchParams, path.what === 'pagedmembers');
    else this.deliver(response, { ...path, kind: kindOf(method, path.conversation), text });
  }

  /** One of `members`, by its id. */
  private tellMember(response: ServerResponse, { conversation, id }: Path): void {
    const fault = this.nextFault('member', conversation);
    const known = this.members.find((member) => member['id'] === id);
    if (fault !== undefined) suffer(response, fault);
    else if (known === undefined) answer(response, 404, { error: { code: 'MemberNotFoundInConversation' } });
    else answer(response, 200, known);
  }

  private list(response: ServerResponse, query: URLSearchParams, paged: boolean): void {
    if (!paged) {
      answer(response, 200, this.members);
      return;
    }
    const from = Number(query.get('continuationToken') ?? 0);
    const next = from + PAGE_SIZE;
    const more = next < this.members.length ? { continuationToken: String(next) } : {};
    answer(response, 200, { members: this.members.slice(from, next), ...more });
  }

  private deliver(response: ServerResponse, asked: Asked): void {
    const fault = this.nextFault(asked.kind, asked.conversation);
    const sent = this.record(asked, fault === undefined || fault.kind === 'dropAfterDelivery');
    this.waiting.forEach((wake) => {
      wake();
    });
    if (fault !== undefined) suffer(response, fault);
    else answer(response, 200, { id: sent.kind === 'create' ? sent.conversationId : sent.activityId });
  }

  private record({ kind, conversation, id, text }: Asked, acknowledged: boolean): Sent {
    const changes = kind === 'update' || kind === 'delete';
    const activityId = changes ? id : this.newId();
    const conversationId = kind === 'create' ? `a:created-${activityId}` : conversation;
    const activity = JSON.parse(text === '' ? '{}' : text) as JsonObject;
    const reply = kind === 'post' && id !== '' ? { replyToId: id } : {};
    const sent = { kind, conversationId, activityId, activity, acknowledged, ...reply };
    this.sent.push(sent);
    return sent;
  }

  private nextFault(kind: Asking, conversationId: string): Fault | undefined {
    const planned = this.planned.find((one) => one.left > 0 && one.only(kind, conversationId));
    if (planned === undefined) return undefined;
    planned.left -= 1;
    return planned.fault;
  }

  private newId(): string {
    this.count += 1;
    return `1795373${String(this.count).padStart(6, '0')}`;
  }
}

interface Path {
  /** Empty where one is to be made. */
  readonly conversation: string;
  readonly what: string;
  /** Empty where none is named. */
  readonly id: string;
}

interface Asked extends Path {
  readonly kind: Sent['kind'];
  readonly text: string;
}

function readPath(pathname: string): Path | undefined {
  const found = PATH.exec(pathname);
  if (found === null) return undefined;
  const groups: readonly (string | undefined)[] = found.slice(1);
  const [conversation = '', what = '', id = ''] = groups.map((part) => part && decodeURIComponent(part));
  return { conversation, what, id };
}

function kindOf(method: string, conversation: string): Sent['kind'] {
  return conversation === '' ? 'create' : (KINDS[method] ?? 'post');
}

function suffer(response: ServerResponse, fault: Fault): void {
  if (fault.kind === 'dropAfterDelivery') response.destroy();
  if (fault.kind === 'status') answer(response, fault.status, fault.body, fault.headers);
}

const KINDS: Readonly<Record<string, Sent['kind']>> = { POST: 'post', PUT: 'update', DELETE: 'delete' };

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

// eslint-disable-next-line max-params -- The parts of an HTTP answer, in their usual order.
function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(text);
}
