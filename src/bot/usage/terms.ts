/** From which moment calls are to be charged: what the form's day means, and what a preview has sealed. */
import * as z from 'zod';
import { dayOf, daysBefore, startOfDay } from '../../billing/ledger/calendar.js';
import type { Account } from '../../billing/ledger/model.js';
import type { OpenedForm } from '../form-token.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

const DAYS_AWAY_MAX = 366;

export interface UsageTerms {
  /** Connects Microsoft Graph; otherwise only the start of metering changes. */
  readonly isConnecting: boolean;
  /** ISO; absent: from the moment of the confirmation on. */
  readonly from?: string;
}

export type ReadDay =
  | { readonly kind: 'day'; readonly from?: string }
  | { readonly kind: 'problem'; readonly problem: 'unreadable' | 'far' };

/** A day picker sends ISO dates. The day that stands there already keeps its moment. */
export function readDay(date: string, { timeZone, usage }: Account, now: string): ReadDay {
  if (date === '') return { kind: 'day' };
  if (!z.iso.date().safeParse(date).success) return { kind: 'problem', problem: 'unreadable' };
  const { metering } = usage;
  if (metering !== undefined && dayOf(metering.from, timeZone) === date)
    return { kind: 'day', from: metering.from };
  const today = dayOf(now, timeZone);
  const isFar = date < daysBefore(today, DAYS_AWAY_MAX) || date > daysBefore(today, -DAYS_AWAY_MAX);
  return isFar
    ? { kind: 'problem', problem: 'far' }
    : { kind: 'day', from: new Date(startOfDay(date, timeZone)).toISOString() };
}

interface Desk {
  readonly turn: Turn;
  readonly services: Services;
}

/** What a sealed token may be used for: one that ends the connection starts nothing. */
export type UsagePurpose = 'usage.confirm' | 'usage.off';

export function sealTerms(
  purpose: UsagePurpose,
  { isConnecting, from = '' }: UsageTerms,
  { turn, services }: Desk,
): string {
  return services.tokens.seal({
    id: services.newId(),
    purpose,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { isConnecting: String(isConnecting), from },
  });
}

const termsSchema = z.object({ isConnecting: z.enum(['true', 'false']), from: z.string() });

export interface OpenedTerms extends UsageTerms {
  readonly kind: Exclude<OpenedForm['kind'], 'forged'>;
  /** Of the one change that this token may make. */
  readonly click: { readonly id: string; readonly mintedAt: string };
}

/** Undefined where it was not sealed here, for this tenant and conversation. */
export function openTerms(
  purpose: UsagePurpose,
  token: string,
  { turn, services }: Desk,
): OpenedTerms | undefined {
  const bound = { purpose, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return undefined;
  const { id, mintedAt, terms } = opened.form;
  const { isConnecting, from } = termsSchema.parse(terms);
  const kept = { isConnecting: isConnecting === 'true', ...(from !== '' && { from }) };
  return { kind: opened.kind, click: { id, mintedAt }, ...kept };
}
