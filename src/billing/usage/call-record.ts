/**
 * One PSTN call as the ledger knows it, and the check at the edge where rows of Microsoft Graph's `getPstnCalls` become
 * one. A row is debited, left alone, or set aside for a person; nothing in it is ever guessed.
 */

import { type Currency, fromDecimal } from '../money.js';
import { readInstant } from './instant.js';

/** Where a record came from. Only the same source may correct it later. */
export const USAGE_SOURCES = ['http', 'graph', 'csv'] as const;
export type UsageSource = (typeof USAGE_SOURCES)[number];

/** The licence of calls that are paid from Communications Credits. Others belong to a calling plan. */
export const PREPAID_LICENSE = 'MCOPSTNPP';

export const ID_CHARS_MAX = 128;
/** Of each text in a row. A raw row, escapes included, then stays below the 32 K characters of one stored column. */
export const TEXT_CHARS_MAX = 256;
/** In whole currency units. No call costs that much: such a row is a mistake of whoever wrote it. */
export const CHARGE_UNITS_MAX = 1_000_000;
export const DURATION_SECONDS_MAX = 31 * 24 * 3600;

/** Rows hold them by their place in this list (see rows/call-columns.ts): it only ever grows, at its end. */
export const DETAIL_FIELDS = [
  'callId',
  'userId',
  'userPrincipalName',
  'userDisplayName',
  'endDateTime',
  'callType',
  'calleeNumber',
  'callerNumber',
  'usageCountryCode',
  'tenantCountryCode',
  'destinationContext',
  'destinationName',
  'conferenceId',
  'licenseCapability',
  'inventoryType',
  'operator',
  'callDurationSource',
] as const;

/** What a row that was put aside keeps when its details are too old: what decides about the money, and nobody's name. */
const LASTING_FIELDS = ['id', 'startDateTime', 'duration', 'charge', 'connectionCharge', 'currency'] as const;

/** What Graph says about a call beyond its money, under Graph's own names; a field that is null or empty is absent. */
export type CallDetails = Readonly<Partial<Record<(typeof DETAIL_FIELDS)[number], string>>>;

export interface CallRecord {
  /** Unique per record, unlike `callId`, which the legs of one conference share. */
  readonly id: string;
  /** In micros. */
  readonly charge: bigint;
  /** In micros. Part of `charge` already, unless the account is set otherwise. */
  readonly connectionCharge: bigint;
  readonly currency: Currency;
  /** ISO, UTC, milliseconds, always 24 characters. */
  readonly start: string;
  /** 0 where the row has no readable duration: it is not money, and keeps no charge out of the ledger. */
  readonly durationSeconds: number;
  readonly details: CallDetails;
}

/** Why a row waits for a person. `noId` covers every id that can't be a key: missing, blank, too long, broken text. */
export const QUARANTINE_REASONS = [
  'notARow',
  'noId',
  'wrongCurrency',
  'missingCharge',
  'unreadableCharge',
  'negativeCharge',
  'tooManyDecimals',
  'tooLarge',
  'unreadableTime',
] as const;
export type QuarantineReason = (typeof QUARANTINE_REASONS)[number];

export type RowVerdict =
  | { readonly kind: 'charge'; readonly record: CallRecord }
  | { readonly kind: 'skip'; readonly reason: 'notPrepaid'; readonly id?: string }
  | {
      readonly kind: 'quarantine';
      readonly reason: QuarantineReason;
      readonly id?: string;
      /** The row's known fields as JSON text, long texts cut, for the person who decides. */
      readonly raw: string;
    };

/** A row as it came out of JSON. */
export type RowFields = Readonly<Record<string, unknown>>;

/**
 * Judges one row as it came out of JSON, for an account of this currency. Never throws. Rows come by the thousand, and the
 * schema library took as long for each as all the rest of the intake: here the checks are plain conditions.
 */
