/** `why`: for each recharge, each recharge that did not happen and each alert, the rule and the numbers it saw. */
import { z } from 'zod';
import type { Card } from '../../cards/render.js';
import { speechFor } from '../../cards/speech.js';
import { whyCard } from '../../cards/why-card.js';
import { action, post, replace, type Command } from '../command.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { readAnswers, readCursor } from '../why/answers.js';

const noData = z.looseObject({});
const pageData = z.looseObject({ before: z.string().max(40).optional() });

export const whyCommand: Command = {
  role: 'viewer',
  run: async (_input, turn, services) => post(await page(undefined, turn, services)),
  actions: {
    show: action('viewer', noData, async (_data, turn, services) =>
      post(await page(undefined, turn, services)),
    ),
    page: action('viewer', pageData, async ({ before }, turn, services) =>
      replace(await page(before, turn, services)),
    ),
  },
};

async function page(
  before: string | undefined,
  { tenant, speech }: Turn,
  { billing }: Services,
): Promise<Card> {
  const [account, { answers, older }] = await Promise.all([
    billing.reader.account(tenant),
    readAnswers(billing.reader, tenant, readCursor(before)),
  ]);
  const { currency, timeZone } = account;
  const facts = { currency, answers, isNewest: before === undefined, ...(older !== undefined && { older }) };
  return whyCard(facts, speechFor(speech.locale, timeZone));
}
