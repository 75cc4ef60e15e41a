/** Destinations in the tenant's partition, outside the account's ETag: rewritten only when something is new. */
import { partitionOf } from '../../billing/lane/account-rows.js';
import type { Row, TableStore } from '../../billing/storage/table.js';
import type { Sighting, Sightings } from '../ports.js';
import type { ConversationRef } from '../turn.js';
import { destinationKey, destinationValues, readDestination } from './destination-row.js';
import type { Destination, Destinations } from './destinations.js';

/** Places of one tenant; beyond, the oldest keys still hear. */
export const DESTINATIONS_MAX = 1_000;
const ATTEMPTS_MAX = 5;
const REMEMBERED_MAX = 5_000;

type Change = (known: Destination | undefined) => Destination | undefined;

export class DestinationStore implements Destinations, Sightings {
  private readonly table: TableStore;
  /** What each place said last, so that an ordinary message costs no storage call. */
  private readonly remembered = new Map<string, string>();

  constructor(table: TableStore) {
    this.table = table;
  }

  async setAlerts(tenant: string, conversation: ConversationRef, alerts: 'on' | 'off'): Promise<void> {
    await this.change(tenant, conversation.key, (known) => ({ locale: '', ...known, conversation, alerts }));
  }

  async find(tenant: string, conversationKey: string): Promise<Destination | undefined> {
    const row = await this.table.get(partitionOf(tenant), destinationKey(conversationKey));
    return row && readDestination(row);
  }

  async list(tenant: string): Promise<readonly Destination[]> {
    const range = { from: 'destination:', to: 'destination;', limit: DESTINATIONS_MAX };
    return (await this.table.query(partitionOf(tenant), range)).map(readDestination);
  }

  async seen(sighting: Sighting): Promise<{ readonly isNew: boolean }> {
    const { tenant, conversation, locale, person } = sighting;
    const memory = `${tenant}|${conversation.key}`;
    const said = JSON.stringify([conversation, locale, person]);
    if (this.remembered.get(memory) === said) return { isNew: false };
    let isNew = false;
    await this.change(tenant, conversation.key, (known) => {
      isNew = known === undefined;
      return broughtUpToDate(known, sighting);
    });
    this.remember(memory, said);
    return { isNew };
  }

  async gone(tenant: string, conversationKey: string): Promise<void> {
    this.remembered.delete(`${tenant}|${conversationKey}`);
    await this.table.commit(partitionOf(tenant), [{ kind: 'delete', key: destinationKey(conversationKey) }]);
  }

  /**
   * The channel refuses for now: silent until the person writes or the app is installed again. A place that never asked
   * stays as it is: waking up it must not count as one that did, or the others would no longer be told in person.
   */
  async pause(tenant: string, conversationKey: string): Promise<void> {
    this.remembered.delete(`${tenant}|${conversationKey}`);
    await this.change(tenant, conversationKey, (known) =>
      known?.alerts === 'on' ? { ...known, alerts: 'paused' } : known,
    );
  }

  async localeOf(tenant: string, conversationKey: string): Promise<string | undefined> {
    const known = await this.find(tenant, conversationKey);
    return known === undefined || known.locale === '' ? undefined : known.locale;
  }

  /** Read, change, write under the row's own ETag; tried again when somebody else was first. */
  private async change(tenant: string, conversationKey: string, change: Change): Promise<void> {
    const partition = partitionOf(tenant);
    const key = destinationKey(conversationKey);
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const row = await this.table.get(partition, key);
      const known = row && readDestination(row);
      const next = change(known);
      if (next === undefined || same(known, next)) return;
      const result = await this.table.commit(partition, [write(key, next, row)]);
      if (result.kind === 'committed') return;
    }
  }

  private remember(memory: string, said: string): void {
    if (this.remembered.size >= REMEMBERED_MAX) this.remembered.clear();
    this.remembered.set(memory, said);
  }
}

/** What the client did not send this time stays as it was; a place that was paused hears again. */
function broughtUpToDate(
  known: Destination | undefined,
  { conversation, locale, person }: Sighting,
): Destination {
  const before = known ?? { locale: '', alerts: 'off' as const };
  const alerts = before.alerts === 'paused' ? 'on' : before.alerts;
  const next = { conversation, locale: locale ?? before.locale, alerts };
  const whose = conversation.kind === 'personal' ? (person ?? known?.person) : undefined;
  return whose === undefined ? next : { ...next, person: whose };
}

function write(key: string, next: Destination, row: Row | undefined) {
  const values = destinationValues(next);
  return row === undefined
    ? ({ kind: 'insert', key, values } as const)
    : ({ kind: 'replace', key, values, etag: row.etag } as const);
}

function same(known: Destination | undefined, next: Destination): boolean {
  return known !== undefined && canonical(known) === canonical(next);
}

/** Columns come back in an order of the store's own. */
function canonical(destination: Destination): string {
  return JSON.stringify(Object.entries(destinationValues(destination)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
