import { randomBytes } from 'node:crypto';
import { connectTable } from '../../src/billing/storage/connect.js';
import type { PartitionScan, TableStore } from '../../src/billing/storage/table.js';

/** The table service that runs for all tests (see global-setup.ts). */
export function testConnection(): string {
  const connection = process.env['TEST_TABLE_CONNECTION'];
  if (connection === undefined)
    throw new Error('TEST_TABLE_CONNECTION is missing: run the tests through jest.');
  return connection;
}

/** A table name that no other test has. */
export function freshTableName(prefix = 'test'): string {
  return `${prefix}${randomBytes(8).toString('hex')}`;
}

/** A new, empty table of the shared table service. */
export async function freshTable(name = freshTableName()): Promise<TableStore & PartitionScan> {
  const table = connectTable({ connectionString: testConnection() }, name);
  await table.ensure();
  return table;
}
