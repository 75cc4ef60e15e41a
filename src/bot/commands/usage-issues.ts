/** `usage issues`: call records that the rules could not charge, each waiting for an admin's word. */
import * as z from 'zod';
import type { DecidedIssue } from '../../billing/billing.js';
import type { Actor, UsageIssue } from '../../billing/ledger/model.js';
import { rowKeys } from '../../billing/ledger/world.js';
import { CHARGE_UNITS_MAX } from '../../billing/usage/call-record.js';
import { MICROS_PER_UNIT, money } from '../../billing/money.js';
import { noticeCard, type Button } from '../../cards/notice.js';
import { plain, type Card } from '../../cards/render.js';
import { speechFor, type Speech } from '../../cards/speech.js';
import { ISSUES_PER_PAGE, usageIssuesCard, type IssuesFacts } from '../../cards/usage-issues-card.js';
import { action, post, replace, type Command } from '../command.js';
import { amountProblem, parseAmount } from '../parse-amount.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { openIssues } from './open-issues.js';

/** Fractions of a cent: a call's charge has at most six decimals. */
const CHARGE_DECIMALS_MAX = 6;

const idText = z.string().min(1).max(256);
const showSchema = z.object({ after: idText.optional() });
const dismissSchema = z.object({ id: idText });
const chargeSchema = z.looseObject({ id: idText, field: z.string().regex(/^charge\d$/u) });

export const usageIssuesCommand: Command = {
  role: 'admin',
  run: async (_input, turn, services) => post(await page(undefined, turn, services)),
  actions: {
    show: action('admin', showSchema, async ({ after }, turn, services) =>
      replace(await page(after, turn, services)),
    ),
    charge: action('admin', chargeSchema, async (data, turn, services) =>
      replace(await charge(data, turn, services)),
    ),
    dismiss: action('admin', dismissSchema, async ({ id }, turn, services) => {
      const issue = await issueOf(id, turn, services);
      return replace(issue === undefined ? gone(turn.speech) : await decide({ issue }, turn, services));
    }),
  },
};

async function page(after: string | undefined, turn: Turn, { billing }: Services): Promise<Card> {
  const [account, found] = await Promise.all([
    billing.reader.account(turn.tenant),
    openIssues(billing.reader, turn.tenant, { after, count: ISSUES_PER_PAGE }),
  ]);
  const facts = { ...found, account, openCount: account.usage.openIssues };
  return usageIssuesCard(facts, speechFor(turn.speech.locale, account.timeZone));
}

async function charge(data: z.infer<typeof chargeSchema>, turn: Turn, services: Services): Promise<Card> {
  const issue = await issueOf(data.id, turn, services);
  if (issue === undefined) return gone(turn.speech);
  if (issue.state !== 'open') return decidedBefore(issue, turn, services);
  const account = await services.billing.reader.account(turn.tenant);
  const speech = speechFor(turn.speech.locale, account.timeZone);
  const typed = z.string().catch('').parse(data[data.field]);
  const context = { locale: speech.locale, currency: account.currency, decimalsMax: CHARGE_DECIMALS_MAX };
  const parsed = parseAmount(typed, context);
  const limit = BigInt(CHARGE_UNITS_MAX) * MICROS_PER_UNIT;
  if (parsed.kind === 'amount' && parsed.amount.micros <= limit) {
    return decide({ issue, charge: parsed.amount.micros }, turn, services);
  }
  const sentence =
    parsed.kind === 'amount'
      ? speech.say('usageIssues.tooLarge', { most: speech.money(money(limit, account.currency)) })
      : amountProblem(parsed, speech);
  const problem: IssuesFacts['problem'] = { id: issue.id, sentence, typed: typed.slice(0, 64) };
  const openCount = account.usage.openIssues;
  return usageIssuesCard({ issues: [issue], account, openCount, next: issue.id, problem }, speech);
}

function issueOf(id: string, { tenant }: Turn, { billing }: Services): Promise<UsageIssue | undefined> {
  return billing.reader.row(tenant, 'issue', rowKeys.issue(id));
}

