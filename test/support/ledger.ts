/** A lane without the rest of billing: commands that credit, and a store that can be told to fail. */
import { machineClock } from '../../src/billing/clock.js';
import { post } from '../../src/billing/ledger/entries.js';
import { SYSTEM } from '../../src/billing/ledger/model.js';
import { accepted, type Job } from '../../src/billing/ledger/world.js';
import type { LedgerCommand } from '../../src/billing/lane/command.js';
import { Ledger } from '../../src/billing/lane/ledger.js';
import type { Started } from '../../src/billing/lane/tried.js';
import { MemoryTableStore, type Faults } from '../../src/billing/storage/memory-table.js';
import type { TableStore, Write } from '../../src/billing/storage/table.js';
import { START } from './billing.js';

export interface LedgerOptions {
  readonly now?: () => string;
  readonly schedule?: (tenant: string, jobs: readonly Job[]) => Promise<Started>;
}

export function ledgerOver(table: TableStore, options: LedgerOptions = {}): Ledger {
  return new Ledger({
    table,
    defaults: { currency: 'USD', timeZone: 'UTC' },
    clock: { ...machineClock, now: options.now ?? (() => START) },
    random: () => 0.1,
    schedule: options.schedule ?? (async () => () => undefined),
  });
}

/** Credits the amount; its answer is the balance after it. */
export function credit(amount: bigint, more: Partial<LedgerCommand<bigint>> = {}): LedgerCommand<bigint> {
  return {
    name: 'adjust',
    priority: 'person',
    rowsMax: 4,
    reads: () => ({}),
    decide: (world, at) => {
      const next = post(world, {
        kind: 'correction',
        amount,
        at,
        by: SYSTEM,
        reference: 'credit',
      });
      return accepted(next, next.account.balance);
    },
    ...more,
  };
}

export interface WatchedTable {
  readonly table: MemoryTableStore;
  /** The writes of every commit that was asked for. */
  readonly commits: (readonly Write[])[];
  faults: Faults;
}

/** In memory, with faults that a test sets while it runs. */
export function watchedTable(): WatchedTable {
  const watched: WatchedTable = {
    commits: [],
    faults: {},
    table: new MemoryTableStore({
      before: (operation) => {
        if (operation.kind === 'commit') watched.commits.push(operation.writes);
        return watched.faults.before?.(operation);
      },
      after: (operation) => watched.faults.after?.(operation),
      repeat: (operation) => watched.faults.repeat?.(operation) ?? false,
    }),
  };
  return watched;
}

/** A hook that does it the first time only that it is asked about a commit. */
export function onFirstCommit(act: () => void | Promise<void>): NonNullable<Faults['before']> {
  let done = false;
  return async (operation) => {
    if (done || operation.kind !== 'commit') return;
    done = true;
    await act();
  };
}
