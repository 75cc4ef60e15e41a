/** Spend of a period: the total, how long the balance lasts at this rate, and where the money went. */
import type { Metering, UnmeteredTotal } from '../billing/ledger/model.js';
import { money, type Currency } from '../billing/money.js';
import {
  daysLeft,
  spendByWeek,
  totalOf,
  type Ranking,
  type SpendOfDates,
} from '../billing/spend/breakdown.js';
import { PERIODS, type DateRange, type Period } from '../billing/spend/period.js';
import { daysText, shortDaysText, shortDayText } from './calendar-text.js';
import { destinationName, numberName, userName, type Reader } from './call-words.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import { bars, donut, type Plotted } from './spend-chart.js';
import template from './templates/spend.json' with { type: 'json' };

export const SPEND_BY = ['day', 'destination', 'user', 'number'] as const;
export type SpendBy = (typeof SPEND_BY)[number];

export interface SpendFacts {
  readonly period: Period;
  /** What was typed for a period, where it is none that is known. */
  readonly misread?: string;
  readonly range: DateRange;
  readonly timeZone: string;
  readonly currency: Currency;
  readonly balance: bigint;
  /** Every day of the range, oldest first. */
  readonly days: readonly SpendOfDates[];
  /** Calls of the range from before the start of metering; absent where there are none. */
  readonly kept?: UnmeteredTotal & Pick<Metering, 'from'>;
  readonly by: SpendBy;
  /** Where money went; absent by day. */
  readonly ranking?: Ranking;
  /** Set where not all calls of the period were looked at. */
  readonly lookedAt?: number;
}

/** Beyond, days are gathered by week in the text beside the chart. */
const DAY_ROWS_MAX = 10;
/** A longer promise says nothing: rates change. */
const DAYS_LEFT_MAX = 730;

interface Row {
  readonly label: string;
  readonly spend: bigint;
  readonly calls: number;
}

/** `reader.speech` speaks in the account's time zone. */
export function spendCard(facts: SpendFacts, reader: Reader): Card {
  const { speech } = reader;
  const total = totalOf(facts.days);
  const amount = (micros: bigint): string => speech.money(money(micros, facts.currency));
  const period = speech.say(`spend.period.${facts.period}`);
  const rows = rowsOf(facts, reader);
  const data = {
    heading: speech.say('spend.heading', { period }),
    dates: speech.say('spend.dates', { dates: daysText(facts.range, speech), timeZone: facts.timeZone }),
    misread:
      facts.misread === undefined ? '' : speech.say('spend.misread', { typed: plain(facts.misread), period }),
    total: amount(total.spend),
    calls: speech.say('spend.calls', { count: total.calls }),
    ...rateOf(facts, total.spend, reader),
    ...chartOf(facts, rows, reader),
    by: facts.by,
    byTitle: speech.say(`spend.by.${facts.by}`),
    rows: rows.map((row) => ({
      label: plain(row.label),
      amount: amount(row.spend),
      calls: speech.say('spend.calls', { count: row.calls }),
    })),
    kept: keptText(facts, speech),
    partial: partialText(facts, total.calls, reader),
    ...controls(facts, reader),
  };
  return renderCard(template, data, speech.say('spend.summary', { period, total: data.total }));
}

function rateOf(facts: SpendFacts, spent: bigint, { speech }: Reader): { rate: string; rateStyle: string } {
  const balance = speech.money(money(facts.balance, facts.currency));
  if (facts.balance < 0n)
    return { rate: speech.say('spend.rate.below', { balance }), rateStyle: 'attention' };
  const count = facts.days.length;
  const days = daysLeft(facts.balance, spent, count);
  if (days === undefined) return { rate: speech.say('spend.rate.none', { balance }), rateStyle: 'emphasis' };
  const average = speech.money(money(spent / BigInt(count), facts.currency));
  const values = { balance, days, average };
  if (days > DAYS_LEFT_MAX) return { rate: speech.say('spend.rate.long', values), rateStyle: 'good' };
  return { rate: speech.say('spend.rate.lasts', values), rateStyle: days < 7 ? 'warning' : 'good' };
}

function rowsOf(facts: SpendFacts, reader: Reader): readonly Row[] {
  if (facts.ranking === undefined) return dayRows(facts, reader);
  const { top, other } = facts.ranking;
  const rows = top.map((slice, index) => ({
    ...slice,
    label: labelOf(facts.by, slice, { rank: index + 1, reader }),
  }));
  return other === undefined ? rows : [...rows, { ...other, label: reader.speech.say('spend.other') }];
}

function labelOf(
  by: SpendBy,
  slice: { key: string; name: string },
  { rank, reader }: { rank: number; reader: Reader },
): string {
  if (by === 'user') return userName(slice, rank, reader);
  return by === 'number' ? numberName(slice.key, reader) : destinationName(slice.key, reader);
}

/** The newest first, as people look for today. */
function dayRows({ days }: SpendFacts, { speech }: Reader): readonly Row[] {
  const spans = days.length <= DAY_ROWS_MAX ? days : spendByWeek(days);
  return [...spans].reverse().map((span) => ({ ...span, label: shortDaysText(span, speech) }));
}

function chartOf(facts: SpendFacts, rows: readonly Row[], { speech }: Reader) {
  const { by, days, currency } = facts;
  const isEmpty = !days.some(({ spend }) => spend > 0n);
  const byDay = days.map((day): Plotted => ({
    label: shortDayText(day.from, speech),
    amount: { micros: day.spend },
  }));
  const byRow = rows.map((row): Plotted => ({ label: row.label, amount: { micros: row.spend } }));
  const points = by === 'destination' ? donut(byRow) : bars(by === 'day' ? byDay : byRow);
  return {
    // One bar alone compares nothing.
    chart: isEmpty || points.length < 2 ? 'none' : by,
    points,
    daily: dailyText(facts, speech),
    chartTitle: speech.say(`spend.by.${by}`),
    axis: currency,
    empty: isEmpty ? speech.say('spend.empty') : '',
  };
}

/** Clients that draw no charts get every day as text, where the rows gather days by week. */
function dailyText({ by, days, currency }: SpendFacts, speech: Speech): string {
  if (by !== 'day' || days.length <= DAY_ROWS_MAX) return '';
  return days
    .filter(({ spend }) => spend !== 0n)
    .map((day) => `${shortDayText(day.from, speech)}: ${speech.money(money(day.spend, currency))}`)
    .join(' · ');
}

function keptText({ kept, currency }: SpendFacts, speech: Speech): string {
  if (kept === undefined) return '';
  const amount = speech.money(money(kept.spend, currency));
  return speech.say('spend.kept', { count: kept.calls, from: speech.dateTime(kept.from), amount });
}

function partialText({ lookedAt }: SpendFacts, total: number, { speech }: Reader): string {
  return lookedAt === undefined
    ? ''
    : speech.say('spend.partial', { count: lookedAt, total: speech.number(total) });
}

function controls({ period, by }: SpendFacts, { speech }: Reader) {
  const others = SPEND_BY.filter((other) => other !== by);
  return {
    period,
    periodLabel: speech.say('spend.period.label'),
    periods: PERIODS.map((value) => ({ title: capitalized(speech.say(`spend.period.${value}`)), value })),
    show: speech.say('spend.show'),
    details: speech.say('spend.details'),
    views: others.map((other) => ({ title: speech.say(`spend.by.${other}`), by: other })),
  };
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
