/** What became of auto-recharge after somebody acted: the recharges that it started, or why it started none. */
import type { Account, Payment } from '../../billing/ledger/model.js';
import { rechargeId } from '../../billing/ledger/recharge.js';
import { rechargeState } from '../../billing/ledger/recharge-state.js';
import type { Situation } from '../../cards/auto-recharge-card.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

/** A click is answered well within the five seconds that Teams waits. */
const OUTCOME_WITHIN_MS = 1_500;
const RECHARGES_SHOWN_MAX = 20;

type Counted = Pick<Account, 'rechargeCount'>;

export interface Seen {
  readonly account: Account;
  readonly situation: Situation;
}

/** Waits a moment for the charge that was started since `before` was read. */
export async function seenSince(before: Counted, turn: Turn, services: Services): Promise<Seen> {
  const started = await startedSince(before, turn, services);
  const account = await services.billing.reader.account(turn.tenant);
  return { account, situation: ofCharges(started, account) ?? ofState(account, turn.now) };
}

/** One recharge follows another while the balance is below the trigger: each is waited for, all within one bound. */
async function startedSince(before: Counted, turn: Turn, services: Services): Promise<readonly Payment[]> {
  const { billing } = services;
  const payments: Payment[] = [];
  const deadline = performance.now() + OUTCOME_WITHIN_MS;
  for (let count = before.rechargeCount + 1n; payments.length < RECHARGES_SHOWN_MAX; count += 1n) {
    const left = Math.max(1, deadline - performance.now());
    const payment = await billing.paymentWithin(turn.tenant, rechargeId(turn.tenant, count), left);
    if (payment === undefined) break;
    payments.push(payment);
  }
  return payments;
}

function ofCharges(payments: readonly Payment[], account: Account): Situation | undefined {
  const last = payments.at(-1);
  return last === undefined ? undefined : BY_STATUS[last.status]({ last, payments, account });
}

interface Charges {
  readonly last: Payment;
  readonly payments: readonly Payment[];
  readonly account: Account;
}

type SituationOf = (charges: Charges) => Situation | undefined;

const charging: SituationOf = ({ last }) => ({ kind: 'charging', amount: last.amount });

const BY_STATUS: Readonly<Record<Payment['status'], SituationOf>> = {
  requested: charging,
  begun: charging,
  unknown: charging,
  actionRequired: ({ last: { amount, actionUrl } }) => ({
    kind: 'needsAction',
    amount,
    ...(actionUrl !== undefined && { url: actionUrl }),
  }),
  settled: ({ payments }) => {
    const settled = payments.filter(({ status }) => status === 'settled');
    const total = settled.reduce((sum, payment) => sum + payment.amount, 0n);
    return { kind: 'added', total, count: settled.length };
  },
  declined: ({ last: { amount, declineReason }, account: { health } }) => ({
    kind: 'declined',
    amount,
    reason: declineReason ?? 'declined',
    ...(health.notBefore !== undefined && { until: health.notBefore }),
  }),
  cancelled: () => undefined,
};

/** Of a rule that is on; what is due is picked up by the ledger at once. */
export function ofState(account: Account, now: string): Situation {
  const state = rechargeState(account, now);
  if (state.kind === 'held' || state.kind === 'asksFirst') return state;
  const { kind, ...more } = state;
  if (kind === 'capped' || kind === 'waiting') {
    return { kind, until: 'until' in more ? more.until : now };
  }
  return { kind: SIMPLE[kind] };
}

const SIMPLE = {
  due: 'inProgress',
  inProgress: 'inProgress',
  paused: 'paused',
  tripped: 'tripped',
  disputed: 'disputed',
  notBought: 'notBought',
  off: 'notNeeded',
  notNeeded: 'notNeeded',
} as const;
