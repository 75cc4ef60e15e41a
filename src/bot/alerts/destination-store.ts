/** Destinations in the tenant's partition, outside the account's ETag: rewritten only when something is new. */
import { randomUUID } from 'node:crypto';
import { partitionOf } from '../../billing/lane/account-rows.js';
import type { Row, TableStore } from '../../billing/storage/table.js';
import type { Sighting, Sightings } from '../ports.js';
import type { ConversationRef } from '../turn.js';
import { destinationKey, destinationValues, readDestination } from './destination-row.js';
import { isUnopened, type Destination, type Destinations } from './destinations.js';

/** Places of one tenant; beyond, the oldest keys still hear. */
export const DESTINATIONS_MAX = 1_000;
/** The column of a new row that says which call has written it: the store's answer to that may be lost. */
const MARK = 'madeBy';
const ATTEMPTS_MAX = 5;
const REMEMBERED_MAX = 5_000;
/** What another instance wrote meanwhile (a pause, say) is met at the latest after that time. */
const REMEMBERED_MS_MAX = 30_000;
/** Nobody pauses a chat that was never opened; where one was refused elsewhere, a day is soon enough for another try. */
const UNOPENED_REMEMBERED_MS_MAX = 86_400_000;

type Change = (known: Destination | undefined) => Destination | undefined;

interface Memory {
  readonly said: string;
  /** Of the monotonic clock. */
  readonly at: number;
  /** Somebody was seen since, and the row is looked at when the memory ends. */
  readonly look?: NodeJS.Timeout;
}

export class DestinationStore implements Destinations, Sightings {
  private readonly table: TableStore;
  private readonly now: () => string;
  private readonly newMark: () => string;
  /** What each place said last, so that an ordinary message costs no storage call. */
  private readonly remembered = new Map<string, Memory>();

  /** @param newMark never the same twice, in any instance */
  constructor(table: TableStore, now: () => string, newMark: () => string = randomUUID) {
    this.table = table;
    this.now = now;
    this.newMark = newMark;
  }

  async setAlerts(tenant: string, conversation: ConversationRef, alerts: 'on' | 'off'): Promise<void> {
    await this.change(tenant, conversation.key, (known) => ({
      locale: '',
      ...known,
      ...(known?.alerts !== alerts && { since: this.now() }),
      conversation,
      alerts,
    }));
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
    if (sighting.isEvent !== true && this.isRemembered(memory, said, sighting)) return { isNew: false };
    const isNew = await this.change(tenant, conversation.key, (known) => broughtUpToDate(known, sighting));
    this.remember(memory, said);
    return { isNew };
  }

  async gone(tenant: string, conversationKey: string): Promise<void> {
    this.forget(`${tenant}|${conversationKey}`);
    await this.table.commit(partitionOf(tenant), [{ kind: 'delete', key: destinationKey(conversationKey) }]);
  }

  /**
   * The channel refuses for now: silent until the person writes or the app is installed again. A place that never asked
   * stays as it is: waking up it must not count as one that did, or the others would no longer be told in person.
   */
  async pause(tenant: string, conversationKey: string): Promise<void> {
    this.forget(`${tenant}|${conversationKey}`);
    await this.change(tenant, conversationKey, (known) =>
      known?.alerts === 'on' ? { ...known, alerts: 'paused' } : known,
    );
  }

  /** The chat with somebody met among others is there now, and theirs from when they were met; one that is known stays. */
  async opened(tenant: string, met: Destination, conversation: ConversationRef): Promise<Destination> {
    const chat = { ...met, conversation };
    await this.change(tenant, conversation.key, (known) => known ?? chat);
    return chat;
  }

  async localeOf(tenant: string, conversationKey: string): Promise<string | undefined> {
    const known = await this.find(tenant, conversationKey);
    return known === undefined || known.locale === '' ? undefined : known.locale;
  }

  /**
   * Read, change, write under the row's own ETag; tried again when somebody else was first.
   * @returns whether this has made the row; where the answer to that was lost, the mark in it tells
   */
  private async change(tenant: string, conversationKey: string, change: Change): Promise<boolean> {
    const partition = partitionOf(tenant);
    const key = destinationKey(conversationKey);
    const mark = this.newMark();
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      const row = await this.table.get(partition, key);
      if (isMarked(row, mark)) return true;
      const known = row && readDestination(row);
      const next = change(known);
      if (next === undefined || same(known, next)) return false;
      const result = await this.table.commit(partition, [write(key, next, row ?? mark)]);
      if (result.kind === 'committed') return row === undefined;
    }
    return false;
  }

  /** Another instance may pause the place while it is remembered here: so the first sighting is made up for at the end. */
  private isRemembered(memory: string, said: string, sighting: Sighting): boolean {
    const known = this.remembered.get(memory);
    if (known?.said !== said) return false;
    const forMs = isUnopened(sighting.conversation) ? UNOPENED_REMEMBERED_MS_MAX : REMEMBERED_MS_MAX;
    const left = forMs - (performance.now() - known.at);
    if (left <= 0) return false;
    const look =
      known.look ??
      setTimeout(() => {
        void this.wake(memory, sighting);
      }, left).unref();
    this.remembered.set(memory, { ...known, look });
    return true;
  }

  /** A place that is gone stays gone: it may have been removed after it was seen. Failing, the next message reads it. */
  private async wake(memory: string, sighting: Sighting): Promise<void> {
    this.forget(memory);
    const { tenant, conversation } = sighting;
    const change: Change = (known) => known && broughtUpToDate(known, sighting);
    await this.change(tenant, conversation.key, change).catch(() => undefined);
  }

  private remember(memory: string, said: string): void {
    for (const oldest of this.remembered.keys()) {
      if (this.remembered.size < REMEMBERED_MAX) break;
      this.forget(oldest);
    }
    this.forget(memory);
    this.remembered.set(memory, { said, at: performance.now() });
  }

  private forget(memory: string): void {
    clearTimeout(this.remembered.get(memory)?.look);
    this.remembered.delete(memory);
  }
}

/** What the client did not send this time stays as it was; a place that was paused hears again. */
function broughtUpToDate(
  known: Destination | undefined,
  { conversation, locale, person, now }: Sighting,
): Destination {
  const before: Omit<Destination, 'conversation'> = known ?? { locale: '', alerts: 'off', since: now };
  const { person: _before, ...rest } = before;
  const awake = before.alerts === 'paused' ? ({ alerts: 'on', since: now } as const) : {};
  const next = { ...rest, conversation, locale: locale ?? before.locale, ...awake };
  const whose = conversation.kind === 'personal' ? (person ?? known?.person) : undefined;
  return whose === undefined ? next : { ...next, person: whose };
}

function isMarked(row: Row | undefined, mark: string): boolean {
  return row?.values[MARK] === mark;
}

/** A new row carries its writer's mark, until it is changed. */
function write(key: string, next: Destination, row: Row | string) {
  const values = destinationValues(next);
  return typeof row === 'string'
    ? ({ kind: 'insert', key, values: { ...values, [MARK]: row } } as const)
    : ({ kind: 'replace', key, values, etag: row.etag } as const);
}

function same(known: Destination | undefined, next: Destination): boolean {
  return known !== undefined && canonical(known) === canonical(next);
}

/** Columns come back in an order of the store's own. */
function canonical(destination: Destination): string {
  return JSON.stringify(Object.entries(destinationValues(destination)).sort(([a], [b]) => (a < b ? -1 : 1)));
}
