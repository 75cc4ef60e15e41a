/**
 * One queue per account within this instance (DESIGN §3): those waiting go into one transaction, decided one after the
 * other. The ETag is the net for other instances.
 */
import type { Clock } from '../clock.js';
import type { Account } from '../ledger/model.js';
import { ACCOUNT_KEY, type Job, type LedgerRow } from '../ledger/world.js';
import { bytesAtMost } from '../storage/limits.js';
import { StorageUnavailable, type TableStore, type Write } from '../storage/table.js';
import {
  accountWrite,
  asksMore,
  keepAfter,
  loadAccount,
  loadRows,
  partitionOf,
  type AccountDefaults,
  type Loaded,
} from './account-rows.js';
import { LedgerBusy, type LedgerCommand, type Outcome } from './command.js';
import { decideAll, type Answer, type DecidedGroup, type Waiting } from './group.js';
import { operationKey, storedAnswer } from './operations.js';
import { SharedLook } from './shared-look.js';
import { nothing, startAll, unlessDown, type How, type Started, type Tried } from './tried.js';
import { WaitingLine } from './waiting-line.js';

export interface LaneDeps {
  readonly table: TableStore;
  readonly defaults: AccountDefaults;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Writes the due rows of the work to come, before the commit that needs it. */
  schedule(tenant: string, jobs: readonly Job[]): Promise<Started>;
}

/** Tries of one command alone before {@link LedgerBusy}; with the jitter below, some 3 s. */
export const ATTEMPTS_MAX = 12;
/** A group closes at this many bytes; one command alone may have as many as the store takes. */
export const GROUP_BYTES_MAX = 3 * 1024 * 1024;
const BACKOFF_MS = 10;
const BACKOFF_MS_MAX = 500;

interface Considered {
  readonly loaded: Loaded;
  readonly decided: DecidedGroup;
  readonly fromCache: boolean;
}

export class Lane {
  private readonly line = new WaitingLine();
  private readonly looks = new SharedLook(() => this.lookNow());
  private running = false;
  private kept: Loaded | undefined;
  /** Payments that the last commits have opened, until whoever carries them on has taken them. */
  private opened = new Set<string>();
  private rounds = 0;
  private readonly tenant: string;
  private readonly deps: LaneDeps;

  constructor(tenant: string, deps: LaneDeps) {
    this.tenant = tenant;
    this.deps = deps;
  }

  get idle(): boolean {
    return !this.running && this.line.isEmpty;
  }

  submit<A>(command: LedgerCommand<A>): Promise<Outcome<A>> {
    return new Promise<Outcome<A>>((resolve, reject) => {
      this.line.add({ command, resolve: resolve as Waiting['resolve'], reject });
      void this.run();
    });
  }

  /** The account as it stands in the table. */
  look(): Promise<Account> {
    return this.looks.get();
  }

  /** A change that follows starts from what was read here, unless another one came between. */
  private async lookNow(): Promise<Account> {
    const { rounds } = this;
    const loaded = await loadAccount(this.deps.table, this.tenant, this.deps.defaults);
    const quiet = !this.running && this.rounds === rounds;
    if (quiet && (this.kept === undefined || this.kept.etag !== loaded.etag)) this.kept = loaded;
    return loaded.world.account;
  }

  /**
   * A row as the commit that started the work has just written it, once: who comes later reads the table, since another
   * instance may have carried on with it.
   */
  handOver(key: string): LedgerRow | undefined {
    return this.opened.delete(key) ? this.kept?.world.rows.get(key) : undefined;
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (!this.line.isEmpty) {
      this.rounds += 1;
      const group = this.line.takeGroup();
      await this.carryOut(group).catch((error: unknown) => {
        this.kept = undefined;
        for (const item of group) item.reject(error);
      });
    }
    this.running = false;
  }

  private async carryOut(group: readonly Waiting[]): Promise<void> {
    const tried = await this.tryTogether(group, { careful: false, started: [] }).catch(unlessDown);
    if (tried.kind === 'tooLarge') return this.carryOutHalves(group);
    if (tried.kind !== 'conflict') return;
    for (const item of group) {
      await this.carryOutAlone(item, tried.started).catch((error: unknown) => {
        this.kept = undefined;
        item.reject(error);
        // The others would fare no better, and one time-out after the other is no answer.
        if (error instanceof StorageUnavailable || error instanceof LedgerBusy) throw error;
      });
    }
  }

  /** Closes the group where it is known to be small enough. */
  private async carryOutHalves(group: readonly Waiting[]): Promise<void> {
    const middle = Math.ceil(group.length / 2);
    await this.carryOut(group.slice(0, middle));
    await this.carryOut(group.slice(middle));
  }

