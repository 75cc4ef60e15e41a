/** Reading the Teams admin center's PSTN usage export (RFC 4180), by the names of its columns. */
import { CsvError, parse } from 'csv-parse/sync';
import { KNOWN_COLUMNS, NEEDED_COLUMNS, type CsvRow } from './csv-row.js';
import { textsOf, UnreadableExport } from './export-file.js';

/** A field has at most 128 characters. */
const ROW_CHARS_MAX = 64 * 1024;

/** All rows of the file, or of all files with calls in the archive. @throws UnreadableExport */
export function readExport(file: Uint8Array): readonly CsvRow[] {
  return textsOf(file).flatMap(readRows);
}

function readRows(text: string): readonly CsvRow[] {
  // Where there is no first line the library asks for no names.
  if (text.trim() === '') namesOf([]);
  try {
    return parse<CsvRow>(text, {
      bom: true,
      columns: namesOf,
      delimiter: delimiterOf(text),
      max_record_size: ROW_CHARS_MAX,
      skip_empty_lines: true,
    });
  } catch (error) {
    if (error instanceof CsvError)
      throw new UnreadableExport(`The file is no CSV that can be read: ${faultOf(error)}.`, { cause: error });
    throw error;
  }
}

/** Older exports have tabs. No name of a column holds one, or a comma. */
function delimiterOf(text: string): ',' | '\t' {
  const header = /^[^\r\n]*/u.exec(text)?.[0] ?? '';
  return header.includes('\t') ? '\t' : ',';
}

/** Names as this program writes them; what it does not know is carried along and looked at by nobody. */
function namesOf(header: readonly string[]): string[] {
  const names = header.map((name) => {
    const written = name.trim();
    return KNOWN_COLUMNS.find((known) => known.toLowerCase() === written.toLowerCase()) ?? written;
  });
  const missing = NEEDED_COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0)
    throw new UnreadableExport(
      `This is no PSTN usage export of the Teams admin center: its first line has no column ${listed(missing)}.`,
    );
  const twice = KNOWN_COLUMNS.find((column) => names.filter((name) => name === column).length > 1);
  if (twice !== undefined) throw new UnreadableExport(`The file has the column "${twice}" more than once.`);
  return names;
}

function listed(columns: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(columns.map((column) => `"${column}"`));
}

/** The library's own message quotes the row, which is personal. */
function faultOf(error: CsvError & { readonly lines?: unknown }): string {
  const line = typeof error.lines === 'number' ? ` in line ${error.lines}` : '';
  return `${error.code.toLowerCase().replaceAll('_', ' ')}${line}`;
}
