/**
 * A charge of the sandbox processor and the rules of its life, pure. Each rule answers the very same object where it
 * changes nothing, so that the shell knows that there is nothing to write.
 *
 *     unconfirmed → succeeded | declined | actionRequired | cancelled
 *     actionRequired → succeeded (approved) | declined (refused) | cancelled
 *
 * Succeeded, declined and cancelled are final; refunds are written beside a succeeded charge.
 */
import { isWholeMinor, type Money } from '../../money.js';
import type { ChargeRef, ChargeRequest, ChargeState, DeclineReason, RefundResult } from '../processor.js';
import type { TestScenario } from '../processor.js';

export const CHARGE_STATES = ['unconfirmed', 'actionRequired', 'succeeded', 'declined', 'cancelled'] as const;

export interface SandboxRefund {
  readonly id: string;
  readonly micros: bigint;
}

export interface SandboxCharge {
  readonly paymentId: string;
  readonly tenant: string;
  readonly processorId: string;
  readonly amount: Money;
  readonly methodId: string;
  readonly scenario: TestScenario;
  readonly state: (typeof CHARGE_STATES)[number];
  /** Only where the state is `declined`. */
  readonly declineReason?: DeclineReason;
  /** Confirms that met the charge unconfirmed. */
  readonly confirms: bigint;
  /** How often money moved. More than once would be the bug that the sandbox is there to show. */
  readonly timesCharged: bigint;
  readonly refunds: readonly SandboxRefund[];
  /** ISO, UTC. */
  readonly createdAt: string;
  readonly changedAt: string;
}

/** What the person said on the page of the needs-action link. */
export const ACTION_DECISIONS = ['approve', 'refuse'] as const;
export type ActionDecision = (typeof ACTION_DECISIONS)[number];

/** All refunds of a charge live in one column of its row, which Azure limits to 64 KiB. */
export const REFUNDS_PER_CHARGE_MAX = 100;

/** The program asked for something that it must never ask for, such as one payment id for two different charges. */
export class ProcessorMisuse extends Error {
  override readonly name = 'ProcessorMisuse';
}

/** @throws ProcessorMisuse for an amount that no card can be charged. */
export function beginCharge(request: ChargeRequest, scenario: TestScenario, now: string): SandboxCharge {
  assertChargeable(request.amount);
  return {
    paymentId: request.paymentId,
    tenant: request.tenant,
    processorId: `sandbox-${request.paymentId}`,
    amount: request.amount,
    methodId: request.methodId,
    scenario,
    state: 'unconfirmed',
    confirms: 0n,
    timesCharged: 0n,
    refunds: [],
    createdAt: now,
    changedAt: now,
  };
}

/** @throws ProcessorMisuse where the id was used for another charge: which of the two was meant can't be guessed. */
export function assertSameContent(charge: SandboxCharge, request: ChargeRequest): void {
  const same =
    charge.methodId === request.methodId &&
    charge.amount.micros === request.amount.micros &&
    charge.amount.currency === request.amount.currency;
  if (!same) {
    throw new ProcessorMisuse(`payment ${request.paymentId} was begun before with another amount or method`);
  }
}

/** @throws ProcessorMisuse where the caller mixed up two charges. */
export function assertSameCharge(charge: SandboxCharge, ref: ChargeRef): void {
  if (ref.processorId !== undefined && ref.processorId !== charge.processorId) {
    throw new ProcessorMisuse(`payment ${ref.paymentId} has another id at the processor`);
  }
}

export interface Confirmed {
  readonly charge: SandboxCharge;
  /** The charge is what it is, but its answer never reaches the caller. */
  readonly answerLost: boolean;
}

type ConfirmRule = (charge: SandboxCharge, now: string) => Confirmed;

const CONFIRM_RULES: Readonly<Record<TestScenario, ConfirmRule>> = {
  succeeds: (charge, now) => answered(succeed(charge, now)),
  insufficientFunds: (charge, now) => answered(decline(charge, 'insufficientFunds', now)),
  expiredCard: (charge, now) => answered(decline(charge, 'expiredCard', now)),
  needsAction: (charge, now) => answered({ ...charge, state: 'actionRequired', changedAt: now }),
  timeoutAfterCharging: (charge, now) => ({ charge: succeed(charge, now), answerLost: true }),
  timeoutBeforeCharging: (charge, now) =>
    charge.confirms === 1n
      ? { charge: { ...charge, changedAt: now }, answerLost: true }
      : answered(succeed(charge, now)),
};

