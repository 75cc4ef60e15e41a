/** The ledger's pure core without a table: worlds that decisions are chained on. */
import { post } from '../../src/billing/ledger/entries.js';
import { adjust } from '../../src/billing/ledger/commands/adjust.js';
import { expireLots } from '../../src/billing/ledger/commands/expire-lots.js';
import { recordDispute } from '../../src/billing/ledger/commands/record-dispute.js';
import { recordOutsideRefund } from '../../src/billing/ledger/commands/record-outside-refund.js';
import { recordRefund, requestRefund, type RefundReport } from '../../src/billing/ledger/commands/refund.js';
import { requestTopUp } from '../../src/billing/ledger/commands/request-top-up.js';
import { chargeUsage, type UsageReceipt } from '../../src/billing/ledger/commands/charge-usage.js';
import { recordOutcome, type Outcome } from '../../src/billing/ledger/commands/record-outcome.js';
import { setAutoRecharge, type RuleRequest } from '../../src/billing/ledger/commands/set-auto-recharge.js';
import {
  newAccount,
  SYSTEM,
  type Account,
  type Alert,
  type AlertKind,
  type Lot,
  type Payment,
  type StoredCall,
} from '../../src/billing/ledger/model.js';
import { paymentOf, type Decision, type World } from '../../src/billing/ledger/world.js';
import { money } from '../../src/billing/money.js';
import { ADMIN, TEST_SETTINGS, START, TENANT, usd } from './billing.js';

export const CARD = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
export const LOW = TEST_SETTINGS.lowBalance;

export function worldOf(account: Partial<Account> = {}): World {
  const base = newAccount(TENANT, 'USD', 'UTC');
  return { account: { ...base, ...account }, rows: new Map(), entries: [], jobs: [] };
}

/** The world after a decision that must not be refused. */
export function accept<A>(decision: Decision<A>): World {
  if (decision.kind === 'refused') throw new Error(`refused: ${decision.reason}`);
  return decision.world;
}

/** A purchase that is already paid. */
export function bought(world: World, amount: bigint, at = START): World {
  return post(world, { kind: 'topUp', amount, at, by: ADMIN, reference: `p-${world.account.nextSequence}` });
}

/** Credit that is no purchase, such as a lowered charge. */
export function lowered(world: World, amount: bigint, at = START): World {
  return post(world, { kind: 'correction', amount, at, by: SYSTEM, reference: 'c' });
}

/** A top-up with its payment, as the processor's word settles it. */
export function settled(world: World, amount: bigint, at = START): World {
  const paymentId = `p-${world.account.nextSequence}`;
  const limits = { minimum: 1n, maximum: amount };
  const request = { paymentId, mintedAt: at, amount: money(amount, 'USD'), method: CARD, by: ADMIN, limits };
  const open = accept(requestTopUp(world, request, at));
  const outcome = { kind: 'succeeded' as const, amount: money(amount, 'USD') };
  return accept(recordOutcome(open, { paymentId, outcome, lowBalance: LOW }, at));
}

/** Takes a top-up back, by the place of its lot in the order of purchase. */
export function refundOf(world: World, index: number, at = START): Decision<Payment> {
  const { paymentId = 'none', sequence } = lotsOf(world)[index] ?? {};
  const request = { paymentId, by: ADMIN, lowBalance: LOW, ...(sequence !== undefined && { lot: sequence }) };
  return requestRefund(world, request, at);
}

/** The processor's word on the refund that was asked for last. */
export function refundAnswered(world: World, result: RefundReport['result'], at = START): World {
  const last = paymentsOf(world).findLast(({ refund }) => refund?.status === 'refunded')?.id;
  const paymentId = world.account.openRefunds.at(-1) ?? last ?? 'none';
  const refundId = paymentOf(world, paymentId)?.refund?.id ?? 'none';
  return accept(recordRefund(world, { paymentId, refundId, result, lowBalance: LOW }, at));
}

/** What the processor says of money that went back without this bot. */
export interface Reversed {
  readonly id?: string;
  readonly amount: bigint;
  /** Withdrawn and reinstated: all that is disputed, once, where the totals do not say otherwise. */
  readonly state: 'refunded' | 'failed' | 'withdrawn' | 'reinstated';
  readonly withdrawn?: bigint;
  readonly returned?: bigint;
  readonly at?: string;
}

