/** Bot processes that are killed and come back, each at its own address, and the operator's check of what they leave. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort, withoutTestSettings } from '../support/program.js';

const ROOT = resolve(__dirname, '../..');
/** Inside the repository, so that the packages are found; another test builds its own. */
const BUILT = '.jest-cache/processes';
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 15_000;

/** Types are checked elsewhere: here only the program's JavaScript is wanted. */
export async function buildProgram(): Promise<void> {
  const tsc = [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    '--outDir',
    BUILT,
    '--noCheck',
  ];
  await promisify(execFile)(process.execPath, tsc, { cwd: ROOT });
}

export class Instance {
  private child: ChildProcess | undefined;
  private output = '';
  private readonly port: number;
  private readonly env: Readonly<Record<string, string>>;

  constructor(port: number, env: Readonly<Record<string, string>>) {
    this.port = port;
    this.env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  start(): void {
    const outer = withoutTestSettings(process.env);
    const env = { ...outer, LOG_LEVEL: 'error', ...this.env, PORT: String(this.port) };
    const args = [`${BUILT}/index.js`, '--embedded', '--no-playground'];
    this.output = '';
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
    this.child = child;
  }

  /** Whenever it happens to be: also while it starts. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Lets it finish what it does. */
  async stop(): Promise<void> {
    const late = setTimeout(() => this.child?.kill('SIGKILL'), STOP_MS_MAX);
    await this.end('SIGTERM');
    clearTimeout(late);
  }

  async ready(): Promise<void> {
    const until = Date.now() + START_MS_MAX;
    while (!this.output.includes('Stop with Ctrl-C.')) {
      if (this.child?.exitCode != null || Date.now() > until)
        throw new Error(`an instance did not come up:\n${this.output}`);
      await sleep(50);
    }
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

/** That many instances on the same tables, started and ready. */
export async function startFleet(
  size: number,
  env: Readonly<Record<string, string>>,
): Promise<readonly Instance[]> {
  const ports = await Promise.all(Array.from({ length: size }, freePort));
  const fleet = ports.map((port) => new Instance(port, env));
  for (const instance of fleet) instance.start();
  await Promise.all(fleet.map((instance) => instance.ready()));
  return fleet;
}

export interface Verified {
  readonly code: number | null;
  readonly lines: readonly string[];
}

/** `npm run verify`, as an operator runs it, over the tables of that environment. */
export async function verify(env: Readonly<Record<string, string>>): Promise<Verified> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/verify.ts'], {
    cwd: ROOT,
    env: { ...withoutTestSettings(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, lines: output.trimEnd().split('\n') };
}
