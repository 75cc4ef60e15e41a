/** One alert at one destination: whether it was told there, in which version, and as which message. */
import * as z from 'zod';
import { fromColumns, json, toColumns } from '../../billing/rows/columns.js';
import { newestFirst } from '../../billing/storage/keys.js';
import type { Row, Write } from '../../billing/storage/table.js';

export interface Delivery {
  readonly conversationKey: string;
  /** `failed`: not to be had there; others may still be reached. */
  readonly state: 'waiting' | 'sent' | 'failed';
  /** Of the alert, as it stands in the message. */
  readonly version: number;
  readonly tries: number;
  /** When it is tried again: the service named the time, or it is the back-off's. Absent where nothing is to be tried. */
  readonly notBefore?: string;
  /** Of the message, so that it can be brought up to date. */
  readonly activityId?: string;
  /** Posts whose answer was lost: so often the alert may stand there besides. */
  readonly doubtful?: number;
}

const schema = z.object({
  conversationKey: z.string(),
  state: z.enum(['waiting', 'sent', 'failed']),
  version: json(z.number()),
  tries: json(z.number()),
  notBefore: z.string().exactOptional(),
  activityId: z.string().exactOptional(),
  doubtful: json(z.number()).exactOptional(),
});

/** All deliveries of an alert, and before them the claim on its delivery, whose key this is. */
export function deliveryPrefix(sequence: bigint): string {
  return `delivery:${newestFirst(sequence)}`;
}

export function readDelivery(row: Row): Delivery {
  return fromColumns<Delivery>(schema, row.key, row.values);
}

export function deliveryWrite(sequence: bigint, delivery: Delivery): Write {
  const key = `${deliveryPrefix(sequence)}:${delivery.conversationKey}`;
  return { kind: 'put', key, values: toColumns(delivery) };
}
