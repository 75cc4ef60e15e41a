/** A payment as it stands, after a short wait for its outcome. */
import type { Payment } from '../../billing/ledger/model.js';
import { StorageUnavailable } from '../../billing/storage/table.js';
import { paymentCard, type CancelNotice } from '../../cards/payment-card.js';
import type { Card } from '../../cards/render.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

/** A click is answered well within the five seconds that Teams waits; what takes longer is shown later. */
const OUTCOME_WITHIN_MS = 1_500;

export async function outcomeCard(committed: Payment, turn: Turn, services: Services): Promise<Card> {
  return showPayment(await outcomeOf(committed, turn, services), turn);
}

/** The payment is committed: where it can't be read just now, "in progress" is true and "nothing was changed" is not. */
async function outcomeOf(committed: Payment, turn: Turn, services: Services): Promise<Payment> {
  try {
    const { tenant, cardActivityId: card } = turn;
    const wait = { withinMs: OUTCOME_WITHIN_MS, ...(card !== undefined && { card }) };
    const known = await services.billing.paymentWithin(tenant, committed.id, wait);
    return known ?? committed;
  } catch (error) {
    if (error instanceof StorageUnavailable) return committed;
    throw error;
  }
}

/** Where many people see the same card it keeps its admins' buttons, whoever clicked; the click checks the role. */
export function showPayment(payment: Payment, turn: Turn, notice?: CancelNotice): Card {
  const canAct = turn.role === 'admin' || turn.conversation.kind !== 'personal';
  return paymentCard(payment, { canAct, ...(notice !== undefined && { notice }) }, turn.speech);
}
