/** The program: reads the configuration, starts what is embedded, wires everything, and stops all of it again. */
import { inspect } from 'node:util';
import { composeApp, type App } from './compose-app.js';
import { ConfigError, loadConfig, optionsFrom, type Config } from './config.js';
import { createLog, type Logger } from './log.js';
import { openTables, type Closable } from './open-tables.js';

async function openPlayground(
  config: Config,
  running: { port: number; log: Logger },
): Promise<Closable & { url: string }> {
  const { startPlayground } = await import('./embedded/playground.js');
  return startPlayground({
    endpoint: `http://127.0.0.1:${running.port}/api/messages`,
    port: config.playgroundPort ?? 0,
    log: (message) => {
      running.log.error(message);
    },
  });
}

/** What was started, in the order of its starting; it is stopped the other way round. */
async function stopAll(opened: readonly Closable[], log: Logger): Promise<void> {
  for (const part of [...opened].reverse()) {
    await part.close().catch((error: unknown) => {
      log.error({ err: error }, 'a part did not stop cleanly');
    });
  }
}

async function start(config: Config, opened: Closable[], log: Logger): Promise<void> {
  const tables = await openTables(config, opened);
  const app: App = await composeApp({ config, tables, log });
  opened.push({ close: () => app.stop() });
  const { port } = await app.start();
  const page = config.playgroundPort === undefined ? undefined : await openPlayground(config, { port, log });
  if (page !== undefined) opened.push(page);
  say(greeting(config, port, page?.url));
}

function greeting(config: Config, port: number, page: string | undefined): string {
  const bot = `The bot listens on http://${config.host}:${port}/api/messages`;
  if (config.chat.kind === 'authenticated') return bot;
  const open = page === undefined ? 'Connect Bot Framework Emulator to that address' : `Open ${page}`;
  const lines = [
    bot,
    `${open} and type: help`,
    'Play call records: npm run usage -- samples/busy-day.json',
    'Stop with Ctrl-C.',
  ];
  return lines.join('\n');
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

const PARENT_LOOK_MS = 500;

/** npm's shell dies of a SIGTERM without passing it on: a program that lost its parent stops as if it had got the signal. */
function watchParent(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, PARENT_LOOK_MS);
  timer.unref();
}

async function main(): Promise<void> {
  const config = loadConfig(optionsFrom(process.argv.slice(2)));
  const log = createLog(config.logLevel);
  const opened: Closable[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopAll(opened, log));
  const stopAndExit = (): void => {
    void stop().then(() => process.exit(0));
  };
  process.on('SIGINT', stopAndExit);
  process.on('SIGTERM', stopAndExit);
  if (config.startedByNpm) watchParent(stopAndExit);
  try {
    await start(config, opened, log);
  } catch (error) {
    await stop();
    throw error;
  }
}

main().catch((error: unknown) => {
  // A sentence for whoever starts it; the stack only where it is a mistake of the program.
  const expected = error instanceof ConfigError || (error instanceof Error && !(error instanceof TypeError));
  process.stderr.write(`${expected && error instanceof Error ? error.message : inspect(error)}\n`);
  process.exit(1);
});
