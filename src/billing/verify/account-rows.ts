/** An account's rows, page by page: entries oldest first, so that they can be replayed without holding all of them. */
import { readLedgerRow } from '../lane/account-rows.js';
import { keyOf, rowKeys, type LedgerRow } from '../ledger/world.js';
import type { Entry } from '../ledger/model.js';
import { fromColumns, UnreadableRow } from '../rows/columns.js';
import { entrySchema } from '../rows/schemas.js';
import { afterPrefix } from '../storage/keys.js';
import type { Row, TableStore } from '../storage/table.js';
import type { Report } from './finding.js';

const PAGE_ROWS = 1_000;

export type FamilyRow<T extends LedgerRow['type']> = Extract<LedgerRow, { type: T }>;

export class AccountRows {
  private readonly table: TableStore;
  private readonly partition: string;
  private readonly report: Report;

  /** `report` hears of rows that this program did not write like that; they are left out. */
  constructor(table: TableStore, partition: string, report: Report) {
    this.table = table;
    this.partition = partition;
    this.report = report;
  }

  /** From the first one to the end; rows sort newest first, so each stretch of sequence numbers is turned round. */
  async *entries(last: bigint): AsyncGenerator<Entry> {
    const step = BigInt(PAGE_ROWS);
    for (let from = 1n; from <= last; from += step) {
      const to = from + step - 1n < last ? from + step - 1n : last;
      const range = { from: rowKeys.entry(to), to: after(rowKeys.entry(from)), limit: PAGE_ROWS };
      const rows = await this.table.query(this.partition, range);
      yield* rows.toReversed().flatMap((row) => this.read(row, readEntry));
    }
  }

  /** Keys of entries that come after the account's last one: there should be none. */
  async entriesBeyond(last: bigint): Promise<readonly string[]> {
    const range = { from: 'entry:', to: rowKeys.entry(last), limit: PAGE_ROWS, columns: ['at'] };
    return (await this.table.query(this.partition, range)).map(({ key }) => key);
  }

  async *family<T extends LedgerRow['type']>(type: T): AsyncGenerator<FamilyRow<T>> {
    const end = afterPrefix(`${type}:`);
    let from = `${type}:`;
    for (;;) {
      const rows = await this.table.query(this.partition, { from, to: end, limit: PAGE_ROWS });
      for (const noun of rows.flatMap((row) => this.read(row, readNoun)))
        if (noun.type === type) yield noun as FamilyRow<T>;
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE_ROWS) return;
      from = after(last.key);
    }
  }

  private read<N>(row: Row, reading: (row: Row) => { readonly noun: N; readonly key: string }): readonly N[] {
    try {
      const { noun, key } = reading(row);
      if (key !== row.key) this.report(row.key, `the row says that it is ${key}`);
      return [noun];
    } catch (error) {
      if (!(error instanceof UnreadableRow)) throw error;
      this.report(row.key, `the row can't be read: ${error.message}`);
      return [];
    }
  }
}

function readEntry(row: Row): { noun: Entry; key: string } {
  const noun = fromColumns(entrySchema, row.key, row.values);
  return { noun, key: rowKeys.entry(noun.sequence) };
}

function readNoun(row: Row): { noun: LedgerRow; key: string } {
  const noun = readLedgerRow(row);
  return { noun, key: keyOf(noun) };
}

/** No key has a control character, so a space appended gives the first key that can follow. */
function after(key: string): string {
  return `${key} `;
}
