/** Who may do what: a member's role, else the configuration. Read at every command and every click, one point read each. */
import { listedMember, roleOf as roleOfMember } from '../billing/ledger/commands/set-role.js';
import type { Account } from '../billing/ledger/model.js';
import type { LedgerReader } from '../billing/reader.js';
import { isAdminHere, peopleOf } from './membership.js';
import type { KnownPeople, Roles } from './ports.js';
import type { Person, Role } from './turn.js';

/** Names in a refusal: enough to find somebody, short enough to read. */
export const ADMINS_NAMED_MAX = 5;

export interface RolesParts {
  readonly reader: Pick<LedgerReader, 'member' | 'members'>;
  /** Entra object ids, lower case. */
  readonly configuredAdmins: readonly string[];
  /** Knows the names of configured admins, whom the ledger knows by id only. */
  readonly people: Pick<KnownPeople, 'list'>;
  /** The embedded mode's Emulator makes up its user's id at each start: whoever talks through it is an admin there. */
  readonly everyoneIsAdminOn?: (channelId: string) => boolean;
}

export class LedgerRoles implements Roles {
  private readonly parts: RolesParts;

  constructor(parts: RolesParts) {
    this.parts = parts;
  }

  async roleOf(tenant: string, person: Person, channelId?: string): Promise<Role> {
    const member = await this.parts.reader.member(tenant, person.id);
    return roleOfMember(member, this.isAdminByDefault(person, channelId));
  }

  async roleIn(account: Account, person: Person, channelId?: string): Promise<Role> {
    const { tenant, roles } = account;
    if (roles === undefined) return this.roleOf(tenant, person, channelId);
    return roleOfMember(listedMember(roles, person.id), this.isAdminByDefault(person, channelId));
  }

  /** Whether somebody is an admin, for many at once: the members are read once. */
  async adminsOf(tenant: string): Promise<(person: Person, channelId: string) => boolean> {
    const members = await this.parts.reader.members(tenant);
    const rows = new Map(members.map((member) => [member.id, member]));
    return (person, channelId) =>
      roleOfMember(rows.get(person.id), this.isAdminByDefault(person, channelId)) === 'admin';
  }

  async admins(tenant: string): Promise<readonly string[]> {
    const [members, known] = await Promise.all([
      this.parts.reader.members(tenant),
      this.parts.people.list(tenant),
    ]);
    const people = peopleOf({ members, known, configuredAdmins: this.parts.configuredAdmins });
    const names = people.filter(isAdminHere).flatMap(({ name }) => (name === undefined ? [] : [name]));
    return names.slice(0, ADMINS_NAMED_MAX);
  }

  private isAdminByDefault(person: Person, channelId: string | undefined): boolean {
    const { configuredAdmins, everyoneIsAdminOn } = this.parts;
    if (configuredAdmins.includes(person.id)) return true;
    return channelId !== undefined && everyoneIsAdminOn?.(channelId) === true;
  }
}