  /** After any failure: look whether it happened after all, else decide anew on what is there now. */
  private async carryOutAlone(item: Waiting, startedTogether: Started): Promise<void> {
    const started = [startedTogether];
    let failure: StorageUnavailable | undefined;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      this.kept = undefined;
      const tried = await this.tryAlone(item, started);
      if (tried.kind !== 'conflict') return;
      started.push(tried.started);
      failure = tried.failure;
      await this.deps.clock.sleep(Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** attempt) * this.deps.random());
    }
    throw failure ?? new LedgerBusy(`${item.command.name}: others were first ${ATTEMPTS_MAX} times`);
  }

  private async tryAlone(item: Waiting, started: readonly Started[]): Promise<Tried> {
    const known = await this.lookUp(item.command);
    if (known === undefined) return this.tryTogether([item], { careful: true, started });
    startAll(started);
    item.resolve({ kind: 'done', answer: known });
    return { kind: 'nothingToDo' };
  }

  private async lookUp(command: LedgerCommand<unknown>): Promise<unknown> {
    if (command.operation === undefined) return undefined;
    const row = await this.deps.table.get(partitionOf(this.tenant), operationKey(command.operation));
    return row === undefined ? undefined : storedAnswer(row);
  }

  private async tryTogether(group: readonly Waiting[], how: How): Promise<Tried> {
    const fromCache = this.kept !== undefined;
    const loaded = await this.load(group, how.careful);
    const decided = decideAll(group, loaded, this.deps.clock.now());
    const closer = this.lookCloser(how, { loaded, decided, fromCache });
    if (closer !== undefined) return this.tryTogether(group, closer);
    if (group.length > 1 && this.bytesOf(decided) > GROUP_BYTES_MAX) return { kind: 'tooLarge' };
    const nothingToDo = decided.writes.length === 0;
    const answer = await this.prepare(decided.answers);
    const tried = nothingToDo ? nothing(how) : await this.commit(decided);
    if (tried.kind !== 'conflict') answer();
    return tried;
  }

  /**
   * Where nothing is written, neither an ETag nor an insert can tell that the decision stood on old rows or overlooked
   * some: then it is made once more on fresh ones, and on all of them.
   */
  private lookCloser(how: How, { loaded, decided, fromCache }: Considered): How | undefined {
    const rash = decided.answers.some(({ idle, item }) => idle && asksMore(loaded, item.command));
    if (rash && !how.careful) return { ...how, careful: true };
    if (decided.writes.length > 0 || !fromCache) return undefined;
    this.kept = undefined;
    return how;
  }

  /** What an operation did when it was asked before is its answer, whatever the rules would say now. */
  private async prepare(answers: readonly Answer[]): Promise<() => void> {
    const told = await Promise.all(
      answers.map(async ({ item, outcome, doubtful }) => {
        const known = doubtful ? await this.lookUp(item.command) : undefined;
        return { item, outcome: known === undefined ? outcome : { kind: 'done' as const, answer: known } };
      }),
    );
    return () => {
      for (const { item, outcome } of told) item.resolve(outcome);
    };
  }

  private async load(group: readonly Waiting[], careful: boolean): Promise<Loaded> {
    const { table, defaults } = this.deps;
    const base = this.kept ?? (await loadAccount(table, this.tenant, defaults));
    const reads = group.map(({ command }) => command.reads(base.world.account, careful));
    return loadRows(table, base, reads);
  }

  private async commit({ world, writes }: DecidedGroup): Promise<Tried> {
    const started = await this.deps.schedule(this.tenant, world.jobs);
    try {
      const result = await this.deps.table.commit(partitionOf(this.tenant), writes);
      if (result.kind === 'conflict') return { kind: 'conflict', started };
      this.kept = keepAfter(world, result.etags.get(ACCOUNT_KEY) ?? '');
      this.opened = paymentsIn(writes);
    } catch (error) {
      if (error instanceof StorageUnavailable) return { kind: 'conflict', started, failure: error };
      throw error;
    }
    started();
    return { kind: 'committed' };
  }

  private bytesOf({ writes }: DecidedGroup): number {
    const partition = partitionOf(this.tenant);
    return writes.reduce((sum, write) => sum + bytesAtMost(partition, write), 0);
  }

  /** Rewrites the account unchanged: a stalled commit of another instance then fails and is decided anew. */
  async touch(): Promise<void> {
    const loaded = await loadAccount(this.deps.table, this.tenant, this.deps.defaults);
    // An account that is not there yet is written too: the very first commit may be the one that stalls.
    await this.deps.table.commit(partitionOf(this.tenant), [accountWrite(loaded.world.account, loaded.etag)]);
    this.kept = undefined;
  }
}

function paymentsIn(writes: readonly Write[]): Set<string> {
  const inserted = writes.filter(({ kind, key }) => kind === 'insert' && key.startsWith('payment:'));
  return new Set(inserted.map(({ key }) => key));
}
