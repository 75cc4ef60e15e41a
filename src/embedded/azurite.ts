import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** Where the emulated table service keeps its rows (a folder, or memory alone), and where it listens. */
export type AzuriteOptions = ({ readonly dataDir: string } | { readonly inMemory: true }) & {
  /** 0 takes any free port. */
  readonly port: number;
  readonly host?: string;
};

/** A running table service inside this process. */
export interface Azurite {
  readonly connectionString: string;
  readonly port: number;
  /** Stops listening, drops open connections and writes what is still in memory to the disk. */
  close(): Promise<void>;
}

/** The part of Azurite's server that is used here; the package ships no types. */
interface TableServer {
  readonly httpServer: Server;
  readonly metadataStore: Closable;
  readonly accountDataStore: Closable;
  start(): Promise<void>;
  close(): Promise<void>;
  getHttpServerAddress(): string;
}
interface Closable {
  close(): Promise<void>;
}
interface Modules {
  readonly TableServer: new (configuration: object) => TableServer;
  readonly TableConfiguration: new (...options: readonly unknown[]) => object;
  readonly Telemetry: { init(location: string, enabled: boolean): void };
}

const DATABASE_FILE = '__azurite_db_table__.json';
const KEEP_ALIVE_S = 5;
/** The emulator's account and key are published by Microsoft; they protect nothing. */
const ACCOUNT = 'devstoreaccount1';
const ACCOUNT_KEY =
  'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/**
 * Starts Azurite's table service in this process: no telemetry, no log, nothing printed. It writes to the disk every
 * five seconds and on `close()`, so a killed process may lose the last five seconds.
 */
export async function startAzurite(options: AzuriteOptions): Promise<Azurite> {
  const { host = '127.0.0.1', port } = options;
  // A second server would load and save the same data folder before it found its port taken: so the port comes first.
  await refuseTakenPort(host, port);
  const server = await createTableServer({ ...options, host });
  try {
    await server.start();
  } catch (error) {
    await Promise.all([server.metadataStore.close(), server.accountDataStore.close()]);
    throw error instanceof Error ? namePort(error, port) : error;
  }
  server.httpServer.prependListener('request', hideForeignQuery);
  const listening = Number(new URL(server.getHttpServerAddress()).port);
  return {
    port: listening,
    connectionString: azuriteConnectionString(host, listening),
    close: async () => {
      // Azurite does not wait for it, and until then the port is taken.
      const closed = once(server.httpServer, 'close');
      await server.close();
      // Azurite no longer answers these, but a client that keeps them alive would keep the process alive too.
      server.httpServer.closeAllConnections();
      await closed;
    },
  };
}

/**
 * restify gives every request of the process a method `query`; Azurite's own web framework then believes that the query
 * was parsed already, and answers every filter with all rows.
 */
function hideForeignQuery(request: IncomingMessage): void {
  Object.defineProperty(request, 'query', { value: undefined, writable: true, configurable: true });
}

async function createTableServer(options: AzuriteOptions & { readonly host: string }): Promise<TableServer> {
  const inMemory = 'inMemory' in options;
  const dataDir = inMemory ? '' : options.dataDir;
  if (!inMemory) await mkdir(dataDir, { recursive: true });
  const { TableServer, TableConfiguration, Telemetry } = await loadModules();
  Telemetry.init(dataDir, false);
  const { host, port } = options;
  const [debugLog, accessLog, logStream, logFile] = [false, false, undefined, undefined];
  return new TableServer(
    new TableConfiguration(
      ...[host, port, KEEP_ALIVE_S, join(dataDir, DATABASE_FILE)],
      ...[debugLog, accessLog, logStream, logFile],
      ...SECURITY_DEFAULTS,
      inMemory,
    ),
  );
}

/** Loose mode, skipped API version check, certificate, its key, its password, OAuth, no product-style URLs. */
const SECURITY_DEFAULTS = [false, false, '', '', '', undefined, false] as const;

async function loadModules(): Promise<Modules> {
  const [server, configuration, telemetry] = await Promise.all([
    importAzurite('table/TableServer'),
    importAzurite('table/TableConfiguration'),
    importAzurite('common/Telemetry'),
  ]);
  return {
    TableServer: server['default'] as Modules['TableServer'],
    TableConfiguration: configuration['default'] as Modules['TableConfiguration'],
    Telemetry: telemetry['AzuriteTelemetryClient'] as Modules['Telemetry'],
  };
}

/** Azurite is a development dependency: it is asked for only when the embedded store is wanted. */
async function importAzurite(path: string): Promise<Record<string, unknown>> {
  const module = (await import(`azurite/dist/src/${path}.js`)) as { default?: unknown };
  // Seen from an ES module the whole CommonJS exports object is the default; seen from CommonJS it is the module.
  const exports = module.default;
  return typeof exports === 'object' && exports !== null
    ? (exports as Record<string, unknown>)
    : { ...module };
}

function refuseTakenPort(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      reject(namePort(error, port));
    });
    probe.listen(port, host, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}

/** Whether a start failed because somebody has the port already, such as another instance of the program. */
export function isPortTaken(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { readonly code?: unknown; readonly cause?: unknown };
  return code === 'EADDRINUSE' || (cause !== undefined && isPortTaken(cause));
}

function namePort(error: Error, port: number): Error {
  if (!isPortTaken(error)) return error;
  return new Error(
    `Port ${port}, where the embedded table store should listen, is taken. Set AZURITE_TABLE_PORT to a free one.`,
    { cause: error },
  );
}

/** Of an embedded table service that listens there. */
export function azuriteConnectionString(host: string, port: number): string {
  const endpoint = `http://${host}:${port}/${ACCOUNT}`;
  return `DefaultEndpointsProtocol=http;AccountName=${ACCOUNT};AccountKey=${ACCOUNT_KEY};TableEndpoint=${endpoint};`;
}
