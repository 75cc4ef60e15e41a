import { strToU8, zipSync } from 'fflate';
import { answerSchema } from '../scripts/usage/answer.js';
import { usageRoute } from '../src/routes.js';
import type { RouteRequest } from '../src/server.js';
import { EXPORT_ROWS_MAX, ROWS_PER_REQUEST_MAX } from '../src/usage-delivery.js';
import type { UsageRouteDeps } from '../src/usage-route.js';
import { ADMIN, TENANT, testBilling } from './support/billing.js';
import { csvExport } from './support/csv-export.js';
import { graphRow, graphRows } from './support/graph-rows.js';

const KEY = 'a-usage-key-of-the-first-tenant';
const OTHER_KEY = 'a-usage-key-of-another-tenant';
const OTHER = 'tenant-two';

async function scene(keys: UsageRouteDeps['keys'] = new Map()) {
  // The day of the rows is over.
  const { billing } = await testBilling({ start: '2026-11-18T09:00:00.000Z' });
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
  const sendFile = (rawBody: Buffer, type = 'text/csv') =>
    send({ body: undefined, rawBody, headers: { 'content-type': type } });
  const balance = async (tenant = TENANT) => (await billing.reader.account(tenant)).balance;
  return { billing, send, sendFile, balance, route };
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
      body: { error: expect.stringContaining('Expected a page of getPstnCalls rows') as string },
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
    kept: { count: 0, amount: '0' },
    compared: [],
    incomplete: [],
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

describe('the PSTN usage export of the admin center', () => {
  const file = (...charges: readonly string[]) =>
    Buffer.from(csvExport(charges.map((Charge, index) => ({ UsageId: `csv-${index}`, Charge }))));

  test('is taken as the file that was downloaded, CSV or zip, and charged once', async () => {
    const { sendFile, balance } = await scene();
    const csv = file('0.45', '1.05');
    expect(await sendFile(csv)).toMatchObject({
      status: 200,
      body: { charged: { count: 2, amount: '1.5' }, compared: [] },
    });
    const zip = Buffer.from(zipSync({ 'PSTN.calls.2026-11-17.csv': strToU8(csv.toString()) }));
    const again = await sendFile(zip, 'application/zip');
    expect(again).toMatchObject({ status: 200, body: { charged: { count: 0 }, unchanged: 2 } });
    expect(await balance()).toBe(-1_500_000n);
  });

  test('for a day that was charged already it is compared, in the answer too, and charges nothing', async () => {
    const { send, sendFile, balance } = await scene();
    await send({ body: [graphRow(0.4512, { id: 'csv-0' }), graphRow(2, { id: 'lost' })] });
    const { body } = await sendFile(file('0.45', '1.05'));
    expect(body).toMatchObject({
      charged: { count: 0 },
      corrected: { count: 0 },
      compared: [
        {
          date: '2026-11-17',
          first: 'http',
          second: 'csv',
          charged: { count: 2, amount: '2.4512' },
          delivered: { count: 2, amount: '1.5' },
          differing: { count: 0, amount: '0' },
          onlyDelivered: { count: 1, amount: '1.05' },
          onlyCharged: { count: 1, amount: '2' },
        },
      ],
    });
    expect(answerSchema.parse(body).compared).toHaveLength(1);
    expect(await balance()).toBe(-2_451_200n);
  });

  test('calls from before the start of metering are kept, and told', async () => {
    const { billing, sendFile, balance } = await scene();
    await billing.setMetering(TENANT, { from: '2026-11-18T00:00:00.000Z', by: ADMIN });
    const { body } = await sendFile(file('0.45', '1.05'));
    expect(body).toMatchObject({ charged: { count: 0 }, kept: { count: 2, amount: '1.5' } });
    expect(await balance()).toBe(0n);
  });

  test('of a day that it has a part of only nothing is taken, and the answer names it', async () => {
    const { sendFile, balance } = await scene();
    const rows = [{ UsageId: 'today', 'Start Time': '2026-11-18T08:00:00Z' }, { UsageId: 'before' }];
    const { body } = await sendFile(Buffer.from(csvExport(rows)));
    expect(body).toMatchObject({ charged: { count: 1 }, incomplete: [{ date: '2026-11-18', count: 1 }] });
    expect(await balance()).toBe(-450_000n);
  });

  test('another file is refused with a sentence, and nothing is charged', async () => {
    const { sendFile } = await scene();
    expect(await sendFile(Buffer.from('a,b\n1,2\n'))).toEqual({
      status: 400,
      body: { error: expect.stringContaining('This is no PSTN usage export') as string },
    });
  });

  test('with more rows than are taken at a time it is refused, all of it', async () => {
    const { sendFile, balance } = await scene();
    const rows = Array.from({ length: EXPORT_ROWS_MAX + 1 }, (_, index) => ({ UsageId: `csv-${index}` }));
    const { status, body } = await sendFile(Buffer.from(csvExport(rows)));
    expect([status, body]).toEqual([
      413,
      { error: 'The export has 20001 rows, and at most 20000 are taken at a time: export fewer days.' },
    ]);
    expect(await balance()).toBe(0n);
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', undefined])(
    'is not taken as %s, which a web page could send without asking',
    async (type) => {
      const { send, balance } = await scene();
      const headers = type === undefined ? {} : { 'content-type': type };
      const answer = await send({ body: undefined, rawBody: file('0.45'), headers });
      expect(answer.status).toBe(400);
      expect(await balance()).toBe(0n);
    },
  );
});
