/** Every noun of the ledger, made up for property tests. */
import fc from 'fast-check';
import {
  ALERT_KINDS,
  CARD_NOTICES,
  ENTRY_FORMATS,
  ENTRY_KINDS,
  EVENT_SUBJECTS,
  EXPIRY_NOTICE_DAYS,
  HEALED_HOWS,
  HOLD_CAUSES,
  newAccount,
  NO_RECHARGE_REASONS,
  PAYMENT_STATUSES,
  type Account,
  type Entry,
} from '../../src/billing/ledger/model.js';
import type { LedgerRow } from '../../src/billing/ledger/world.js';
import { CURRENCIES } from '../../src/billing/money.js';
import { DECLINE_REASONS } from '../../src/billing/payments/processor.js';
import { DETAIL_FIELDS, QUARANTINE_REASONS, USAGE_SOURCES } from '../../src/billing/usage/call-record.js';
import { START } from './billing.js';

const micros = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const sequence = fc.bigInt({ min: 1n, max: 10n ** 15n });
const count = fc.nat();
const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const id = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
/** Names that trip up careless objects among them. */
const name = fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'toString', '$n'));
const at = fc.constantFrom(START, '2028-02-29T23:59:59.999Z');
const actor = fc.record({ id: text, name: text });
const currency = fc.constantFrom(...CURRENCIES);
const method = fc.record(
  { id: text, brand: text, last4: text, fingerprint: text },
  { requiredKeys: ['id', 'brand', 'last4'], noNullPrototype: true },
);
const heldBy = fc.constantFrom(...HOLD_CAUSES);
const inDoubt = fc.record({ id: text, amount: micros, requestedAt: at });
const brandOnly = fc.record({ brand: text, last4: text });
const cardTrouble = fc.record(
  {
    method: brandOnly,
    isBackup: fc.boolean(),
    notice: fc.constantFrom(...CARD_NOTICES),
    lastDay: fc.constant('2027-01-31'),
  },
  { requiredKeys: ['method', 'isBackup', 'notice'], noNullPrototype: true },
);
const span = fc.record({ start: micros, end: micros });
const trip = fc.record({
  at,
  reason: fc.constantFrom('recharges' as const, 'spend' as const),
  recharges: count,
  spend: micros,
  usual: micros,
  destinations: fc.array(fc.record({ name, spend: micros })),
});
const refund = fc.record({
  id: text,
  status: fc.constantFrom('requested' as const, 'refunded' as const, 'refused' as const),
  at,
  by: actor,
  entry: sequence,
});
const gone = { kind: fc.constantFrom('refund', 'dispute'), amount: micros, returned: micros, taken: micros };
const reversal = fc.record({ id: text, at, ...gone, alert: sequence });
const told = { id, about: fc.constantFrom(...EVENT_SUBJECTS), objectId: id, paymentId: id, at, doneAt: at };
const decline = fc.constantFrom(...DECLINE_REASONS);
const reason = fc.constantFrom('manual' as const, 'autoRecharge' as const);
const status = fc.constantFrom(...PAYMENT_STATUSES);
const sum = fc.record({ spend: micros, calls: count });

/** All keys, of which those that are not named may be missing: a property is never there without a value. */
function noun<T>(
  type: string,
  model: Record<string, fc.Arbitrary<unknown>>,
  optional: readonly string[] = [],
) {
  const requiredKeys = ['type', ...Object.keys(model).filter((key) => !optional.includes(key))];
  // fast-check's types know the keys of a literal only.
  return fc.record(
    { type: fc.constant(type), ...model },
    { requiredKeys: requiredKeys as never[], noNullPrototype: true },
  ) as unknown as fc.Arbitrary<T>;
}

const alertFacts = fc.record(
  {
    balance: micros,
    amount: micros,
    threshold: micros,
    declineReason: fc.constantFrom(...DECLINE_REASONS, 'needsAction' as const),
    paused: fc.boolean(),
    nextTry: at,
    deadline: at,
    noRecharge: fc.constantFrom(...NO_RECHARGE_REASONS),
    heldBy,
    inDoubt,
    paymentId: text,
    actionUrl: text,
    method: brandOnly,
    insteadOf: brandOnly,
    goesOnWith: brandOnly,
    cards: fc.array(cardTrouble),
    nextRecharge: fc.constant('2027-01-31'),
    count,
    by: actor,
    cap: fc.constantFrom('day' as const, 'month' as const),
    percent: fc.constantFrom(80, 90, 100),
    limit: micros,
    trip,
    expiring: fc.array(fc.record({ amount: micros, expiresAt: at })),
  },
  { requiredKeys: ['balance'], noNullPrototype: true },
);