/** Charges as the card's scenario says, once: whatever is no longer unconfirmed stays as it is. */
export function confirmCharge(charge: SandboxCharge, now: string): Confirmed {
  if (charge.state !== 'unconfirmed') return answered(charge);
  return CONFIRM_RULES[charge.scenario]({ ...charge, confirms: charge.confirms + 1n }, now);
}

/** After this the charge is final: cancelled, unless it was charged or declined before. */
export function cancelCharge(charge: SandboxCharge, now: string): SandboxCharge {
  return isFinal(charge) ? charge : { ...charge, state: 'cancelled', changedAt: now };
}

/** The first decision counts; a later one, and one that nobody asked for, changes nothing. */
export function decideAction(charge: SandboxCharge, decision: ActionDecision, now: string): SandboxCharge {
  if (charge.state !== 'actionRequired') return charge;
  return decision === 'approve' ? succeed(charge, now) : decline(charge, 'authenticationFailed', now);
}

export interface RefundRequest {
  readonly refundId: string;
  readonly amount: Money;
  readonly now: string;
}

export interface Refunded {
  readonly charge: SandboxCharge;
  readonly result: RefundResult;
}

/**
 * Gives back a part or the whole, never more than was charged. The same refund id again answers the same.
 * @throws ProcessorMisuse where the refund id was used with another amount, or the amount can't be refunded at all.
 */
export function refundCharge(charge: SandboxCharge, { refundId, amount, now }: RefundRequest): Refunded {
  assertChargeable(amount);
  if (amount.currency !== charge.amount.currency) {
    throw new ProcessorMisuse(`refund ${refundId} is in another currency than its charge`);
  }
  const before = charge.refunds.find((refund) => refund.id === refundId);
  if (before !== undefined) return repeatedRefund(charge, before, amount);
  if (charge.state !== 'succeeded') return refused(charge, 'notCharged');
  if (refundedMicros(charge) + amount.micros > charge.amount.micros) return refused(charge, 'tooMuch');
  if (charge.refunds.length >= REFUNDS_PER_CHARGE_MAX) return refused(charge, 'processorRefused');
  const refunds = [...charge.refunds, { id: refundId, micros: amount.micros }];
  return { charge: { ...charge, refunds, changedAt: now }, result: { kind: 'refunded', refundId } };
}

/** What went back of a charge so far, in micros of its currency. */
export function refundedMicros(charge: SandboxCharge): bigint {
  return charge.refunds.reduce((sum, refund) => sum + refund.micros, 0n);
}

const STATE_RULES: Readonly<
  Record<SandboxCharge['state'], (charge: SandboxCharge, actionUrl: string) => ChargeState>
> = {
  unconfirmed: ({ processorId }) => ({ kind: 'unconfirmed', processorId }),
  actionRequired: (_, url) => ({ kind: 'actionRequired', url }),
  succeeded: ({ amount }) => ({ kind: 'succeeded', amount }),
  declined: ({ declineReason }) => ({ kind: 'declined', reason: declineReason ?? 'declined' }),
  cancelled: () => ({ kind: 'cancelled' }),
};

/** The charge in the words of the port. */
export function chargeState(charge: SandboxCharge, actionUrl: string): ChargeState {
  return STATE_RULES[charge.state](charge, actionUrl);
}

/** Where the bot serves the page of the needs-action link, below its public URL. */
export function actionPath(tenant: string, paymentId: string): string {
  return `/sandbox/payments/${encodeURIComponent(tenant)}/${encodeURIComponent(paymentId)}`;
}

export function isFinal(charge: SandboxCharge): boolean {
  return charge.state !== 'unconfirmed' && charge.state !== 'actionRequired';
}

function answered(charge: SandboxCharge): Confirmed {
  return { charge, answerLost: false };
}

function succeed(charge: SandboxCharge, now: string): SandboxCharge {
  return { ...charge, state: 'succeeded', timesCharged: charge.timesCharged + 1n, changedAt: now };
}

function decline(charge: SandboxCharge, declineReason: DeclineReason, now: string): SandboxCharge {
  return { ...charge, state: 'declined', declineReason, changedAt: now };
}

function refused(charge: SandboxCharge, reason: 'notCharged' | 'tooMuch' | 'processorRefused'): Refunded {
  return { charge, result: { kind: 'refused', reason } };
}

function repeatedRefund(charge: SandboxCharge, before: SandboxRefund, amount: Money): Refunded {
  if (before.micros === amount.micros) return { charge, result: { kind: 'refunded', refundId: before.id } };
  throw new ProcessorMisuse(`refund ${before.id} was made before with another amount`);
}

function assertChargeable(amount: Money): void {
  if (amount.micros <= 0n || !isWholeMinor(amount)) {
    throw new ProcessorMisuse('an amount must be a positive whole number of minor units');
  }
}
