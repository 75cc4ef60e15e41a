/** People whom the bot can name: those who wrote to it in person, admins met elsewhere, and those who were given a role. */
import type { LedgerReader } from '../billing/reader.js';
import type { Destinations } from './alerts/destinations.js';
import type { KnownPeople, KnownPerson } from './ports.js';
import type { ConversationRef } from './turn.js';

/** Asks the channel who somebody in a conversation is; undefined where it does not tell. */
export type LookUp = (
  where: { readonly tenant: string; readonly conversation: ConversationRef },
  channelAccountId: string,
) => Promise<KnownPerson | undefined>;

export interface KnownPeopleParts {
  readonly destinations: Pick<Destinations, 'list'>;
  readonly reader: Pick<LedgerReader, 'members'>;
  readonly lookUp?: LookUp;
}

export class MetPeople implements KnownPeople {
  private readonly parts: KnownPeopleParts;

  constructor(parts: KnownPeopleParts) {
    this.parts = parts;
  }

  async list(tenant: string): Promise<readonly KnownPerson[]> {
    const [members, met] = await Promise.all([this.parts.reader.members(tenant), this.met(tenant)]);
    const people = new Map([...members, ...met].map(({ id, name }) => [id, { id, name }]));
    return [...people.values()].sort((left, right) => left.name.localeCompare(right.name));
  }

  /** Whoever wrote to the bot in person is known without a question to the channel. */
  async find(
    tenant: string,
    channelAccountId: string,
    conversation?: ConversationRef,
  ): Promise<KnownPerson | undefined> {
    const met = (await this.met(tenant)).find((person) => person.channelAccountId === channelAccountId);
    if (met !== undefined) return { id: met.id, name: met.name };
    if (conversation === undefined) return undefined;
    return this.parts.lookUp?.({ tenant, conversation }, channelAccountId);
  }

  private async met(tenant: string) {
    const places = await this.parts.destinations.list(tenant);
    return places.flatMap(({ person }) => (person === undefined ? [] : [person]));
  }
}
