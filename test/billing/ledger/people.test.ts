import {
  listedMember,
  ROLES_LISTED_MAX,
  roleOf,
  setRole,
} from '../../../src/billing/ledger/commands/set-role.js';
import { noteUndelivered, tellTest } from '../../../src/billing/ledger/commands/tell.js';
import type { Member } from '../../../src/billing/ledger/model.js';
import { rowKeys, rowOf, withAccount, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import { accept, adjusted, alertsOf, bought, worldOf } from '../../support/world.js';

const BOB = { id: 'bob', name: 'Bob' };

function asked(world: World, change: Partial<Parameters<typeof setRole>[1]> = {}) {
  const request = { ...BOB, role: 'admin' as const, by: ADMIN, configuredAdmins: [ADMIN.id], ...change };
  return setRole(world, request, START);
}

function member(world: World, id: string): Member | undefined {
  return rowOf(world, 'member', rowKeys.member(id));
}

describe('roles', () => {
  const toViewer = { ...ADMIN, role: 'viewer' } as const;

  test('a role is kept with who set it and when', () => {
    const decision = asked(worldOf());
    const row = { type: 'member', ...BOB, role: 'admin', setBy: ADMIN, setAt: START };
    expect(decision).toMatchObject({ kind: 'accepted', answer: row });
    expect(member(accept(decision), BOB.id)).toEqual(row);
  });

  test('the same role again changes nothing', () => {
    const world = accept(asked(worldOf()));
    const again = asked(world, { by: BOB, name: 'Robert' });
    expect(accept(again)).toBe(world);
    expect(again).toMatchObject({ answer: { name: BOB.name, setBy: ADMIN } });
  });

  test('the account’s row lists every role, as the rows have them', () => {
    const two = accept(asked(accept(asked(worldOf())), { id: 'cleo', role: 'viewer' }));
    expect(two.account.roles).toEqual({ admins: [BOB.id], viewers: ['cleo'] });
    expect(accept(asked(two, { role: 'viewer' })).account.roles).toEqual({
      admins: [],
      viewers: [BOB.id, 'cleo'],
    });
  });

  test('that list says of everybody what the rows say', () => {
    const roles = { admins: [BOB.id], viewers: ['cleo'] };
    expect(listedMember(roles, BOB.id)).toEqual({ role: 'admin' });
    expect(listedMember(roles, 'cleo')).toEqual({ role: 'viewer' });
    expect(listedMember(roles, 'dora')).toBeUndefined();
  });

  test('an account written before lists those that it had once a role is set', () => {
    const { roles: _none, ...account } = accept(asked(worldOf())).account;
    const old: World = { ...accept(asked(worldOf())), account };
    expect(accept(asked(old)).account.roles).toBeUndefined();
    expect(accept(asked(old, { id: 'cleo' })).account.roles?.admins).toEqual([BOB.id, 'cleo']);
  });

  test('more roles than fit are not listed at all', () => {
    let world = bought(worldOf(), usd(5));
    for (let index = 0; index < ROLES_LISTED_MAX; index += 1)
      world = accept(asked(world, { id: `member-${index}` }));
    expect(world.account.roles?.admins).toHaveLength(ROLES_LISTED_MAX);
    expect(accept(asked(world, { id: 'one-more' })).account).not.toHaveProperty('roles');
  });

  test('the last admin stays, whether by configuration or by row', () => {
    const refusal = { kind: 'refused', reason: 'lastAdmin' };
    expect(asked(worldOf(), toViewer)).toEqual(refusal);
    const only = accept(asked(worldOf(), { configuredAdmins: [] }));
    expect(asked(only, { role: 'viewer', configuredAdmins: [] })).toEqual(refusal);
  });

  test('the last admin by configuration can be made one by row too', () => {
    expect(member(accept(asked(worldOf(), { ...ADMIN })), ADMIN.id)?.role).toBe('admin');
  });

  test('one of two admins may go, and then the other is the last', () => {
    const two = accept(asked(worldOf()));
    const one = accept(asked(two, toViewer));
    expect(member(one, ADMIN.id)?.role).toBe('viewer');
    expect(asked(one, { role: 'viewer' })).toEqual({ kind: 'refused', reason: 'lastAdmin' });
  });

  test('somebody who is no admin can be made a viewer, whoever else there is', () => {
    expect(member(accept(asked(worldOf(), { role: 'viewer' })), BOB.id)?.role).toBe('viewer');
  });

  test('other rows than those of members are nobody', () => {
    expect(asked(bought(worldOf(), usd(5)), toViewer)).toMatchObject({ reason: 'lastAdmin' });
  });

  test('a member row wins over the configuration, which wins over nothing', () => {
    expect(roleOf({ role: 'viewer' }, true)).toBe('viewer');
    expect(roleOf(undefined, true)).toBe('admin');
    expect(roleOf(undefined, false)).toBe('viewer');
  });
});

test('a test alert says who asked, and goes to that conversation only', () => {
  const decision = tellTest(bought(worldOf(), usd(7)), { only: 'c1', by: ADMIN }, START);
  expect(decision).toMatchObject({ answer: { sequence: 1n } });
  expect(alertsOf(accept(decision))).toEqual([
    {
      type: 'alert',
      sequence: 1n,
      kind: 'test',
      at: START,
      currency: 'USD',
      facts: { balance: usd(7), by: ADMIN },
      version: 1,
      only: 'c1',
    },
  ]);
});

describe('alerts that reached nobody', () => {
  const told = () => adjusted(adjusted(bought(worldOf(), usd(5)), usd(-6)), usd(20));
  const noted = (world: World, sequence: bigint, undelivered: boolean) =>
    noteUndelivered(world, { sequence, undelivered });

  test('are listed, the newest first, and each once', () => {
    const both = accept(noted(accept(noted(told(), 1n, true)), 2n, true));
    expect(both.account.undelivered).toEqual([2n, 1n]);
    const again = noted(both, 1n, true);
    expect(accept(again)).toBe(both);
    expect(again).toMatchObject({ answer: { kind: 'negative' } });
  });

  test('are taken off once they are delivered after all', () => {
    const world = accept(noted(accept(noted(told(), 1n, true)), 2n, true));
    expect(accept(noted(world, 2n, false)).account.undelivered).toEqual([1n]);
    expect(accept(noted(told(), 1n, false)).account.undelivered).toEqual([]);
  });

  test('are bounded by twenty, the newest stay', () => {
    const undelivered = Array.from({ length: 20 }, (_, index) => BigInt(100 - index));
    const full = accept(noted(withAccount(told(), { undelivered }), 1n, true));
    expect(full.account.undelivered).toHaveLength(20);
    expect(full.account.undelivered[0]).toBe(1n);
  });

  test('that never were are not found', () => {
    expect(noted(worldOf(), 1n, true)).toEqual({ kind: 'refused', reason: 'notFound' });
  });
});
