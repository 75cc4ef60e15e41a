/** One instance's work on one alert: its notes are written many at a time, and with each batch its claim is renewed. */
import {
  ROWS_PER_COMMIT_MAX,
  StorageUnavailable,
  type TableStore,
  type Write,
} from '../../billing/storage/table.js';
import { CLAIM_SECONDS, claimWrite, ownClaim, type Claim, type ClaimParts } from './claim.js';
import { deliveryWrite, type Delivery } from './delivery.js';

/** One row is the claim's. */
const NOTES_PER_COMMIT_MAX = ROWS_PER_COMMIT_MAX - 1;
/** A note waits at most so long for others; what a crash takes with it is told a second time. */
const NOTE_WAIT_MS_MAX = 500;

export interface RoundParts extends ClaimParts {
  readonly table: TableStore;
  readonly monotonic: () => number;
}

export interface RoundOf {
  readonly partition: string;
  readonly sequence: bigint;
  readonly claim: Pick<Claim, 'key' | 'etag'>;
  readonly known: ReadonlyMap<string, Delivery>;
}

export class DeliveryRound {
  /** As they stood at the beginning, by conversation. */
  readonly known: ReadonlyMap<string, Delivery>;
  private readonly parts: RoundParts;
  private readonly of: RoundOf;
  private readonly pending = new Map<string, Delivery>();
  private pendingSince = 0;
  private writing: Promise<void> = Promise.resolve();
  /** Undefined once somebody else took over. */
  private etag: string | undefined;
  private claimedAt: number;

  constructor(parts: RoundParts, of: RoundOf) {
    this.parts = parts;
    this.of = of;
    this.known = of.known;
    this.etag = of.claim.etag;
    this.claimedAt = parts.monotonic();
  }

  /** False once another instance took over, or may have after a long stall: nothing more is sent by this one. */
  get isOurs(): boolean {
    return this.etag !== undefined && this.parts.monotonic() - this.claimedAt < CLAIM_SECONDS * 1_000;
  }

  /** Kept with the next batch. */
  async note(delivery: Delivery): Promise<void> {
    if (this.pending.size === 0) this.pendingSince = this.parts.monotonic();
    this.pending.set(delivery.conversationKey, delivery);
    const isLate = this.parts.monotonic() - this.pendingSince >= NOTE_WAIT_MS_MAX;
    if (isLate || this.pending.size >= NOTES_PER_COMMIT_MAX) await this.flush();
  }

  /** Resolves when all that was noted is stored; what could not be is tried again with the next flush. */
  flush(): Promise<void> {
    const write = (): Promise<void> => this.write();
    this.writing = this.writing.then(write, write);
    return this.writing;
  }

  /** Writes what is left and gives the claim back. */
  async close(): Promise<void> {
    await this.flush();
    const { etag } = this;
    if (etag === undefined) return;
    this.etag = undefined;
    const { partition, claim } = this.of;
    await this.parts.table.commit(partition, [{ kind: 'delete', key: claim.key, etag }]);
  }

  private async write(): Promise<void> {
    while (this.pending.size > 0) {
      const notes = [...this.pending.values()].slice(0, NOTES_PER_COMMIT_MAX);
      await this.commit(notes.map((delivery) => deliveryWrite(this.of.sequence, delivery)));
      for (const note of notes) {
        // Unless something newer was noted meanwhile.
        const { conversationKey } = note;
        if (this.pending.get(conversationKey) === note) this.pending.delete(conversationKey);
      }
    }
  }

  /** What was told is true whoever holds the claim: the notes are written in any case. */
  private async commit(notes: readonly Write[]): Promise<void> {
    if (this.etag !== undefined && (await this.commitRenewing(notes, this.etag))) return;
    const alone = await this.parts.table.commit(this.of.partition, notes);
    if (alone.kind !== 'committed') throw new StorageUnavailable('deliveries were not noted');
  }

  /** @returns whether it is done: with the claim renewed the notes are there too, being one transaction. */
  private async commitRenewing(notes: readonly Write[], etag: string): Promise<boolean> {
    const { partition, claim } = this.of;
    const claimedAt = this.parts.monotonic();
    const renewal = claimWrite(this.parts, { key: claim.key, etag });
    const result = await this.parts.table.commit(partition, [...notes, renewal]);
    this.etag =
      result.kind === 'committed'
        ? result.etags.get(claim.key)
        : await ownClaim(this.parts, partition, claim.key);
    if (this.etag === undefined) return false;
    this.claimedAt = claimedAt;
    return true;
  }
}
