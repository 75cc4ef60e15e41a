import { setBackups } from '../../../src/billing/ledger/commands/set-backups.js';
import type { ChosenMethod } from '../../../src/billing/ledger/model.js';
import type { World } from '../../../src/billing/ledger/world.js';
import { ADMIN } from '../../support/billing.js';
import { ruled } from '../../support/recharge.js';
import { accept, CARD, withRule, worldOf } from '../../support/world.js';

const [ONE, TWO, THREE, FOUR] = ['one', 'two', 'three', 'four'].map((id) => ({
  ...CARD,
  id,
  fingerprint: id,
})) as [ChosenMethod, ChosenMethod, ChosenMethod, ChosenMethod];

function ask(world: World, ...methods: readonly ChosenMethod[]) {
  return setBackups(world, { methods, by: ADMIN });
}

describe('choosing backups', () => {
  test('keeps them in their order, and an empty list is none', () => {
    const chosen = accept(ask(ruled(), TWO, ONE));
    expect(chosen.account.backups).toEqual([TWO, ONE]);
    expect(accept(ask(chosen)).account.backups).toEqual([]);
  });

  test('goes before there is a rule', () => {
    expect(accept(ask(worldOf(), ONE)).account.backups).toEqual([ONE]);
  });

  test('takes three at most', () => {
    expect(ask(ruled(), ONE, TWO, THREE).kind).toBe('accepted');
    expect(ask(ruled(), ONE, TWO, THREE, FOUR)).toEqual({ kind: 'refused', reason: 'limitReached' });
  });

  test.each([
    ['a card twice', [ONE, TWO, ONE]],
    ['a card that was entered twice', [ONE, { ...ONE, id: 'entered-again' }]],
    ['the rule’s own card', [ONE, CARD]],
  ])('refuses %s', (_what, methods) => {
    expect(ask(ruled(), ...methods)).toEqual({ kind: 'refused', reason: 'sameCard' });
  });
});

test('a backup that becomes the rule’s own card is no backup any more', () => {
  const world = withRule(accept(ask(ruled(), ONE, TWO)), { method: { ...ONE, id: 'entered-again' } });
  expect(world.account.backups).toEqual([TWO]);
});
