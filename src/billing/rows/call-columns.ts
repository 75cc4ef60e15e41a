/**
 * A call record takes three columns: when it started, its facts, and its details. What a row costs the store and this
 * program grows with its columns, its bytes and the quotes in them, and nearly all rows are calls: values stand at their
 * place, without their names. Rows that were written before are read too: facts as a JSON list or with a column for each,
 * and details as a JSON object. A fact with a column of its own counts.
 */
import type { StoredCall } from '../ledger/model.js';
import type { Values } from '../storage/table.js';
import { DETAIL_FIELDS } from '../usage/call-record.js';
import { toColumns, toJson } from './columns.js';

export const FACTS_COLUMN = 'record';

/** Begins a text of values by position, which JSON never does. */
const MARK = '1|';
const SEPARATOR = '|';

export function callColumns(call: StoredCall): Values {
  const {
    type: _type,
    id,
    source,
    charge,
    connectionCharge,
    durationSeconds,
    entry,
    details,
    ...others
  } = call;
  // The id comes last, since it may hold anything.
  const facts = [source, charge, connectionCharge, durationSeconds, entry ?? '', id].join(SEPARATOR);
  return { ...toColumns(others), details: detailsText(details), [FACTS_COLUMN]: MARK + facts };
}

/** A row of any kind; a call's as if each fact had a column. What can't be read is missing then, and its schema says so. */
export function withFacts(values: unknown): unknown {
  if (typeof values !== 'object' || values === null || !Object.hasOwn(values, FACTS_COLUMN)) return values;
  const { [FACTS_COLUMN]: facts, ...columns } = values as Readonly<Record<string, unknown>>;
  const { details } = columns;
  const isMarked = typeof details === 'string' && details.startsWith(MARK);
  return { type: 'call', ...factsOf(facts), ...columns, ...(isMarked && { details: detailsIn(details) }) };
}

/** JSON where a value or a name is none that can stand at a place. */
function detailsText(details: StoredCall['details']): string {
  const count = Object.keys(details).length;
  const values = DETAIL_FIELDS.map((name) => details[name] ?? '');
  const placed = count > 0 && values.filter((value) => value !== '').length === count;
  return placed && !values.some((value) => value.includes(SEPARATOR))
    ? MARK + values.join(SEPARATOR)
    : toJson(details);
}

function detailsIn(text: string): StoredCall['details'] {
  const values = text.slice(MARK.length).split(SEPARATOR);
  const pairs = DETAIL_FIELDS.map((name, place) => [name, values[place] ?? ''] as const);
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
}

function factsOf(text: unknown): Readonly<Record<string, unknown>> {
  if (typeof text !== 'string' || !text.startsWith(MARK)) return factsInList(text);
  const [source, charge, connectionCharge, seconds = '', entry, ...id] = text
    .slice(MARK.length)
    .split(SEPARATOR);
  return {
    id: id.join(SEPARATOR),
    source,
    charge: microsIn(charge),
    connectionCharge: microsIn(connectionCharge),
    durationSeconds: seconds === '' ? undefined : Number(seconds),
    ...(entry !== '' && { entry: microsIn(entry) }),
  };
}

function factsInList(text: unknown): Readonly<Record<string, unknown>> {
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
