import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connectTable } from '../../src/billing/storage/connect.js';
import { startAzurite, type Azurite } from '../../src/embedded/azurite.js';

const run = promisify(execFile);

describe('the embedded table store', () => {
  let dataDir: string;
  const running: Azurite[] = [];

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'azurite-test-'));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((azurite) => azurite.close()));
    await rm(dataDir, { recursive: true, force: true });
  });

  async function start(port = 0): Promise<Azurite> {
    const azurite = await startAzurite({ dataDir, port });
    running.push(azurite);
    return azurite;
  }

  async function stop(): Promise<void> {
    await running.pop()!.close();
  }

  test('reads its filters although restify has changed the requests of this process', async () => {
    await import('restify');
    const { connectionString } = await start();
    const table = connectTable({ connectionString }, 'filtered');
    await table.ensure();
    await table.commit('one', [{ kind: 'insert', key: 'a', values: {} }]);
    await table.commit('two', [{ kind: 'insert', key: 'b', values: {} }]);
    const rows = await table.query('one', { from: 'a', to: 'z', limit: 10 });
    expect(rows.map((row) => row.key)).toEqual(['a']);
  });

  test('keeps its rows when it is closed and started again on the same port', async () => {
    const { connectionString, port } = await start();
    const table = connectTable({ connectionString }, 'kept');
    await table.ensure();
    await table.commit('p', [{ kind: 'insert', key: 'a', values: { amount: -5n, name: 'né' } }]);
    const before = await table.get('p', 'a');
    await stop();

    await start(port);
    expect(await connectTable({ connectionString }, 'kept').get('p', 'a')).toEqual(before);
    expect(before?.values).toEqual({ amount: -5n, name: 'né' });
  });

  test('writes what was stored last even if it is closed at once', async () => {
    const { connectionString } = await start();
    const table = connectTable({ connectionString }, 'last');
    await table.ensure();
    for (let i = 0; i < 50; i++) await table.commit('p', [{ kind: 'insert', key: `row ${i}`, values: {} }]);
    await stop();
    const file = await readFile(join(dataDir, '__azurite_db_table__.json'), 'utf8');
    expect(file).toContain('"row 49"');
  });

  test('makes its data folder, with all folders above it', async () => {
    const azurite = await startAzurite({ dataDir: join(dataDir, 'not', 'there'), port: 0 });
    running.push(azurite);
    expect(azurite.connectionString).toContain(`127.0.0.1:${azurite.port}`);
  });

  test('names the port and the setting when the port is taken, and leaves the data alone', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const refused = startAzurite({ dataDir, port });
    await expect(refused).rejects.toThrow(new RegExp(`${port}.*AZURITE_TABLE_PORT`));
    await expect(readFile(join(dataDir, '__azurite_db_table__.json'))).rejects.toThrow('ENOENT');
    await new Promise((resolve) => other.close(resolve));
  });

  test('loses nothing of a running store when a second one wants its port', async () => {
    const { connectionString, port } = await start();
    const table = connectTable({ connectionString }, 'first');
    await table.ensure();
    await table.commit('p', [{ kind: 'insert', key: 'a', values: {} }]);
    await expect(startAzurite({ dataDir, port })).rejects.toThrow('is taken');
    await stop();
    await start(port);
    expect(await connectTable({ connectionString }, 'first').get('p', 'a')).toBeDefined();
  });

  test('is silent, and lets the program end when it is closed, as an ES module too', async () => {
    const program = `
      import { startAzurite } from './src/embedded/azurite.ts';
      import { connectTable } from './src/billing/storage/connect.ts';
      const azurite = await startAzurite({ dataDir: ${JSON.stringify(dataDir)}, port: 0 });
      const table = connectTable(azurite, 'quiet');
      await table.ensure();
      await table.commit('p', [{ kind: 'insert', key: 'a', values: {} }]);
      await azurite.close();
    `;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const { stdout, stderr } = await run(process.execPath, args, { cwd: process.cwd(), timeout: 15_000 });
    expect(stdout + stderr).toBe('');
  });
});
