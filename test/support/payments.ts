/** Payments in every state, for cards. */
import type { Payment, PaymentStatus, Refund } from '../../src/billing/ledger/model.js';
import { DECLINE_REASONS } from '../../src/billing/payments/processor.js';
import { ADMIN, START, usd } from './billing.js';

const LATER = '2026-11-17T10:00:00.000Z';

export function testPayment(status: PaymentStatus, more: Partial<Payment> = {}): Payment {
  return {
    type: 'payment',
    id: '6f1c2a3e-8d41-4c52-9a77-0b1f6f2f3c11',
    amount: usd(50),
    currency: 'USD',
    method: { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' },
    reason: 'manual',
    status,
    requestedAt: START,
    requestedBy: ADMIN,
    updatedAt: START,
    balanceBefore: usd(10),
    ...more,
  };
}

/** One whose money goes back, or was not let go. */
export function refundedPayment(status: Refund['status']): Payment {
  const refund: Refund = { id: 'refund-1', status, at: LATER, by: { id: 'x', name: '*Bea*' }, entry: 7n };
  return testPayment('settled', { balanceAfter: usd(60), lot: 3n, refund });
}

const ACTION_URL = 'http://127.0.0.1:3978/sandbox/payments/tenant-one/6f1c2a3e';

/** By name, so that pictures and failures can be told apart. */
export const PAYMENT_STATES: Readonly<Record<string, Payment>> = {
  requested: testPayment('requested'),
  begun: testPayment('begun', {
    processorId: 'p',
    origin: { conversationKey: 'conversation-1', activityId: 'message-1' },
  }),
  unreached: testPayment('unknown', { deadline: LATER }),
  unknown: testPayment('unknown', { processorId: 'p', deadline: LATER }),
  actionRequired: testPayment('actionRequired', { actionUrl: ACTION_URL, deadline: LATER }),
  settled: testPayment('settled', { balanceAfter: usd(60) }),
  settledNegative: testPayment('settled', {
    balanceAfter: usd(-12.5),
    method: { id: 'pm_1', brand: 'Visa', last4: '1881' },
  }),
  settledAuto: testPayment('settled', {
    balanceAfter: usd(60),
    reason: 'autoRecharge',
    requestedBy: { id: 'system', name: '' },
  }),
  refundRequested: refundedPayment('requested'),
  refunded: refundedPayment('refunded'),
  refundRefused: refundedPayment('refused'),
  cancelled: testPayment('cancelled', { cancelledBy: { id: 'admin-2', name: '**Bea** [B](http://x) <b>' } }),
  cancelledLate: testPayment('cancelled', { cancelledBy: { id: 'system', name: '' } }),
  ...Object.fromEntries(
    DECLINE_REASONS.map((reason) => [
      `declined-${reason}`,
      testPayment('declined', { declineReason: reason }),
    ]),
  ),
};
