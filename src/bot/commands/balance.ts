/**
 * `balance`: everything comes from the account row, so that the most asked question costs one read. `balance on 31 October`
 * is the balance at the end of that day.
 */
import * as z from 'zod';
import { dayOf, daysBefore, startOfDay } from '../../billing/ledger/calendar.js';
import { openLotsOf } from '../../billing/ledger/credit-line.js';
import { spendSince } from '../../billing/ledger/days.js';
import type { Account } from '../../billing/ledger/model.js';
import { pendingAmount, rechargeState } from '../../billing/ledger/recharge-state.js';
import { usageFacts } from '../../billing/usage/graph/usage-facts.js';
import { balanceAtCard, type DayProblem } from '../../cards/balance-at-card.js';
import { balanceCard, type BalanceFacts } from '../../cards/balance-card.js';
import type { Card } from '../../cards/render.js';
import { speechFor } from '../../cards/speech.js';
import { accountOf } from '../account-of.js';
import { action, post, readingAccount, replace, sameForAll, type Action, type Command } from '../command.js';
import { parseDate, type DateContext, type ParsedDate } from '../parse-date.js';
import { speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

const noData = z.looseObject({});
/** `shown` is the day that stood in the picker: clients may leave out an untouched one. */
const dayData = z.looseObject({ date: z.string().max(40).optional(), shown: z.string().max(40).optional() });

/** The balance of a day has no buttons that only admins may press. */
const open = (clicked: Action): Action => sameForAll(readingAccount(clicked));

export const balanceCommand: Command = {
  role: 'viewer',
  readsAccount: true,
  run: async ({ rest }, turn, services) => post(await asked(rest, turn, services)),
  actions: {
    show: readingAccount(
      action('viewer', noData, async (_data, turn, services) => post(await cardNow(turn, services))),
    ),
    refresh: readingAccount(
      action('viewer', noData, async (_data, turn, services) => replace(await cardNow(turn, services))),
    ),
    on: open(action('viewer', dayData, async (...click) => post(await pickedDay(...click)))),
    onInstead: open(action('viewer', dayData, async (...click) => replace(await pickedDay(...click)))),
  },
};

/** Words that name no day, such as "please", ask for the balance of now. */
async function asked(rest: string, turn: Turn, services: Services): Promise<Card> {
  const account = await accountOf(turn, services);
  if (rest === '') return cardOf(account, turn, services);
  const day = parseDate(rest, dayContext(account, turn));
  return day.kind === 'none' ? cardOf(account, turn, services) : dayCard(account, day, { turn, services });
}

/** A day picker sends ISO dates; what else comes back is answered like something typed. */
async function pickedDay(
  { date = '', shown = '' }: z.output<typeof dayData>,
  turn: Turn,
  services: Services,
): Promise<Card> {
  const account = await accountOf(turn, services);
  const day = parseDate(date === '' ? shown : date, dayContext(account, turn));
  const named: NamedDay = day.kind === 'none' ? { kind: 'problem', problem: 'missing' } : day;
  return dayCard(account, named, { turn, services });
}

function dayContext({ timeZone }: Account, { speech, now }: Turn): DateContext {
  return { locale: speech.locale, today: dayOf(now, timeZone) };
}

type NamedDay =
  Extract<ParsedDate, { kind: 'date' }> | { readonly kind: 'problem'; readonly problem: DayProblem };

async function dayCard(
  account: Account,
  day: NamedDay,
  { turn, services }: { readonly turn: Turn; readonly services: Services },
): Promise<Card> {
  const { currency, timeZone, balance } = account;
  const facts = { currency, timeZone, today: dayOf(turn.now, timeZone), balanceNow: balance };
  const speech = speechFor(turn.speech.locale, timeZone);
  if (day.kind === 'problem') return balanceAtCard({ ...facts, problem: day.problem }, speech);
  const { date } = day;
  const moment = date === facts.today ? turn.now : endOf(date, timeZone);
  const then = await services.billing.reader.balanceAt(turn.tenant, moment);
  const at = { day: date, balance: then.balance, hasEntries: then.entry !== undefined };
  return balanceAtCard({ ...facts, at }, speech);
}

/** The last millisecond of the day: what happens at midnight belongs to the next one. */
function endOf(date: string, timeZone: string): string {
  return new Date(Date.parse(startOfDay(daysBefore(date, -1), timeZone)) - 1).toISOString();
}

async function cardNow(turn: Turn, services: Services): Promise<Card> {
  return cardOf(await accountOf(turn, services), turn, services);
}

function cardOf(account: Account, turn: Turn, services: Services): Card {
  return balanceCard(factsOf(account, turn), speechHere(turn, services, account.timeZone));
}

/** Days before today that belong to "the last 7 days" and "the last 30 days". */
const WEEK_BEFORE_DAYS = 6;
const MONTH_BEFORE_DAYS = 29;

function factsOf(account: Account, { now, role }: Turn): BalanceFacts {
  const today = dayOf(now, account.timeZone);
  const since = (days: number): bigint => spendSince(account.days, daysBefore(today, days));
  return {
    account,
    recharge: rechargeState(account, now),
    spend: { week: since(WEEK_BEFORE_DAYS), month: since(MONTH_BEFORE_DAYS) },
    ...fundsOf(account),
    usage: usageFacts(account, now),
    pending: pendingAmount(account),
    now,
    isAdmin: role === 'admin',
  };
}

/** Credit without a lot never expires; it can be told apart only where all lots are listed. */
function fundsOf(account: Account): Pick<BalanceFacts, 'lots' | 'moreLots' | 'neverExpires'> {
  const { balance, moreLots } = account;
  const unspent = openLotsOf(account)
    .map(({ amount, expiresAt: at }) => ({ amount, at }))
    .sort((left, right) => (left.at < right.at ? -1 : Number(left.at > right.at)));
  const inLots = unspent.reduce((sum, { amount }) => sum + amount, 0n);
  return { lots: unspent, moreLots, neverExpires: moreLots || balance <= inLots ? 0n : balance - inLots };
}
