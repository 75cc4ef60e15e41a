/** `why`: for each recharge, each recharge that did not happen and each alert, the rule and the numbers it saw. */
import * as z from 'zod';
import type { Card } from '../../cards/render.js';
import { whyCard } from '../../cards/why-card.js';
import { accountOf } from '../account-of.js';
import { action, post, readingAccount, replace, sameForAll, type Action, type Command } from '../command.js';
import { speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { readAnswers, readCursor } from '../why/answers.js';

const noData = z.looseObject({});
const pageData = z.looseObject({ before: z.string().max(40).optional() });

/** A page has no buttons that only admins may press. */
const open = (clicked: Action): Action => sameForAll(readingAccount(clicked));

export const whyCommand: Command = {
  role: 'viewer',
  readsAccount: true,
  sameForAll: true,
  run: async (_input, turn, services) => post(await page(undefined, turn, services)),
  actions: {
    show: open(
      action('viewer', noData, async (_data, turn, services) => post(await page(undefined, turn, services))),
    ),
    page: open(
      action('viewer', pageData, async ({ before }, turn, services) =>
        replace(await page(before, turn, services)),
      ),
    ),
  },
};

async function page(before: string | undefined, turn: Turn, services: Services): Promise<Card> {
  const { tenant } = turn;
  const [account, { answers, older }] = await Promise.all([
    accountOf(turn, services),
    readAnswers(services.billing.reader, tenant, readCursor(before)),
  ]);
  const { currency, timeZone } = account;
  const facts = { currency, answers, isNewest: before === undefined, ...(older !== undefined && { older }) };
  return whyCard(facts, speechHere(turn, services, timeZone));
}
