/** One alert at one destination: whether it was told there, in which version, and as which message. */
import { z } from 'zod';
import { partitionOf } from '../../billing/lane/account-rows.js';
import { fromColumns, json, toColumns } from '../../billing/rows/columns.js';
import { newestFirst } from '../../billing/storage/keys.js';
import type { TableStore } from '../../billing/storage/table.js';

export interface Delivery {
  readonly conversationKey: string;
  /** `failed`: not to be had there; others may still be reached. */
  readonly state: 'waiting' | 'sent' | 'failed';
  /** Of the alert, as it stands in the message. */
  readonly version: number;
  readonly tries: number;
  /** Of the message, so that it can be brought up to date. */
  readonly activityId?: string;
}

const schema = z.object({
  conversationKey: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  version: json(z.number()),
  tries: json(z.number()),
  activityId: z.string().exactOptional(),
});

const DELIVERIES_MAX = 2_000;

/** Deliveries share no ETag with the account: one sender's work on one alert is held together by its due row. */
export class DeliveryStore {
  private readonly table: TableStore;

  constructor(table: TableStore) {
    this.table = table;
  }

  async list(tenant: string, sequence: bigint): Promise<ReadonlyMap<string, Delivery>> {
    const prefix = prefixOf(sequence);
    const range = { from: `${prefix}:`, to: `${prefix};`, limit: DELIVERIES_MAX };
    const rows = await this.table.query(partitionOf(tenant), range);
    const deliveries = rows.map((row) => fromColumns<Delivery>(schema, row.key, row.values));
    return new Map(deliveries.map((delivery) => [delivery.conversationKey, delivery]));
  }

  async put(tenant: string, sequence: bigint, delivery: Delivery): Promise<void> {
    const key = `${prefixOf(sequence)}:${delivery.conversationKey}`;
    await this.table.commit(partitionOf(tenant), [{ kind: 'put', key, values: toColumns(delivery) }]);
  }
}

function prefixOf(sequence: bigint): string {
  return `delivery:${newestFirst(sequence)}`;
}
