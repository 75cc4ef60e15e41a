/**
 * Work for later, in a table of its own (DESIGN §3): PartitionKey = shard, RowKey = time + job + tenant + subject. A due
 * row is written before the change that needs it; whoever commits runs the work at once, and the row is the net.
 */
import { after } from '../ledger/calendar.js';
import type { Job } from '../ledger/world.js';
import { afterPrefix } from '../storage/keys.js';
import { ROWS_PER_COMMIT_MAX, type Row, type TableStore, type Write } from '../storage/table.js';
import {
  dueKey,
  nameOf,
  PARKED,
  parkedKey,
  putTicket,
  readRow,
  shardOf,
  shards,
  UNDELIVERED,
  undeliveredKey,
  type Ticket,
  type Work,
} from './due-row.js';
import { LEASE_KEY } from './lease.js';

export { shardOf, shards, SHARDS, type Ticket } from './due-row.js';

/** A due row must not fire before the commit it belongs to had its time. */
const NET_MINUTES = 2;
/** After that many failures work is parked: logged and counted, never dropped, never in the way of others. */
export const TRIES_MAX = 10;
const BACKOFF_SECONDS = 30;
const BACKOFF_SECONDS_MAX = 3_600;
const PAGE_ROWS = 100;
/** The most that the service gives in one page. */
const COUNTED_ROWS_MAX = 1_000;

/** Due rows in the order of their time; the first page of a shard also holds its lease row. */
export interface DuePage {
  readonly lease: Row | undefined;
  readonly tickets: readonly Ticket[];
  /** Job names that this version does not know. Their rows stay as they are, for the version that wrote them. */
  readonly foreign: readonly string[];
  /** Where the next page begins; absent after the last. */
  readonly next?: string;
}

/** What the due table of a shard holds, whenever it is due. */
export interface Standing {
  /** By {@link nameOf}. */
  readonly work: ReadonlySet<string>;
  readonly undelivered: readonly Work[];
}

export class DueQueue {
  private readonly table: TableStore;
  private readonly now: () => string;

  constructor(table: TableStore, now: () => string) {
    this.table = table;
    this.now = now;
  }

  async schedule(tenant: string, jobs: readonly Job[]): Promise<readonly Ticket[]> {
    const earliest = after(this.now(), { minutes: NET_MINUTES });
    const tickets = new Map<string, Omit<Ticket, 'etag'>>();
    for (const { name, subject, at } of jobs) {
      const work = { tenant, name, subject };
      const key = dueKey(at !== undefined && at > earliest ? at : earliest, work);
      const state = { tries: 0, confirmed: false, atOnce: at === undefined };
      tickets.set(key, { ...work, ...state, shard: shardOf(tenant), key });
    }
    return this.insert(shardOf(tenant), [...tickets.values()]);
  }

  private async insert(shard: string, tickets: readonly Omit<Ticket, 'etag'>[]): Promise<readonly Ticket[]> {
    const written: Ticket[] = [];
    for (let from = 0; from < tickets.length; from += ROWS_PER_COMMIT_MAX) {
      const some = tickets.slice(from, from + ROWS_PER_COMMIT_MAX);
      const result = await this.table.commit(shard, some.map(putTicket));
      const etags = result.kind === 'committed' ? result.etags : new Map<string, string>();
      written.push(...some.map((ticket) => ({ ...ticket, etag: etags.get(ticket.key) ?? '' })));
    }
    return written;
  }

  /** What is due by then, from the lease row on, or from where the page before ended. */
  async page(shard: string, range: { readonly from?: string; readonly to: string }): Promise<DuePage> {
    const { from = LEASE_KEY, to } = range;
    const rows = await this.table.query(shard, { from, to, limit: PAGE_ROWS });
    const lease = rows.find(({ key }) => key === LEASE_KEY);
    const tickets: Ticket[] = [];
    const foreign: string[] = [];
    for (const row of rows) {
      if (row === lease) continue;
      const read = readRow(shard, row);
      if (read.kind === 'work') tickets.push(read.ticket);
      else if (read.kind === 'foreign') foreign.push(read.name);
      else await this.setAside(shard, row);
    }
    const last = rows.length === PAGE_ROWS ? rows.at(-1) : undefined;
    return { lease, tickets, foreign, ...(last !== undefined && { next: `${last.key} ` }) };
  }

  /** The first page of what is due by then. */
  async dueBy(shard: string, now: string): Promise<readonly Ticket[]> {
    return (await this.page(shard, { to: now })).tickets;
  }

