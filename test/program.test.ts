/** The bundled program, as a deployment starts it: tests run as CommonJS, the program is ESM (PLATFORM). */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { PLAYGROUND_TENANT } from '../src/settings.js';
import { graphRow } from './support/graph-rows.js';
import { freePort, startProgram, type Program, type ProgramOptions } from './support/program.js';

const run = promisify(execFile);
const ROOT = resolve(__dirname, '..');
/** Inside the repository, so that the packages are found that are not bundled. */
const BUILT = '.jest-cache/program';
const BUILD_MS_MAX = 180_000;
const START_MS_MAX = 60_000;
const onLinux = process.platform === 'linux';

let dataDir = '';
const started: Program[] = [];

beforeAll(async () => {
  await run(process.execPath, ['--import', 'tsx', 'scripts/bundle.ts', BUILT], { cwd: ROOT });
}, BUILD_MS_MAX);

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'program-'));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((program) => program.stop('SIGKILL')));
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(options: Partial<ProgramOptions> = {}): Promise<Program> {
  const entry = [`${BUILT}/index.js`];
  const program = await startProgram({ dataDir, entry, args: ['--no-playground'], ...options });
  started.push(program);
  return program;
}

async function ask(program: Program, path: string): Promise<unknown> {
  const response = await fetch(`${program.botUrl}${path}`);
  return { status: response.status, body: await response.json() };
}

async function sendUsage(program: Program, rows: readonly object[]): Promise<unknown> {
  const response = await fetch(`${program.botUrl}/api/usage/${PLAYGROUND_TENANT}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rows),
  });
  return response.json();
}

function loggedBy(program: Program): readonly string[] {
  return [...program.output().matchAll(/^\{.*"msg":"([^"]*)"\}$/gmu)].map(([, message = '']) => message);
}

function childrenOf({ process: { pid = 0 } }: Program): readonly number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** A port that somebody else has until the test ends. */
async function takenPort(): Promise<{ readonly port: string; release(): Promise<unknown> }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: String((server.address() as AddressInfo).port),
    release: () => once(server.close(), 'close'),
  };
}

test(
  'it is alive, ready and takes usage; SIGTERM ends it with 0 and loses nothing',
  async () => {
    const rows = [graphRow(1.25), graphRow(2)];
    const first = await start();
    expect(await ask(first, '/healthz')).toEqual({ status: 200, body: { status: 'alive' } });
    expect(await ask(first, '/readyz')).toMatchObject({
      status: 200,
      body: { status: 'ready', parkedJobs: 0, undeliveredAlerts: 0 },
    });
    expect(await sendUsage(first, rows)).toMatchObject({ charged: { count: 2 }, balance: '-3.25' });
    expect(await first.stop('SIGTERM')).toBe(0);
    const second = await start();
    expect(await sendUsage(second, rows)).toMatchObject({
      charged: { count: 0 },
      unchanged: 2,
      balance: '-3.25',
    });
    expect(await second.stop('SIGINT')).toBe(0);
    // Nobody has met the bot yet: that is all there is to say.
    expect(loggedBy(first)).toEqual(['alert reached nobody']);
    expect(loggedBy(second)).toEqual([]);
    for (const program of [first, second]) expect(program.output()).not.toContain('Warning');
  },
  2 * START_MS_MAX,
);

test.each(['SIGTERM', 'SIGINT'] as const)(
  'with the page, %s leaves no process behind',
  async (signal) => {
    const program = await start({ args: [] });
    expect((await fetch(program.pageUrl)).status).toBe(200);
    const children = onLinux ? childrenOf(program) : [];
    expect(children).toHaveLength(onLinux ? 1 : 0);
    expect(await program.stop(signal)).toBe(0);
    expect(children.filter(isAlive)).toEqual([]);
    await expect(fetch(program.pageUrl)).rejects.toThrow();
  },
  START_MS_MAX,
);

test.each([
  ['PORT', ['--no-playground']],
  ['AZURITE_TABLE_PORT', ['--no-playground']],
  ['PLAYGROUND_PORT', []],
])(
  'a %s that is taken ends the start with 1 and one sentence that names it',
  async (setting, args) => {
    const taken = await takenPort();
    try {
      const failed = start({ args, env: { [setting]: taken.port } });
      await expect(failed).rejects.toThrow(
        new RegExp(`^the program ended with 1:\\n.*${taken.port}.*\\b${setting}\\b.*\\n$`, 'u'),
      );
    } finally {
      await taken.release();
    }
  },
  START_MS_MAX,
);

test.each([
  [{ NODE_ENV: 'production' }, 'NODE_ENV=production does not go with --embedded'],
  [{ HOST: '0.0.0.0' }, 'HOST must be a loopback address with --embedded'],
  [{ CURRENCY: 'HUF' }, 'CURRENCY '],
])(
  '%j stops the start before anything is opened',
  async (env, line) => {
    await expect(start({ env })).rejects.toThrow(`the program ended with 1:\n${line}`);
  },
  START_MS_MAX,
);

test(
  'started by npm, it stops when the shell in between dies of a signal that it does not hand on',
  async () => {
    const script = `"${process.execPath}" ${BUILT}/index.js --embedded --no-playground & echo $! ; wait`;
    const [port, tables] = await Promise.all([freePort(), freePort()]);
    const env = {
      ...process.env,
      npm_lifecycle_event: 'start',
      PORT: `${port}`,
      AZURITE_TABLE_PORT: `${tables}`,
      DATA_DIR: dataDir,
    };
    const shell = spawn('sh', ['-c', script], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    shell.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    await until(() => output.includes('Stop with Ctrl-C.'));
    shell.kill('SIGTERM');
    const pid = Number(output.split('\n')[0]);
    await until(() => !isRunning(pid));
  },
  START_MS_MAX,
);

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((wake) => setTimeout(wake, 50));
}
