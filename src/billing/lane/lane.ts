/**
 * One queue per account within this instance (DESIGN §3): those waiting go into one transaction, decided one after the
 * other. The ETag is the net for other instances.
 */
import type { Clock } from '../clock.js';
import { ACCOUNT_KEY, type Job } from '../ledger/world.js';
import { ROWS_PER_COMMIT_MAX, StorageUnavailable, type TableStore } from '../storage/table.js';
import {
  accountWrite,
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

export interface LaneDeps {
  readonly table: TableStore;
  readonly defaults: AccountDefaults;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  /** Writes the due rows of the work to come, before the commit that needs it. */
  schedule(tenant: string, jobs: readonly Job[]): Promise<Started>;
}

/** Starts the scheduled work at once; called when the commit has happened. */
export type Started = () => void;

/** Tries of one command alone before {@link LedgerBusy}; with the jitter below, some 3 s. */
export const ATTEMPTS_MAX = 12;
const BACKOFF_MS = 10;
const BACKOFF_MS_MAX = 500;
/** The account row itself. */
const OWN_ROWS = 1;

/** How a try ended. Where it did not surely commit, its work can still be started once it is known to have happened. */
type Tried =
  | { readonly kind: 'committed' }
  | { readonly kind: 'nothingToDo' }
  | { readonly kind: 'conflict'; readonly started: Started; readonly failure?: StorageUnavailable };

interface How {
  readonly careful: boolean;
  /** The work of earlier tries, of which nobody knows whether they committed. */
  readonly started: readonly Started[];
}

const NOT_STARTED: Started = () => undefined;

export class Lane {
  private waiting: Waiting[] = [];
  private running = false;
  private kept: Loaded | undefined;
  private readonly tenant: string;
  private readonly deps: LaneDeps;

  constructor(tenant: string, deps: LaneDeps) {
    this.tenant = tenant;
    this.deps = deps;
  }

  get idle(): boolean {
    return !this.running && this.waiting.length === 0;
  }

  submit<A>(command: LedgerCommand<A>): Promise<Outcome<A>> {
    return new Promise<Outcome<A>>((resolve, reject) => {
      this.waiting.push({ command, resolve: resolve as Waiting['resolve'], reject });
      void this.run();
    });
  }

  private async run(): Promise<void> {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length > 0) {
      const group = this.takeGroup();
      await this.carryOut(group).catch((error: unknown) => {
        this.kept = undefined;
        for (const item of group) item.reject(error);
      });
    }
    this.running = false;
  }

  /** People first, then batches, as many as surely fit into one transaction. */
  private takeGroup(): Waiting[] {
    const people = this.waiting.filter(({ command }) => command.priority === 'person');
    const batches = this.waiting.filter(({ command }) => command.priority === 'batch');
    const group: Waiting[] = [];
    let rows = OWN_ROWS;
    for (const item of [...people, ...batches]) {
      rows += item.command.rowsMax;
      if (group.length > 0 && rows > ROWS_PER_COMMIT_MAX) break;
      group.push(item);
    }
    this.waiting = this.waiting.filter((item) => !group.includes(item));
    return group;
  }

  private async carryOut(group: readonly Waiting[]): Promise<void> {
    const tried = await this.tryTogether(group, { careful: false, started: [] }).catch(unlessDown);
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
    const nothingToDo = decided.writes.length === 0;
    if (nothingToDo && fromCache) {
      // Nothing will be written, so no ETag can tell that the kept rows were old: decide once more on fresh ones.
      this.kept = undefined;
      return this.tryTogether(group, how);
    }
    const answer = await this.prepare(decided.answers);
    const tried = nothingToDo ? nothing(how) : await this.commit(decided);
    if (tried.kind !== 'conflict') answer();
    return tried;
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
    } catch (error) {
      if (error instanceof StorageUnavailable) return { kind: 'conflict', started, failure: error };
      throw error;
    }
    started();
    return { kind: 'committed' };
  }

  /** Rewrites the account unchanged: a stalled commit of another instance then fails and is decided anew. */
  async touch(): Promise<void> {
    const loaded = await loadAccount(this.deps.table, this.tenant, this.deps.defaults);
    // An account that is not there yet is written too: the very first commit may be the one that stalls.
    await this.deps.table.commit(partitionOf(this.tenant), [accountWrite(loaded.world.account, loaded.etag)]);
    this.kept = undefined;
  }
}

/** One command's fault must not be the others': each is tried alone. Where the store is down, nobody is kept waiting. */
function unlessDown(error: unknown): Tried {
  if (error instanceof StorageUnavailable) throw error;
  return { kind: 'conflict', started: NOT_STARTED };
}

/** Nothing is left to do after a try whose answer was lost: it did happen, and nobody has started its work yet. */
function nothing({ started }: How): Tried {
  startAll(started);
  return { kind: 'nothingToDo' };
}

function startAll(started: readonly Started[]): void {
  for (const start of started) start();
}
