/** Point reads go past the SDK's serialiser, and through its pipeline: what the service says is put in its place here. */
import { createHttpHeaders, type PipelineRequest } from '@azure/core-rest-pipeline';
import { TableClient } from '@azure/data-tables';
import { AzureTableStore } from '../../../src/billing/storage/azure-table.js';
import { StorageUnavailable } from '../../../src/billing/storage/table.js';

interface Answer {
  readonly status: number;
  readonly body: string | object;
}

const ROW = { 'odata.etag': 'W/"1"', PartitionKey: 'p', RowKey: "it's", Timestamp: '2026-11-17T09:00:00Z' };

/** The store of somebody with an identity; the last answer is given again and again. */
function storeOver(...answers: readonly Answer[]) {
  const seen: PipelineRequest[] = [];
  const credential = {
    getToken: async () => ({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const retryOptions = { maxRetries: 2, retryDelayInMs: 1, maxRetryDelayInMs: 1 };
  const client = new TableClient('https://one.table.core.windows.net/', 'ledger', credential, {
    retryOptions,
  });
  const answering = {
    name: 'answering',
    sendRequest: async (request: PipelineRequest) => {
      const { status, body } = answers[Math.min(seen.length, answers.length - 1)]!;
      seen.push(request);
      const bodyAsText = typeof body === 'string' ? body : JSON.stringify(body);
      return { request, status, headers: createHttpHeaders(), bodyAsText };
    },
  };
  client.pipeline.addPolicy(answering, { afterPhase: 'Sign' });
  return { store: new AzureTableStore(client), seen };
}

test('it asks for one row, with the token of the identity', async () => {
  const { store, seen } = storeOver({ status: 200, body: ROW });
  expect(await store.get('p', "it's")).toEqual({ key: "it's", etag: 'W/"1"', values: {} });
  const [{ method, url, headers } = seen[1]!] = seen;
  expect([method, url]).toEqual([
    'GET',
    "https://one.table.core.windows.net/ledger(PartitionKey='p',RowKey='it''s')",
  ]);
  expect(headers.get('authorization')).toBe('Bearer a-token');
});

test('columns come back as they were written, and those that the row lacks do not', async () => {
  const columns = {
    amount: '9007199254740993',
    'amount@odata.type': 'Edm.Int64',
    name: 'Ada\u2028',
    open: true,
  };
  const { store } = storeOver({ status: 200, body: { ...ROW, ...columns, gone: null } });
  const row = await store.get('p', "it's");
  expect(row?.values).toEqual({ amount: 9007199254740993n, name: 'Ada\u2028', open: true });
});

test.each([
  ['a number', { odd: 1 }],
  ['a time', { odd: '2026-11-17T09:00:00Z', 'odd@odata.type': 'Edm.DateTime' }],
])('%s is a type that this program never writes', async (_name, columns) => {
  const { store } = storeOver({ status: 200, body: { ...ROW, ...columns } });
  await expect(store.get('p', "it's")).rejects.toThrow(/^Column "odd" of row "it's" has a type/u);
});

test('a row that is not there is undefined, a table that is not there is an error', async () => {
  const refusal = (code: string) => ({ status: 404, body: { 'odata.error': { code } } });
  expect(await storeOver(refusal('ResourceNotFound')).store.get('p', 'r')).toBeUndefined();
  const missing = storeOver(refusal('TableNotFound')).store.get('p', 'r');
  await expect(missing).rejects.toThrow(
    'The table store did not answer get as it should: 404 TableNotFound.',
  );
});

test('a service that is busy is asked again, and a page from something in between is no row', async () => {
  const { store, seen } = storeOver({ status: 503, body: 'busy' }, { status: 200, body: ROW });
  expect(await store.get('p', "it's")).toMatchObject({ key: "it's" });
  expect(seen).toHaveLength(2);
  await expect(storeOver({ status: 200, body: '<html>' }).store.get('p', 'r')).rejects.toThrow(
    StorageUnavailable,
  );
  await expect(storeOver({ status: 503, body: '' }).store.get('p', 'r')).rejects.toThrow(StorageUnavailable);
});