async function decide(
  verdict: { issue: UsageIssue; charge?: bigint },
  turn: Turn,
  services: Services,
): Promise<Card> {
  const { tenant, person } = turn;
  const by: Actor = { id: person.id, name: person.name };
  const outcome = await services.billing.decideIssue(tenant, { ...verdict, by });
  if (outcome.kind === 'done') {
    const did = verdict.charge === undefined ? 'usageIssues.dismiss' : 'usageIssues.charge';
    await services.audit.note({
      tenant,
      personId: person.id,
      did,
      outcome: 'done',
      subject: verdict.issue.id,
    });
    return decided(outcome.answer, turn, services);
  }
  if (outcome.reason === 'otherContent') return otherSource(verdict.issue, turn.speech);
  const known = await issueOf(verdict.issue.id, turn, services);
  return known === undefined ? gone(turn.speech) : decidedBefore(known, turn, services);
}

async function decided(answer: DecidedIssue, turn: Turn, services: Services): Promise<Card> {
  const { currency, timeZone } = await services.billing.reader.account(turn.tenant);
  const speech = speechFor(turn.speech.locale, timeZone);
  const { issue, balanceBefore, balanceAfter } = answer;
  const text = (micros: bigint): string => speech.money(money(micros, currency));
  const record = plain(recordName(issue));
  const who = whoAndWhen(issue, speech);
  if (issue.state === 'dismissed') {
    const title = speech.say('usageIssues.dismissed.title');
    const said = speech.say('usageIssues.dismissed.text', { record, ...who });
    return noticeCard({ tone: 'info', title, text: said, buttons: [next(speech)] });
  }
  const amount = text(balanceBefore - balanceAfter);
  const values = { record, amount, before: text(balanceBefore), after: text(balanceAfter), ...who };
  // The record itself had come a second time, whole, and the rules had charged that one.
  const key = balanceBefore === balanceAfter ? 'usageIssues.charged.same' : 'usageIssues.charged';
  const title = speech.say(`${key}.title`, values);
  const said = speech.say(`${key}.text`, values);
  return noticeCard({ tone: 'good', title, text: said, buttons: [next(speech)] });
}

/** The first verdict stands; whoever comes second reads whose it was. */
async function decidedBefore(issue: UsageIssue, turn: Turn, services: Services): Promise<Card> {
  const { timeZone } = await services.billing.reader.account(turn.tenant);
  const speech = speechFor(turn.speech.locale, timeZone);
  const values = { record: plain(recordName(issue)), verdict: issue.state, ...whoAndWhen(issue, speech) };
  const title = speech.say('usageIssues.before.title');
  return noticeCard({
    tone: 'info',
    title,
    text: speech.say('usageIssues.before.text', values),
    buttons: [next(speech)],
  });
}

function gone(speech: Speech): Card {
  const title = speech.say('usageIssues.gone.title');
  return noticeCard({
    tone: 'warning',
    title,
    text: speech.say('usageIssues.gone.text'),
    buttons: [next(speech)],
  });
}

function otherSource(issue: UsageIssue, speech: Speech): Card {
  const text = speech.say('usageIssues.otherSource.text', { record: plain(recordName(issue)) });
  const title = speech.say('usageIssues.otherSource.title');
  const dismiss = { verb: 'usageIssues.dismiss', id: issue.id } as const;
  const buttons = [{ title: speech.say('usageIssues.dismiss'), data: dismiss }, next(speech)];
  return noticeCard({ tone: 'warning', title, text, buttons });
}

function next(speech: Speech): Button {
  return { title: speech.say('usageIssues.list'), data: { verb: 'usageIssues.show' } };
}

function recordName(issue: UsageIssue): string {
  return issue.id.replace(/:[^:]*$/u, '');
}

function whoAndWhen(issue: UsageIssue, speech: Speech): { readonly who: string; readonly when: string } {
  return { who: plain(issue.resolvedBy?.name ?? ''), when: speech.dateTime(issue.resolvedAt ?? issue.at) };
}
