/** Reading the ledger for people: always from the table, never from what a lane keeps. */
import { entryAt } from './balance-at.js';
import { partitionOf, readAccount, readLedgerRow, type AccountDefaults } from './lane/account-rows.js';
import { newAccount, type Account, type Entry } from './ledger/model.js';
import { ACCOUNT_KEY, rowKeys, type LedgerRow } from './ledger/world.js';
import { fromColumns } from './rows/columns.js';
import { CALL_CHARGE_COLUMNS, callChargeSchema, entrySchema, type CallCharge } from './rows/schemas.js';
import { afterPrefix, newestFirst } from './storage/keys.js';
import type { TableStore } from './storage/table.js';

type RowType = LedgerRow['type'];
type RowOf<T extends RowType> = Extract<LedgerRow, { type: T }>;

/** Call records looked at for a break-down that no day row holds; beyond, the answer says that it is partial. */
export const CALLS_SCANNED_MAX = 10_000;
const FAMILY_ROWS_MAX = 1_000;

export interface EntryPage {
  readonly entries: readonly Entry[];
  /** Sequence to go on before; absent at the end. */
  readonly next?: bigint;
}

export interface SequencePage {
  readonly before?: bigint;
  readonly limit: number;
}

export class LedgerReader {
  private readonly table: TableStore;
  private readonly defaults: AccountDefaults;

  constructor(table: TableStore, defaults: AccountDefaults) {
    this.table = table;
    this.defaults = defaults;
  }

  /** An account that nothing was written to yet reads as a new one. */
  async account(tenant: string): Promise<Account> {
    const row = await this.table.get(partitionOf(tenant), ACCOUNT_KEY);
    return row === undefined
      ? newAccount(tenant, this.defaults.currency, this.defaults.timeZone)
      : readAccount(row);
  }

  /** Whether anything was ever written for this tenant. */
  async exists(tenant: string): Promise<boolean> {
    return (await this.table.get(partitionOf(tenant), ACCOUNT_KEY)) !== undefined;
  }

  /** Newest first; `before` is a sequence number, exclusive. */
  async entries(
    tenant: string,
    page: { readonly before?: bigint; readonly limit: number },
  ): Promise<EntryPage> {
    const from = page.before === undefined ? 'entry:' : `entry:${newestFirst(page.before - 1n)}`;
    const rows = await this.table.query(partitionOf(tenant), { from, to: 'entry;', limit: page.limit + 1 });
    const entries = rows.slice(0, page.limit).map((row) => fromColumns(entrySchema, row.key, row.values));
    const last = entries.at(-1);
    return { entries, ...(rows.length > page.limit && last !== undefined && { next: last.sequence }) };
  }

  /**
   * The balance after the last entry at or before a moment (ISO, UTC), and that entry; 0 before the first. One read of the
   * account and some point reads, however long the ledger is: see {@link entryAt}.
   */
  async balanceAt(
    tenant: string,
    moment: string,
  ): Promise<{ readonly balance: bigint; readonly entry?: Entry }> {
    const { nextSequence } = await this.account(tenant);
    const entry = await entryAt(nextSequence - 1n, moment, (sequence) => this.entry(tenant, sequence));
    return entry === undefined ? { balance: 0n } : { balance: entry.balanceAfter, entry };
  }

  async entry(tenant: string, sequence: bigint): Promise<Entry | undefined> {
    const row = await this.table.get(partitionOf(tenant), rowKeys.entry(sequence));
    return row === undefined ? undefined : fromColumns(entrySchema, row.key, row.values);
  }

  async row<T extends RowType>(tenant: string, type: T, key: string): Promise<RowOf<T> | undefined> {
    const row = await this.table.get(partitionOf(tenant), key);
    const noun = row === undefined ? undefined : readLedgerRow(row);
    return noun?.type === type ? (noun as RowOf<T>) : undefined;
  }

  async rows<T extends RowType>(
    tenant: string,
    type: T,
    keys: readonly string[],
  ): Promise<readonly RowOf<T>[]> {
    const rows = await this.table.getMany(partitionOf(tenant), keys);
    return rows.map(readLedgerRow).filter((noun): noun is RowOf<T> => noun.type === type);
  }

