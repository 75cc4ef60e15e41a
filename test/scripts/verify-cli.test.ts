import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { runVerify } from '../../scripts/verify/run.js';
import { azuriteConnectionString, startAzurite, type Azurite } from '../../src/embedded/azurite.js';
import { freePort } from '../support/program.js';

const FILE = '__azurite_db_table__.json';
const FIXTURE = resolve(__dirname, '../fixtures/data-v1', `${FILE}.gz`);
const OTHER = '22222222-2222-4222-8222-222222222222';
const OTHERS = { accounts: 1, entries: 3, lots: 1, calls: 31, payments: 2 };
const TOTALS = { accounts: 2, entries: 17, lots: 7, calls: 167, payments: 11, differences: 0 };

let dataDir: string;
let port: number;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'verify-'));
  writeFileSync(join(dataDir, FILE), gunzipSync(readFileSync(FIXTURE)));
  port = await freePort();
});

afterEach(() => {
  rmSync(dataDir, { recursive: true, force: true });
});

function collector(): Writable & { text: string } {
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      collected.text += chunk.toString('utf8');
      done();
    },
  });
  const collected = Object.assign(stream, { text: '' });
  return collected;
}

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The last line. */
  readonly totals: unknown;
}

async function verify(args: readonly string[] = [], env: Record<string, string> = {}): Promise<Ran> {
  const [out, err] = [collector(), collector()];
  const settings = { DATA_DIR: dataDir, AZURITE_TABLE_PORT: String(port), ...env };
  const code = await runVerify(args, { env: settings, out, err });
  const last = out.text.trim().split('\n').at(-1) ?? '';
  return { code, out: out.text, err: err.text, totals: last.startsWith('{') ? JSON.parse(last) : undefined };
}

test('a stopped program’s data folder is checked, and the last line is one JSON object', async () => {
  const { code, out, totals } = await verify();
  expect(totals).toEqual(TOTALS);
  expect(out).toContain(`${OTHER}: 3 entries, 1 lots, 31 calls, 2 payments: no difference`);
  expect(code).toBe(0);
});

test('it can be run again: nothing is changed', async () => {
  await verify();
  expect((await verify()).totals).toEqual(TOTALS);
});

describe('while the program runs', () => {
  let running: Azurite;
  beforeEach(async () => {
    running = await startAzurite({ dataDir, port });
  });
  afterEach(() => running.close());

  test('its storage is asked', async () => {
    expect(await verify(['--tenant', OTHER])).toMatchObject({ code: 0, totals: { ...TOTALS, ...OTHERS } });
  });
});
test('a noted head that differs is a difference, and exit code 1 says so', async () => {
  const { code, out, totals } = await verify(['--head', `${OTHER}:3:${'0'.repeat(64)}`]);
  expect(out).toContain('entry 3: its hash, noted outside, is');
  expect(totals).toMatchObject({ differences: 1 });
  expect(code).toBe(1);
});

test('heads are read from a file, lines of the log among them', async () => {
  const heads = join(dataDir, 'heads.log');
  const logged = { level: 30, tenant: OTHER, sequence: '2', hash: '1'.repeat(64), msg: 'head' };
  const lines = [
    '# noted by hand',
    `${OTHER}:9:${'0'.repeat(64)}`,
    JSON.stringify(logged),
    '{"tenant":"x"}',
    '',
  ];
  writeFileSync(heads, lines.join('\n'));
  const { code, out } = await verify(['--heads', heads]);
  expect(out).toContain('entry 9: it was noted outside, and is not there');
  expect(out).toContain('entry 2: its hash, noted outside, is');
  expect(code).toBe(1);
});

test.each([
  ['an unknown option', ['--all'], /Unknown option '--all'/u],
  ['a head of another form', ['--head', 'tenant:3'], /^--head takes tenant:sequence:hash/u],
  ['a file that is not there', ['--heads', '/nowhere/heads'], /^\/nowhere\/heads can’t be read/u],
  ['a file without heads', ['--heads', FIXTURE], /has no head in it/u],
])('%s is refused before anything is read', async (_, args, says) => {
  const { code, err, out } = await verify(args);
  expect(err).toMatch(says);
  expect([code, out]).toEqual([2, '']);
});

test('where there is nothing to check, it says so and makes nothing', async () => {
  const nowhere = join(dataDir, 'none');
  const { code, err } = await verify([], { DATA_DIR: nowhere });
  expect(err).toBe(`There is no data in ${nowhere}.\n`);
  expect(code).toBe(2);
});

test('a wrong setting is named', async () => {
  const { code, err } = await verify([], { CURRENCY: 'HUF' });
  expect(err).toMatch(/^CURRENCY/u);
  expect(code).toBe(2);
});

test('storage that does not answer is no difference', async () => {
  const { code, err } = await verify([], {
    TABLE_CONNECTION_STRING: azuriteConnectionString('127.0.0.1', port),
  });
  expect(err).toMatch(/^The table store did not answer/u);
  expect(code).toBe(2);
});

test('--help tells what it does', async () => {
  const { code, out } = await verify(['--help']);
  expect(out).toContain('--head HEAD');
  expect(code).toBe(0);
});
