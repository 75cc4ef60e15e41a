import type { TokenCredential } from '@azure/identity';
import type { TokenProvider } from '../../../../src/billing/usage/graph/access-token.js';
import {
  GraphPstnCalls,
  PATIENCE_MS_MAX,
  TRIES_MAX,
} from '../../../../src/billing/usage/graph/graph-pstn-calls.js';
import { graphOrigin, leadsTo } from '../../../../src/billing/usage/graph/graph-server.js';
import { TROUBLES, type PageAnswer } from '../../../../src/billing/usage/graph/pstn-calls.js';
import { readRetryAfter } from '../../../../src/billing/usage/graph/request.js';
import { START } from '../../../support/billing.js';
import { collecting, ninetyDays, type Collecting } from '../../../support/graph/connected.js';
import { TOKEN, type Fault } from '../../../support/graph/stand-in.js';

const TENANT = '3ceaaf30-8142-48ea-91d9-3080f9b439fc';
const DAY = { from: '2026-11-16T00:00:00.000Z', to: '2026-11-17T00:00:00.000Z' };

let test_: Collecting;
beforeEach(async () => {
  test_ = await collecting();
});
afterEach(() => test_.graph.stop());

function faults(...list: readonly (Fault | undefined)[]): void {
  test_.graph.fault = (_seen, count) => list[Math.min(count, list.length) - 1];
}

function askedWith(tokens: TokenProvider): Promise<PageAnswer> {
  const { clock } = test_;
  const calls = new GraphPstnCalls({ tokens, origin: 'http://127.0.0.1:1', clock, fetch });
  return calls.page(TENANT, DAY);
}

test('a window is asked for as documented, with the token of the tenant', async () => {
  test_.graph.report(ninetyDays(90));
  const answer = await test_.calls.page(TENANT, DAY);
  expect(answer).toMatchObject({ kind: 'page', rows: [{ id: 'record-0-000089' }] });
  expect(test_.graph.seen).toEqual([
    {
      url: `/v1.0/communications/callRecords/getPstnCalls(fromDateTime=${DAY.from},toDateTime=${DAY.to})`,
      authorization: `Bearer ${TOKEN}`,
    },
  ]);
});

test('the link to the next page is followed as given', async () => {
  test_.graph.pageRows = 2;
  test_.graph.report(ninetyDays(3 * 90));
  const first = await test_.calls.page(TENANT, DAY);
  if (first.kind !== 'page' || first.next === undefined) throw new Error('no second page');
  const second = await test_.calls.page(TENANT, { next: first.next });
  expect(first.rows).toHaveLength(2);
  expect(second).toMatchObject({ kind: 'page' });
  expect(second).not.toHaveProperty('next');
  expect(first.next.endsWith(test_.graph.seen.at(-1)!.url)).toBe(true);
});

test.each([
  'https://graph.microsoft.com.evil.example/v1.0/x',
  'https://graph.microsoft.com@evil.example/x',
  'https://user:secret@graph.microsoft.com/v1.0/x',
  'http://graph.microsoft.com/v1.0/x',
  'https://graph.microsoft.com:8443/v1.0/x',
  '//graph.microsoft.com/x',
  'file:///etc/passwd',
  'nowhere',
])('the token is never sent to %s', async (next) => {
  const fetched: unknown[] = [];
  const fetchNothing = async (url: unknown) => {
    fetched.push(url);
    return Response.json({ value: [] });
  };
  const calls = new GraphPstnCalls({
    tokens: { getToken: async () => ({ token: 'secret' }) },
    origin: graphOrigin({ production: true }),
    clock: test_.clock,
    fetch: fetchNothing,
  });
  expect(await calls.page(TENANT, { next })).toMatchObject({ kind: 'trouble', reason: 'malformed' });
  expect(fetched).toEqual([]);
});

test('a redirect is not followed', async () => {
  faults('redirect');
  expect(await test_.calls.page(TENANT, DAY)).toMatchObject({ kind: 'trouble', reason: 'unavailable' });
  expect(test_.graph.seen.every(({ url }) => url.includes('getPstnCalls'))).toBe(true);
});

test('another server can stand in on this machine, and never in production', () => {
  expect(graphOrigin({ production: false, standIn: 'http://127.0.0.1:4010/x' })).toBe(
    'http://127.0.0.1:4010',
  );
  expect(graphOrigin({ production: true })).toBe('https://graph.microsoft.com');
  expect(leadsTo('https://graph.microsoft.com/v1.0/x', graphOrigin({ production: true }))).toBe(true);
  const inProduction = { production: true, standIn: 'http://127.0.0.1:4010' };
  expect(() => graphOrigin(inProduction)).toThrow('in production');
  for (const standIn of ['http://10.0.0.1', 'http://127.0.0.1.evil.example', 'ftp://localhost', 'nothing'])
    expect(() => graphOrigin({ production: false, standIn })).toThrow('must run on this machine');
});

test('who is throttled waits as long as the service asks, and then goes on', async () => {
  faults({ status: 429, retryAfter: '1.128' }, { status: 503, retryAfter: '1' }, undefined);
  expect(await test_.calls.page(TENANT, DAY)).toMatchObject({ kind: 'page' });
  expect(test_.clock.pauses).toEqual([1_128, 1_000]);
});

