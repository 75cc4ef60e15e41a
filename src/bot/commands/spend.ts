/** `spend`: how much, where, and how long the balance lasts at this rate; with the single calls behind it. */
import * as z from 'zod';
import type { Account, DayTotals } from '../../billing/ledger/model.js';
import { CALLS_SCANNED_MAX } from '../../billing/reader.js';
import {
  rankCalls,
  rankDestinations,
  spendByDay,
  totalOf,
  type CallDimension,
  type SpendOfDates,
} from '../../billing/spend/breakdown.js';
import { readCallPage } from '../../billing/spend/call-pages.js';
import {
  DEFAULT_PERIOD,
  PERIODS,
  momentsOf,
  rangeOf,
  type DateRange,
  type Period,
} from '../../billing/spend/period.js';
import type { Reader } from '../../cards/call-words.js';
import { callsCard } from '../../cards/calls-card.js';
import type { Card } from '../../cards/render.js';
import { SPEND_BY, spendCard, type SpendBy, type SpendFacts } from '../../cards/spend-card.js';
import { speechFor } from '../../cards/speech.js';
import { action, post, replace, type Command } from '../command.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { readCursor, readTrail, targetsOf } from './call-cursor.js';
import { readSpendWords } from './spend-words.js';

interface Asked {
  readonly period: Period;
  readonly by: SpendBy;
  readonly misread?: string;
}

const period = z.enum(PERIODS).optional().catch(undefined);
/** `period` is the choice on the card, `shown` what the card showed: clients may leave out an untouched choice. */
const showSchema = z.object({ period, shown: period, by: z.enum(SPEND_BY).optional().catch(undefined) });
const callsSchema = showSchema.extend({
  at: z.string().max(60).optional(),
  back: z.string().max(1_000).optional(),
});

export const spendCommand: Command = {
  role: 'viewer',
  run: async ({ phrase, rest }, turn, services) => {
    const words = readSpendWords(phrase, rest);
    return post(await spend({ period: DEFAULT_PERIOD, by: 'day', ...words }, turn, services));
  },
  actions: {
    show: action('viewer', showSchema, async (data, turn, services) =>
      replace(await spend(askedBy(data), turn, services)),
    ),
    calls: action('viewer', callsSchema, async (data, turn, services) =>
      replace(await calls(data, turn, services)),
    ),
  },
};

function askedBy(data: z.infer<typeof showSchema>): Asked {
  return { period: data.period ?? data.shown ?? DEFAULT_PERIOD, by: data.by ?? 'day' };
}

async function spend(asked: Asked, turn: Turn, { billing }: Services): Promise<Card> {
  const { tenant, now } = turn;
  const account = await billing.reader.account(tenant);
  const { timeZone, currency, balance } = account;
  const range = rangeOf(asked.period, now, timeZone);
  const rows = await billing.reader.days(tenant, range.from, range.to);
  const days = spendByDay(range, rows);
  const common = { ...asked, range, timeZone, currency, balance, days, ...keptOf(account, rows) };
  const reader = readerOf(turn, account);
  if (asked.by === 'day') return spendCard(common, reader);
  if (asked.by === 'destination') return spendCard({ ...common, ranking: rankDestinations(rows) }, reader);
  const ranking = await rankingOfCalls({ range, days, by: asked.by }, { turn, billing, timeZone });
  return spendCard({ ...common, ...ranking }, reader);
}

function keptOf({ usage }: Account, rows: readonly DayTotals[]): Pick<SpendFacts, 'kept'> {
  const kept = totalOf(rows.flatMap(({ unmetered }) => unmetered ?? []));
  if (usage.metering === undefined || kept.calls === 0) return {};
  return { kept: { ...kept, from: usage.metering.from } };
}

async function rankingOfCalls(
  wanted: { range: DateRange; days: readonly SpendOfDates[]; by: CallDimension },
  where: { turn: Turn; billing: Services['billing']; timeZone: string },
): Promise<Pick<SpendFacts, 'ranking' | 'lookedAt'>> {
  const { from, to } = momentsOf(wanted.range, where.timeZone);
  const found = await where.billing.reader.calls(where.turn.tenant, from, to);
  const charged = found.filter(({ unmetered }) => unmetered !== true);
  const ranking = rankCalls(charged, wanted.by, totalOf(wanted.days));
  return found.length < CALLS_SCANNED_MAX ? { ranking } : { ranking, lookedAt: charged.length };
}

async function calls(data: z.infer<typeof callsSchema>, turn: Turn, { billing }: Services): Promise<Card> {
  const at = readCursor(data.at);
  const [account, page] = await Promise.all([
    billing.reader.account(turn.tenant),
    readCallPage(billing.reader, turn.tenant, at),
  ]);
  const { period: chosen, by } = askedBy(data);
  const back = { period: chosen, by };
  const targets = targetsOf({ at, older: page.older, trail: readTrail(data.back) }, back);
  const { currency, timeZone } = account;
  return callsCard({ currency, timeZone, calls: page.calls, back, ...targets }, readerOf(turn, account));
}

function readerOf({ role, speech }: Turn, { timeZone }: Account): Reader {
  return { seesPeople: role === 'admin', speech: speechFor(speech.locale, timeZone) };
}
