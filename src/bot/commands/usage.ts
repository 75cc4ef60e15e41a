/**
 * `usage`: where call records come from and how far they reach. Admins connect Microsoft Graph here, and say from when on
 * calls are charged.
 */
import * as z from 'zod';
import { dayOf } from '../../billing/ledger/calendar.js';
import type { Account, Actor } from '../../billing/ledger/model.js';
import { money } from '../../billing/money.js';
import { usageFacts } from '../../billing/usage/graph/usage-facts.js';
import type { Card } from '../../cards/render.js';
import { speechFor, type Speech } from '../../cards/speech.js';
import { usageCard } from '../../cards/usage-card.js';
import { usageAskOff, usageForm, usageOff, usagePreview } from '../../cards/usage-question-card.js';
import { accountOf, lookedAgain } from '../account-of.js';
import { action, post, readingAccount, replace, type Action, type Command, type Reply } from '../command.js';
import { notices } from '../notices.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { openTerms, readDay, sealTerms, type OpenedTerms, type UsageTerms } from '../usage/terms.js';

const noData = z.looseObject({});
const dayData = z.looseObject({ date: z.string().max(40).default('') });
const sealed = z.looseObject({ token: z.string().min(1).max(4_000) });

type Answer = (turn: Turn, services: Services) => Promise<Reply>;

/** The buttons that need nothing but the account. */
function plainly(role: 'viewer' | 'admin', answer: Answer): Action {
  return readingAccount(action(role, noData, (_data, turn, services) => answer(turn, services)));
}

export const usageCommand: Command = {
  role: 'viewer',
  readsAccount: true,
  run: async (_input, turn, services) => post(await cardNow(turn, services)),
  actions: {
    show: plainly('viewer', async (turn, services) => post(await cardNow(turn, services))),
    refresh: plainly('viewer', async (turn, services) => replace(await cardNow(turn, services))),
    form: plainly('admin', async (turn, services) => replace(await form(turn, services))),
    preview: readingAccount(
      action('admin', dayData, ({ date }, turn, services) => preview(date, turn, services)),
    ),
    confirm: readingAccount(
      action('admin', sealed, ({ token }, turn, services) => confirm(token, turn, services)),
    ),
    collect: plainly('admin', collect),
    askOff: plainly('admin', async (turn, services) =>
      replace(usageAskOff(sealTerms('usage.off', { isConnecting: false }, { turn, services }), turn.speech)),
    ),
    off: readingAccount(action('admin', sealed, ({ token }, turn, services) => off(token, turn, services))),
  },
};

async function cardNow(turn: Turn, services: Services, isCollecting = false): Promise<Card> {
  const account = await accountOf(turn, services);
  const facts = {
    account,
    facts: usageFacts(account, turn.now),
    isAdmin: turn.role === 'admin',
    isConfigured: services.graph.isConfigured,
    isCollecting,
  };
  return usageCard(facts, speechOf(account, turn));
}

function speechOf({ timeZone }: Account, { speech }: Turn): Speech {
  return speechFor(speech.locale, timeZone);
}

function connects({ usage }: Account, { graph }: Services): boolean {
  return graph.isConfigured && usage.graph === undefined;
}

async function form(turn: Turn, services: Services): Promise<Card> {
  const account = await accountOf(turn, services);
  const { timeZone, usage } = account;
  const day = usage.metering === undefined ? '' : dayOf(usage.metering.from, timeZone);
  return usageForm({ isConnecting: connects(account, services), day, timeZone }, turn.speech);
}

async function preview(date: string, turn: Turn, services: Services): Promise<Reply> {
  const account = await accountOf(turn, services);
  const isConnecting = connects(account, services);
  const day = readDay(date, account, turn.now);
  if (day.kind === 'day') {
    const terms = { isConnecting, ...(day.from !== undefined && { from: day.from }) };
    return replace(previewOf(account, { terms, isExpired: false }, { turn, services }));
  }
  const { timeZone } = account;
  return replace(usageForm({ isConnecting, day: '', timeZone, problem: day.problem }, turn.speech));
}

function previewOf(
  account: Account,
  { terms, isExpired }: { readonly terms: UsageTerms; readonly isExpired: boolean },
  desk: { readonly turn: Turn; readonly services: Services },
): Card {
  const { currency, usage } = account;
  const speech = speechOf(account, desk.turn);
  const spend = usage.unmetered?.spend ?? 0n;
  const kept = spend > 0n ? speech.money(money(spend, currency)) : undefined;
  const token = sealTerms('usage.confirm', terms, desk);
  return usagePreview({ ...terms, now: desk.turn.now, kept, isExpired, token }, speech);
}

async function confirm(token: string, turn: Turn, services: Services): Promise<Reply> {
  const opened = openTerms('usage.confirm', token, { turn, services });
  if (opened === undefined) return post(notices.stale(turn.speech));
  if (opened.kind === 'expired') {
    const terms = { isConnecting: opened.isConnecting, ...(opened.from && { from: opened.from }) };
    const account = await accountOf(turn, services);
    return replace(previewOf(account, { terms, isExpired: true }, { turn, services }));
  }
  const done = await apply(opened, turn, services);
  await note('usage.confirm', { turn, services }, done);
  return done ? replace(await cardNow(lookedAgain(turn), services)) : post(notices.stale(turn.speech));
}

async function apply(
  { isConnecting, from, click }: OpenedTerms,
  turn: Turn,
  services: Services,
): Promise<boolean> {
  const by = actorOf(turn);
  const meteredFrom = from ?? turn.now;
  const outcome = isConnecting
    ? await services.graph.connect(turn.tenant, { by, meteredFrom }, click)
    : await services.billing.setMetering(turn.tenant, { from: meteredFrom, by }, click);
  return outcome.kind === 'done';
}

async function collect(turn: Turn, services: Services): Promise<Reply> {
  const click = { id: services.newId(), mintedAt: turn.now };
  const asked = await services.graph.collectNow(turn.tenant, click);
  return replace(await cardNow(lookedAgain(turn), services, asked.kind === 'done'));
}

async function off(token: string, turn: Turn, services: Services): Promise<Reply> {
  const opened = openTerms('usage.off', token, { turn, services });
  if (opened?.kind !== 'valid') return post(notices.stale(turn.speech));
  const outcome = await services.graph.disconnect(turn.tenant, opened.click);
  const done = outcome.kind === 'done';
  await note('usage.off', { turn, services }, done);
  const by = done ? { name: turn.person.name, at: turn.now } : undefined;
  return replace(usageOff(by, speechOf(await accountOf(turn, services), turn)));
}

function actorOf({ person }: Turn): Actor {
  return { id: person.id, name: person.name };
}

async function note(
  did: string,
  { turn, services }: { readonly turn: Turn; readonly services: Services },
  done: boolean,
): Promise<void> {
  const { tenant, person } = turn;
  await services.audit.note({ tenant, personId: person.id, did, outcome: done ? 'done' : 'refused' });
}