test('without a word from the service the pauses double', async () => {
  faults({ status: 429 }, { status: 503 }, 'loseAnswer', undefined);
  expect(await test_.calls.page(TENANT, DAY)).toMatchObject({ kind: 'page' });
  expect(test_.clock.pauses).toEqual([400, 800, 1_600]);
});

test('patience has an end: the answer says when to ask again', async () => {
  faults({ status: 429, retryAfter: '600' });
  const answer = await test_.calls.page(TENANT, DAY);
  const notBefore = '2026-11-17T09:10:00.000Z';
  const detail = '429 TooManyRequests 94fb3b52-452a-4535-a601-69e0a90e3aa2';
  expect(answer).toEqual({ kind: 'trouble', reason: 'busy', detail, notBefore });
  expect(test_.clock.pauses).toEqual([]);
});

test('a service that stays away is asked a few times only', async () => {
  faults({ status: 503, retryAfter: '1' });
  expect(await test_.calls.page(TENANT, DAY)).toMatchObject({ kind: 'trouble', reason: 'unavailable' });
  expect(test_.graph.seen).toHaveLength(TRIES_MAX);
  expect(test_.clock.pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(PATIENCE_MS_MAX);
});

test('a service that takes the request and says nothing is not waited for without end', async () => {
  faults('hang');
  test_.clock.timeOuts = true;
  expect(await test_.calls.page(TENANT, DAY)).toMatchObject({ reason: 'unavailable', detail: 'timeOut' });
});

test.each([
  [401, 'notAuthenticated'],
  [403, 'consentMissing'],
  [406, 'windowRefused'],
  [400, 'windowRefused'],
  [404, 'malformed'],
] as const)('%i is %s, at once, without the words of the answer', async (status, reason) => {
  faults({ status });
  const answer = await test_.calls.page(TENANT, DAY);
  expect(answer).toMatchObject({ kind: 'trouble', reason });
  expect(JSON.stringify(answer)).toContain(String(status));
  expect(JSON.stringify(answer)).not.toContain('Moreno');
  expect(test_.graph.seen).toHaveLength(1);
});

test('an operator reads which permission is missing', () => {
  expect(TROUBLES.consentMissing.advice).toContain('CallRecord-PstnCalls.Read.All');
});

test.each(['html', 'noValue'] as const)('a page that is none (%s) is refused as a whole', async (fault) => {
  faults(fault);
  expect(await test_.calls.page(TENANT, DAY)).toMatchObject({ kind: 'trouble', reason: 'malformed' });
});

test('a page that is cut off is asked for again', async () => {
  test_.graph.report(ninetyDays(90));
  faults('cutBody', undefined);
  expect(await test_.calls.page(TENANT, DAY)).toMatchObject({
    kind: 'page',
    rows: [{ id: 'record-0-000089' }],
  });
});

test('a window that Graph would refuse is not even sent', async () => {
  const tooLong = { from: '2026-08-01T00:00:00.000Z', to: '2026-11-17T00:00:00.000Z' };
  await expect(test_.calls.page(TENANT, tooLong)).rejects.toThrow(RangeError);
  await expect(test_.calls.page(TENANT, { from: DAY.to, to: DAY.from })).rejects.toThrow(RangeError);
  expect(test_.graph.seen).toEqual([]);
});

function tokenOf(tid: string): string {
  return `e30.${Buffer.from(JSON.stringify({ tid })).toString('base64url')}.x`;
}

test('the token of another organisation is not used: its calls would be charged to this account', async () => {
  const others = { getToken: async () => ({ token: tokenOf('another') }) };
  expect(await askedWith(others)).toMatchObject({ kind: 'trouble', reason: 'otherTenant' });
  const own = { getToken: async () => ({ token: tokenOf(TENANT.toUpperCase()) }) };
  expect(await askedWith(own)).toMatchObject({ reason: 'unavailable' });
});

test('a credential that gives no token is named, with the code of the sign-in service and nothing else', async () => {
  const failing: TokenProvider = {
    getToken: () => Promise.reject(new TypeError('AADSTS7000215: Invalid client secret hunter2 provided')),
  };
  const answer = await askedWith(failing);
  expect(answer).toEqual({ kind: 'trouble', reason: 'noToken', detail: 'TypeError AADSTS7000215' });
  expect(await askedWith({ getToken: async () => null })).toMatchObject({ reason: 'noToken' });
});

test('every credential of @azure/identity will do', () => {
  const credential: TokenCredential = { getToken: async () => null };
  const tokens: TokenProvider = credential;
  expect(tokens).toBe(credential);
});

test('Retry-After is read in seconds, with decimals, and as a date', () => {
  expect(readRetryAfter('2.128', START)).toBe(2_128);
  expect(readRetryAfter('Tue, 17 Nov 2026 09:00:30 GMT', START)).toBe(30_000);
  expect(readRetryAfter('Tue, 17 Nov 2026 08:00:00 GMT', START)).toBe(0);
  expect(readRetryAfter('soon', START)).toBeUndefined();
  expect(readRetryAfter(null, START)).toBeUndefined();
});
