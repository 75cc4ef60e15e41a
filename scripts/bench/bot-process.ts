/** Ours and the bare bot as processes of their own, asked over HTTP as the chat service does. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './azurite-process.js';

const START_MS_MAX = 30_000;
const LOOK_MS = 5;

/** None outlives the benchmark, however that ends. */
const RUNNING = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL');
});

export interface BotOptions {
  readonly entry: string;
  readonly args?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface BotProcess {
  readonly url: string;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Resolves when it takes connections. */
export async function startBot(options: BotOptions): Promise<BotProcess> {
  const port = await freePort();
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(
    process.execPath,
    [...(options.nodeArgs ?? []), options.entry, ...(options.args ?? [])],
    {
      env: { PATH, HOME, ...options.env, PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  RUNNING.add(child);
  await untilConnected(child, port);
  return {
    url: `http://127.0.0.1:${port}`,
    process: child,
    stop: async () => {
      RUNNING.delete(child);
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function untilConnected(child: ChildProcess, port: number): Promise<void> {
  const until = performance.now() + START_MS_MAX;
  while (!(await connects(port))) {
    if (child.exitCode !== null) throw new Error(`the bot ended with ${child.exitCode}`);
    if (performance.now() > until) throw new Error('the bot did not come up');
    await sleep(LOOK_MS);
  }
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
