/** The program as a newcomer starts it: a process of its own, with ports and a data folder of the test's. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

const START_MS_MAX = 60_000;
const LAST_WORDS_MS = 100;
const ROOT = resolve(__dirname, '../..');

export interface ProgramOptions {
  readonly dataDir: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The compiled program instead of the sources. */
  readonly entry?: readonly string[];
}

export interface Program {
  readonly botUrl: string;
  readonly port: number;
  /** Where the chat page is; empty without one. */
  readonly pageUrl: string;
  readonly process: ChildProcess;
  output(): string;
  /** Sends the signal and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export async function startProgram(options: ProgramOptions): Promise<Program> {
  const [port, azuritePort, playgroundPort] = await Promise.all([freePort(), freePort(), freePort()]);
  const entry = options.entry ?? ['--import', 'tsx', 'src/index.ts'];
  const child = spawn(process.execPath, [...entry, '--embedded', ...(options.args ?? [])], {
    cwd: ROOT,
    env: {
      ...withoutTestSettings(process.env),
      PORT: String(port),
      AZURITE_TABLE_PORT: String(azuritePort),
      PLAYGROUND_PORT: String(playgroundPort),
      DATA_DIR: options.dataDir,
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  await untilReady(child, () => output);
  const pageUrl = /Open (\S+) and type/u.exec(output)?.[1] ?? '';
  return {
    botUrl: `http://127.0.0.1:${port}`,
    port,
    pageUrl,
    process: child,
    output: () => output,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}

/** What a process of its own is to have of this one's environment. */
export function withoutTestSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_ENV: _env, JEST_WORKER_ID: _worker, NODE_OPTIONS: _options, ...rest } = env;
  return rest;
}

async function untilReady(child: ChildProcess, output: () => string): Promise<void> {
  const until = Date.now() + START_MS_MAX;
  while (!output().includes('Stop with Ctrl-C.')) {
    if (child.exitCode !== null) {
      // Its last words may still be in the pipe.
      await new Promise((wake) => setTimeout(wake, LAST_WORDS_MS));
      throw new Error(`the program ended with ${child.exitCode}:\n${output()}`);
    }
    if (Date.now() > until) {
      child.kill('SIGKILL');
      throw new Error(`the program did not come up:\n${output()}`);
    }
    await new Promise((wake) => setTimeout(wake, 50));
  }
}
