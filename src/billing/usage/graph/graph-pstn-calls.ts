/**
 * Microsoft Graph's `getPstnCalls` by plain HTTP (permission `CallRecord-PstnCalls.Read.All`): windows of at most 90 days,
 * 1,000 rows a page, `@odata.nextLink` followed as given.
 */
import * as z from 'zod';
import type { Clock } from '../../clock.js';
import { accessToken, type TokenProvider } from './access-token.js';
import { leadsTo } from './graph-server.js';
import {
  WINDOW_DAYS_MAX,
  type CallWindow,
  type PageAnswer,
  type PageAsked,
  type PstnCalls,
  type Trouble,
} from './pstn-calls.js';
import { getJson, type HttpReply, type Reply } from './request.js';

const PATH = '/v1.0/communications/callRecords/getPstnCalls';
const DAY_MS = 24 * 3_600_000;

export const TRIES_MAX = 4;
/** Waited in all for one page, which holds up a worker's round; what takes longer is better asked again later. */
export const PATIENCE_MS_MAX = 3_000;
/** Doubled from try to try, where the service does not say how long. */
const FIRST_PAUSE_MS = 400;

export interface GraphDeps {
  readonly tokens: TokenProvider;
  /** See `graphOrigin`. */
  readonly origin: string;
  readonly clock: Clock;
  readonly fetch: typeof globalThis.fetch;
}

/** A trouble, and how long the service asks to wait where waiting may help. */
type Attempt = PageAnswer | (Trouble & { readonly pauseMs: number | undefined });

export class GraphPstnCalls implements PstnCalls {
  private readonly deps: GraphDeps;

  constructor(deps: GraphDeps) {
    this.deps = deps;
  }

  async page(tenant: string, asked: PageAsked): Promise<PageAnswer> {
    const { origin } = this.deps;
    const url = 'next' in asked ? asked.next : windowUrl(origin, asked);
    if (!leadsTo(url, origin)) return malformed('the link to the next page leads elsewhere');
    return this.patiently(() => this.attempt(tenant, url));
  }

  private async patiently(ask: () => Promise<Attempt>): Promise<PageAnswer> {
    const { clock } = this.deps;
    let waitedMs = 0;
    for (let tries = 1; ; tries += 1) {
      const attempt = await ask();
      if (!('pauseMs' in attempt)) return attempt;
      const { pauseMs: wished, ...trouble } = attempt;
      const pauseMs = wished ?? FIRST_PAUSE_MS * 2 ** (tries - 1);
      waitedMs += pauseMs;
      if (tries === TRIES_MAX || waitedMs > PATIENCE_MS_MAX)
        return { ...trouble, ...(wished !== undefined && { notBefore: later(clock.now(), wished) }) };
      await clock.sleep(pauseMs);
    }
  }

  private async attempt(tenant: string, url: string): Promise<Attempt> {
    const { tokens } = this.deps;
    const access = await accessToken(tokens, tenant);
    if (access.kind === 'trouble') return access;
    const headers = { authorization: `Bearer ${access.token}`, accept: 'application/json' };
    return judged(await getJson(this.deps, url, headers));
  }
}

/** @throws RangeError for a window that Graph would refuse: whoever asks must split it. */
function windowUrl(origin: string, { from, to }: CallWindow): string {
  const days = (Date.parse(to) - Date.parse(from)) / DAY_MS;
  if (!(days >= 0 && days <= WINDOW_DAYS_MAX)) throw new RangeError(`no window of calls: ${from} to ${to}`);
  return `${origin}${PATH}(fromDateTime=${from},toDateTime=${to})`;
}

const pageSchema = z.object({
  value: z.array(z.unknown()),
  '@odata.nextLink': z.string().nullish(),
});

function judged(reply: Reply): Attempt {
  if (reply.kind === 'silent')
    return { kind: 'trouble', reason: 'unavailable', detail: reply.why, pauseMs: undefined };
  return reply.status === 200 ? readPage(reply) : refusal(reply);
}

function readPage({ body }: HttpReply): PageAnswer {
  const page = pageSchema.safeParse(body);
  if (!page.success) return malformed('no page of rows');
  const { value: rows, '@odata.nextLink': next } = page.data;
  return { kind: 'page', rows, ...(typeof next === 'string' && { next }) };
}

function malformed(detail: string): Trouble {
  return { kind: 'trouble', reason: 'malformed', detail };
}

/** More than 90 days are answered by 406. */
const REASONS: Readonly<Record<number, Trouble['reason']>> = {
  400: 'windowRefused',
  401: 'notAuthenticated',
  403: 'consentMissing',
  406: 'windowRefused',
  429: 'busy',
};

function refusal(reply: HttpReply): Attempt {
  const { status, retryAfterMs } = reply;
  const reason = REASONS[status] ?? (status >= 500 ? 'unavailable' : 'malformed');
  const trouble: Trouble = { kind: 'trouble', reason, detail: summaryOf(reply) };
  return reason === 'busy' || reason === 'unavailable' ? { ...trouble, pauseMs: retryAfterMs } : trouble;
}

const errorSchema = z
  .object({
    error: z.object({
      code: z.string().max(80).catch(''),
      innerError: z.object({ 'request-id': z.string().max(80).catch('') }).catch({ 'request-id': '' }),
    }),
  })
  .transform(({ error }) => `${error.code} ${error.innerError['request-id']}`)
  .catch('');

function summaryOf({ status, body }: HttpReply): string {
  return `${status} ${errorSchema.parse(body)}`.trim();
}

function later(now: string, ms: number): string {
  return new Date(Date.parse(now) + ms).toISOString();
}
