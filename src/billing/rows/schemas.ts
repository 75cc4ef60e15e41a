/** What the rows of the ledger must look like when they come back from the table. */
import { z } from 'zod';
import { CURRENCIES } from '../money.js';
import { DECLINE_REASONS } from '../payments/processor.js';
import { QUARANTINE_REASONS, USAGE_SOURCES } from '../usage/call-record.js';
import {
  ALERT_KINDS,
  ENTRY_FORMATS,
  ENTRY_KINDS,
  HEALED_HOWS,
  NO_RECHARGE_REASONS,
  PAYMENT_STATUSES,
  type Account,
  type Entry,
} from '../ledger/model.js';
import type { LedgerRow } from '../ledger/world.js';
import { dictionary, json } from './columns.js';

const text = z.string();
const micros = z.bigint();
const count = z.number().int().nonnegative();
const actor = z.object({ id: text, name: text });
const currency = z.enum(CURRENCIES);
const span = z.object({ start: micros, end: micros });
const method = z.object({ id: text, brand: text, last4: text, fingerprint: text.exactOptional() });

const trip = z.object({
  at: text,
  reason: z.enum(['recharges', 'spend']),
  recharges: count,
  spend: micros,
  usual: micros,
  destinations: z.array(z.object({ name: text, spend: micros })),
});

const rule = z.object({
  enabled: z.boolean(),
  trigger: micros,
  amount: micros,
  monthCap: micros,
  dayCap: micros.exactOptional(),
  method,
  setBy: actor,
  setAt: text,
});

const paymentSummary = z.object({
  id: text,
  amount: micros,
  reason: z.enum(['manual', 'autoRecharge']),
  requestedAt: text,
  status: z.enum(PAYMENT_STATUSES),
  overdue: z.boolean(),
});

export const accountSchema: z.ZodType<Account> = z.object({
  tenant: text,
  currency,
  timeZone: text,
  balance: micros,
  credited: micros,
  pointer: micros,
  holes: json(z.array(span).default([])),
  nextSequence: micros,
  head: text,
  rule: json(rule).exactOptional(),
  health: json(
    z.object({
      failures: count,
      notBefore: text.exactOptional(),
      pausedBy: z.enum(DECLINE_REASONS).exactOptional(),
      pausedMethod: text.exactOptional(),
      tripped: trip.exactOptional(),
      breakerFrom: text.exactOptional(),
      held: z.boolean(),
      asksFirst: z.boolean().exactOptional(),
    }),
  ),
  counters: json(
    z.object({
      day: text,
      dayTotal: micros,
      month: text,
      monthTotal: micros,
      dayTold: count.exactOptional(),
      monthTold: count.exactOptional(),
    }),
  ),
  rechargeCount: micros,
  rechargeTimes: json(z.array(text).default([])),
  whyCount: micros.default(0n),
  lastWhy: text.exactOptional(),
  openRefunds: json(z.array(text).default([])),
  alertCount: micros,
  openPayments: json(z.array(paymentSummary)),
  recentTopUps: json(z.array(z.object({ paymentId: text, amount: micros, at: text, by: actor }))),
  livingAlerts: json(z.partialRecord(z.enum(ALERT_KINDS), micros)),
  crossings: json(z.array(text)),
  gatheredCrossings: json(count),
  usage: json(
    z.object({ knownUntil: text.exactOptional(), receivedAt: text.exactOptional(), openIssues: count }),
  ),
  days: json(z.array(z.object({ date: text, spend: micros, calls: count }))),
  lots: json(z.array(z.object({ sequence: micros, start: micros, end: micros, expiresAt: text }))),
  moreLots: z.boolean(),
  undelivered: json(z.array(micros)),
});

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
  method: json(z.object({ brand: text, last4: text })).exactOptional(),
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
  earlier: json(z.array(z.object({ entry: micros, charge: micros, detailsDigest: text }))).exactOptional(),
});

const day = z.object({
  type: z.literal('day'),
  date: text,
  spend: micros,
  calls: json(count),
  destinations: json(dictionary(z.object({ spend: micros, calls: count }))),
  otherSpend: micros,
  otherCalls: json(count),
  closingBalance: micros,
});

const payment = z.object({
  type: z.literal('payment'),
  id: text,
  amount: micros,
  currency,
  method: json(method),
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
  refund: json(
    z.object({
      id: text,
      status: z.enum(['requested', 'refunded', 'refused']),
      at: text,
      by: actor,
      entry: micros,
    }),
  ).exactOptional(),
});

const alertFacts = z.object({
  balance: micros,
  amount: micros.exactOptional(),
  threshold: micros.exactOptional(),
  declineReason: z.enum([...DECLINE_REASONS, 'needsAction']).exactOptional(),
  paused: z.boolean().exactOptional(),
  nextTry: text.exactOptional(),
  noRecharge: z.enum(NO_RECHARGE_REASONS).exactOptional(),
  paymentId: text.exactOptional(),
  actionUrl: text.exactOptional(),
  method: z.object({ brand: text, last4: text }).exactOptional(),
  count: count.exactOptional(),
  by: actor.exactOptional(),
  cap: z.enum(['day', 'month']).exactOptional(),
  percent: count.exactOptional(),
  limit: micros.exactOptional(),
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
  healed: json(z.object({ at: text, by: actor, balance: micros, how: z.enum(HEALED_HOWS) })).exactOptional(),
  only: text.exactOptional(),
});

const why = z.object({
  type: z.literal('why'),
  sequence: micros,
  at: text,
  kind: z.enum(['charged', 'inProgress', ...NO_RECHARGE_REASONS]),
  balance: micros,
  pending: micros,
  trigger: micros,
  amount: micros,
  dayTotal: micros,
  dayCap: micros.exactOptional(),
  monthTotal: micros,
  monthCap: micros,
  failures: json(count),
  pausedBy: z.enum(DECLINE_REASONS).exactOptional(),
  trip: json(trip).exactOptional(),
  cap: z.enum(['day', 'month']).exactOptional(),
  until: text.exactOptional(),
  paymentId: text.exactOptional(),
});

const member = z.object({
  type: z.literal('member'),
  id: text,
  name: text,
  role: z.enum(['viewer', 'admin']),
  setBy: json(actor),
  setAt: text,
});

const issue = z.object({
  type: z.literal('issue'),
  id: text,
  reason: z.enum(QUARANTINE_REASONS),
  source: z.enum(USAGE_SOURCES),
  raw: text,
  at: text,
  state: z.enum(['open', 'charged', 'dismissed']),
  resolvedBy: json(actor).exactOptional(),
  resolvedAt: text.exactOptional(),
});

export const ledgerRowSchema: z.ZodType<LedgerRow> = z.discriminatedUnion('type', [
  alert,
  call,
  day,
  issue,
  lot,
  member,
  payment,
  why,
]);
