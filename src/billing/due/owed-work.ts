/** The work that an account's rows say is still to be done, whether or not a due row stands for it. */
import { partitionOf, readLedgerRow } from '../lane/account-rows.js';
import { after } from '../ledger/calendar.js';
import { COLLECT } from '../ledger/commands/collect-usage.js';
import type { Account, Alert } from '../ledger/model.js';
import { rowKeys, type Job } from '../ledger/world.js';
import { newestFirst } from '../storage/keys.js';
import type { TableStore } from '../storage/table.js';

/** What is younger may be under way just now, with a due row that came after those that were read. */
const YOUNG_MINUTES = 5;
/** Alerts looked at, the newest first, and how old they may be. */
const ALERTS_MAX = 50;
const ALERT_DAYS_MAX = 7;
/** Deliveries of one alert looked at. */
const DELIVERIES_MAX = 100;

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

  /** The newest first. */
  async newest(tenant: string): Promise<readonly Alert[]> {
    const range = { from: 'alert:', to: 'alert;', limit: ALERTS_MAX };
    const rows = await this.table.query(partitionOf(tenant), range);
    return rows.map(readLedgerRow).filter((row) => row.type === 'alert');
  }

  /** Nobody was asked to hear it, or somebody waits for another try. */
  async isUnfinished(tenant: string, sequence: bigint): Promise<boolean> {
    const states = await this.states(tenant, sequence);
    return states.length === 0 || states.includes('waiting');
  }

  async wasHeard(tenant: string, sequence: bigint): Promise<boolean> {
    return (await this.states(tenant, sequence)).includes('sent');
  }

  private async states(tenant: string, sequence: bigint): Promise<readonly unknown[]> {
    const prefix = `delivery:${newestFirst(sequence)}`;
    const range = { from: `${prefix}:`, to: `${prefix};`, limit: DELIVERIES_MAX, columns: ['state'] };
    const rows = await this.table.query(partitionOf(tenant), range);
    return rows.map(({ values }) => values['state']);
  }
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
  const old = after(now, { days: -ALERT_DAYS_MAX });
  const recent = (await alerts.newest(tenant)).filter(
    ({ at, only, sequence }) =>
      at >= old && at < young && only === undefined && !undelivered.includes(sequence),
  );
  const unfinished = await Promise.all(recent.map(({ sequence }) => alerts.isUnfinished(tenant, sequence)));
  return recent
    .filter((_, index) => unfinished[index])
    .map(({ sequence }): Job => ({ name: 'alert', subject: sequence.toString() }));
}