export function readGraphRow(row: unknown, currency: Currency): RowVerdict {
  if (!isFields(row)) return { kind: 'quarantine', reason: 'notARow', raw: JSON.stringify(bounded(row)) };
  const fields = row;
  const id = readId(fields['id']);
  const known = id === undefined ? {} : { id };
  if (fields['licenseCapability'] !== PREPAID_LICENSE)
    return { kind: 'skip', reason: 'notPrepaid', ...known };
  const outcome = readPrepaid(fields, currency);
  if (typeof outcome === 'object') return { kind: 'charge', record: outcome };
  return { kind: 'quarantine', reason: outcome, ...known, raw: rawText(fields) };
}

function isFields(row: unknown): row is RowFields {
  return typeof row === 'object' && row !== null && !Array.isArray(row);
}

function readPrepaid(fields: RowFields, currency: Currency): CallRecord | QuarantineReason {
  const id = readId(fields['id']);
  if (id === undefined) return 'noId';
  if (fields['currency'] !== currency) return 'wrongCurrency';
  const charge = readCharge(fields['charge']);
  if (typeof charge === 'string') return charge;
  const connectionCharge = readCharge(fields['connectionCharge'] ?? 0);
  if (typeof connectionCharge === 'string') return connectionCharge;
  const start = readInstant(fields['startDateTime']);
  if (start === undefined) return 'unreadableTime';
  const durationSeconds = readDuration(fields['duration']);
  return { id, charge, connectionCharge, currency, start, durationSeconds, details: readDetails(fields) };
}

// Half a surrogate pair doesn't survive UTF-8: two such ids would become one key.
const NOT_IN_IDS = /[\p{Cs}\p{Cc}]/u;

function readId(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > ID_CHARS_MAX) return undefined;
  return NOT_IN_IDS.test(value) || value.trim() === '' ? undefined : value;
}

function readDuration(value: unknown): number {
  const isDuration = typeof value === 'number' && Number.isInteger(value) && value >= 0;
  return isDuration && value <= DURATION_SECONDS_MAX ? value : 0;
}

/** Graph gives doubles: the shortest text that reads back as the same double is what the biller wrote. */
function readCharge(value: unknown): bigint | QuarantineReason {
  if (value === undefined || value === null) return 'missingCharge';
  if (typeof value !== 'number' || Number.isNaN(value)) return 'unreadableCharge';
  if (value < 0) return 'negativeCharge';
  if (value > CHARGE_UNITS_MAX) return 'tooLarge';
  return fromDecimal(String(value)) ?? 'tooManyDecimals';
}

export function readDetails(fields: RowFields): CallDetails {
  const details: Partial<Record<keyof CallDetails, string>> = {};
  for (const name of DETAIL_FIELDS) {
    const value = fields[name];
    if (typeof value === 'string' && value !== '') details[name] = cut(value);
  }
  return details;
}

const RAW_FIELDS = [...LASTING_FIELDS, ...DETAIL_FIELDS];

function rawText(fields: RowFields, names: readonly string[] = RAW_FIELDS): string {
  const present = names.filter((name) => Object.hasOwn(fields, name));
  return JSON.stringify(Object.fromEntries(present.map((name) => [name, bounded(fields[name])])));
}

/** A destination without digits is a place, which the days name for ever too; any other may be the number that was called. */
const PLACE = /^\P{Nd}*$/u;

/** The raw text of a row without its personal fields, once they are too old to be kept. */
export function withoutPeople(fields: RowFields): string {
  const { destinationName } = fields;
  const isPlace = typeof destinationName === 'string' && PLACE.test(destinationName);
  return rawText(fields, isPlace ? [...LASTING_FIELDS, 'destinationName'] : LASTING_FIELDS);
}

/** What is nested is not followed: it may be a hundred thousand levels deep, and no field of a row is nested. */
function bounded(value: unknown): string | number | boolean | null {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return value === undefined || value === null ? null : Array.isArray(value) ? '[…]' : '{…}';
}

/** Control characters and halves of a pair, which a cut may leave, would not come back from the store as they went. */
function cut(text: string): string {
  return text.length <= TEXT_CHARS_MAX && PLAIN.test(text) ? text : cleaned(text);
}

/** Nearly every text of a row; looked at first, since it costs a fraction. */
const PLAIN = /^[\x20-\x7e]*$/;

function cleaned(text: string): string {
  return text.slice(0, TEXT_CHARS_MAX).replace(/[\p{Cc}\p{Cs}]/gu, '\uFFFD');
}
