/**
 * Credits that Microsoft itself sells: there is no interface to buy them, so every charge asks a person to buy them in
 * the admin center. Keeps nothing and charges nothing: what was bought is known by people's word alone, and comes into
 * the ledger as `attested`, never through here.
 */
import { isWholeMinor } from '../../money.js';
import type {
  BeginResult,
  ChargeRef,
  ChargeRequest,
  ChargeState,
  PaymentProcessor,
  RefundResult,
} from '../processor.js';
import { ADMIN_CENTER_METHOD } from './admin-center-method.js';

/** A purchase needs somebody with the right to buy, and often an order number: a week, where a bank gives an hour. */
export const PURCHASE_HOURS = 7 * 24;

const ID_PREFIX = 'admin-center-';

export class AdminCenterProcessor implements PaymentProcessor {
  private readonly asked: ChargeState;

  /** @param url where people buy; the same for all */
  constructor(url: string) {
    this.asked = { kind: 'actionRequired', url, withinHours: PURCHASE_HOURS };
  }

  async begin({ paymentId, methodId, amount }: ChargeRequest): Promise<BeginResult> {
    if (amount.micros <= 0n || !isWholeMinor(amount)) throw new Error(`payment ${paymentId}: no such amount`);
    if (methodId !== ADMIN_CENTER_METHOD.id) return { kind: 'declined', reason: 'unusableCard' };
    return { kind: 'begun', processorId: idOf(paymentId) };
  }

  async confirm(charge: ChargeRef & { readonly processorId: string }): Promise<ChargeState> {
    if (!isOwn(charge)) throw new Error(`payment ${charge.paymentId} was not begun here`);
    return this.asked;
  }

  /** Of what another processor began nothing is known here, and nothing is claimed. */
  async find(charge: ChargeRef): Promise<ChargeState | { readonly kind: 'absent' }> {
    if (charge.processorId === undefined) return { kind: 'absent' };
    return isOwn(charge) ? this.asked : { kind: 'unknown' };
  }

  /** Nothing was ever going to be charged: it is over at once. */
  async cancel(charge: ChargeRef): Promise<ChargeState | { readonly kind: 'absent' }> {
    if (charge.processorId === undefined) return { kind: 'absent' };
    return { kind: isOwn(charge) ? 'cancelled' : 'unknown' };
  }

  /**
   * Nothing was charged here: only Microsoft can give back what it took. What another processor charged it may have
   * given back by now: refusing would bring that money back into the ledger.
   */
  async refund(charge: ChargeRef): Promise<RefundResult> {
    return isOwn(charge) ? { kind: 'refused', reason: 'notCharged' } : { kind: 'unknown' };
  }
}

function isOwn({ paymentId, processorId }: ChargeRef): boolean {
  return processorId === idOf(paymentId);
}

function idOf(paymentId: string): string {
  return `${ID_PREFIX}${paymentId}`;
}
