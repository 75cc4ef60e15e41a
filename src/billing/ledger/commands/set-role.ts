import type { Account, Actor, Member, RoleList } from '../model.js';
import { accepted, refused, rowKeys, rowOf, withRows, type Decision, type World } from '../world.js';

/** Members whose roles the account's row lists: some 8 KB, in a column that may have 64. */
export const ROLES_LISTED_MAX = 200;

export interface RoleRequest {
  readonly id: string;
  readonly name: string;
  readonly role: Member['role'];
  readonly by: Actor;
  /** Entra object ids that the configuration makes admins unless a member row says otherwise. */
  readonly configuredAdmins: readonly string[];
}

/** Needs every member row. The last admin stays, also when two admins remove each other at once: the ETag lets one in. */
export function setRole(world: World, request: RoleRequest, now: string): Decision<Member> {
  const known = rowOf(world, 'member', rowKeys.member(request.id));
  if (known?.role === request.role) return accepted(world, known);
  const { id, name, role, by } = request;
  const admins = adminIds(world, request.configuredAdmins);
  if (role !== 'admin' && admins.has(id) && admins.size === 1) return refused('lastAdmin');
  const member: Member = { type: 'member', id, name, role, setBy: by, setAt: now };
  return accepted(withRoleList(withRows(world, [member])), member);
}

/** What the account's row says of somebody, where it lists everybody: the same as their own row. */
export function listedMember(roles: RoleList, id: string): Pick<Member, 'role'> | undefined {
  if (roles.admins.includes(id)) return { role: 'admin' };
  return roles.viewers.includes(id) ? { role: 'viewer' } : undefined;
}

/** Undefined where there are too many to list. */
export function roleListOf(members: readonly Pick<Member, 'id' | 'role'>[]): RoleList | undefined {
  if (members.length > ROLES_LISTED_MAX) return undefined;
  const idsOf = (role: Member['role']) => members.filter((one) => one.role === role).map(({ id }) => id);
  return { admins: idsOf('admin'), viewers: idsOf('viewer') };
}

/** Written with the member's row, so that one read of the account tells what anybody may do. */
function withRoleList(world: World): World {
  const { roles: _before, ...others } = world.account;
  const roles = roleListOf(membersOf(world));
  const account: Account = roles === undefined ? others : { ...others, roles };
  return { ...world, account };
}

/** A member's row wins over the configuration. */
export function roleOf(member: Pick<Member, 'role'> | undefined, configured: boolean): Member['role'] {
  return member?.role ?? (configured ? 'admin' : 'viewer');
}

function membersOf(world: World): readonly Member[] {
  return [...world.rows.values()].filter((row) => row.type === 'member');
}

function adminIds(world: World, configured: readonly string[]): ReadonlySet<string> {
  const rows = new Map(membersOf(world).map((member) => [member.id, member]));
  const ids = [...configured, ...rows.keys()];
  return new Set(ids.filter((id) => roleOf(rows.get(id), configured.includes(id)) === 'admin'));
}
