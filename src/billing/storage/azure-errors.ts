import { StorageUnavailable, type CommitResult, type Write } from './table.js';

type Conflict = Extract<CommitResult, { kind: 'conflict' }>;

/** The service's codes which say that the rows are not as the writer believed. A missing table is not among them. */
const CONFLICTS: Readonly<Record<string, Conflict['reason']>> = {
  EntityAlreadyExists: 'exists',
  UpdateConditionNotSatisfied: 'changed',
  ConditionNotMet: 'changed',
  ResourceNotFound: 'missing',
  EntityNotFound: 'missing',
};

/** The conflict that an error of the SDK stands for, with the row's key where the service named the row. */
export function conflictOf(error: unknown, writes: readonly Write[]): Conflict | undefined {
  const reason = conflictReason(error);
  if (reason === undefined) return undefined;
  const key = writes.length === 1 ? writes[0]?.key : writes[failedIndex(error) ?? -1]?.key;
  return key === undefined ? { kind: 'conflict', reason } : { kind: 'conflict', reason, key };
}

/** Whether a point read failed because the row is not there. */
export function isMissing(error: unknown): boolean {
  return conflictReason(error) === 'missing';
}

/** What travels up: which call failed, the service's status and code, and the SDK's error as its cause. */
export function unavailable(call: string, error: unknown): StorageUnavailable {
  if (error instanceof StorageUnavailable) return error;
  const facts = [property(error, 'statusCode'), errorCode(error)].filter((fact) => fact !== undefined);
  const detail = facts.length === 0 ? String(property(error, 'name')) : facts.map(String).join(' ');
  return new StorageUnavailable(`The table store did not answer ${call} as it should: ${detail}.`, {
    cause: error,
  });
}

function conflictReason(error: unknown): Conflict['reason'] | undefined {
  const code = errorCode(error);
  if (code !== undefined) return Object.hasOwn(CONFLICTS, code) ? CONFLICTS[code] : undefined;
  // Only a failed condition has a status of its own; 404 and 409 may just as well be about the table.
  return property(error, 'statusCode') === 412 ? 'changed' : undefined;
}

/** Transactions have the code on the error; single operations have it in the parsed body. */
function errorCode(error: unknown): string | undefined {
  const code =
    property(error, 'code') ?? property(property(property(error, 'details'), 'odataError'), 'code');
  return typeof code === 'string' ? code : undefined;
}

/** The service begins the message of a failed transaction with the index of the row at fault. */
function failedIndex(error: unknown): number | undefined {
  const index = /^(\d+):/.exec(String(property(error, 'message')))?.[1];
  return index === undefined ? undefined : Number(index);
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
