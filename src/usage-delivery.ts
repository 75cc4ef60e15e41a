/** What was sent to the usage endpoint: JSON rows as Microsoft Graph gives them, or the admin center's export as a file. */
import type { UsageSource } from './billing/usage/call-record.js';
import { asGraphRow } from './billing/usage/csv/csv-row.js';
import { UnreadableExport } from './billing/usage/csv/export-file.js';
import { readExport } from './billing/usage/csv/usage-export.js';
import { rowsOf } from './billing/usage/graph-page.js';

/** JSON rows of one request; larger files are sent in parts. */
export const ROWS_PER_REQUEST_MAX = 5_000;
/** An export is one file, so that each of its days is compared as a whole. */
export const EXPORT_ROWS_MAX = 20_000;
export const USAGE_BODY_BYTES_MAX = 8 * 1024 * 1024;

/** No web page can send these types without asking first: that protects the mode in which this machine needs no key. */
const EXPORT_TYPE =
  /^(?:text\/(?:csv|tab-separated-values)|application\/(?:zip|x-zip-compressed))\s*(?:;|$)/iu;

export function isExportType(contentType: string | undefined): boolean {
  return EXPORT_TYPE.test(contentType ?? '');
}

export type UsageDelivery =
  | { readonly rows: readonly unknown[]; readonly source: UsageSource }
  /** A sentence for whoever sent it. */
  | { readonly status: 400 | 413; readonly problem: string };

export function jsonDelivery(body: unknown): UsageDelivery {
  const rows = rowsOf(body);
  if (rows === undefined)
    return {
      status: 400,
      problem:
        'Expected a page of getPstnCalls rows or an array of rows (application/json), or the PSTN usage export (text/csv or application/zip).',
    };
  if (rows.length > ROWS_PER_REQUEST_MAX)
    return { status: 413, problem: `At most ${ROWS_PER_REQUEST_MAX} rows a request.` };
  return { rows, source: 'http' };
}

/** Rounded charges are what an export has: its rows are known as such, by whatever way the file came. */
export function exportDelivery(file: Uint8Array): UsageDelivery {
  try {
    const rows = readExport(file);
    const problem = tooManyRows(rows.length);
    return problem === undefined ? { rows: rows.map(asGraphRow), source: 'csv' } : { status: 413, problem };
  } catch (error) {
    if (error instanceof UnreadableExport) return { status: 400, problem: error.message };
    throw error;
  }
}

export function tooManyRows(count: number): string | undefined {
  if (count <= EXPORT_ROWS_MAX) return undefined;
  return `The export has ${count} rows, and at most ${EXPORT_ROWS_MAX} are taken at a time: export fewer days.`;
}
