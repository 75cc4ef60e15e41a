/** A row of the admin center's PSTN usage export, as the row of Microsoft Graph that would say the same. */
import type { Currency } from '../../money.js';
import { readGraphRow, type RowVerdict } from '../call-record.js';

/** Without these a row can't be charged; all others only describe the call. */
export const NEEDED_COLUMNS = [
  'UsageId',
  'Start Time',
  'Duration Seconds',
  'Connection Fee',
  'Charge',
  'Currency',
  'Capability',
] as const;

/** Columns whose text Graph gives too, under the name of its field. */
const TEXTS = {
  UsageId: 'id',
  'Call ID': 'callId',
  'Conference ID': 'conferenceId',
  'User Location': 'usageCountryCode',
  'AAD ObjectId': 'userId',
  UPN: 'userPrincipalName',
  'User Display Name': 'userDisplayName',
  'Call Type': 'callType',
  'Number Type': 'inventoryType',
  'Domestic/International': 'destinationContext',
  'Destination Dialed': 'destinationName',
  'Destination Number': 'calleeNumber',
  'End Time': 'endDateTime',
  Currency: 'currency',
  Capability: 'licenseCapability',
} as const;

const OTHERS = ['Caller ID', 'Start Time', 'Duration Seconds', 'Connection Fee', 'Charge'] as const;

export const KNOWN_COLUMNS: readonly string[] = [...Object.keys(TEXTS), ...OTHERS];

/** Texts by the name of their column. */
export type CsvRow = Readonly<Record<string, string>>;

/** Judges one row, for an account of this currency, as {@link readGraphRow} judges Graph's. Never throws. */
export function readCsvRow(row: CsvRow, currency: Currency): RowVerdict {
  return readGraphRow(asGraphRow(row), currency);
}

/** Its charges are rounded to two decimals: see day-source.ts. */
export function asGraphRow(row: CsvRow): Readonly<Record<string, unknown>> {
  const texts = Object.entries(TEXTS).map(([column, field]) => [field, row[column] ?? '']);
  return {
    ...(Object.fromEntries(texts) as Record<string, string>),
    startDateTime: inUtc(row['Start Time'] ?? ''),
    duration: numberOf(row['Duration Seconds']),
    connectionCharge: numberOf(row['Connection Fee']),
    charge: numberOf(row['Charge']),
    ...callerOf(row),
  };
}

/** Of a call that came in, the column holds the number that was called; who called is not in the export. */
function callerOf(row: CsvRow): { readonly callerNumber?: string } {
  const caller = row['Caller ID'];
  const cameIn = row['Call Type']?.endsWith('_in') ?? false;
  return cameIn || caller === undefined ? {} : { callerNumber: caller };
}

/** The export writes numbers the same in every language. What is none stays a text, for a person to see; empty is absent. */
function numberOf(text = ''): number | string | undefined {
  if (text === '') return undefined;
  return /^-?\d+(?:\.\d+)?$/u.test(text) ? Number(text) : text;
}

/** The column is in UTC, whether or not it says so. */
function inUtc(text: string): string {
  const zoneless = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)$/u.exec(text);
  return zoneless === null ? text : `${zoneless[1]}T${zoneless[2]}Z`;
}
