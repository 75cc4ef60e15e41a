/** The work that an account's rows say is still to be done, whether or not a due row stands for it. */
import { partitionOf, readLedgerRow } from '../lane/account-rows.js';
import { after } from '../ledger/calendar.js';
import { COLLECT } from '../ledger/commands/collect-usage.js';
import type { Account, Alert } from '../ledger/model.js';
import { rowKeys, type Job } from '../ledger/world.js';
import { afterPrefix, newestFirst } from '../storage/keys.js';
import type { RangeQuery, Row, TableStore } from '../storage/table.js';

/** What is younger may be under way just now, with a due row that came after those that were read. */
const YOUNG_MINUTES = 5;
/** How old the alerts may be that are looked at, and how many are read at a time. */
const ALERT_DAYS_MAX = 7;
const ALERTS_PER_PAGE = 50;

type Table = Pick<TableStore, 'query' | 'getMany'>;

/** An account's alerts, their deliveries and its refunds, as far as the scan needs them. */
export class OwedRows {
  private readonly table: Table;

  constructor(table: Table) {
    this.table = table;
  }

  /** Of these payments, those whose refund was asked for before that time. */
  async refundsBefore({ tenant, openRefunds }: Account, time: string): Promise<readonly string[]> {
    if (openRefunds.length === 0) return [];
    const rows = await this.table.getMany(partitionOf(tenant), openRefunds.map(rowKeys.payment));
    const payments = rows.map(readLedgerRow).filter((row) => row.type === 'payment');
    return payments.flatMap(({ id, refund }) => (refund !== undefined && refund.at < time ? [id] : []));
  }

  /** Back to that time, the newest first, page by page. */
  async *alertsSince(tenant: string, time: string): AsyncGenerator<readonly Alert[]> {
    const [to, limit] = ['alert;', ALERTS_PER_PAGE];
    let from: string | undefined = 'alert:';
    while (from !== undefined) {
      const page: readonly Row[] = await this.table.query(partitionOf(tenant), { from, to, limit });
      const alerts = page.map(readLedgerRow).filter((row) => row.type === 'alert');
      const recent = alerts.filter(({ at }) => at >= time);
      yield recent;
      from = recent.length === limit ? `${page.at(-1)?.key ?? ''} ` : undefined;
    }
  }

  /** Of these, in their order: those that nobody was asked to hear, and those that somebody waits for another try of. */
  async unfinished(tenant: string, alerts: readonly Alert[]): Promise<readonly bigint[]> {
    const sequences = alerts.map(({ sequence }) => sequence);
    const waiting = await this.waitedFor(tenant, sequences.map(deliveriesOf));
    const isUnfinished = await Promise.all(
      sequences.map(async (one) => waiting.has(deliveriesOf(one)) || !(await this.hasDelivery(tenant, one))),
    );
    return sequences.filter((_, index) => isUnfinished[index]);
  }

  async wasHeard(tenant: string, sequence: bigint): Promise<boolean> {
    const range = { from: `${deliveriesOf(sequence)}:`, to: `${deliveriesOf(sequence)};` };
    return (await this.delivery(tenant, { ...range, where: inState('sent') })) !== undefined;
  }

  /**
   * Of these prefixes of deliveries, in their order, those with a place that waits, however many do: the store looks for
   * the next one, and the rest of its alert is passed over. Most often that is one query that finds nothing.
   */
  private async waitedFor(tenant: string, prefixes: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const to = `${prefixes.at(-1) ?? ''};`;
    let from = prefixes[0];
    while (from !== undefined) {
      const next = await this.delivery(tenant, { from, to, where: inState('waiting') });
      const prefix = next?.key.slice(0, PREFIX_LENGTH);
      if (prefix !== undefined) found.add(prefix);
      from = prefix && `${prefix};`;
    }
    return found;
  }

  private async hasDelivery(tenant: string, sequence: bigint): Promise<boolean> {
    const prefix = deliveriesOf(sequence);
    return (await this.delivery(tenant, { from: `${prefix}:`, to: `${prefix};` })) !== undefined;
  }

  private async delivery(tenant: string, range: Omit<RangeQuery, 'limit'>): Promise<Row | undefined> {
    const [row] = await this.table.query(partitionOf(tenant), { ...range, limit: 1, columns: ['state'] });
    return row;
  }
}

function deliveriesOf(sequence: bigint): string {
  return `delivery:${newestFirst(sequence)}`;
}

/** The same for every alert. */
const PREFIX_LENGTH = deliveriesOf(0n).length;

function inState(state: 'waiting' | 'sent'): NonNullable<RangeQuery['where']> {
  return { column: 'state', from: state, to: afterPrefix(state) };
}

/** Undelivered alerts apart: they wait for somebody to come, not for a time. */
export async function owedBy(account: Account, now: string, rows: OwedRows): Promise<readonly Job[]> {
  const young = after(now, { minutes: -YOUNG_MINUTES });
  const payments = account.openPayments
    .filter(({ requestedAt }) => requestedAt < young)
    .map(({ id }): Job => ({ name: 'payment', subject: id }));
  const refunds = (await rows.refundsBefore(account, young)).map((id): Job => ({
    name: 'refund',
    subject: id,
  }));
  const crossings: readonly Job[] =
    account.gatheredCrossings === 0 ? [] : [{ name: 'crossings', subject: 'gathered' }];
  const { graph } = account.usage;
  const collecting = graph !== undefined && graph.connectedAt < young ? [COLLECT] : [];
  return [
    ...payments,
    ...refunds,
    ...crossings,
    ...collecting,
    ...(await unheardAlerts(account, { now, young }, rows)),
  ];
}

async function unheardAlerts(
  { tenant, alertCount, undelivered }: Account,
  { now, young }: { readonly now: string; readonly young: string },
  alerts: OwedRows,
): Promise<readonly Job[]> {
  if (alertCount === 0n) return [];
  const owed: bigint[] = [];
  for await (const page of alerts.alertsSince(tenant, after(now, { days: -ALERT_DAYS_MAX }))) {
    const looked = page.filter(
      ({ at, only, sequence }) => at < young && only === undefined && !undelivered.includes(sequence),
    );
    owed.push(...(await alerts.unfinished(tenant, looked)));
  }
  return owed.map((sequence): Job => ({ name: 'alert', subject: sequence.toString() }));
}
