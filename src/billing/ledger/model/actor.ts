/** Who did something, and who may. */

/** Who did something. Names are kept as they were then; `system` is the bot itself. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

export const SYSTEM: Actor = { id: 'system', name: '' };

export interface Member {
  readonly type: 'member';
  readonly id: string;
  readonly name: string;
  readonly role: 'viewer' | 'admin';
  readonly setBy: Actor;
  readonly setAt: string;
}

/** Who was given which role, by member id. */
export interface RoleList {
  readonly admins: readonly string[];
  readonly viewers: readonly string[];
}
