import { readFile } from 'node:fs/promises';
import { rowsOf } from '../../src/billing/usage/graph-page.js';
import { busyDay } from './busy-day.js';
import { messageOf, reasonOf } from './fault.js';
import { generateRows } from './generate.js';
import type { GraphRow } from './graph-row.js';
import type { Options } from './options.js';

const DAY_MS = 24 * 3_600_000;

/** The file can't be played; the message says why. */
export class BadFile extends Error {
  override readonly name = 'BadFile';
}

/** The rows that the options ask to make, if they do. Today's midnight ends them: runs of one day are the same. */
export function madeRows(options: Options, now: number): readonly GraphRow[] | undefined {
  if (options.sample === 'busy-day') return busyDay();
  const { generate: count, days, seed, currency } = options;
  if (count === undefined) return undefined;
  return generateRows({ count, days, seed, currency, end: options.end ?? new Date(now - (now % DAY_MS)) });
}

/** @throws BadFile */
export async function readRows(path: string): Promise<readonly unknown[]> {
  const rows = rowsOf(parse((await read(path)).toString('utf8'), path));
  if (rows === undefined) {
    throw new BadFile(
      `${path} holds no call records: neither a page with a "value" list nor a list of rows.`,
    );
  }
  if (rows.length === 0) throw new BadFile(`${path} holds no rows: there is nothing to send.`);
  return rows;
}

/** @throws BadFile */
export async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = reasonOf(error);
    const why = code === 'ENOENT' ? 'there is no such file' : code;
    throw new BadFile(`${path} can't be read: ${why}.`, { cause: error });
  }
}

function parse(text: string, path: string): unknown {
  try {
    // Windows tools put a byte order mark first, which JSON doesn't know.
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    throw new BadFile(`${path} is not JSON: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
