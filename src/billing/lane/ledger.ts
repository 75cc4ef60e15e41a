import type { Account } from '../ledger/model.js';
import type { LedgerRow } from '../ledger/world.js';
import type { LedgerCommand, Outcome } from './command.js';
import { Lane, type LaneDeps } from './lane.js';

/** Lanes kept for accounts that nobody uses just now, so that memory does not grow with the number of tenants. */
const IDLE_LANES_MAX = 1_000;

/** The one way to change an account: load → decide (pure) → commit (one transaction). */
export class Ledger {
  private readonly lanes = new Map<string, Lane>();
  private readonly deps: LaneDeps;

  constructor(deps: LaneDeps) {
    this.deps = deps;
  }

  /** @throws LedgerBusy, StorageUnavailable: nothing half done, asking again is safe. */
  submit<A>(tenant: string, command: LedgerCommand<A>): Promise<Outcome<A>> {
    return this.laneOf(tenant).submit(command);
  }

  /** The account as it stands in the table; a change that follows at once needs no reading of its own. */
  look(tenant: string): Promise<Account> {
    return this.laneOf(tenant).look();
  }

  /** See {@link Lane.handOver}. */
  handOver(tenant: string, key: string): LedgerRow | undefined {
    return this.lanes.get(tenant)?.handOver(key);
  }

  /** For a job that finds nothing to do: see {@link Lane.touch}. */
  touch(tenant: string): Promise<void> {
    return this.laneOf(tenant).touch();
  }

  private laneOf(tenant: string): Lane {
    const known = this.lanes.get(tenant);
    if (known !== undefined) return known;
    if (this.lanes.size >= IDLE_LANES_MAX) this.dropIdle();
    const lane = new Lane(tenant, this.deps);
    this.lanes.set(tenant, lane);
    return lane;
  }

  private dropIdle(): void {
    for (const [tenant, lane] of this.lanes) if (lane.idle) this.lanes.delete(tenant);
  }
}
