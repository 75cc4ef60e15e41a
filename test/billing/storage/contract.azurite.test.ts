import { connectTable } from '../../../src/billing/storage/connect.js';
import { StorageUnavailable, type TableStore } from '../../../src/billing/storage/table.js';
import { freshTable, freshTableName, testConnection } from '../../support/azurite.js';
import { startFaultProxy, type FaultProxy } from '../../support/fault-proxy.js';
import { describeTableStore } from './contract.js';

let proxy: FaultProxy;
beforeAll(async () => {
  proxy = await startFaultProxy(testConnection());
});
afterAll(() => proxy.close());

async function proxiedTable(callMsMax?: number): Promise<TableStore> {
  const name = freshTableName();
  await freshTable(name);
  return connectTable(proxy, name, callMsMax === undefined ? {} : { callMsMax });
}

describeTableStore('Azurite', {
  create: () => freshTable(),
  createLossy: async () => ({
    store: await proxiedTable(),
    loseNextAnswer: () => {
      proxy.breakNext('loseAnswer');
    },
  }),
});

describe('a table service that does not answer as it should', () => {
  const row = { kind: 'insert', key: 'a', values: {} } as const;

  test('a request that is lost once is sent again', async () => {
    const store = await proxiedTable();
    proxy.breakNext('loseRequest');
    expect(await store.commit('p', [row])).toMatchObject({ kind: 'committed' });
    proxy.breakNext('busy');
    expect(await store.get('p', 'a')).toBeDefined();
  });

  test('after three tries the outcome is unknown, with the cause kept and no secret in the message', async () => {
    const store = await proxiedTable();
    const before = proxy.requests();
    proxy.breakNext('busy', 'busy', 'busy');
    const error: unknown = await store.commit('p', [row]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(StorageUnavailable);
    expect(error).toMatchObject({
      message: 'The table store did not answer commit as it should: 503 ServerBusy.',
      cause: { statusCode: 503 },
    });
    expect(proxy.requests() - before).toBe(3);
  });

  test('a service that never answers is given up in time', async () => {
    const store = await proxiedTable(200);
    proxy.breakNext('hang');
    await expect(store.commit('p', [row])).rejects.toThrow(StorageUnavailable);
    proxy.breakNext('hang');
    await expect(store.query('p', { from: 'a', to: 'b', limit: 1 })).rejects.toThrow(/query.*AbortError/);
  });

  test('a service that is not there is unavailable', async () => {
    const gone = await startFaultProxy(testConnection());
    await gone.close();
    const store = connectTable(gone, freshTableName());
    await expect(store.ensure()).rejects.toThrow(/createTable.*ECONNREFUSED/);
  });

  test('a table that is not there is no missing row', async () => {
    const store = connectTable({ connectionString: testConnection() }, freshTableName());
    await expect(store.get('p', 'a')).rejects.toThrow(/404 TableNotFound/);
    await expect(store.query('p', { from: 'a', to: 'b', limit: 1 })).rejects.toThrow(/404 TableNotFound/);
    await expect(store.commit('p', [row])).rejects.toThrow(/404 TableNotFound/);
    await expect(store.commit('p', [row, { ...row, key: 'b' }])).rejects.toThrow(/404 TableNotFound/);
  });

  test('plain HTTP to another machine is refused', async () => {
    const elsewhere = testConnection().replace('127.0.0.1', '192.0.2.1');
    const store = connectTable({ connectionString: elsewhere }, freshTableName(), { callMsMax: 1_000 });
    await expect(store.get('p', 'a')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('allowInsecureConnection') as string },
    });
  });
});
