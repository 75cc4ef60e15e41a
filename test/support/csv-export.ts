/** The Teams admin center's PSTN usage export, with calls of the day that `graphRow` has. */
import type { CsvRow } from '../../src/billing/usage/csv/csv-row.js';

const USUAL = {
  UsageId: 'csv-1',
  'User Location': 'US',
  'Call Type': 'user_out',
  'Domestic/International': 'International',
  'Destination Dialed': 'United Kingdom',
  'Start Time': '2026-11-17T08:00:00.0000000Z',
  'End Time': '2026-11-17T08:01:00.0000000Z',
  'Duration Seconds': '60',
  'Connection Fee': '0.00',
  Charge: '0.45',
  Currency: 'USD',
  Capability: 'MCOPSTNPP',
} as const;

type Column = keyof typeof USUAL;

const COLUMNS = Object.keys(USUAL) as readonly Column[];

export function csvExport(rows: readonly CsvRow[]): string {
  const lines = rows.map((row) => COLUMNS.map((column) => row[column] ?? USUAL[column]).join(','));
  return [COLUMNS.join(','), ...lines, ''].join('\r\n');
}
