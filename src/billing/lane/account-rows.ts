/** Loading a world from the table, and the writes that turn one world into the next. */
import { newAccount, type Account, type Payment } from '../ledger/model.js';
import { ACCOUNT_KEY, keyOf, rowKeys, type LedgerRow, type World } from '../ledger/world.js';
import { livingAlertKeys } from '../ledger/watch.js';
import { encodeKeyPart, afterPrefix } from '../storage/keys.js';
import type { Row, TableStore, Values, Write } from '../storage/table.js';
import { callColumns } from '../rows/call-columns.js';
import { fromColumns, toColumns } from '../rows/columns.js';
import { accountSchema, ledgerRowSchema } from '../rows/schemas.js';
import type { LedgerCommand, Reads } from './command.js';

/** What a tenant's account starts with. */
export interface AccountDefaults {
  readonly currency: Account['currency'];
  readonly timeZone: string;
}

/** A world as it was read, with the account's ETag that guards whatever is decided on it. */
export interface Loaded {
  readonly world: World;
  /** Undefined for an account that does not exist yet. */
  readonly etag?: string;
  /** Keys that were asked for, whether there is such a row or not. */
  readonly asked: ReadonlySet<string>;
}

const FAMILY_ROWS_MAX = 1_000;

export function partitionOf(tenant: string): string {
  return encodeKeyPart(tenant);
}

export function readAccount(row: Row): Account {
  return fromColumns(accountSchema, row.key, row.values);
}

export function readLedgerRow(row: Row): LedgerRow {
  return fromColumns(ledgerRowSchema, row.key, row.values);
}

export async function loadAccount(
  table: TableStore,
  tenant: string,
  defaults: AccountDefaults,
): Promise<Loaded> {
  const row = await table.get(partitionOf(tenant), ACCOUNT_KEY);
  const account =
    row === undefined ? newAccount(tenant, defaults.currency, defaults.timeZone) : readAccount(row);
  const world: World = { account, rows: new Map(), entries: [], jobs: [] };
  return { world, asked: new Set(), ...(row !== undefined && { etag: row.etag }) };
}

/** Adds the rows that are asked for and not there yet; living alerts always, since any entry may heal one. */
export async function loadRows(table: TableStore, loaded: Loaded, reads: readonly Reads[]): Promise<Loaded> {
  const partition = partitionOf(loaded.world.account.tenant);
  const keys = [...livingAlertKeys(loaded.world), ...reads.flatMap((read) => read.keys ?? [])];
  const wanted = [...new Set(keys)].filter((key) => !loaded.asked.has(key));
  const prefixes = [...new Set(reads.flatMap((read) => read.prefixes ?? []))];
  const [single, ...families] = await Promise.all([
    wanted.length === 0 ? [] : table.getMany(partition, wanted),
    ...prefixes.map((prefix) =>
      table.query(partition, { from: prefix, to: afterPrefix(prefix), limit: FAMILY_ROWS_MAX }),
    ),
    ...reads.flatMap((read) => read.ranges ?? []).map((range) => table.query(partition, range)),
  ]);
  const rows = new Map(loaded.world.rows);
  for (const row of [...single, ...families.flat()]) rows.set(row.key, readLedgerRow(row));
  return { ...loaded, world: { ...loaded.world, rows }, asked: new Set([...loaded.asked, ...wanted]) };
}

/** Rows that were read are put, under the account's guard; rows that were not are inserted, and must be new. */
export function writesBetween(before: Loaded, after: World): readonly Write[] {
  if (after === before.world) return [];
  const rows = [...after.rows.values()].filter((row) => before.world.rows.get(keyOf(row)) !== row);
  const entries = after.entries.map((entry) => insert(rowKeys.entry(entry.sequence), toColumns(entry)));
  const changed = rows.map((row): Write => {
    const key = keyOf(row);
    const values = columnsOf(row);
    return before.world.rows.has(key) ? { kind: 'put', key, values } : insert(key, values);
  });
  if (changed.length === 0 && entries.length === 0 && after.account === before.world.account) return [];
  return [accountWrite(after.account, before.etag), ...entries, ...changed];
}

export function accountWrite(account: Account, etag: string | undefined): Write {
  const values = toColumns(account);
  return etag === undefined
    ? { kind: 'insert', key: ACCOUNT_KEY, values }
    : { kind: 'replace', key: ACCOUNT_KEY, values, etag };
}

function insert(key: string, values: Values): Write {
  return { kind: 'insert', key, values };
}

function columnsOf(row: LedgerRow): Values {
  return row.type === 'call' ? callColumns(row) : toColumns(row);
}

/**
 * What stays true after a commit under the new ETag, kept small: the account, and the rows that are asked for again and
 * again. Whoever writes one of these writes the account with it, so its ETag vouches for them too.
 */
export function keepAfter(world: World, etag: string): Loaded {
  const rows = new Map([...world.rows].filter(([, row]) => isKept(row)).slice(-KEPT_ROWS_MAX));
  return {
    world: { account: world.account, rows, entries: [], jobs: [] },
    etag,
    asked: new Set(rows.keys()),
  };
}

const KEPT_ROWS_MAX = 64;
/** A payment that is closed is asked for no more. */
const CLOSED: readonly Payment['status'][] = ['settled', 'declined', 'cancelled'];

function isKept(row: LedgerRow): boolean {
  return (
    row.type === 'day' || row.type === 'alert' || (row.type === 'payment' && !CLOSED.includes(row.status))
  );
}

/** Whether this much more would be read of it with care. */
export function asksMore(
  { asked, world }: Loaded,
  { reads }: Pick<LedgerCommand<unknown>, 'reads'>,
): boolean {
  const { keys = [] } = reads(world.account, true);
  return keys.some((key) => !asked.has(key));
}
