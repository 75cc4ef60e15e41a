import type { Actor, Member } from '../model.js';
import { accepted, refused, rowKeys, rowOf, withRows, type Decision, type World } from '../world.js';

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
  return accepted(withRows(world, [member]), member);
}

/** A member's row wins over the configuration. */
export function roleOf(member: Pick<Member, 'role'> | undefined, configured: boolean): Member['role'] {
  return member?.role ?? (configured ? 'admin' : 'viewer');
}

function adminIds(world: World, configured: readonly string[]): ReadonlySet<string> {
  const members = [...world.rows.values()].filter((row) => row.type === 'member');
  const rows = new Map(members.map((member) => [member.id, member]));
  const ids = [...configured, ...rows.keys()];
  return new Set(ids.filter((id) => roleOf(rows.get(id), configured.includes(id)) === 'admin'));
}
