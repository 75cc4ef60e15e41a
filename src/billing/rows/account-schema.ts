/** What the account's row must look like when it comes back from the table. */
import * as z from 'zod';
import { ALERT_KINDS, CARD_NOTICES, HOLD_CAUSES, PAYMENT_STATUSES, type Account } from '../ledger/model.js';
import { DECLINE_REASONS } from '../payments/processor.js';
import { USAGE_SOURCES } from '../usage/call-record.js';
import { TROUBLE_REASONS } from '../usage/graph/pstn-calls.js';
import { json } from './columns.js';
import { text, micros, count, actor, currency, span, method, trip, unmetered } from './parts.js';

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

const watchedCard = z.object({
  id: text,
  expires: text.exactOptional(),
  told: z.enum(CARD_NOTICES).exactOptional(),
});

const paymentSummary = z.object({
  id: text,
  amount: micros,
  reason: z.enum(['manual', 'autoRecharge']),
  requestedAt: text,
  status: z.enum(PAYMENT_STATUSES),
  overdue: z.boolean(),
  alert: micros.exactOptional(),
});

const graph = z.object({
  connectedAt: text,
  by: actor,
  askedAt: text.exactOptional(),
  collected: z
    .object({
      days: count,
      answeredAt: text.exactOptional(),
      askedUntil: text.exactOptional(),
      trouble: z.object({ reason: z.enum(TROUBLE_REASONS), since: text, at: text }).exactOptional(),
    })
    .exactOptional(),
});

const difference = z.object({
  date: text,
  first: z.enum(USAGE_SOURCES),
  second: z.enum(USAGE_SOURCES),
  count,
  amount: micros,
  delivered: count,
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
  backups: json(z.array(method).default([])),
  cards: json(z.array(watchedCard).default([])),
  health: json(
    z.object({
      failures: count,
      notBefore: text.exactOptional(),
      pausedBy: z.enum(DECLINE_REASONS).exactOptional(),
      pausedMethod: text.exactOptional(),
      declined: z
        .array(
          z.object({
            card: text,
            times: count,
            reason: z.enum(DECLINE_REASONS).exactOptional(),
            notBefore: text.exactOptional(),
          }),
        )
        .exactOptional(),
      tripped: trip.exactOptional(),
      disputed: z.object({ at: text, paymentId: text, amount: micros }).exactOptional(),
      breakerFrom: text.exactOptional(),
      held: z.boolean(),
      heldBy: z.enum(HOLD_CAUSES).exactOptional(),
      notBought: z.enum(['notNow', 'lapsed']).exactOptional(),
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
    z.object({
      knownUntil: text.exactOptional(),
      receivedAt: text.exactOptional(),
      openIssues: count,
      metering: z.object({ from: text, setBy: actor, setAt: text }).exactOptional(),
      unmetered: unmetered.exactOptional(),
      differences: z.array(difference).exactOptional(),
      graph: graph.exactOptional(),
    }),
  ),
  days: json(z.array(z.object({ date: text, spend: micros, calls: count }))),
  lots: json(z.array(z.object({ sequence: micros, start: micros, end: micros, expiresAt: text }))),
  moreLots: z.boolean(),
  noticesToldOn: text.exactOptional(),
  roles: json(z.object({ admins: z.array(text), viewers: z.array(text) })).exactOptional(),
  attested: json(z.object({ balance: micros, at: text, by: actor })).exactOptional(),
  undelivered: json(z.array(micros)),
});
