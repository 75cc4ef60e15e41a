/**
 * The port to whoever charges cards. Charging has two phases, so that a lost answer can always be asked for again
 * (DESIGN §4): `begin` charges nothing, `confirm` charges, and on any doubt `find` tells what is true.
 * Every call carries the payment's own id as idempotency key.
 */
import type { Money } from '../money.js';

/** Why a charge was refused, in the words of this project: processors' codes are mapped onto these. */
export const DECLINE_REASONS = [
  'insufficientFunds',
  'expiredCard',
  'unusableCard',
  'authenticationFailed',
  'declined',
  'processorRefused',
] as const;
export type DeclineReason = (typeof DECLINE_REASONS)[number];

/** Reasons that no later try with the same card can heal: auto-recharge pauses at once. */
export const FINAL_DECLINE_REASONS: readonly DeclineReason[] = ['expiredCard', 'unusableCard'];

export interface ChargeRequest {
  /** Our payment id: idempotency key, and the way back from the processor's record to ours. */
  readonly paymentId: string;
  readonly tenant: string;
  /** A whole number of minor units. */
  readonly amount: Money;
  readonly methodId: string;
}

export interface ChargeRef {
  readonly paymentId: string;
  readonly tenant: string;
  /** The processor's own id, as soon as `begin` told it. */
  readonly processorId?: string;
}

export type BeginResult =
  | { readonly kind: 'begun'; readonly processorId: string }
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  /** No clear answer: it may or may not have begun. Ask `find`, or begin again with the same id. */
  | { readonly kind: 'unknown' };

/** What is true of a charge at the processor. */
export type ChargeState =
  | { readonly kind: 'succeeded'; readonly amount: Money }
  | { readonly kind: 'declined'; readonly reason: DeclineReason }
  /** A person must open the link (3-D Secure, or a portal); nothing is charged until then. */
  | {
      readonly kind: 'actionRequired';
      readonly url: string;
      /** How long the person has; the hour of 3-D Secure where the processor does not say. */
      readonly withinHours?: number;
    }
  /** Begun and not charged: confirming it is safe. */
  | { readonly kind: 'unconfirmed'; readonly processorId: string }
  | { readonly kind: 'cancelled' }
  /** No clear answer, or still in progress at the processor. */
  | { readonly kind: 'unknown' };

export type RefundResult =
  | { readonly kind: 'refunded'; readonly refundId: string }
  | { readonly kind: 'refused'; readonly reason: 'notCharged' | 'tooMuch' | 'processorRefused' }
  | { readonly kind: 'unknown' };

/** Adapters answer time-outs and faults of the network with `unknown`; they throw only on mistakes of the program. */
export interface PaymentProcessor {
  begin(request: ChargeRequest): Promise<BeginResult>;
  /** Charges. Confirming what is already charged answers `succeeded` again and charges nothing. */
  confirm(charge: ChargeRef & { readonly processorId: string }): Promise<ChargeState>;
  /** `absent`: the processor never heard of this payment. */
  find(charge: ChargeRef): Promise<ChargeState | { readonly kind: 'absent' }>;
  /** Makes sure that it can never be charged any more; answers `succeeded` where it was charged before. */
  cancel(charge: ChargeRef): Promise<ChargeState | { readonly kind: 'absent' }>;
  refund(charge: ChargeRef, amount: Money, refundId: string): Promise<RefundResult>;
}

/** What the embedded test cards do; real methods have none. */
export const TEST_SCENARIOS = [
  'succeeds',
  'insufficientFunds',
  'expiredCard',
  'needsAction',
  'timeoutAfterCharging',
  'timeoutBeforeCharging',
] as const;
export type TestScenario = (typeof TEST_SCENARIOS)[number];

/** A stored way to pay. Never a card number: the processor alone knows it. */
export interface PaymentMethod {
  readonly id: string;
  readonly brand: string;
  /** Empty where it is no card: see {@link isBoughtByPerson}. */
  readonly last4: string;
  /** `YYYY-MM`. */
  readonly expires: string;
  /** The same for the same card, also where it was entered twice; never its number. */
  readonly fingerprint?: string;
  readonly scenario?: TestScenario;
}

/** No stored card but a person who buys elsewhere: it has no digits. The bot never pays with it, and never says so. */
export function isBoughtByPerson({ last4 }: Pick<PaymentMethod, 'last4'>): boolean {
  return last4 === '';
}

/** The stored payment methods of a tenant, the default first. */
export interface PaymentMethods {
  /** @throws CardsUnknown where there is no clear answer. */
  list(tenant: string): Promise<readonly PaymentMethod[]>;
}
