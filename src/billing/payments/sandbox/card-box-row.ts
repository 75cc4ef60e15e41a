/** How a tenant's stored test cards are written in the sandbox's table, and read back through a schema. */
import * as z from 'zod';
import type { Row, Values } from '../../storage/table.js';
import { TEST_SCENARIOS } from '../processor.js';
import type { CardBox } from './card-box.js';

/** One row for each tenant, beside its charges: see ChargeTable.list, which reads `charge:` alone. */
export const CARD_BOX_KEY = 'cards';

const text = z.string();
const cardsSchema = z.array(
  z.object({
    id: text,
    brand: text,
    last4: z.string().regex(/^\d{4}$/u),
    expires: z.string().regex(/^\d{4}-\d{2}$/u),
    fingerprint: text.exactOptional(),
    scenario: z.enum(TEST_SCENARIOS),
  }),
);
const usedSchema = z.array(z.object({ page: text, at: text, brand: text, last4: text }));
const rowSchema = z.object({ cards: text, used: text });

export function cardBoxToValues({ cards, used }: CardBox): Values {
  return { cards: JSON.stringify(cards), used: JSON.stringify(used) };
}

/** @throws ZodError for a row that this program did not write. */
export function cardBoxFromRow(row: Row): CardBox {
  const { cards, used } = rowSchema.parse(row.values);
  return { cards: cardsSchema.parse(JSON.parse(cards)), used: usedSchema.parse(JSON.parse(used)) };
}
