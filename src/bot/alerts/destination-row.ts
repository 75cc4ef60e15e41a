import * as z from 'zod';
import { fromColumns, json, toColumns } from '../../billing/rows/columns.js';
import type { Row, Values } from '../../billing/storage/table.js';
import type { Destination } from './destinations.js';

const schema = z.object({
  conversation: json(
    z.object({
      key: z.string(),
      id: z.string(),
      kind: z.enum(['personal', 'group', 'channel']),
      channelId: z.string(),
      serviceUrl: z.string(),
      bot: z.object({ id: z.string(), name: z.string().exactOptional() }),
    }),
  ),
  locale: z.string(),
  alerts: z.enum(['on', 'off', 'paused']),
  since: z.string().exactOptional(),
  person: json(z.object({ id: z.string(), name: z.string(), channelAccountId: z.string() })).exactOptional(),
});

export function destinationKey(conversationKey: string): string {
  return `destination:${conversationKey}`;
}

export function readDestination(row: Row): Destination {
  return fromColumns<Destination>(schema, row.key, row.values);
}

export function destinationValues(destination: Destination): Values {
  return toColumns(destination);
}
