/** How far each tenant's collecting has come, as one row of the tenant's partition. */
import * as z from 'zod';
import { partitionOf } from '../../lane/account-rows.js';
import { fromColumns, json, toColumns } from '../../rows/columns.js';
import { count, text } from '../../rows/parts.js';
import type { TableStore } from '../../storage/table.js';
import { NOTHING_ASKED, type Checkpoint } from './plan.js';
import { TROUBLE_REASONS } from './pstn-calls.js';

const KEY = 'graph';

const round = z.object({ startedAt: text, asked: count, skipped: count, ended: z.boolean() });

const checkpointSchema: z.ZodType<Checkpoint> = z.object({
  rounds: json(
    z.object({ recent: round.exactOptional(), late: round.exactOptional(), old: round.exactOptional() }),
  ),
  answeredAt: text.exactOptional(),
  askedUntil: text.exactOptional(),
  trouble: json(z.object({ reason: z.enum(TROUBLE_REASONS), since: text, at: text })).exactOptional(),
});

/** Both may throw StorageUnavailable. */
export class Checkpoints {
  private readonly table: TableStore;

  constructor(table: TableStore) {
    this.table = table;
  }

  /** @throws UnreadableRow */
  async read(tenant: string): Promise<Checkpoint> {
    const row = await this.table.get(partitionOf(tenant), KEY);
    return row === undefined ? NOTHING_ASKED : fromColumns(checkpointSchema, KEY, row.values);
  }

  /**
   * Whoever writes last wins: an older checkpoint over a newer one only has some days asked for once more, and taking
   * their rows again changes nothing.
   */
  async write(tenant: string, checkpoint: Checkpoint): Promise<void> {
    const values = toColumns(checkpoint);
    await this.table.commit(partitionOf(tenant), [{ kind: 'put', key: KEY, values }]);
  }
}
