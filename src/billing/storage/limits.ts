import {
  COMMIT_BYTES_MAX,
  ROWS_PER_COMMIT_MAX,
  StorageLimitExceeded,
  type Value,
  type Values,
  type Write,
} from './table.js';

/**
 * The limits of Azure Table Storage, from "Understanding the Table service data model" and "Performing entity group
 * transactions". The emulator accepts much that the service refuses, so they are checked before anything is sent.
 */
export const COLUMNS_PER_ROW_MAX = 252;
export const ROW_BYTES_MAX = 1024 * 1024;
/** 64 KiB of UTF-16. */
export const STRING_UNITS_MAX = 32 * 1024;
/** 1 KiB of UTF-16. */
export const KEY_UNITS_MAX = 512;
export const COLUMN_NAME_UNITS_MAX = 255;
export const INT64_MIN = -(2n ** 63n);
export const INT64_MAX = 2n ** 63n - 1n;

/** Control characters and lone halves of surrogate pairs can't be sent in a URL; the service refuses the others. */
const KEY_FORBIDDEN = /[/\\#?\p{Cc}\p{Cs}]/u;
/** C# identifiers are allowed; plain ASCII is all that is needed here, and needs no escaping in a filter. */
const COLUMN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** The service's own columns, and the names under which the SDK hands them out. */
const COLUMNS_RESERVED = new Set(['partitionkey', 'rowkey', 'timestamp', 'etag']);
const TABLE_NAME = /^[A-Za-z][A-Za-z0-9]{2,62}$/;

/** What the transport adds to a row: the part's headers, the ETag, the URL of account and table. */
const TRANSPORT_BYTES_PER_WRITE = 768;
/** `"name":value,` and, for an Int64, `"name@odata.type":"Edm.Int64",`. */
const TRANSPORT_BYTES_PER_COLUMN = 40;
/** One UTF-16 unit is at most 9 bytes in a URL (percent-encoded UTF-8) and 6 in JSON (an escape). */
const KEY_BYTES_PER_UNIT_MAX = 15;
const JSON_BYTES_PER_UNIT_MAX = 6;
const INT64_BYTES_MAX = 22;
const BOOLEAN_BYTES_MAX = 5;

/** Throws {@link StorageLimitExceeded} unless Azure would take this transaction. */
export function checkCommit(partition: string, writes: readonly Write[]): void {
  checkKey(partition);
  if (writes.length > ROWS_PER_COMMIT_MAX) {
    refuse(`a transaction takes ${ROWS_PER_COMMIT_MAX} rows, not ${writes.length}`);
  }
  const keys = new Set<string>();
  for (const write of writes) {
    if (keys.has(write.key)) refuse(`a transaction takes each row once; "${write.key}" comes twice`);
    keys.add(write.key);
    checkWrite(partition, write);
  }
  checkPayload(partition, writes);
}

/** Throws {@link StorageLimitExceeded} unless this text can be a partition key or a row key. */
export function checkKey(key: string): void {
  if (key.length === 0) refuse('a key is not empty');
  if (key.length > KEY_UNITS_MAX) refuse(`a key has at most ${KEY_UNITS_MAX} UTF-16 units (1 KiB)`);
  if (KEY_FORBIDDEN.test(key)) {
    refuse(`a key has none of / \\ # ?, control characters or lone surrogates: ${JSON.stringify(key)}`);
  }
}

/** Throws {@link StorageLimitExceeded} unless this can be a column's name, in a row as in a filter. */
export function checkColumnName(name: string): void {
  if (name.length > COLUMN_NAME_UNITS_MAX) {
    refuse(`a column's name has at most ${COLUMN_NAME_UNITS_MAX} characters`);
  }
  if (!COLUMN_NAME.test(name)) refuse(`a column's name is letters, digits and _: ${JSON.stringify(name)}`);
  if (COLUMNS_RESERVED.has(name.toLowerCase())) refuse(`the column name "${name}" is reserved`);
}

/** Throws {@link StorageLimitExceeded} unless this can be a table's name. */
export function checkTableName(name: string): void {
  if (!TABLE_NAME.test(name)) {
    refuse(`a table's name has 3 to 63 letters and digits, a letter first: ${JSON.stringify(name)}`);
  }
}

/**
 * At most this many bytes go over the wire for one write. Only lengths are looked at, so that it costs next to
 * nothing; ASCII text is overestimated up to six times. For whoever packs writes into transactions.
 */
export function bytesAtMost(partition: string, write: Write): number {
  const keys = (partition.length + write.key.length) * KEY_BYTES_PER_UNIT_MAX;
  return TRANSPORT_BYTES_PER_WRITE + keys + columnBytes(write, stringBytesAtMost);
}

function checkWrite(partition: string, write: Write): void {
  checkKey(write.key);
  if (write.kind === 'delete') return;
  const names = Object.keys(write.values);
  if (names.length > COLUMNS_PER_ROW_MAX) {
    refuse(`a row has at most ${COLUMNS_PER_ROW_MAX} columns, not ${names.length}`, write.key);
  }
  for (const name of names) checkColumn(write, name);
  if (rowBytes(partition, write) > ROW_BYTES_MAX) refuse('a row has at most 1 MiB', write.key);
}

function checkColumn(write: { readonly key: string; readonly values: Values }, name: string): void {
  checkColumnName(name);
  const value = write.values[name];
  if (typeof value === 'string' && value.length > STRING_UNITS_MAX) {
    refuse(`a text has at most 64 KiB of UTF-16; column "${name}" has more`, write.key);
  }
  if (typeof value === 'bigint' && (value < INT64_MIN || value > INT64_MAX)) {
    refuse(`an integer fits Int64 (64 bits); column "${name}" does not`, write.key);
  }
}

/** The size as the service counts it: 4 bytes, the keys, and for each column 8 bytes, its name and its value. */
function rowBytes(partition: string, write: { readonly key: string; readonly values: Values }): number {
  let bytes = 4 + (partition.length + write.key.length) * 2;
  for (const [name, value] of Object.entries(write.values)) bytes += 8 + name.length * 2 + storedBytes(value);
  return bytes;
}

function storedBytes(value: Value): number {
  if (typeof value === 'string') return 4 + value.length * 2;
  return typeof value === 'bigint' ? 8 : 1;
}

function checkPayload(partition: string, writes: readonly Write[]): void {
  // Counting bytes exactly means encoding all text, so it is done only where the cheap bound leaves a doubt.
  let bound = 0;
  for (const write of writes) bound += bytesAtMost(partition, write);
  if (bound < COMMIT_BYTES_MAX) return;
  let bytes = 0;
  for (const write of writes) bytes += encodedBytes(partition, write);
  if (bytes >= COMMIT_BYTES_MAX) refuse('a transaction has less than 4 MiB');
}

function encodedBytes(partition: string, write: Write): number {
  const keys = [partition, write.key].map((key) => encodeURIComponent(key).length + jsonBytes(key));
  return TRANSPORT_BYTES_PER_WRITE + keys.reduce((sum, bytes) => sum + bytes) + columnBytes(write, jsonBytes);
}

function columnBytes(write: Write, stringBytes: (text: string) => number): number {
  if (write.kind === 'delete') return 0;
  let bytes = 0;
  for (const [name, value] of Object.entries(write.values)) {
    bytes += TRANSPORT_BYTES_PER_COLUMN + name.length * 2;
    if (typeof value === 'string') bytes += stringBytes(value);
    else bytes += typeof value === 'bigint' ? INT64_BYTES_MAX : BOOLEAN_BYTES_MAX;
  }
  return bytes;
}

function stringBytesAtMost(text: string): number {
  return 2 + text.length * JSON_BYTES_PER_UNIT_MAX;
}

/** Line separators are sent as escapes of six bytes where plain UTF-8 has three (see azure-transaction.ts). */
function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) + (text.match(/[\u2028\u2029]/g)?.length ?? 0) * 3;
}

function refuse(limit: string, key?: string): never {
  const where = key === undefined ? '' : ` (row "${key}")`;
  throw new StorageLimitExceeded(`Azure Table Storage: ${limit}${where}.`);
}
