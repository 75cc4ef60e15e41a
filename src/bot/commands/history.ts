/** `history`: the ledger in pages. A page is named by where it starts, so that the buttons work on any old card. */
import * as z from 'zod';
import { ENTRIES_PER_PAGE, historyCard } from '../../cards/history-card.js';
import type { Card } from '../../cards/render.js';
import { speechFor } from '../../cards/speech.js';
import { accountOf } from '../account-of.js';
import { action, post, readingAccount, replace, sameForAll, type Action, type Command } from '../command.js';
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

/** A page has no buttons that only admins may press. */
const open = (clicked: Action): Action => sameForAll(readingAccount(clicked));

export const historyCommand: Command = {
  role: 'viewer',
  readsAccount: true,
  sameForAll: true,
  run: async (_input, turn, services) => post(await page(turn, services)),
  actions: {
    show: open(action('viewer', noData, async (_data, turn, services) => post(await page(turn, services)))),
    page: open(
      action('viewer', pageData, async ({ before }, turn, services) =>
        replace(await page(turn, services, before)),
      ),
    ),
  },
};

/** The account tells the currency and how many entries there are; both are read at once. */
async function page(turn: Turn, services: Services, before?: bigint): Promise<Card> {
  const { tenant, speech } = turn;
  const where = { limit: ENTRIES_PER_PAGE, ...(before !== undefined && { before }) };
  const [account, { entries }] = await Promise.all([
    accountOf(turn, services),
    services.billing.reader.entries(tenant, where),
  ]);
  const facts = {
    currency: account.currency,
    balance: account.balance,
    total: newer(account.nextSequence - 1n, entries[0]?.sequence),
    entries,
  };
  return historyCard(facts, speechFor(speech.locale, account.timeZone));
}

/** An entry may have been committed between the two reads. */
function newer(total: bigint, newest = 0n): bigint {
  return newest > total ? newest : total;
}