const healed = fc.record(
  { at, by: actor, balance: micros, how: fc.constantFrom(...HEALED_HOWS), amount: micros },
  { requiredKeys: ['at', 'by', 'balance', 'how'], noNullPrototype: true },
);

type RowOf<T extends LedgerRow['type']> = Extract<LedgerRow, { type: T }>;

/** Under the names that Graph gives them; a text may hold anything. */
const placedDetails = fc.record(
  Object.fromEntries(
    DETAIL_FIELDS.map((field) => [field, fc.oneof(text, fc.constantFrom('', '|', '1|', '{}'))]),
  ),
  { requiredKeys: [], noNullPrototype: true },
);

export const ledgerRow: { readonly [T in LedgerRow['type']]: fc.Arbitrary<RowOf<T>> } = {
  alert: noun(
    'alert',
    {
      sequence,
      kind: fc.constantFrom(...ALERT_KINDS),
      at,
      currency,
      facts: alertFacts,
      version: count,
      healed,
      only: text,
    },
    ['healed', 'only'],
  ),
  attestation: noun(
    'attestation',
    { id, invoice: text, amount: micros, date: text, at, by: actor, entry: sequence, paymentId: text },
    ['paymentId'],
  ),
  call: noun(
    'call',
    {
      id,
      charge: micros,
      connectionCharge: micros,
      start: at,
      durationSeconds: fc.oneof(count, fc.double({ min: 0, max: 1e7, noNaN: true })),
      source: fc.constantFrom(...USAGE_SOURCES),
      details: fc.oneof(placedDetails, fc.dictionary(name, text, { noNullPrototype: true })),
      detailsDigest: text,
      entry: sequence,
      earlier: fc.array(fc.record({ entry: sequence, charge: micros, start: at, detailsDigest: text })),
    },
    ['detailsDigest', 'entry', 'earlier'],
  ),
  day: noun('day', {
    date: fc.constant('2026-11-17'),
    spend: micros,
    calls: count,
    destinations: fc.dictionary(name, sum, { noNullPrototype: true }),
    otherSpend: micros,
    otherCalls: count,
    closingBalance: micros,
  }),
  event: noun('event', told, ['paymentId', 'doneAt']),
  issue: noun(
    'issue',
    {
      id,
      reason: fc.constantFrom(...QUARANTINE_REASONS),
      source: fc.constantFrom(...USAGE_SOURCES),
      raw: text,
      at,
      state: fc.constantFrom('open', 'charged', 'dismissed'),
      resolvedBy: actor,
      resolvedAt: at,
    },
    ['resolvedBy', 'resolvedAt'],
  ),
  lot: noun(
    'lot',
    {
      sequence,
      start: micros,
      end: micros,
      purchasedAt: at,
      expiresAt: at,
      paymentId: text,
      noticed: fc.constantFrom(...EXPIRY_NOTICE_DAYS),
      closed: fc.record({ how: fc.constantFrom('expired', 'refunded'), entry: sequence }),
    },
    ['noticed', 'closed'],
  ),
  member: noun('member', {
    id,
    name: text,
    role: fc.constantFrom('viewer', 'admin'),
    setBy: actor,
    setAt: at,
  }),
  payment: noun(
    'payment',
    {
      id,
      amount: micros,
      currency,
      method,
      reason,
      status,
      requestedAt: at,
      requestedBy: actor,
      updatedAt: at,
      balanceBefore: micros,
      balanceAfter: micros,
      processorId: text,
      declineReason: decline,
      actionUrl: text,
      deadline: at,
      cancelWishedBy: actor,
      cancelledBy: actor,
      origin: fc.record({ conversationKey: text, activityId: text }),
      told: fc.boolean(),
      lot: sequence,
      refund,
      reversals: fc.array(reversal, { maxLength: 3 }),
      insteadOf: brandOnly,
      attested: fc.record({ amount: micros, date: text, invoice: text, by: actor }),
    },
    [
      'insteadOf',
      'balanceAfter',
      'processorId',
      'declineReason',
      'actionUrl',
      'deadline',
      'cancelWishedBy',
      'cancelledBy',
      'origin',
      'told',
      'lot',
      'refund',
      'reversals',
      'attested',
    ],
  ),
  why: noun(
    'why',
    {
      sequence,
      at,
      kind: fc.constantFrom('charged', 'inProgress', ...NO_RECHARGE_REASONS),
      balance: micros,
      pending: micros,
      trigger: micros,
      amount: micros,
      dayTotal: micros,
      dayCap: micros,
      monthTotal: micros,
      monthCap: micros,
      failures: count,
      pausedBy: decline,
      trip,
      heldBy,
      inDoubt,
      cap: fc.constantFrom('day', 'month'),
      until: at,
      paymentId: text,
      method: brandOnly,
      insteadOf: brandOnly,
    },
    ['method', 'insteadOf', 'dayCap', 'pausedBy', 'trip', 'heldBy', 'inDoubt', 'cap', 'until', 'paymentId'],
  ),
};

