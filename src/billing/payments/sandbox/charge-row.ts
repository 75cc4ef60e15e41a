/** How a charge is written in the sandbox's own table, and read back through a schema. */
import * as z from 'zod';
import { CURRENCIES } from '../../money.js';
import { encodeKeyPart } from '../../storage/keys.js';
import type { Row, Values } from '../../storage/table.js';
import { DECLINE_REASONS, TEST_SCENARIOS } from '../processor.js';
import { CHARGE_STATES, type SandboxCharge } from './charge.js';

export const CHARGE_PREFIX = 'charge:';

export function chargeKey(paymentId: string): string {
  return CHARGE_PREFIX + encodeKeyPart(paymentId);
}

/** JSON has no bigint: a refund's micros cross it as a decimal string. */
const refundsSchema = z.array(
  z.object({ id: z.string(), micros: z.string().regex(/^\d{1,19}$/u) }).transform(({ id, micros }) => ({
    id,
    micros: BigInt(micros),
  })),
);

const chargeSchema = z.object({
  paymentId: z.string(),
  tenant: z.string(),
  processorId: z.string(),
  micros: z.bigint(),
  currency: z.enum(CURRENCIES),
  methodId: z.string(),
  scenario: z.enum(TEST_SCENARIOS),
  state: z.enum(CHARGE_STATES),
  declineReason: z.enum(DECLINE_REASONS).optional(),
  confirms: z.bigint(),
  timesCharged: z.bigint(),
  refunds: z.string(),
  createdAt: z.string(),
  changedAt: z.string(),
});

export function chargeToValues(charge: SandboxCharge): Values {
  const { amount, refunds, declineReason, ...columns } = charge;
  const texts = refunds.map(({ id, micros }) => ({ id, micros: micros.toString() }));
  return {
    ...columns,
    ...(declineReason === undefined ? {} : { declineReason }),
    micros: amount.micros,
    currency: amount.currency,
    refunds: JSON.stringify(texts),
  };
}

/** @throws ZodError for a row that this program did not write. */
export function chargeFromRow(row: Row): SandboxCharge {
  const { micros, currency, refunds, declineReason, ...columns } = chargeSchema.parse(row.values);
  return {
    ...columns,
    ...(declineReason === undefined ? {} : { declineReason }),
    amount: { micros, currency },
    refunds: refundsSchema.parse(JSON.parse(refunds)),
  };
}
