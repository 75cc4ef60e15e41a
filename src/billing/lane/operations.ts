/** Operation rows: what something that may be asked twice did, so that asking again answers the same (DESIGN §3). */
import { encodeKeyPart } from '../storage/keys.js';
import type { Row, Write } from '../storage/table.js';
import { fromJson, toJson } from '../rows/columns.js';
import type { LedgerCommand } from './command.js';

/** Older ids are refused as stale, never executed; their rows may be gone. */
export const OPERATION_DAYS_MAX = 60;

type Operation = NonNullable<LedgerCommand<unknown>['operation']>;

/** The day first, so that old ones can be dropped by range. */
export function operationKey(operation: Operation): string {
  return `op:${operation.mintedAt.slice(0, 10)}:${encodeKeyPart(operation.id)}`;
}

export function isStale(operation: Operation, now: string): boolean {
  const age = Date.parse(now) - Date.parse(operation.mintedAt);
  return !(age <= OPERATION_DAYS_MAX * 24 * 3_600_000);
}

export function operationWrite(operation: Operation, answer: unknown, at: string): Write {
  return { kind: 'insert', key: operationKey(operation), values: { answer: toJson(answer), at } };
}

export function storedAnswer(row: Row): unknown {
  const { answer } = row.values;
  return typeof answer === 'string' ? fromJson(answer) : undefined;
}
