/** `history`: the ledger in pages. A page is named by where it starts, so that the buttons work on any old card. */
import { z } from 'zod';
import type { Entry, Payment } from '../../billing/ledger/model.js';
import { rowKeys } from '../../billing/ledger/world.js';
import type { LedgerReader } from '../../billing/reader.js';
import { ENTRIES_PER_PAGE, historyCard } from '../../cards/history-card.js';
import type { Card } from '../../cards/render.js';
import { speechFor } from '../../cards/speech.js';
import { action, post, replace, type Command } from '../command.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

const noData = z.looseObject({});

/** A sequence number, exclusive; there is nothing before the first one, so 1 is refused. */
const pageData = z.looseObject({
  before: z
    .string()
    .regex(/^[1-9]\d{0,15}$/u)
    .refine((before) => before !== '1')
    .transform((before) => BigInt(before)),
});

export const historyCommand: Command = {
  role: 'viewer',
  run: async (_input, turn, services) => post(await page(turn, services)),
  actions: {
    show: action('viewer', noData, async (_data, turn, services) => post(await page(turn, services))),
    page: action('viewer', pageData, async ({ before }, turn, services) =>
      replace(await page(turn, services, before)),
    ),
  },
};

/** The account tells the currency and how many entries there are; both are read at once. */
async function page({ tenant, speech }: Turn, { billing }: Services, before?: bigint): Promise<Card> {
  const { reader } = billing;
  const where = { limit: ENTRIES_PER_PAGE, ...(before !== undefined && { before }) };
  const [account, { entries }] = await Promise.all([reader.account(tenant), reader.entries(tenant, where)]);
  const facts = {
    currency: account.currency,
    balance: account.balance,
    total: newer(account.nextSequence - 1n, entries[0]?.sequence),
    entries,
    payments: await paymentsOf(reader, tenant, entries),
  };
  return historyCard(facts, speechFor(speech.locale, account.timeZone));
}

/** An entry may have been committed between the two reads. */
function newer(total: bigint, newest = 0n): bigint {
  return newest > total ? newest : total;
}

async function paymentsOf(
  reader: LedgerReader,
  tenant: string,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, Payment>> {
  const ids = entries
    .filter(({ kind }) => kind === 'topUp' || kind === 'autoRecharge')
    .map(({ reference }) => reference);
  if (ids.length === 0) return new Map();
  const payments = await reader.rows(tenant, 'payment', ids.map(rowKeys.payment));
  return new Map(payments.map((payment) => [payment.id, payment]));
}