  /** What people were told, newest first; `before` is a sequence number, exclusive. */
  alerts(tenant: string, page: SequencePage): Promise<readonly RowOf<'alert'>[]> {
    return this.newest(tenant, 'alert', page);
  }

  /** Why auto-recharge charged or did not, newest first; `before` is a sequence number, exclusive. */
  explanations(tenant: string, page: SequencePage): Promise<readonly RowOf<'why'>[]> {
    return this.newest(tenant, 'why', page);
  }

  payment(tenant: string, id: string): Promise<RowOf<'payment'> | undefined> {
    return this.row(tenant, 'payment', rowKeys.payment(id));
  }

  /** The lot that a payment bought, by a scan of all lots: for payments that were settled before they noted it. */
  async lotOf(tenant: string, paymentId: string): Promise<RowOf<'lot'> | undefined> {
    const where = { column: 'paymentId', from: paymentId, to: `${paymentId} ` };
    const lots = await this.range(tenant, 'lot', { from: 'lot:', to: 'lot;', limit: 1, where });
    return lots.find((lot) => lot.paymentId === paymentId);
  }

  member(tenant: string, id: string): Promise<RowOf<'member'> | undefined> {
    return this.row(tenant, 'member', rowKeys.member(id));
  }

  members(tenant: string): Promise<readonly RowOf<'member'>[]> {
    return this.family(tenant, 'member', { limit: FAMILY_ROWS_MAX });
  }

  /** Day totals from one date to another, both inclusive, oldest first. */
  days(tenant: string, from: string, to: string): Promise<readonly RowOf<'day'>[]> {
    return this.range(tenant, 'day', {
      from: rowKeys.day(from),
      to: `${rowKeys.day(to)}~`,
      limit: FAMILY_ROWS_MAX,
    });
  }

  /** Issues in key order, decided ones included; `after` is an issue's id, exclusive. */
  issues(
    tenant: string,
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly RowOf<'issue'>[]> {
    const from = page.after === undefined ? 'issue:' : `${rowKeys.issue(page.after)} `;
    return this.range(tenant, 'issue', { from, to: 'issue;', limit: page.limit });
  }

  /** Calls that started in [from, to); at most `CALLS_SCANNED_MAX`, in no useful order. */
  calls(tenant: string, from: string, to: string): Promise<readonly RowOf<'call'>[]> {
    const where = { column: 'start', from, to };
    return this.range(tenant, 'call', { from: 'call:', to: 'call;', limit: CALLS_SCANNED_MAX, where });
  }

  private newest<T extends 'alert' | 'why'>(
    tenant: string,
    type: T,
    { before, limit }: SequencePage,
  ): Promise<readonly RowOf<T>[]> {
    const from = before === undefined ? `${type}:` : rowKeys[type](before - 1n);
    return this.range(tenant, type, { from, to: afterPrefix(`${type}:`), limit });
  }

  /** Of calls that started in [from, to), what tells whether a record is known as it is: less than half of their rows. */
  async callCharges(tenant: string, from: string, to: string): Promise<readonly CallCharge[]> {
    const where = { column: 'start', from, to };
    const range = {
      from: 'call:',
      to: 'call;',
      limit: CALLS_SCANNED_MAX,
      where,
      columns: CALL_CHARGE_COLUMNS,
    };
    const rows = await this.table.query(partitionOf(tenant), range);
    return rows.map((row) => fromColumns(callChargeSchema, row.key, row.values));
  }

  private family<T extends RowType>(
    tenant: string,
    type: T,
    page: { limit: number },
  ): Promise<readonly RowOf<T>[]> {
    return this.range(tenant, type, { from: `${type}:`, to: afterPrefix(`${type}:`), limit: page.limit });
  }

  private async range<T extends RowType>(
    tenant: string,
    type: T,
    range: Parameters<TableStore['query']>[1],
  ): Promise<readonly RowOf<T>[]> {
    const rows = await this.table.query(partitionOf(tenant), range);
    return rows.map(readLedgerRow).filter((noun): noun is RowOf<T> => noun.type === type);
  }
}
