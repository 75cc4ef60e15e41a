import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PACKAGE_NAME = '@microsoft/m365agentsplayground';
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 3_000;
const POLL_MS = 50;
const LOG_TAIL_CHARS_MAX = 2_000;

/**
 * Runs inside the Playground's process before its own code, for two promises that it has no option for.
 * It would listen on all interfaces without authentication and relay what it is sent to our loopback-only bot.
 * And it would outlive us if we were killed; the end of its standard input tells it that we are gone.
 */
const PRELOAD = `
import net from 'node:net';
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (first, ...rest) {
  return listen.call(this, typeof first === 'number' ? { port: first, host: '127.0.0.1' } : first, ...rest);
};
const leave = () => process.exit(0);
process.stdin.on('end', leave).on('error', leave).resume();
process.stdin.unref?.();
`;

/** How to start the Playground. */
export interface PlaygroundOptions {
  /** The bot's messaging endpoint, such as `http://127.0.0.1:3978/api/messages`. */
  readonly endpoint: string;
  /** The port of its web page; 0 lets it take any. */
  readonly port: number;
  /** Hears one sentence if the Playground ends by itself after it was up. */
  readonly log?: (message: string) => void;
}

/** A Playground that answers; `close` ends it and resolves when no process of it is left. */
export interface Playground {
  readonly url: string;
  close(): Promise<void>;
}

interface Child {
  readonly process: ChildProcess;
  readonly folder: string;
  readonly output: () => string;
  readonly ended: () => boolean;
}

/**
 * Starts Microsoft 365 Agents Playground, the chat page for development, as a child process of ours: no telemetry,
 * no browser window, loopback only, the people and rooms of `.m365agentsplayground.yml` in the working directory.
 * Throws if the package is missing (a production install), if the port is taken, or if it doesn't answer in time.
 */
export async function startPlayground(options: PlaygroundOptions): Promise<Playground> {
  const child = await launch(cliPath(), options);
  try {
    const port = await listeningPort(child);
    if (options.port !== 0 && port !== options.port) throw portTaken(options.port);
    const url = `http://localhost:${port}`;
    await answering(child, url);
    return running(child, url, options.log);
  } catch (error) {
    await stop(child);
    throw error;
  }
}

function cliPath(): string {
  try {
    return createRequire(import.meta.url).resolve(`${PACKAGE_NAME}/cli.js`);
  } catch (cause) {
    const message =
      `The Agents Playground is a development dependency and is not installed (${PACKAGE_NAME}). ` +
      'Install with development dependencies, or switch the Playground off.';
    throw new Error(message, { cause });
  }
}

async function launch(cli: string, options: PlaygroundOptions): Promise<Child> {
  const folder = await mkdtemp(join(tmpdir(), 'playground-'));
  const preload = `data:text/javascript,${encodeURIComponent(PRELOAD)}`;
  const flags = ['start', '--dt', '--app-endpoint', options.endpoint, '--port', String(options.port)];
  const child = spawn(process.execPath, ['--import', preload, cli, ...flags], {
    // A group of its own: a Ctrl-C in our terminal reaches us alone, so that we decide the order of leaving.
    detached: true,
    windowsHide: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    // Nothing of our environment goes in, secrets and proxies least of all.
    env: {
      TEAMSAPPTESTER_BROWSER: 'none',
      M365_AGENTS_PLAYGROUND_LOGFILE: join(folder, 'playground.log'),
      // Its telemetry library reports on itself even with --dt, and asks the cloud's metadata address who we are.
      APPLICATION_INSIGHTS_NO_STATSBEAT: 'true',
    },
  });
  return watched(child, folder);
}

function watched(child: ChildProcess, folder: string): Child {
  let text = '';
  let ended = false;
  const keep = (chunk: Buffer) => {
    text = (text + chunk.toString()).slice(-LOG_TAIL_CHARS_MAX);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  // Its end of the pipe may vanish first; that is its exit, which is watched anyway.
  child.stdin?.on('error', () => undefined);
  child.once('exit', () => (ended = true));
  child.once('error', (error) => {
    text += error.message;
    ended = true;
  });
  return { process: child, folder, output: () => text, ended: () => ended };
}

async function listeningPort(child: Child): Promise<number> {
  const port = await poll(child, async () => /^Listening on (\d+)$/m.exec(child.output())?.[1]);
  return Number(port);
}

async function answering(child: Child, url: string): Promise<void> {
  await poll(child, async () => {
    const signal = AbortSignal.timeout(STOP_MS_MAX);
    const response = await fetch(url, { signal }).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true ? true : undefined;
  });
}

async function poll<T>(child: Child, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + START_MS_MAX;
  while (!child.ended() && performance.now() < deadline) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(POLL_MS);
  }
  const what = child.ended() ? 'ended while starting' : `did not answer within ${START_MS_MAX / 1000} s`;
  throw new Error(`The Agents Playground ${what}. Its output: ${await lastWords(child)}`);
}

async function lastWords(child: Child): Promise<string> {
  // Without a terminal it writes its errors to the log file only.
  const log = await readFile(join(child.folder, 'playground.log'), 'utf8').catch(() => '');
  return `${log}\n${child.output()}`.trim().slice(-LOG_TAIL_CHARS_MAX) || '(none)';
}

function portTaken(port: number): Error {
  return new Error(
    `Port ${port} for the Agents Playground is taken. Stop what uses it, or set PLAYGROUND_PORT to another port.`,
  );
}

function running(child: Child, url: string, log: PlaygroundOptions['log']): Playground {
  let closing: Promise<void> | undefined;
  child.process.once('exit', () => {
    if (closing === undefined) log?.('The Agents Playground ended by itself.');
  });
  return { url, close: () => (closing ??= stop(child)) };
}

async function stop(child: Child): Promise<void> {
  if (!child.ended()) {
    const ended = once(child.process, 'exit');
    signalTree(child.process, 'SIGTERM');
    const timer = setTimeout(() => {
      signalTree(child.process, 'SIGKILL');
    }, STOP_MS_MAX);
    await ended;
    clearTimeout(timer);
  }
  await rm(child.folder, { recursive: true, force: true });
}

function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    // A negative id means the whole group; Windows knows no groups, and the Playground is one process there.
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    child.kill(signal);
  }
}
