import { existsSync } from 'node:fs';
import { loadConfig, type Config } from '../../src/config.js';
import { azuriteConnectionString, isPortTaken } from '../../src/embedded/azurite.js';
import { openTables, type Closable, type OpenTables } from '../../src/open-tables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** There is nothing that could be checked. */
export class NoData extends Error {
  override readonly name = 'NoData';
}

/**
 * The tables of the program's own configuration. Without a bot's id it is the developer's mode: then the data folder,
 * through the running program where there is one.
 * @throws ConfigError, NoData
 */
export async function openStorage(
  env: Environment,
  opened: Closable[],
): Promise<{ readonly config: Config; readonly tables: OpenTables }> {
  const embedded = (env['BOT_APP_ID'] ?? '') === '' && env['NODE_ENV'] !== 'production';
  const config = loadConfig({ embedded, playground: false }, { ...env });
  return { config, tables: await tablesOf(config, opened) };
}

async function tablesOf(config: Config, opened: Closable[]): Promise<OpenTables> {
  const { table } = config;
  if (table.kind !== 'embedded') return openTables(config, opened);
  if (!existsSync(table.dataDir)) throw new NoData(`There is no data in ${table.dataDir}.`);
  try {
    return await openTables(config, opened);
  } catch (error) {
    if (!isPortTaken(error)) throw error;
    return openTables({ ...config, table: runningAt(table.port) }, opened);
  }
}

function runningAt(port: number): Config['table'] {
  return { kind: 'connectionString', connectionString: azuriteConnectionString('127.0.0.1', port) };
}
