/** The balance as it was at the end of a day, with the way to another day. */
import { money, type Currency } from '../billing/money.js';
import { dayText } from './calendar-text.js';
import { clickButton } from './payment-view.js';
import { renderCard, type Card } from './render.js';
import type { Speech, StringKey } from './speech.js';
import template from './templates/balance-at.json' with { type: 'json' };

export interface BalanceAtFacts {
  readonly currency: Currency;
  /** Of the account: its days end at midnight there. */
  readonly timeZone: string;
  /** `YYYY-MM-DD`, as `day`. */
  readonly today: string;
  readonly balanceNow: bigint;
  /** Absent where no day could be read. */
  readonly at?: {
    readonly day: string;
    readonly balance: bigint;
    /** Something had happened by then. */
    readonly hasEntries: boolean;
  };
  readonly problem?: DayProblem;
}

export type DayProblem = 'missing' | 'unreadable' | 'ambiguous' | 'future';

export function balanceAtCard(facts: BalanceAtFacts, speech: Speech): Card {
  const { today, at, problem } = facts;
  const { title, numbers, lines } = answer(facts, speech);
  const data = {
    title,
    numbers,
    lines,
    problem: problem === undefined ? '' : problemOf(problem, today, speech),
    label: speech.say('balanceAt.label'),
    day: at?.day ?? today,
    today,
    buttons: buttons(at?.day ?? today, speech),
  };
  return renderCard(template, data, [title, ...numbers].join(': '));
}

function answer(facts: BalanceAtFacts, speech: Speech) {
  const { at, today, currency } = facts;
  if (at === undefined) return { title: speech.say('balanceAt.ask'), numbers: [], lines: [] };
  return {
    title: titleOf(at.day, today, speech),
    numbers: [speech.money(money(at.balance, currency))],
    lines: linesOf(facts, at, speech),
  };
}

function titleOf(day: string, today: string, speech: Speech): string {
  return day === today
    ? speech.say('balanceAt.today')
    : speech.say('balanceAt.title', { date: dayText(day, speech) });
}

function linesOf(facts: BalanceAtFacts, at: NonNullable<BalanceAtFacts['at']>, speech: Speech) {
  if (at.day === facts.today) return [];
  const balance = speech.money(money(facts.balanceNow, facts.currency));
  return [
    ...(at.hasEntries ? [] : [speech.say('balanceAt.nothing')]),
    speech.say('balanceAt.text', { timeZone: facts.timeZone }),
    speech.say('balanceAt.now', { balance }),
  ];
}

/** The example is the day before: it reads back in the reader's own language. */
function problemOf(problem: DayProblem, today: string, speech: Speech): string {
  return speech.say(`balanceAt.problem.${problem}`, { example: dayText(today, speech) });
}

/** An untouched field may be left out of what comes back: the day that was shown goes with the button. */
function buttons(shown: string, speech: Speech): readonly object[] {
  const plainButton = (title: StringKey, verb: string) => clickButton(speech.say(title), { verb });
  return [
    clickButton(speech.say('balanceAt.show'), { verb: 'balance.onInstead', shown }, 'positive'),
    plainButton('payment.button.balance', 'balance.show'),
    plainButton('payment.button.history', 'history.show'),
  ];
}
