/**
 * Work for later, in a table of its own (DESIGN §3): PartitionKey = shard, RowKey = time + job + tenant + subject. A due
 * row is written before the change that needs it; whoever commits runs the work at once, and the row is the net.
 */
import { createHash } from 'node:crypto';
import { after } from '../ledger/calendar.js';
import { JOB_NAMES, type Job, type JobName } from '../ledger/world.js';
import { encodeKeyPart } from '../storage/keys.js';
import { ROWS_PER_COMMIT_MAX, type Row, type TableStore, type Write } from '../storage/table.js';

/** Fixed when the table is created: another number would look for rows in other shards. */
export const SHARDS = 4;
/** A due row must not fire before the commit it belongs to had its time. */
const NET_MINUTES = 2;
/** After that many failures work is parked: logged and counted, never dropped, never in the way of others. */
export const TRIES_MAX = 10;
const PARKED = 'parked:';
const BACKOFF_SECONDS = 30;
const BACKOFF_SECONDS_MAX = 3_600;
const PAGE_ROWS = 100;

/** One due row. */
export interface Ticket {
  readonly shard: string;
  readonly key: string;
  readonly etag: string;
  readonly tenant: string;
  readonly name: JobName;
  readonly subject: string;
  readonly tries: number;
  /** Its work can start now, ahead of the row's time. */
  readonly atOnce: boolean;
}

export class DueQueue {
  private readonly table: TableStore;
  private readonly now: () => string;

  constructor(table: TableStore, now: () => string) {
    this.table = table;
    this.now = now;
  }

  async schedule(tenant: string, jobs: readonly Job[]): Promise<readonly Ticket[]> {
    if (jobs.length === 0) return [];
    const shard = shardOf(tenant);
    const earliest = after(this.now(), { minutes: NET_MINUTES });
    const tickets = jobs.map(({ name, subject, at }) => {
      const time = at !== undefined && at > earliest ? at : earliest;
      return {
        shard,
        key: dueKey(time, { name, tenant, subject }),
        tenant,
        name,
        subject,
        tries: 0,
        atOnce: at === undefined,
      };
    });
    const etags = await this.write(
      shard,
      tickets.map((ticket) => put(ticket.key, ticket)),
    );
    return tickets.map((ticket) => ({ ...ticket, etag: etags.get(ticket.key) ?? '' }));
  }

  /** What is due by now, the longest waiting first. */
  async dueBy(shard: string, now: string): Promise<readonly Ticket[]> {
    const rows = await this.table.query(shard, { from: '0', to: now, limit: PAGE_ROWS });
    const tickets: Ticket[] = [];
    for (const row of rows) {
      const ticket = ticketOf(shard, row);
      if (ticket === undefined) await this.park(shard, row);
      else tickets.push(ticket);
    }
    return tickets;
  }

  /** A row that this program did not write: kept and counted, but out of the way of those behind it. */
  private async park(shard: string, { key, etag, values }: Row): Promise<void> {
    await this.table.commit(shard, [
      { kind: 'delete', key, etag },
      { kind: 'put', key: PARKED + key, values },
    ]);
  }

  /** Takes the row away unless somebody changed it meanwhile; a row that is gone already is fine. */
  async finish(ticket: Ticket): Promise<void> {
    await this.table.commit(ticket.shard, [{ kind: 'delete', key: ticket.key, etag: ticket.etag }]);
  }

  async postpone(ticket: Ticket, at: string): Promise<void> {
    await this.move(ticket, { ...ticket, key: dueKey(at, ticket) });
  }

  /** Puts failed work back with back-off, or parks it. @returns whether it is parked now. */
  async putBack(ticket: Ticket): Promise<boolean> {
    const tries = ticket.tries + 1;
    const parked = tries >= TRIES_MAX;
    const wait = Math.min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS * 2 ** ticket.tries);
    const key = dueKey(after(this.now(), { seconds: wait }), ticket);
    await this.move(ticket, { ...ticket, tries, key: parked ? PARKED + key : key });
    return parked;
  }

  /** Parked work of all shards, at most a page of each. */
  async countParked(): Promise<number> {
    const pages = await Promise.all(
      shards().map((shard) => this.table.query(shard, { from: PARKED, to: 'parked;', limit: PAGE_ROWS })),
    );
    return pages.reduce((sum, page) => sum + page.length, 0);
  }

  private async move(from: Ticket, to: Ticket): Promise<void> {
    if (from.key === to.key) return;
    await this.table.commit(from.shard, [
      { kind: 'delete', key: from.key, etag: from.etag },
      put(to.key, to),
    ]);
  }

  private async write(shard: string, writes: readonly Write[]): Promise<ReadonlyMap<string, string>> {
    const unique = [...new Map(writes.map((write) => [write.key, write])).values()];
    const result = await this.table.commit(shard, unique.slice(0, ROWS_PER_COMMIT_MAX));
    return result.kind === 'committed' ? result.etags : new Map();
  }
}

export function shards(): readonly string[] {
  return Array.from({ length: SHARDS }, (_, index) => `shard${index}`);
}

export function shardOf(tenant: string): string {
  const first = createHash('sha256').update(tenant).digest().readUInt32BE(0);
  return `shard${first % SHARDS}`;
}

function dueKey(at: string, work: Pick<Ticket, 'name' | 'tenant' | 'subject'>): string {
  return [at, work.name, encodeKeyPart(work.tenant), encodeKeyPart(work.subject)].join('|');
}

function put(key: string, ticket: Pick<Ticket, 'tenant' | 'name' | 'subject' | 'tries'>): Write {
  const { tenant, name, subject, tries } = ticket;
  return { kind: 'put', key, values: { tenant, name, subject, tries: BigInt(tries) } };
}

function ticketOf(shard: string, row: Row): Ticket | undefined {
  const { tenant, name, subject, tries } = row.values;
  const known = JOB_NAMES.find((job) => job === name);
  if (known === undefined || typeof tenant !== 'string' || typeof subject !== 'string') return undefined;
  return {
    shard,
    key: row.key,
    etag: row.etag,
    tenant,
    name: known,
    subject,
    tries: Number(tries ?? 0n),
    atOnce: false,
  };
}
