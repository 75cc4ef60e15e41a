import * as z from 'zod';
import { HOLD_CAUSES, NO_RECHARGE_REASONS } from '../ledger/model.js';
import { DECLINE_REASONS } from '../payments/processor.js';
import { json } from './columns.js';
import { cardLabel, count, inDoubt, micros, text, trip } from './parts.js';

export const why = z.object({
  type: z.literal('why'),
  sequence: micros,
  at: text,
  kind: z.enum(['charged', 'inProgress', ...NO_RECHARGE_REASONS]),
  balance: micros,
  pending: micros,
  trigger: micros,
  amount: micros,
  dayTotal: micros,
  dayCap: micros.exactOptional(),
  monthTotal: micros,
  monthCap: micros,
  failures: json(count),
  pausedBy: z.enum(DECLINE_REASONS).exactOptional(),
  trip: json(trip).exactOptional(),
  heldBy: z.enum(HOLD_CAUSES).exactOptional(),
  inDoubt: json(inDoubt).exactOptional(),
  cap: z.enum(['day', 'month']).exactOptional(),
  until: text.exactOptional(),
  paymentId: text.exactOptional(),
  method: json(cardLabel).exactOptional(),
  insteadOf: json(cardLabel).exactOptional(),
});
