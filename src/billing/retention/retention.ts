/**
 * What is kept for how long: personal details of calls, and of records that wait to become one, for `CALL_DETAIL_DAYS`,
 * then their digest stands for them, so that charge, dedupe and verification still hold; operation rows for as long as
 * their ids are executed, and what the processor told for as long.
 */
import { partitionOf, readLedgerRow } from '../lane/account-rows.js';
import { OPERATION_DAYS_MAX } from '../lane/operations.js';
import { after } from '../ledger/calendar.js';
import { detailsDigestOfCall } from '../ledger/chain.js';
import type { StoredCall } from '../ledger/model.js';
import { toJson } from '../rows/columns.js';
import {
  ROWS_PER_COMMIT_MAX,
  type RangeQuery,
  type Row,
  type TableStore,
  type Values,
} from '../storage/table.js';
import { detailsSince, issueWithoutDetails } from '../usage/issue-call.js';
import { rewriteRange } from './rewriting.js';

/** How far one tenant's details are removed, so that no day reads again what the days before have done. */
const MARK_KEY = 'retention';
/** Read again each day: what was on its way while the day before was at it. */
const OVERLAP_DAYS = 1;
/** Beyond the age at which ids are refused, for clocks that differ. */
const OPERATION_MARGIN_DAYS = 1;
/** Events of the processor, whether they were carried out or not. */
export const EVENT_DAYS_MAX = OPERATION_DAYS_MAX;
const NO_DETAILS = toJson({});
const NO_ROW = '{}';

export interface RetentionDeps {
  readonly table: TableStore;
  readonly now: () => string;
  readonly callDetailDays: number;
}

export class Retention {
  private readonly deps: RetentionDeps;

  constructor(deps: RetentionDeps) {
    this.deps = deps;
  }

  /** A call as it may be stored: one that comes in late, or is corrected, brings no details back. */
  kept(call: StoredCall): StoredCall {
    if (call.start >= this.cut()) return call;
    return { ...call, details: {}, detailsDigest: detailsDigestOfCall(call) };
  }

  /** @throws RowsBusy, StorageUnavailable: a part may be done; running it again finishes it. */
  async run(tenant: string): Promise<void> {
    const partition = partitionOf(tenant);
    await this.removeDetails(partition);
    await this.removeIssueRows(partition);
    await this.dropOperations(partition);
    await this.dropEvents(partition);
  }

  private cut(): string {
    return after(this.deps.now(), { days: -this.deps.callDetailDays });
  }

  private async removeDetails(partition: string): Promise<void> {
    const { table } = this.deps;
    const cut = this.cut();
    const done = (await table.get(partition, MARK_KEY))?.values['detailsCleanedUntil'];
    const since = typeof done === 'string' ? after(done, { days: -OVERLAP_DAYS }) : '0';
    if (since >= cut) return;
    const where = { column: 'start', from: since, to: cut };
    await rewriteRange(table, { partition, from: 'call:', to: 'call;', where }, withoutDetails);
    const values = { detailsCleanedUntil: cut };
    await table.commit(partition, [{ kind: 'put', key: MARK_KEY, values }]);
  }

  /** Records that were put aside hold details too, and some wait for ever for a person who decides. */
  private async removeIssueRows(partition: string): Promise<void> {
    const cut = this.cut();
    // Every JSON text but the empty object itself sorts before it.
    const where = { column: 'raw', from: ' ', to: NO_ROW };
    const range = { partition, from: 'issue:', to: 'issue;', where };
    await rewriteRange(this.deps.table, range, (row) => withoutIssueDetails(row, cut));
  }

  /** Their keys begin with the day they were minted on. */
  private async dropOperations(partition: string): Promise<void> {
    const days = OPERATION_DAYS_MAX + OPERATION_MARGIN_DAYS;
    const to = `op:${after(this.deps.now(), { days: -days }).slice(0, 10)}`;
    await this.drop(partition, { from: 'op:', to });
  }

  /** A processor tells again for days at most. What was not carried out yet stays, however old. */
  private async dropEvents(partition: string): Promise<void> {
    const where = { column: 'doneAt', from: '0', to: after(this.deps.now(), { days: -EVENT_DAYS_MAX }) };
    await this.drop(partition, { from: 'event:', to: 'event;', where });
  }

  private async drop(partition: string, which: Pick<RangeQuery, 'from' | 'to' | 'where'>): Promise<void> {
    const { table } = this.deps;
    for (;;) {
      const rows = await table.query(partition, { ...which, limit: ROWS_PER_COMMIT_MAX, columns: ['at'] });
      if (rows.length === 0) return;
      // A conflict: somebody else drops them too, and the next look finds fewer.
      await table.commit(
        partition,
        rows.map(({ key }) => ({ kind: 'delete', key })),
      );
    }
  }
}

/** The row of a decided issue says the same as the call; of one that waits, what a person needs to decide stays. */
function withoutIssueDetails(row: Row, cut: string): Values | undefined {
  const issue = readLedgerRow(row);
  if (issue.type !== 'issue' || issue.raw === NO_ROW || detailsSince(issue) >= cut) return undefined;
  if (issue.state !== 'open') return { ...row.values, raw: NO_ROW };
  return issue.detailsDigest === undefined ? { ...row.values, ...issueWithoutDetails(issue) } : undefined;
}

/** The other columns stay as they are, those of a newer version too. */
function withoutDetails(row: Row): Values | undefined {
  const call = readLedgerRow(row);
  const done =
    call.type !== 'call' || (call.detailsDigest !== undefined && row.values['details'] === NO_DETAILS);
  return done ? undefined : { ...row.values, details: NO_DETAILS, detailsDigest: detailsDigestOfCall(call) };
}
