/** One committed transaction of an account's partition, sorted by what its rows are. */
import type { Values, Write } from '../../../src/billing/storage/table.js';
import { entryView, type AccountView, type EntryView } from './views.js';

export interface Transaction {
  readonly tenant: string;
  readonly before: AccountView | undefined;
  /** The account after it; what it was before where the transaction leaves the account alone. */
  readonly after: AccountView | undefined;
  /** New ones, oldest first. */
  readonly entries: readonly EntryView[];
  /** Other rows that were written, by the name before the colon of their keys. */
  readonly rows: ReadonlyMap<string, readonly Written[]>;
  readonly deleted: readonly string[];
}

export interface Written {
  readonly key: string;
  readonly kind: Write['kind'];
  readonly values: Values;
}

/** Says that something must never happen, and happened. */
export type Complain = (invariant: string, numbers: string) => void;

/** One concern of the model: told of every transaction, and asked at the end when nothing is left to do. */
export interface Watcher {
  committed(transaction: Transaction): void;
}

type Sorted = Pick<Transaction, 'entries' | 'rows' | 'deleted'> & { readonly account: Values | undefined };

export function sorted(writes: readonly Write[]): Sorted {
  const rows = new Map<string, Written[]>();
  const deleted: string[] = [];
  let account: Values | undefined;
  for (const write of writes) {
    if (write.kind === 'delete') deleted.push(write.key);
    else if (write.key === 'account') account = write.values;
    else push(rows, write);
  }
  const entries = (rows.get('entry') ?? [])
    .map(({ values }) => entryView(values))
    .sort((a, b) => (a.sequence < b.sequence ? -1 : 1));
  return { account, entries, rows, deleted };
}

function push(rows: Map<string, Written[]>, { key, kind, values }: Written): void {
  const family = key.slice(0, key.indexOf(':'));
  const known = rows.get(family);
  if (known === undefined) rows.set(family, [{ key, kind, values }]);
  else known.push({ key, kind, values });
}

export function rowsOf({ rows }: Transaction, family: string): readonly Written[] {
  return rows.get(family) ?? [];
}

/** Kinds of clicks: their ids begin with them. */
export type ClickKind = 'resume' | 'rule' | 'backups';

/** Whether a person's click of that kind is part of it. */
export function clicked(transaction: Transaction, kind: ClickKind): boolean {
  return clicks(transaction, kind) > 0;
}

export function clicks(transaction: Transaction, kind: ClickKind): number {
  return rowsOf(transaction, 'op').filter(({ key }) => key.includes(`:${kind}-`)).length;
}
