/**
 * The small facts of a call record share one column. What a row costs the store and this program grows with its columns
 * more than with its bytes, and nearly all rows are calls. Rows that were written before have a column for each: both are
 * read, and a column of its own counts.
 */
import type { StoredCall } from '../ledger/model.js';
import type { Values } from '../storage/table.js';
import { toColumns } from './columns.js';

export const FACTS_COLUMN = 'record';

export function callColumns(call: StoredCall): Values {
  const { id, source, charge, connectionCharge, durationSeconds, entry, ...others } = call;
  const facts = [id, source, charge.toString(), connectionCharge.toString(), durationSeconds];
  const inEntry = entry === undefined ? [] : [entry.toString()];
  return { ...toColumns(others), [FACTS_COLUMN]: JSON.stringify([...facts, ...inEntry]) };
}

/** The row as if each fact had a column; facts that can't be read are missing then, and the row's schema says so. */
export function withFacts(values: unknown): unknown {
  if (typeof values !== 'object' || values === null || !Object.hasOwn(values, FACTS_COLUMN)) return values;
  const { [FACTS_COLUMN]: facts, ...columns } = values as Readonly<Record<string, unknown>>;
  return { ...factsOf(facts), ...columns };
}

function factsOf(text: unknown): Readonly<Record<string, unknown>> {
  const facts = listIn(text);
  const [id, source, charge, connectionCharge, durationSeconds, entry] = facts;
  return {
    id,
    source,
    charge: microsIn(charge),
    connectionCharge: microsIn(connectionCharge),
    durationSeconds,
    ...(facts.length > ENTRY_AT && { entry: microsIn(entry) }),
  };
}

const ENTRY_AT = 5;

function listIn(text: unknown): readonly unknown[] {
  try {
    const list: unknown = typeof text === 'string' ? JSON.parse(text) : undefined;
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

function microsIn(digits: unknown): bigint | undefined {
  return typeof digits === 'string' && /^-?\d{1,19}$/u.test(digits) ? BigInt(digits) : undefined;
}
