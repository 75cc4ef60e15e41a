import { answerSchema } from '../scripts/usage/answer.js';
import { usageRoute } from '../src/routes.js';
import type { RouteRequest } from '../src/server.js';
import { ROWS_PER_REQUEST_MAX, type UsageRouteDeps } from '../src/usage-route.js';
import { TENANT, testBilling } from './support/billing.js';
import { graphRow, graphRows } from './support/graph-rows.js';

const KEY = 'a-usage-key-of-the-first-tenant';
const OTHER_KEY = 'a-usage-key-of-another-tenant';
const OTHER = 'tenant-two';

async function scene(keys: UsageRouteDeps['keys'] = new Map()) {
  const { billing } = await testBilling();
  const isKnownTenant = async (tenant: string) => [TENANT, OTHER].includes(tenant);
  const route = usageRoute({ intake: billing.intake, keys, isKnownTenant });
  const send = async (more: Partial<RouteRequest> = {}) => {
    const { status, body } = await route.handle({
      params: { tenant: TENANT },
      query: new URLSearchParams(),
      headers: {},
      body: [graphRow(1.25)],
      rawBody: Buffer.alloc(0),
      remoteAddress: '127.0.0.1',
      correlationId: 'c',
      ...more,
    });
    return { status, body };
  };
  const balance = async (tenant = TENANT) => (await billing.reader.account(tenant)).balance;
  return { send, balance, route };
}

const withKey = (authorization: string) => ({ headers: { authorization } });
const KEYS = new Map([
  [KEY, [TENANT, 'tenant-three']],
  [OTHER_KEY, [OTHER]],
]);

test('it is a POST to the tenant’s own address', async () => {
  expect((await scene()).route).toMatchObject({ method: 'POST', path: '/api/usage/:tenant' });
});

describe('without any key set', () => {
  test.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('%s may send', async (remoteAddress) => {
    const { send, balance } = await scene();
    expect((await send({ remoteAddress })).status).toBe(200);
    expect(await balance()).toBe(-1_250_000n);
  });

  test.each(['10.0.0.1', '::ffff:10.0.0.1', '2001:db8::1', '', '127.0.0.1.example.com', '::11'])(
    '“%s” may not',
    async (remoteAddress) => {
      const { send, balance } = await scene();
      expect(await send({ remoteAddress })).toEqual({
        status: 403,
        body: { error: 'No usage key is set: only this machine may send usage.' },
      });
      expect(await balance()).toBe(0n);
    },
  );

  test('a proxy on this machine, which speaks for somebody else, may not', async () => {
    const { send } = await scene();
    expect((await send({ headers: { 'x-forwarded-for': '127.0.0.1' } })).status).toBe(403);
  });
});

describe('with keys', () => {
  test('the key of the tenant opens it, from anywhere and in any case of the tenant’s name', async () => {
    const { send, balance } = await scene(KEYS);
    const params = { tenant: TENANT.toUpperCase() };
    const sent = { ...withKey(`Bearer ${KEY}`), params, remoteAddress: '10.0.0.1' };
    expect((await send(sent)).status).toBe(200);
    expect(await balance()).toBe(-1_250_000n);
  });

  test.each([{}, withKey('Bearer '), withKey(KEY), withKey(`Basic ${KEY}`), withKey(`Bearer ${KEY}x`)])(
    'this machine needs one as well: %j',
    async (headers) => {
      const { send, balance } = await scene(KEYS);
      expect(await send(headers)).toEqual({
        status: 401,
        body: { error: 'A usage key is needed: Authorization: Bearer <key>.' },
      });
      expect(await balance()).toBe(0n);
    },
  );

  test('the key of another tenant is refused, and nothing is charged', async () => {
    const { send, balance } = await scene(KEYS);
    expect(await send(withKey(`Bearer ${OTHER_KEY}`))).toEqual({
      status: 403,
      body: { error: 'This key is not for that tenant.' },
    });
    expect(await balance()).toBe(0n);
  });

  test('a key does not tell which other tenants there are', async () => {
    const { send } = await scene(KEYS);
    const statuses = await Promise.all(
      [OTHER, 'nobody'].map((tenant) => send({ ...withKey(`Bearer ${KEY}`), params: { tenant } })),
    );
    expect(statuses.map(({ status }) => status)).toEqual([403, 403]);
  });

  test('its own tenant, when unknown, is told', async () => {
    const { send } = await scene(KEYS);
    const answer = await send({ ...withKey(`Bearer ${KEY}`), params: { tenant: 'tenant-three' } });
    expect(answer).toEqual({ status: 404, body: { error: 'Unknown tenant.' } });
  });
});

test('an unknown tenant is not opened by sending to it', async () => {
  const { send } = await scene();
  expect((await send({ params: { tenant: 'nobody' } })).status).toBe(404);
});

test.each([undefined, null, 'rows', 5, {}, { value: 'rows' }, { rows: [] }])(
  'a body that is no page and no array is refused: %j',
  async (body) => {
    const { send } = await scene();
    expect(await send({ body })).toEqual({
      status: 400,
      body: { error: 'Expected a page of getPstnCalls rows, or an array of rows.' },
    });
  },
);

test('rows that are no objects are put aside and reported, never a failure', async () => {
  const { send } = await scene();
  const { status, body } = await send({ body: [null, 5, 'x', []] });
  expect(status).toBe(200);
  expect(answerSchema.parse(body).quarantined).toHaveLength(4);
});

test('more rows than one request takes are refused, all of them', async () => {
  const { send, balance } = await scene();
  const rows = graphRows(ROWS_PER_REQUEST_MAX + 1, 0.01);
  expect(await send({ body: rows })).toEqual({
    status: 413,
    body: { error: 'At most 5000 rows a request.' },
  });
  expect(await balance()).toBe(0n);
});

test('the answer tells what was done, amounts as decimal text, and the command line takes it', async () => {
  const { send } = await scene();
  const first = graphRow(1.2345);
  const rows = [
    first,
    graphRow(0.1, { licenseCapability: 'MCOPSTN2' }),
    graphRow(3, { currency: 'EUR' }),
    graphRow(-1),
  ];
  await send({ body: { value: rows } });
  const { status, body } = await send({ body: { value: [{ ...first, charge: 1.1 }, graphRow(2)] } });
  expect(status).toBe(200);
  expect(body).toEqual({
    charged: { count: 1, amount: '2' },
    corrected: { count: 1, amount: '-0.1345' },
    unchanged: 0,
    skipped: expect.any(Object) as object,
    quarantined: [],
    currency: 'USD',
    balance: '-3.1',
  });
  expect(answerSchema.parse(body)).toMatchObject({ balance: -3_100_000n, corrected: { amount: -134_500n } });
});

test('rows sent twice are unchanged, skipped and quarantined ones are counted', async () => {
  const { send } = await scene();
  const body = [
    graphRow(1),
    graphRow(0.1, { licenseCapability: 'MCOPSTN2' }),
    graphRow(3, { currency: 'EUR' }),
  ];
  expect(answerSchema.parse((await send({ body })).body)).toMatchObject({
    charged: { count: 1 },
    unchanged: 0,
  });
  const again = answerSchema.parse((await send({ body })).body);
  expect(again).toMatchObject({ charged: { count: 0, amount: 0n }, unchanged: 1, balance: -1_000_000n });
  expect(Object.values(again.skipped)).toEqual([1]);
  expect(again.quarantined).toMatchObject([{ id: body[2]?.['id'] }]);
});