const entryModel = {
  format: fc.constantFrom(...ENTRY_FORMATS),
  sequence,
  at,
  kind: fc.constantFrom(...ENTRY_KINDS),
  amount: micros,
  balanceAfter: micros,
  by: actor,
  reference: text,
  calls: fc.array(text),
  digest: text,
  previous: text,
  hash: text,
};

export const entry: fc.Arbitrary<Entry> = fc.record(
  { ...entryModel, lot: sequence, method: brandOnly, reason: text },
  { requiredKeys: Object.keys(entryModel) as (keyof typeof entryModel)[], noNullPrototype: true },
);

const rule = fc.record(
  {
    enabled: fc.boolean(),
    trigger: micros,
    amount: micros,
    monthCap: micros,
    dayCap: micros,
    method,
    setBy: actor,
    setAt: at,
  },
  {
    requiredKeys: ['enabled', 'trigger', 'amount', 'monthCap', 'method', 'setBy', 'setAt'],
    noNullPrototype: true,
  },
);

const watchedCard = fc.record(
  { id: text, expires: fc.constant('2027-01'), told: fc.constantFrom(...CARD_NOTICES) },
  { requiredKeys: ['id'], noNullPrototype: true },
);

const declinedCard = fc.record(
  { card: text, times: count, reason: decline, notBefore: at },
  { requiredKeys: ['card', 'times'], noNullPrototype: true },
);

const health = fc.record(
  {
    failures: count,
    notBefore: at,
    pausedBy: decline,
    pausedMethod: text,
    declined: fc.array(declinedCard),
    tripped: trip,
    breakerFrom: at,
    held: fc.boolean(),
    heldBy,
    notBought: fc.constantFrom('notNow' as const, 'lapsed' as const),
    asksFirst: fc.boolean(),
  },
  { requiredKeys: ['failures', 'held'], noNullPrototype: true },
);

const summary = fc.record(
  { id: text, amount: micros, reason, requestedAt: at, status, overdue: fc.boolean(), alert: sequence },
  {
    requiredKeys: ['id', 'amount', 'reason', 'requestedAt', 'status', 'overdue'],
    noNullPrototype: true,
  },
);

const counters = fc.record(
  { day: text, dayTotal: micros, month: text, monthTotal: micros, dayTold: count, monthTold: count },
  { requiredKeys: ['day', 'dayTotal', 'month', 'monthTotal'], noNullPrototype: true },
);

export const account: fc.Arbitrary<Account> = fc
  .record(
    {
      balance: micros,
      credited: micros,
      pointer: micros,
      holes: fc.array(span),
      nextSequence: sequence,
      rule,
      backups: fc.array(method),
      cards: fc.array(watchedCard),
      health,
      counters,
      rechargeTimes: fc.array(at),
      whyCount: sequence,
      lastWhy: text,
      openRefunds: fc.array(text),
      openPayments: fc.array(summary),
      recentTopUps: fc.array(fc.record({ paymentId: text, amount: micros, at, by: actor })),
      livingAlerts: fc.dictionary(fc.constantFrom(...ALERT_KINDS), sequence, { noNullPrototype: true }),
      crossings: fc.array(at),
      days: fc.array(fc.record({ date: text, spend: micros, calls: count })),
      lots: fc.array(fc.record({ sequence, start: micros, end: micros, expiresAt: at })),
      moreLots: fc.boolean(),
      noticesToldOn: fc.constant('2026-11-17'),
      attested: fc.record({ balance: micros, at, by: actor }),
      undelivered: fc.array(sequence),
    },
    { requiredKeys: ['balance'], noNullPrototype: true },
  )
  .map((change) => ({ ...newAccount('tenant-one', 'USD', 'Europe/Rome'), ...change }));
