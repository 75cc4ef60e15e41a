import { dayOf } from '../ledger/calendar.js';
import { isSecondSource } from '../ledger/day-source.js';
import type { Account, DayTotals, StoredCall } from '../ledger/model.js';
import type { UsageSource } from '../usage/call-record.js';
import { same, type Report } from './finding.js';

interface Sum {
  readonly spend: bigint;
  readonly calls: number;
}

const NOTHING: Sum = { spend: 0n, calls: 0 };

/**
 * Day rows are sums of the present charges of the calls that started on that day in the account's time zone: of those that
 * were charged, and apart from them of those that were kept. No two sources were charged for a day that must not be mixed.
 */
export class DayCheck {
  private readonly sums = new Map<string, Sum>();
  private readonly unmetered = new Map<string, Sum>();
  private readonly sources = new Map<string, Set<UsageSource>>();
  private readonly rows = new Map<string, DayTotals>();
  private readonly timeZone: string;
  private readonly report: Report;

  constructor(timeZone: string, report: Report) {
    this.timeZone = timeZone;
    this.report = report;
  }

  know({ start, charge, source, unmetered }: StoredCall): void {
    const date = dayOf(start, this.timeZone);
    const sums = unmetered === true ? this.unmetered : this.sums;
    const sum = sums.get(date) ?? NOTHING;
    sums.set(date, { spend: sum.spend + charge, calls: sum.calls + 1 });
    if (unmetered !== true) this.sources.set(date, (this.sources.get(date) ?? new Set()).add(source));
  }

  take(day: DayTotals): void {
    this.rows.set(day.date, day);
    const places = Object.values(day.destinations);
    const spend = places.reduce((sum, place) => sum + place.spend, day.otherSpend);
    const calls = places.reduce((sum, place) => sum + place.calls, day.otherCalls);
    same(this.report, `day ${day.date}`, ['the spend of all its destinations', spend, day.spend]);
    same(this.report, `day ${day.date}`, ['the calls to all its destinations', calls, day.calls]);
  }

  /**
   * `datesKept`: a corrected record that moved to another day moved there in the day rows too, which was not always so;
   * without it only the sum over all days is looked at.
   */
  end(account: Account, { datesKept }: { readonly datesKept: boolean }): void {
    if (datesKept)
      for (const date of new Set([...this.sums.keys(), ...this.rows.keys()])) this.checkDay(date);
    const [sums, rows] = [total(this.sums.values()), total(this.rows.values())];
    same(this.report, 'account', ['the spend of all its days', rows.spend, sums.spend]);
    same(this.report, 'account', ['the calls of all its days', rows.calls, sums.calls]);
    for (const date of new Set([...this.unmetered.keys(), ...this.rows.keys()])) this.checkUnmetered(date);
    this.checkSum('account', account.usage.unmetered, total(this.unmetered.values()));
    for (const { date, spend, calls } of account.days) {
      const row = this.rows.get(date);
      if (row?.spend !== spend || row.calls !== calls)
        this.report('account', `it lists day ${date} otherwise than the day's row`);
    }
  }

  private checkDay(date: string): void {
    const { spend, calls } = this.sums.get(date) ?? NOTHING;
    const row = this.rows.get(date);
    same(this.report, `day ${date}`, ['its spend', row?.spend ?? 0n, spend]);
    same(this.report, `day ${date}`, ['its number of calls', row?.calls ?? 0, calls]);
    this.checkSources(date, row?.source);
  }

  /** Days of before do not say which source they belong to. */
  private checkSources(date: string, first: UsageSource | undefined): void {
    for (const second of this.sources.get(date) ?? [])
      if (isSecondSource(first, second))
        this.report(
          `day ${date}`,
          `it belongs to the source ${first ?? ''}, and calls of ${second} are charged`,
        );
  }

  private checkUnmetered(date: string): void {
    this.checkSum(`day ${date}`, this.rows.get(date)?.unmetered, this.unmetered.get(date) ?? NOTHING);
  }

  private checkSum(subject: string, is: Sum | undefined, should: Sum): void {
    same(this.report, subject, ['what its kept calls would have cost', is?.spend ?? 0n, should.spend]);
    same(this.report, subject, ['its number of kept calls', is?.calls ?? 0, should.calls]);
  }
}

function total(sums: Iterable<Sum>): Sum {
  return [...sums].reduce(
    (all, { spend, calls }) => ({ spend: all.spend + spend, calls: all.calls + calls }),
    NOTHING,
  );
}
