import { TableClient, type TableServiceClientOptions } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import { AzureTableStore } from './azure-table.js';
import { checkTableName } from './limits.js';
import { isPlainLoopback } from './plain-loopback.js';
import type { PartitionScan, TableStore } from './table.js';

/** How to reach the table service: with a connection string, or with an identity at an account's table URL. */
export type TableAccess =
  | { readonly connectionString: string }
  | { readonly accountUrl: string; readonly credential: TokenCredential };

/** Retries by the SDK itself, within the time that a call has. */
const RETRIES_MAX = 2;
const RETRY_DELAY_MS = 200;
const RETRY_DELAY_MS_MAX = 1_000;

/** Opens a table; nothing is sent until its first use. Plain HTTP is allowed to this machine only. */
export function connectTable(
  access: TableAccess,
  tableName: string,
  options: { readonly callMsMax?: number } = {},
): TableStore & PartitionScan {
  checkTableName(tableName);
  return new AzureTableStore(createClient(access, tableName), options);
}

function createClient(access: TableAccess, tableName: string): TableClient {
  if ('connectionString' in access) {
    const endpoint = /(?:^|;)\s*TableEndpoint=([^;]+)/i.exec(access.connectionString)?.[1] ?? '';
    return TableClient.fromConnectionString(access.connectionString, tableName, clientOptions(endpoint));
  }
  return new TableClient(access.accountUrl, tableName, access.credential, clientOptions(access.accountUrl));
}

function clientOptions(endpoint: string): TableServiceClientOptions {
  return {
    allowInsecureConnection: isPlainLoopback(endpoint),
    retryOptions: {
      maxRetries: RETRIES_MAX,
      retryDelayInMs: RETRY_DELAY_MS,
      maxRetryDelayInMs: RETRY_DELAY_MS_MAX,
    },
  };
}
