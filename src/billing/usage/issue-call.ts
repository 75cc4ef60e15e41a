/** What a row that was put aside still says, for the person who decides about it and for the call that it becomes. */
import * as z from 'zod';
import { detailsDigestOf } from '../ledger/chain.js';
import type { StoredCall, UsageIssue } from '../ledger/model.js';
import { fromDecimal, type Currency } from '../money.js';
import {
  CHARGE_UNITS_MAX,
  DURATION_SECONDS_MAX,
  readDetails,
  TEXT_CHARS_MAX,
  withoutPeople,
  type RowFields,
} from './call-record.js';
import { readInstant } from './instant.js';

export interface IssueRow {
  readonly recordId?: string;
  /** ISO, UTC; absent where the row's time can't be read. */
  readonly start?: string;
  readonly durationSeconds: number;
  /** As the row says it, whatever that is; absent where it says nothing. */
  readonly charge?: string;
  readonly currency?: string;
  readonly details: StoredCall['details'];
}

const fields = z.record(z.string(), z.unknown()).catch({});
const duration = z.number().min(0).max(DURATION_SECONDS_MAX).transform(Math.round).catch(0);

/** Never throws: the row was put aside because something is wrong with it. */
export function readIssueRow(issue: UsageIssue): IssueRow {
  const raw = rawOf(issue);
  const start = readInstant(raw['startDateTime']);
  return {
    durationSeconds: duration.parse(raw['duration']),
    details: readDetails(raw),
    ...(start !== undefined && { start }),
    // An id that can't be a key was put aside for just that.
    ...(issue.reason !== 'noId' && optional('recordId', raw['id'])),
    ...optional('charge', raw['charge']),
    ...optional('currency', raw['currency']),
  };
}

/**
 * The call that an issue becomes when it is charged; the charge is the admin's word. Without a time of its own it is of the
 * day of its arrival, which must not become the day of the export that it came in: then it shares the day like an exact one.
 */
export function callOfIssue(issue: UsageIssue, charge: bigint): StoredCall {
  const { recordId, start, durationSeconds, details } = readIssueRow(issue);
  const { detailsDigest } = issue;
  return {
    type: 'call',
    id: recordId ?? issue.id,
    charge,
    connectionCharge: 0n,
    start: start ?? issue.at,
    durationSeconds,
    source: start === undefined ? 'http' : issue.source,
    ...(detailsDigest === undefined ? { details } : { details: {}, detailsDigest }),
  };
}

/** What the biller asked for in the row, where it is a sensible number in the account's own currency: never assumed. */
export function suggestedCharge(issue: UsageIssue, currency: Currency): bigint | undefined {
  const raw = rawOf(issue);
  const charge = raw['charge'];
  if (raw['currency'] !== currency || typeof charge !== 'number') return undefined;
  if (charge <= 0 || charge > CHARGE_UNITS_MAX) return undefined;
  return fromDecimal(charge.toFixed(6));
}

/** Since when its details are kept: since the call, as a call's are, and since its arrival where the row names a later time. */
export function detailsSince(issue: UsageIssue): string {
  const { start = issue.at } = readIssueRow(issue);
  return start < issue.at ? start : issue.at;
}

/** As it waits once its details are too old: what decides stays, and a digest stands for the rest. */
export function issueWithoutDetails(issue: UsageIssue): Pick<UsageIssue, 'raw' | 'detailsDigest'> {
  const detailsDigest = issue.detailsDigest ?? detailsDigestOf(readIssueRow(issue).details);
  return { raw: withoutPeople(rawOf(issue)), detailsDigest };
}

function rawOf(issue: UsageIssue): RowFields {
  return fields.parse(JSON.parse(issue.raw));
}

function optional<K extends string>(name: K, value: unknown): Partial<Record<K, string>> {
  if (typeof value !== 'string' && typeof value !== 'number') return {};
  const text = String(value).trim().slice(0, TEXT_CHARS_MAX);
  return text === '' ? {} : ({ [name]: text } as Partial<Record<K, string>>);
}
