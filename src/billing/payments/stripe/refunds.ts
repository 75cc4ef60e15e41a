/** Giving a charge back. Stripe's keys live a day and a refund may be asked for longer: it is looked for before it is made. */
import type Stripe from 'stripe';
import * as z from 'zod';
import type { Money } from '../../money.js';
import type { RefundResult } from '../processor.js';
import { call, change, type Refusal } from './calling.js';
import { ChargeDiffers, ProcessorMisuse, StripeRefused } from './errors.js';
import { keyOf, metadataOf, type Intent, type Subject } from './intent.js';
import { fromMinor, toMinor } from './minor-units.js';

/** All refunds of one charge are looked at; more than Stripe lists at once were never made by this program. */
const REFUNDS_MAX = 100;

const refundSchema = z.object({
  object: z.literal('refund'),
  id: z.string().min(1),
  amount: z.int().positive(),
  currency: z.string(),
  status: z.string().nullable(),
  payment_intent: z.string().nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
});
type StripeRefund = z.infer<typeof refundSchema>;

const listSchema = z.object({
  object: z.literal('list'),
  data: z.array(refundSchema),
  has_more: z.boolean(),
});

export interface RefundDeps {
  readonly stripe: Stripe;
  /** ISO, UTC. */
  readonly now: () => string;
}

export interface RefundOrder {
  readonly refundId: string;
  readonly amount: Money;
  /** The intent whose money goes back. */
  readonly of: Intent;
}

const UNKNOWN = { kind: 'unknown' } as const;
/** What Stripe calls more than is left. */
const TOO_MUCH_CODES = ['charge_already_refunded', 'amount_too_large'];

/** @throws ProcessorMisuse for another currency, or where the refund id was used with another amount. */
export async function refund(
  { stripe, now }: RefundDeps,
  order: RefundOrder,
  subject: Subject,
): Promise<RefundResult> {
  const amount = toMinor(order.amount);
  if (order.amount.currency !== fromMinor(0, order.of.currency).currency)
    throw new ProcessorMisuse(`${order.of.id} was not charged in ${order.amount.currency}`);
  const earlier = await findRefund(stripe, order);
  if (earlier === 'unclear') return UNKNOWN;
  if (earlier !== undefined) return resultOf(earlier, order);
  const answer = await change(
    refundSchema,
    { key: keyOf(`refund-${order.refundId}`, subject), now: now() },
    (options) =>
      stripe.refunds.create(
        {
          payment_intent: order.of.id,
          amount,
          metadata: { ...metadataOf(subject), refundId: order.refundId },
        },
        options,
      ),
  );
  if (answer.kind === 'unclear') return UNKNOWN;
  return answer.kind === 'refused' ? refusalOf(answer.refusal) : resultOf(answer.body, order);
}

async function findRefund(stripe: Stripe, order: RefundOrder): Promise<StripeRefund | undefined | 'unclear'> {
  const answer = await call(listSchema, () =>
    stripe.refunds.list({ payment_intent: order.of.id, limit: REFUNDS_MAX }),
  );
  if (answer.kind === 'refused') throw new StripeRefused(answer.refusal.summary);
  if (answer.kind === 'unclear') return 'unclear';
  const found = answer.body.data.find(({ metadata }) => metadata?.['refundId'] === order.refundId);
  if (found === undefined && answer.body.has_more)
    throw new ChargeDiffers(`${order.of.id} has more refunds than this program makes`);
  return found;
}

/** Only `succeeded` has given the money back; what is pending is asked for again. */
function resultOf(made: StripeRefund, order: RefundOrder): RefundResult {
  assertOrdered(made, order);
  if (made.status === 'succeeded') return { kind: 'refunded', refundId: order.refundId };
  const failed = made.status === 'failed' || made.status === 'canceled';
  return failed ? { kind: 'refused', reason: 'processorRefused' } : UNKNOWN;
}

function assertOrdered(made: StripeRefund, { refundId, amount, of }: RefundOrder): void {
  if (made.metadata?.['refundId'] !== refundId || made.payment_intent !== of.id)
    throw new ChargeDiffers(`${made.id} is not the refund ${refundId}`);
  if (made.amount !== toMinor(amount) || made.currency !== of.currency)
    throw new ProcessorMisuse(`the refund ${refundId} was asked for with another amount`);
}

function refusalOf({ code, param }: Refusal): RefundResult {
  const tooMuch = param === 'amount' || (code !== undefined && TOO_MUCH_CODES.includes(code));
  return { kind: 'refused', reason: tooMuch ? 'tooMuch' : 'processorRefused' };
}
