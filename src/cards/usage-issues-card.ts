/** Call records that the rules had put aside: what they said, what is wrong, and the two things that can be done. */
import type { Account, UsageIssue } from '../billing/ledger/model.js';
import { money, toDecimal, type Currency } from '../billing/money.js';
import { numberOf, userOf } from '../billing/spend/breakdown.js';
import { readIssueRow, suggestedCharge, type IssueRow } from '../billing/usage/issue-call.js';
import { destinationName } from './call-words.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/usage-issues.json' with { type: 'json' };

/** Two buttons each, and "next": more would not fit on a card. */
export const ISSUES_PER_PAGE = 2;

export interface IssuesFacts {
  readonly issues: readonly UsageIssue[];
  readonly account: Pick<Account, 'currency'>;
  readonly openCount: number;
  /** Where the next page goes on; absent at the end. */
  readonly next?: string;
  /** What was wrong with an amount that was typed, with what was typed. */
  readonly problem?: { readonly id: string; readonly sentence: string; readonly typed: string };
}

/** Input ids are unique on a card: each issue has its own amount. */
export function chargeField(index: number): string {
  return `charge${index}`;
}

/** `speech` speaks in the account's time zone. */
export function usageIssuesCard(facts: IssuesFacts, speech: Speech): Card {
  const heading = speech.say('usageIssues.heading');
  const isEmpty = facts.issues.length === 0 && facts.next === undefined;
  const data = {
    heading,
    intro: isEmpty
      ? speech.say('usageIssues.empty')
      : speech.say('usageIssues.open', { count: facts.openCount }),
    introStyle: isEmpty ? 'good' : 'emphasis',
    issues: facts.issues.map((issue, index) => issueData({ issue, index }, facts, speech)),
    next: facts.next === undefined ? [] : [{ title: speech.say('usageIssues.next'), after: facts.next }],
  };
  return renderCard(template, data, `${heading}: ${data.intro}`);
}

function issueData(item: { issue: UsageIssue; index: number }, facts: IssuesFacts, speech: Speech) {
  const { issue, index } = item;
  const { currency } = facts.account;
  const problem = facts.problem?.id === issue.id ? facts.problem : undefined;
  return {
    id: issue.id,
    reason: speech.say(`usageIssues.reason.${issue.reason}`, { currency }),
    rows: rowFacts(issue, readIssueRow(issue), speech),
    field: chargeField(index),
    label: speech.say('usageIssues.amount', { currency }),
    placeholder: speech.say('usageIssues.placeholder'),
    value: problem?.typed ?? prefilled(issue, currency, speech),
    problem: problem?.sentence ?? '',
    charge: speech.say('usageIssues.charge'),
    dismiss: speech.say('usageIssues.dismiss'),
  };
}

function rowFacts(issue: UsageIssue, row: IssueRow, speech: Speech): readonly object[] {
  const missing = speech.say('usageIssues.missing');
  const said = [row.charge, row.currency].filter((part) => part !== undefined).join(' ');
  const reader = { seesPeople: true, speech };
  const user = userOf(row);
  const facts: readonly (readonly [Parameters<Speech['say']>[0], string])[] = [
    ['usageIssues.record', row.recordId ?? missing],
    ['usageIssues.time', row.start === undefined ? missing : speech.dateTime(row.start)],
    ['usageIssues.said', said === '' ? missing : said],
    ['usageIssues.destination', destinationName(row.details['destinationName'], reader)],
    ['usageIssues.number', numberOf(row).name],
    ['usageIssues.user', user.name === '' ? user.key : user.name],
    ['usageIssues.people', issue.detailsDigest === undefined ? '' : speech.say('usageIssues.notKept')],
    [
      'usageIssues.arrived',
      speech.say('usageIssues.arrivedText', { time: speech.dateTime(issue.at), source: issue.source }),
    ],
  ];
  return facts
    .filter(([, value]) => value !== '')
    .map(([key, value]) => ({ title: speech.say(key), value: plain(value) }));
}

/** In the reader's own way of writing, so that it reads back as the same amount. */
function prefilled(issue: UsageIssue, currency: Currency, speech: Speech): string {
  const suggested = suggestedCharge(issue, currency);
  if (suggested === undefined || suggested === 0n) return '';
  const [whole = '0', fraction = ''] = toDecimal(money(suggested, currency).micros).split('.');
  // Exactly three decimals could be read as thousands.
  const decimals = fraction.length === 3 ? `${fraction}0` : fraction.padEnd(2, '0');
  return `${whole}${decimalMark(speech.locale)}${decimals}`;
}

function decimalMark(locale: string): string {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  return parts.find(({ type }) => type === 'decimal')?.value ?? '.';
}
