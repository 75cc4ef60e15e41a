/**
 * Which instance looks for the due work of a shard (DESIGN §3). The lease is a row in the shard's own partition, so that
 * one query brings it together with what is due. Wall clocks are never compared: each instance judges by its own
 * monotonic clock alone. It only spares double work; that nothing happens twice is decided by payment ids, operation
 * rows and the account's ETag.
 */
import type { Clock } from '../clock.js';
import type { Row, TableStore, Values, Write } from '../storage/table.js';

/** Sorts before all times. */
export const LEASE_KEY = '!lease';
export const LEASE_MS = 30_000;
/** The holder renews after this share of the lease time. */
const RENEWALS_PER_LEASE = 3;
const NOBODY = '';

export interface LeaseDeps {
  readonly table: TableStore;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Names this start of this instance, and no other one ever. */
  readonly holder: string;
  readonly leaseMs: number;
}

export class ShardLease {
  readonly shard: string;
  private readonly deps: LeaseDeps;
  /** As it stands, where that is known; undefined also between a write and its answer. */
  private row: Row | undefined;
  private lastScan: string | undefined;
  private scanUnsaved = false;
  /** The version that another holder's row has, and since when. */
  private watched = { etag: '', since: 0 };
  /** Our last write, whether or not it arrived. */
  private sent = { counter: 0n, at: -Infinity };
  private renewedAt = -Infinity;

  constructor(shard: string, deps: LeaseDeps) {
    this.shard = shard;
    this.deps = deps;
  }

  /** Whether this instance may start the shard's jobs now. What it could not renew in time is lost to it. */
  get held(): boolean {
    return this.age() < this.deps.leaseMs;
  }

  /** When the daily scan of the shard was last carried to its end; wall clock, ISO 8601. */
  get scannedAt(): string | undefined {
    return this.lastScan;
  }

  /** Kept with the next renewal, which is the next look. */
  noteScan(at: string): void {
    this.lastScan = at;
    this.scanUnsaved = true;
  }

  /**
   * Judges the row as it was just read: takes the lease where it is free or stood still for long enough, renews it where
   * that is due. `askedAt`: monotonic time before the row was asked for.
   */
  async look(row: Row | undefined, askedAt: number): Promise<void> {
    this.row = row;
    const mine = this.isMine(row);
    if (!mine) this.lose();
    else if (counterOf(row) === this.sent.counter) this.renewedAt = this.sent.at;
    if (!this.scanUnsaved) this.lastScan = textOf(row, 'scannedAt');
    if (mine ? this.wantsRenewal() : this.isFree(row, askedAt)) await this.take();
  }

  /** In the middle of a long round, without another look. */
  async renew(): Promise<void> {
    if (this.row !== undefined && this.wantsRenewal()) await this.take();
  }

  /** So that others can take over at once. */
  async release(): Promise<void> {
    if (!this.isMine(this.row)) return;
    this.lose();
    await this.write(NOBODY);
  }

  private async take(): Promise<void> {
    if (!(await this.write(this.deps.holder))) return;
    this.renewedAt = this.sent.at;
    this.scanUnsaved = false;
  }

  private isMine(row: Row | undefined): boolean {
    return textOf(row, 'holder') === this.deps.holder;
  }

  private lose(): void {
    this.renewedAt = -Infinity;
    this.scanUnsaved = false;
  }

  private age(): number {
    return this.deps.clock.monotonic() - this.renewedAt;
  }

  private wantsRenewal(): boolean {
    return this.scanUnsaved || this.age() >= this.deps.leaseMs / RENEWALS_PER_LEASE;
  }

  /** Never there, given back, or not renewed while this instance watched it for the whole lease time. */
  private isFree(row: Row | undefined, askedAt: number): boolean {
    if (row === undefined || textOf(row, 'holder') === NOBODY) return true;
    if (row.etag === this.watched.etag) return askedAt - this.watched.since >= this.deps.leaseMs;
    this.watched = { etag: row.etag, since: this.deps.clock.monotonic() };
    return false;
  }

  /** A conflict or a lost answer leaves open what happened: the next look at the row tells, by holder and counter. */
  private async write(holder: string): Promise<boolean> {
    const { row, lastScan } = this;
    const before = counterOf(row);
    // Each write has a number of its own, so that one which arrives late is not taken for a newer one.
    const counter = (before > this.sent.counter ? before : this.sent.counter) + 1n;
    const values: Values = { holder, counter, ...(lastScan !== undefined && { scannedAt: lastScan }) };
    this.row = undefined;
    this.sent = { counter, at: this.deps.clock.monotonic() };
    const result = await this.deps.table.commit(this.shard, [replacing(row, values)]);
    const etag = result.kind === 'committed' ? result.etags.get(LEASE_KEY) : undefined;
    if (etag === undefined) return false;
    this.row = { key: LEASE_KEY, etag, values };
    return true;
  }
}

function replacing(row: Row | undefined, values: Values): Write {
  if (row === undefined) return { kind: 'insert', key: LEASE_KEY, values };
  return { kind: 'replace', key: LEASE_KEY, values, etag: row.etag };
}

function counterOf(row: Row | undefined): bigint {
  const counter = row?.values['counter'];
  return typeof counter === 'bigint' ? counter : 0n;
}

function textOf(row: Row | undefined, column: string): string | undefined {
  const value = row?.values[column];
  return typeof value === 'string' ? value : undefined;
}
