/**
 * One queue per account within this instance (DESIGN §3): those waiting go into one transaction, decided one after the
 * other. The ETag is the net for other instances.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Job, World } from '../ledger/world.js';
import { ROWS_PER_COMMIT_MAX, StorageUnavailable, type TableStore, type Write } from '../storage/table.js';
import {
  accountWrite,
  keepAfter,
  loadAccount,
  loadRows,
  partitionOf,
  writesBetween,
  type AccountDefaults,
  type Loaded,
} from './account-rows.js';
import { LedgerBusy, type LedgerCommand, type Outcome } from './command.js';
import { isStale, operationKey, operationWrite, storedAnswer } from './operations.js';

export interface LaneDeps {
  readonly table: TableStore;
  readonly defaults: AccountDefaults;
  readonly now: () => string;
  /** In [0, 1). */
  readonly random: () => number;
  /** Writes the due rows of the work to come, before the commit that needs it. */
  schedule(tenant: string, jobs: readonly Job[]): Promise<Started>;
}

/** Starts the scheduled work at once; called when the commit has happened. */
export type Started = () => void;

interface Waiting {
  readonly command: LedgerCommand<unknown>;
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

/** Tries of one command alone before {@link LedgerBusy}; with the jitter below, some 3 s. */
export const ATTEMPTS_MAX = 12;
const BACKOFF_MS = 10;
const BACKOFF_MS_MAX = 500;
/** The account row itself. */
const OWN_ROWS = 1;

type GroupResult = { readonly kind: 'committed' } | { readonly kind: 'conflict' };

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
    const result = await this.tryTogether(group, { careful: false });
    if (result.kind === 'committed') return;
    for (const item of group) await this.carryOutAlone(item);
  }

  /** After any failure: look whether it happened after all, else decide anew on what is there now. */
  private async carryOutAlone(item: Waiting): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      this.kept = undefined;
      const known = await this.lookUp(item.command);
      if (known !== undefined) {
        item.resolve({ kind: 'done', answer: known });
        return;
      }
      if ((await this.tryTogether([item], { careful: true })).kind === 'committed') return;
      await sleep(Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** attempt) * this.deps.random());
    }
    throw new LedgerBusy(`${item.command.name}: others were first ${ATTEMPTS_MAX} times`);
  }

  private async lookUp(command: LedgerCommand<unknown>): Promise<unknown> {
    if (command.operation === undefined) return undefined;
    const row = await this.deps.table.get(partitionOf(this.tenant), operationKey(command.operation));
    return row === undefined ? undefined : storedAnswer(row);
  }

  private async tryTogether(group: readonly Waiting[], how: { careful: boolean }): Promise<GroupResult> {
    const fromCache = this.kept !== undefined;
    const loaded = await this.load(group, how.careful);
    const decided = decideAll(group, loaded, this.deps.now());
    if (decided.writes.length === 0) {
      // Nothing will be written, so no ETag can tell that the kept rows were old: decide once more on fresh ones.
      if (fromCache) {
        this.kept = undefined;
        return this.tryTogether(group, how);
      }
      decided.answer();
      return { kind: 'committed' };
    }
    const started = await this.deps.schedule(this.tenant, decided.world.jobs);
    const etag = await this.commit(decided.writes);
    if (etag === undefined) return { kind: 'conflict' };
    this.kept = keepAfter(decided.world, etag);
    started();
    decided.answer();
    return { kind: 'committed' };
  }

  private async load(group: readonly Waiting[], careful: boolean): Promise<Loaded> {
    const { table, defaults } = this.deps;
    const base = this.kept ?? (await loadAccount(table, this.tenant, defaults));
    const reads = group.map(({ command }) => command.reads(base.world.account, careful));
    return loadRows(table, base, reads);
  }

  /** @returns the account's new ETag, or undefined where somebody was first or nobody knows. */
  private async commit(writes: readonly Write[]): Promise<string | undefined> {
    try {
      const result = await this.deps.table.commit(partitionOf(this.tenant), writes);
      return result.kind === 'committed' ? result.etags.get('account') : undefined;
    } catch (error) {
      if (error instanceof StorageUnavailable) return undefined;
      throw error;
    }
  }

  /** Rewrites the account unchanged: a stalled commit of another instance then fails and is decided anew. */
  async touch(): Promise<void> {
    const loaded = await loadAccount(this.deps.table, this.tenant, this.deps.defaults);
    if (loaded.etag === undefined) return;
    await this.deps.table.commit(partitionOf(this.tenant), [accountWrite(loaded.world.account, loaded.etag)]);
    this.kept = undefined;
  }
}

interface DecidedGroup {
  readonly world: World;
  readonly writes: readonly Write[];
  /** Tells everybody of the group; only after the commit. */
  readonly answer: () => void;
}

function decideAll(group: readonly Waiting[], loaded: Loaded, now: string): DecidedGroup {
  let world = loaded.world;
  const answers: (() => void)[] = [];
  const operations: Write[] = [];
  for (const { command, resolve } of group) {
    const { operation } = command;
    const decision =
      operation !== undefined && isStale(operation, now)
        ? ({ kind: 'refused', reason: 'stale' } as const)
        : command.decide(world, now);
    if (decision.kind === 'refused') {
      answers.push(() => {
        resolve(decision);
      });
      continue;
    }
    const changed = decision.world !== world;
    world = decision.world;
    if (operation !== undefined && changed) operations.push(operationWrite(operation, decision.answer, now));
    answers.push(() => {
      resolve({ kind: 'done', answer: decision.answer });
    });
  }
  const answer = () => {
    for (const tell of answers) tell();
  };
  return { world, writes: [...writesBetween(loaded, world), ...operations], answer };
}
