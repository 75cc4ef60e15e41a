/** The Teams admin center's PSTN usage export, checked before it is sent. */
import { basename } from 'node:path';
import { UnreadableExport } from '../../src/billing/usage/csv/export-file.js';
import { readExport } from '../../src/billing/usage/csv/usage-export.js';
import { tooManyRows, USAGE_BODY_BYTES_MAX } from '../../src/usage-delivery.js';
import type { Chunk } from './chunks.js';
import { BadFile, read } from './source.js';

const EXPORT_NAME = /\.(?:csv|tsv|txt|zip)$/iu;

export function isExport(path: string): boolean {
  return EXPORT_NAME.test(path);
}

/** @throws BadFile */
export async function readExportFile(path: string): Promise<Chunk> {
  const file = await read(path);
  const rows = rowsIn(file, path);
  const problem = rows === 0 ? 'It holds no calls: there is nothing to send.' : tooMuch(file, rows);
  if (problem !== undefined) throw new BadFile(`${path}: ${problem}`);
  const type = basename(path).toLowerCase().endsWith('.zip') ? 'application/zip' : 'text/csv';
  return { rows, type, body: new Uint8Array(file) };
}

function rowsIn(file: Buffer, path: string): number {
  try {
    return readExport(file).length;
  } catch (error) {
    if (!(error instanceof UnreadableExport)) throw error;
    throw new BadFile(`${path}: ${error.message}`, { cause: error });
  }
}

function tooMuch({ byteLength }: Buffer, rows: number): string | undefined {
  if (byteLength <= USAGE_BODY_BYTES_MAX) return tooManyRows(rows);
  const most = USAGE_BODY_BYTES_MAX / 1024 / 1024;
  return `It is larger than ${most} MB, and no more is taken at a time: send the .zip, or export fewer days.`;
}