/** The rows that the command reads beside the payment are there already. */
export function reversalOf(world: World, paymentId: string, said: Reversed): Decision<Payment> {
  const { id = 're-1', amount, state, at = START } = said;
  const lot = lotsOf(world).findLast((one) => one.paymentId === paymentId)?.sequence;
  const report = { paymentId, amount, lowBalance: LOW, ...(lot !== undefined && { lot }) };
  return state === 'refunded' || state === 'failed'
    ? recordOutsideRefund(world, { ...report, refundId: id, state }, at)
    : recordDispute(
        world,
        { ...report, ...totalsOf(said), disputeId: id, ...alertRead(world, paymentId, id) },
        at,
      );
}

export function totalsOf({ amount, state, withdrawn = amount, returned }: Reversed) {
  return { withdrawn, returned: returned ?? (state === 'reinstated' ? amount : 0n) };
}

function alertRead(world: World, paymentId: string, id: string): { readonly alert?: bigint } {
  const reversals = paymentOf(world, paymentId)?.reversals;
  const alert = reversals?.find((one) => one.id === id)?.alert;
  return alert === undefined ? {} : { alert };
}

export function reversed(world: World, paymentId: string, said: Reversed): World {
  return accept(reversalOf(world, paymentId, said));
}

/** All that is due for the lots at that time, however many commands it takes. */
export function expired(world: World, at: string): World {
  const decision = expireLots(world, { lowBalance: LOW }, at);
  if (decision.kind === 'refused') throw new Error(decision.reason);
  return decision.answer.expired > 0 ? expired(decision.world, at) : decision.world;
}

export function adjusted(world: World, amount: bigint, at = START): World {
  return accept(adjust(world, { amount, reason: 'agreed', by: ADMIN, lowBalance: LOW }, at));
}

export function lotsOf(world: World): readonly Lot[] {
  return [...world.rows.values()].filter((row) => row.type === 'lot');
}

let calls = 0;
export function call(charge: bigint, more: Partial<StoredCall> = {}): StoredCall {
  calls += 1;
  return {
    type: 'call',
    id: `record-${calls}`,
    charge,
    connectionCharge: 0n,
    start: '2026-11-17T08:00:00.000Z',
    durationSeconds: 60,
    source: 'graph',
    details: { destinationName: 'United Kingdom' },
    ...more,
  };
}

export function batchOf(batch: readonly StoredCall[]): Parameters<typeof chargeUsage>[1] {
  return { reference: 'batch', calls: batch, lowBalance: LOW };
}

/** Debits one call of this amount. */
export function spent(world: World, amount: bigint, at = START): World {
  return accept(chargeUsage(world, batchOf([call(amount)]), at));
}

export function receiptOf(world: World, batch: readonly StoredCall[]): UsageReceipt {
  const decision = chargeUsage(world, batchOf(batch), START);
  if (decision.kind === 'refused') throw new Error(decision.reason);
  return decision.answer;
}

export function ruleRequest(change: Partial<RuleRequest> = {}): RuleRequest {
  return {
    trigger: usd(20),
    amount: usd(50),
    monthCap: usd(1_000),
    method: CARD,
    by: ADMIN,
    limits: TEST_SETTINGS.limits,
    ...change,
  };
}

export function withRule(world: World, change: Partial<RuleRequest> = {}, at = START): World {
  return accept(setAutoRecharge(world, ruleRequest(change), at));
}

export function paymentsOf(world: World): readonly Payment[] {
  return [...world.rows.values()].filter((row) => row.type === 'payment');
}

/** What the processor says about the newest open payment. */
export function answered(world: World, outcome: Outcome, at = START): World {
  const paymentId = world.account.openPayments.at(-1)?.id ?? 'none';
  return accept(recordOutcome(world, { paymentId, outcome, lowBalance: LOW }, at));
}

export function alertsOf(world: World, kind?: AlertKind): readonly Alert[] {
  const alerts = [...world.rows.values()].filter((row) => row.type === 'alert');
  return alerts.filter((alert) => kind === undefined || alert.kind === kind);
}
