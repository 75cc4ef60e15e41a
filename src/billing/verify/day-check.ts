import { dayOf } from '../ledger/calendar.js';
import type { Account, DayTotals, StoredCall } from '../ledger/model.js';
import { same, type Report } from './finding.js';

interface Sum {
  spend: bigint;
  calls: number;
}

/** Day rows are sums of the present charges of the calls that started on that day in the account's time zone. */
export class DayCheck {
  private readonly sums = new Map<string, Sum>();
  private readonly rows = new Map<string, DayTotals>();
  private readonly timeZone: string;
  private readonly report: Report;

  constructor(timeZone: string, report: Report) {
    this.timeZone = timeZone;
    this.report = report;
  }

  know({ start, charge }: Pick<StoredCall, 'start' | 'charge'>): void {
    const date = dayOf(start, this.timeZone);
    const sum = this.sums.get(date) ?? { spend: 0n, calls: 0 };
    this.sums.set(date, { spend: sum.spend + charge, calls: sum.calls + 1 });
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
    const [sums, rows] = [total([...this.sums.values()]), total([...this.rows.values()])];
    same(this.report, 'account', ['the spend of all its days', rows.spend, sums.spend]);
    same(this.report, 'account', ['the calls of all its days', rows.calls, sums.calls]);
    for (const { date, spend, calls } of account.days) {
      const row = this.rows.get(date);
      if (row?.spend !== spend || row.calls !== calls)
        this.report('account', `it lists day ${date} otherwise than the day's row`);
    }
  }

  private checkDay(date: string): void {
    const { spend, calls } = this.sums.get(date) ?? { spend: 0n, calls: 0 };
    const row = this.rows.get(date);
    same(this.report, `day ${date}`, ['its spend', row?.spend ?? 0n, spend]);
    same(this.report, `day ${date}`, ['its number of calls', row?.calls ?? 0, calls]);
  }
}

function total(sums: readonly Sum[]): Sum {
  return sums.reduce((all, { spend, calls }) => ({ spend: all.spend + spend, calls: all.calls + calls }), {
    spend: 0n,
    calls: 0,
  });
}
