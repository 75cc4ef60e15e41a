/** Alerts that reached nobody: listed on the account for the next `balance`, and counted for the operator. */
import type { DueQueue } from './due/due-queue.js';
import type { JobRunner } from './due/job-runner.js';
import type { Ledger } from './lane/ledger.js';
import { noteUndelivered } from './ledger/commands/tell.js';
import { rowKeys } from './ledger/world.js';
import type { LedgerReader } from './reader.js';

/** The account alone: nothing is raised by it. */
const NOTE_ROWS_MAX = 1;

export interface UndeliveredDeps {
  readonly ledger: Ledger;
  readonly reader: LedgerReader;
  readonly queue: Pick<DueQueue, 'noteUndelivered'>;
  readonly runner: JobRunner;
}

export interface UndeliveredNote {
  readonly sequence: bigint;
  readonly undelivered: boolean;
}

export class UndeliveredAlerts {
  private readonly deps: UndeliveredDeps;

  constructor(deps: UndeliveredDeps) {
    this.deps = deps;
  }

  /** Counted before it is listed, and no longer counted after: a crash in between is put right by the daily scan. */
  async note(tenant: string, note: UndeliveredNote): Promise<void> {
    const { ledger, queue } = this.deps;
    if (note.undelivered) await queue.noteUndelivered(tenant, note);
    await ledger.submit(tenant, {
      name: 'noteUndelivered',
      priority: 'person',
      rowsMax: NOTE_ROWS_MAX,
      reads: () => ({ keys: [rowKeys.alert(note.sequence)] }),
      decide: (world) => noteUndelivered(world, note),
    });
    if (!note.undelivered) await queue.noteUndelivered(tenant, note);
  }

  /** Somebody hears alerts again: what reached nobody is told now. */
  async tell(tenant: string): Promise<void> {
    const { undelivered } = await this.deps.reader.account(tenant);
    for (const sequence of undelivered)
      void this.deps.runner.kick({ tenant, name: 'alert', subject: sequence.toString() });
  }
}
