/**
 * Once a day the holder of a shard looks through its accounts: that the net has no hole (DESIGN §3), and at what is to
 * be done every day. It reads what is there and asks for work; a scan that was cut short is simply done again.
 */
import type { Account } from '../ledger/model.js';
import { ACCOUNT_KEY, type Job } from '../ledger/world.js';
import type { LedgerReader } from '../reader.js';
import { decodeKeyPart } from '../storage/keys.js';
import type { PartitionScan } from '../storage/table.js';
import type { DueQueue, Standing } from './due-queue.js';
import { nameOf, shardOf, type Work } from './due-row.js';
import { owedBy, type OwedRows } from './owed-work.js';

const ACCOUNTS_AT_ONCE = 4;

/** Something that is done for each account every day. */
export interface Chore {
  /** For the log. */
  readonly name: string;
  readonly run: (tenant: string) => Promise<unknown>;
}

export interface ScanDeps {
  readonly accounts: PartitionScan;
  readonly queue: DueQueue;
  readonly reader: Pick<LedgerReader, 'account'>;
  readonly alerts: OwedRows;
  readonly chores: readonly Chore[];
  readonly now: () => string;
  readonly log: ScanLog;
}

export interface ScanLog {
  /** To be kept outside: with it, `npm run verify -- --head` finds what was changed since. */
  chainHead(head: { readonly tenant: string; readonly sequence: bigint; readonly hash: string }): void;
  /** Work without a due row: the net had a hole, and an operator should know. */
  holeFound(work: Work): void;
  /** One account's part of the scan, by name; the others go on. */
  scanFailed(tenant: string, part: string, error: unknown): void;
}

interface Scanning {
  readonly startedAt: string;
  readonly standing: Standing;
  readonly goOn: () => boolean;
}

export class DailyScan {
  private readonly deps: ScanDeps;

  constructor(deps: ScanDeps) {
    this.deps = deps;
  }

  /** @returns whether it came to its end; it stops where `goOn` says no. */
  async run(shard: string, goOn: () => boolean): Promise<boolean> {
    const { queue, now } = this.deps;
    const startedAt = now();
    await queue.unpark(shard);
    const standing = await queue.standing(shard);
    const tenants = this.tenantsOf(shard);
    const hand = async (): Promise<void> => {
      for await (const tenant of tenants) {
        if (!goOn()) return;
        await this.lookAt(tenant, { startedAt, standing, goOn });
      }
    };
    await Promise.all(Array.from({ length: ACCOUNTS_AT_ONCE }, hand));
    return goOn();
  }

  private async *tenantsOf(shard: string): AsyncGenerator<string> {
    for await (const partition of this.deps.accounts.partitionsWith(ACCOUNT_KEY)) {
      const tenant = decodeKeyPart(partition);
      if (shardOf(tenant) === shard) yield tenant;
    }
  }

  private async lookAt(tenant: string, scanning: Scanning): Promise<void> {
    await this.part(tenant, 'net', () => this.mendNet(tenant, scanning));
    for (const { name, run } of this.deps.chores)
      if (scanning.goOn()) await this.part(tenant, name, () => run(tenant));
  }

  private async part(tenant: string, name: string, run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.deps.log.scanFailed(tenant, name, error);
    }
  }

  private async mendNet(tenant: string, { startedAt, standing }: Scanning): Promise<void> {
    const { reader, alerts, log } = this.deps;
    const account = await reader.account(tenant);
    const { nextSequence, head } = account;
    log.chainHead({ tenant, sequence: nextSequence - 1n, hash: head });
    const holes = await this.ask(tenant, await owedBy(account, startedAt, alerts), standing);
    for (const { name, subject } of holes) log.holeFound({ tenant, name, subject });
    await this.retryUndelivered(account, standing);
  }

  /** Another try each day, and the count brought in line with the account, whatever a crash came between. */
  private async retryUndelivered({ tenant, undelivered }: Account, standing: Standing): Promise<void> {
    const { queue, alerts } = this.deps;
    const listed = undelivered.map(String);
    const counted = standing.undelivered
      .filter((work) => work.tenant === tenant)
      .map(({ subject }) => subject);
    for (const subject of listed.filter((one) => !counted.includes(one)))
      await queue.noteUndelivered(tenant, { sequence: BigInt(subject), undelivered: true });
    const heard = new Set<string>();
    for (const subject of counted.filter((one) => !listed.includes(one))) {
      if (!(await alerts.wasHeard(tenant, BigInt(subject)))) continue;
      await queue.noteUndelivered(tenant, { sequence: BigInt(subject), undelivered: false });
      heard.add(subject);
    }
    const waiting = [...new Set([...listed, ...counted])].filter((subject) => !heard.has(subject));
    await this.ask(
      tenant,
      waiting.map((subject): Job => ({ name: 'alert', subject })),
      standing,
    );
  }

  /** @returns what had no due row, and has one now. */
  private async ask(tenant: string, jobs: readonly Job[], { work }: Standing): Promise<readonly Job[]> {
    const missing = jobs.filter(({ name, subject }) => !work.has(nameOf({ tenant, name, subject })));
    await this.deps.queue.schedule(tenant, missing);
    return missing;
  }
}