  /** A row that no version of this program wrote: kept and counted, but out of the way of those behind it. */
  private async setAside(shard: string, { key, etag, values }: Row): Promise<void> {
    await this.table.commit(shard, [
      { kind: 'delete', key, etag },
      { kind: 'put', key: PARKED + key, values },
    ]);
  }

  /** Takes the row away unless somebody changed it meanwhile; a row that is gone already is fine. */
  async finish(ticket: Ticket): Promise<void> {
    await this.table.commit(ticket.shard, [{ kind: 'delete', key: ticket.key, etag: ticket.etag }]);
  }

  /** The job found its work, which goes on at that time. */
  async postpone(ticket: Ticket, at: string): Promise<void> {
    await this.move(ticket, { ...ticket, key: dueKey(at, ticket), confirmed: true });
  }

  /** Puts failed work back with back-off, or parks it. @returns whether it is parked now. */
  async putBack(ticket: Ticket): Promise<boolean> {
    const tries = ticket.tries + 1;
    const wait = Math.min(BACKOFF_SECONDS_MAX, BACKOFF_SECONDS * 2 ** ticket.tries);
    const parks = tries >= TRIES_MAX;
    const key = parks ? parkedKey(ticket) : dueKey(after(this.now(), { seconds: wait }), ticket);
    const moved = await this.move(ticket, { ...ticket, tries, key });
    // Refused, but perhaps only the second time: the store repeats requests whose answer was lost.
    return parks && (moved || (await this.table.get(ticket.shard, key)) !== undefined);
  }

  /** Gives all parked work of a shard one more try; what fails again is parked again. */
  async unpark(shard: string): Promise<void> {
    let from: string | undefined = PARKED;
    const to = afterPrefix(PARKED);
    while (from !== undefined) {
      const { tickets, next }: DuePage = await this.page(shard, { from, to });
      for (const ticket of tickets)
        await this.move(ticket, { ...ticket, key: dueKey(this.now(), ticket), tries: TRIES_MAX - 1 });
      from = next;
    }
  }

  /** An alert reached nobody, or somebody after all: a row to count it by, apart from the account that lists it. */
  async noteUndelivered(
    tenant: string,
    note: { readonly sequence: bigint; readonly undelivered: boolean },
  ): Promise<void> {
    const subject = note.sequence.toString();
    const key = undeliveredKey(tenant, subject);
    const write: Write = note.undelivered
      ? { kind: 'put', key, values: { tenant, subject } }
      : { kind: 'delete', key };
    await this.table.commit(shardOf(tenant), [write]);
  }

  /** Parked work of all shards, at most a page of the service of each. */
  countParked(): Promise<number> {
    return this.count(PARKED);
  }

  /** Alerts that reached nobody, over all shards, at most a page of the service of each. */
  countUndelivered(): Promise<number> {
    return this.count(UNDELIVERED);
  }

  private async count(prefix: string): Promise<number> {
    const range = { from: prefix, to: afterPrefix(prefix), limit: COUNTED_ROWS_MAX, columns: ['tenant'] };
    const pages = await Promise.all(shards().map((shard) => this.table.query(shard, range)));
    return pages.reduce((sum, page) => sum + page.length, 0);
  }

  /** Names of all work of a shard that has a row, parked or not, and what reached nobody. */
  async standing(shard: string): Promise<Standing> {
    const work = new Set<string>();
    const undelivered: Work[] = [];
    for await (const row of this.rows(shard)) {
      const { tenant, name, subject } = row.values;
      if (typeof tenant !== 'string' || typeof subject !== 'string') continue;
      if (row.key.startsWith(UNDELIVERED)) undelivered.push({ name: 'alert', tenant, subject });
      else if (typeof name === 'string') work.add(nameOf({ name, tenant, subject }));
    }
    return { work, undelivered };
  }

  private async *rows(shard: string): AsyncGenerator<Row> {
    const columns = ['tenant', 'name', 'subject'];
    let from: string | undefined = '0';
    while (from !== undefined) {
      const page: readonly Row[] = await this.table.query(shard, {
        from,
        to: '~',
        limit: COUNTED_ROWS_MAX,
        columns,
      });
      yield* page;
      from = page.length === COUNTED_ROWS_MAX ? `${page.at(-1)?.key ?? ''} ` : undefined;
    }
  }

  /** @returns whether it was moved; where somebody else changed the row first, that stands. */
  private async move(from: Ticket, to: Ticket): Promise<boolean> {
    if (from.key === to.key) return false;
    const result = await this.table.commit(from.shard, [
      { kind: 'delete', key: from.key, etag: from.etag },
      putTicket(to),
    ]);
    return result.kind === 'committed';
  }
}
