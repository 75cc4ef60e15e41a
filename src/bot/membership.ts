/** Everybody of a tenant whom the bot can name, with what they may do: rows, configuration and acquaintances together. */
import { roleOf } from '../billing/ledger/commands/set-role.js';
import type { Actor, Member } from '../billing/ledger/model.js';
import type { KnownPerson } from './ports.js';
import type { Role } from './turn.js';

export interface Membership {
  readonly id: string;
  /** Absent for a configured admin whom the bot has never met. */
  readonly name?: string;
  readonly role: Role;
  /** Who gave the role, and when; absent for one that the configuration gives. */
  readonly set?: { readonly by: Actor; readonly at: string };
}

export interface MembershipSources {
  readonly members: readonly Member[];
  readonly known: readonly KnownPerson[];
  readonly configuredAdmins: readonly string[];
}

/** By name, those without one at the end. */
export function peopleOf({ members, known, configuredAdmins }: MembershipSources): readonly Membership[] {
  const rows = new Map(members.map((member) => [member.id, member]));
  // What people are called today goes before what they were called when they got a role.
  const names = new Map([...members, ...known].map(({ id, name }) => [id, name]));
  const ids = new Set([...names.keys(), ...configuredAdmins]);
  const people = [...ids].map((id): Membership => {
    const row = rows.get(id);
    const name = names.get(id);
    return {
      id,
      role: roleOf(row, configuredAdmins.includes(id)),
      ...(name !== undefined && name !== '' && { name }),
      ...(row !== undefined && { set: { by: row.setBy, at: row.setAt } }),
    };
  });
  return people.sort((left, right) => sortName(left).localeCompare(sortName(right)));
}

export function isAdminHere(person: Membership): boolean {
  return person.role === 'admin';
}

function sortName({ id, name }: Membership): string {
  return name ?? `\uffff${id}`;
}
