/** What the rows of the ledger must look like when they come back from the table. */
import * as z from 'zod';
import { DECLINE_REASONS } from '../payments/processor.js';
import { USAGE_SOURCES } from '../usage/call-record.js';
import {
  ALERT_KINDS,
  CARD_NOTICES,
  ENTRY_FORMATS,
  ENTRY_KINDS,
  HEALED_HOWS,
  HOLD_CAUSES,
  NO_RECHARGE_REASONS,
  PAYMENT_STATUSES,
  type Entry,
} from '../ledger/model.js';
import type { LedgerRow } from '../ledger/world.js';
import { attestation } from './attestation-schema.js';
import { FACTS_COLUMN, withFacts } from './call-columns.js';
import { issue } from './issue-schema.js';
import { why } from './why-schema.js';
import { dictionary, json } from './columns.js';
import {
  text,
  micros,
  count,
  inDoubt,
  actor,
  cardLabel,
  currency,
  method,
  refund,
  reversal,
  trip,
  unmetered,
} from './parts.js';

import { eventSchema as event } from './event-schema.js';

export { accountSchema } from './account-schema.js';

export const entrySchema: z.ZodType<Entry> = z.object({
  format: z.enum(ENTRY_FORMATS).default('entry-v1'),
  sequence: micros,
  at: text,
  kind: z.enum(ENTRY_KINDS),
  amount: micros,
  balanceAfter: micros,
  by: json(actor),
  reference: text,
  calls: json(z.array(text)),
  digest: text,
  lot: micros.exactOptional(),
  method: json(cardLabel).exactOptional(),
  reason: text.exactOptional(),
  previous: text,
  hash: text,
});

const lot = z.object({
  type: z.literal('lot'),
  sequence: micros,
  start: micros,
  end: micros,
  purchasedAt: text,
  expiresAt: text,
  paymentId: text,
  noticed: json(count).exactOptional(),
  closed: json(z.object({ how: z.enum(['expired', 'refunded']), entry: micros })).exactOptional(),
});

const call = z.object({
  type: z.literal('call'),
  id: text,
  charge: micros,
  connectionCharge: micros,
  start: text,
  durationSeconds: json(z.number()),
  source: z.enum(USAGE_SOURCES),
  details: json(dictionary(text)),
  detailsDigest: text.exactOptional(),
  entry: micros.exactOptional(),
  earlier: json(
    z.array(z.object({ entry: micros, charge: micros, start: text, detailsDigest: text })),
  ).exactOptional(),
  unmetered: z.literal(true).exactOptional(),
});

/** What tells whether a record is known as it is. */
const callCharge = call.pick({ id: true, charge: true, source: true, unmetered: true });
export type CallCharge = z.output<typeof callCharge>;
export const callChargeSchema: z.ZodType<CallCharge> = z.preprocess(withFacts, callCharge);
export const CALL_CHARGE_COLUMNS: readonly string[] = [FACTS_COLUMN, ...Object.keys(callCharge.shape)];

const day = z.object({
  type: z.literal('day'),
  date: text,
  spend: micros,
  calls: json(count),
  destinations: json(dictionary(z.object({ spend: micros, calls: count }))),
  otherSpend: micros,
  otherCalls: json(count),
  closingBalance: micros,
  source: z.enum(USAGE_SOURCES).exactOptional(),
  unmetered: json(unmetered).exactOptional(),
  keptSource: z.enum(USAGE_SOURCES).exactOptional(),
});

const payment = z.object({
  type: z.literal('payment'),
  id: text,
  amount: micros,
  currency,
  method: json(method),
  insteadOf: json(cardLabel).exactOptional(),
  reason: z.enum(['manual', 'autoRecharge']),
  status: z.enum(PAYMENT_STATUSES),
  requestedAt: text,
  requestedBy: json(actor),
  updatedAt: text,
  balanceBefore: micros,
  balanceAfter: micros.exactOptional(),
  processorId: text.exactOptional(),
  declineReason: z.enum(DECLINE_REASONS).exactOptional(),
  actionUrl: text.exactOptional(),
  deadline: text.exactOptional(),
  cancelWishedBy: json(actor).exactOptional(),
  cancelledBy: json(actor).exactOptional(),
  origin: json(z.object({ conversationKey: text, activityId: text })).exactOptional(),
  told: z.boolean().exactOptional(),
  lot: micros.exactOptional(),
  refund: json(refund).exactOptional(),
  reversals: json(z.array(reversal)).exactOptional(),
  attested: json(z.object({ amount: micros, date: text, invoice: text, by: actor })).exactOptional(),
});

const cardTrouble = z.object({
  method: cardLabel,
  isBackup: z.boolean(),
  notice: z.enum(CARD_NOTICES),
  lastDay: text.exactOptional(),
});

const alertFacts = z.object({
  balance: micros,
  amount: micros.exactOptional(),
  threshold: micros.exactOptional(),
  declineReason: z.enum([...DECLINE_REASONS, 'needsAction']).exactOptional(),
  paused: z.boolean().exactOptional(),
  nextTry: text.exactOptional(),
  deadline: text.exactOptional(),
  noRecharge: z.enum(NO_RECHARGE_REASONS).exactOptional(),
  heldBy: z.enum(HOLD_CAUSES).exactOptional(),
  inDoubt: inDoubt.exactOptional(),
  paymentId: text.exactOptional(),
  actionUrl: text.exactOptional(),
  method: cardLabel.exactOptional(),
  insteadOf: cardLabel.exactOptional(),
  goesOnWith: cardLabel.exactOptional(),
  count: count.exactOptional(),
  by: actor.exactOptional(),
  reversal: z.enum(['refund', 'dispute']).exactOptional(),
  cap: z.enum(['day', 'month']).exactOptional(),
  percent: count.exactOptional(),
  limit: micros.exactOptional(),
  cards: z.array(cardTrouble).exactOptional(),
  nextRecharge: text.exactOptional(),
  trip: trip.exactOptional(),
  expiring: z.array(z.object({ amount: micros, expiresAt: text })).exactOptional(),
});

const alert = z.object({
  type: z.literal('alert'),
  sequence: micros,
  kind: z.enum(ALERT_KINDS),
  at: text,
  currency,
  facts: json(alertFacts),
  version: json(count),
  healed: json(
    z.object({
      at: text,
      by: actor,
      balance: micros,
      how: z.enum(HEALED_HOWS),
      amount: micros.exactOptional(),
    }),
  ).exactOptional(),
  only: text.exactOptional(),
});

const member = z.object({
  type: z.literal('member'),
  id: text,
  name: text,
  role: z.enum(['viewer', 'admin']),
  setBy: json(actor),
  setAt: text,
});

const ledgerRow = z.discriminatedUnion('type', [
  alert,
  attestation,
  call,
  day,
  event,
  issue,
  lot,
  member,
  payment,
  why,
]);
export const ledgerRowSchema: z.ZodType<LedgerRow> = z.preprocess(withFacts, ledgerRow);
