/** Reaching the tables that the configuration names; the embedded store is started for them. */
import { DefaultAzureCredential } from '@azure/identity';
import { connectTable } from './billing/storage/connect.js';
import type { PartitionScan, TableStore } from './billing/storage/table.js';
import type { Tables } from './app-parts.js';
import type { Config } from './config.js';

export interface Closable {
  close(): Promise<void>;
}

/** The ledger's can also be gone through partition by partition. */
export type OpenTables = Tables & { readonly ledger: TableStore & PartitionScan };

/** Developers' parts are loaded only where they are asked for: production installs do not have them. */
export async function openTables(
  config: Pick<Config, 'table' | 'tableName'>,
  opened: Closable[],
): Promise<OpenTables> {
  const { table, tableName } = config;
  const access = await accessTo(table, opened);
  return {
    ledger: connectTable(access, tableName),
    due: connectTable(access, `${tableName}due`),
    sandbox: connectTable(access, `${tableName}sandbox`),
  };
}

async function accessTo(
  table: Config['table'],
  opened: Closable[],
): Promise<Parameters<typeof connectTable>[0]> {
  switch (table.kind) {
    case 'connectionString':
      return { connectionString: table.connectionString };
    case 'account':
      return { accountUrl: table.accountUrl, credential: new DefaultAzureCredential() };
    case 'embedded': {
      const { startAzurite } = await import('./embedded/azurite.js');
      const azurite = await startAzurite({ dataDir: table.dataDir, port: table.port });
      opened.push(azurite);
      return { connectionString: azurite.connectionString };
    }
  }
}
