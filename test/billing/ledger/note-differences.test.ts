import { DIFFERENCES_MAX, noteDifferences } from '../../../src/billing/ledger/commands/note-differences.js';
import type { UsageDifference } from '../../../src/billing/ledger/model.js';
import type { World } from '../../../src/billing/ledger/world.js';
import { usd } from '../../support/billing.js';
import { accept, worldOf } from '../../support/world.js';

function day(date: number, more: Partial<UsageDifference> = {}): UsageDifference {
  const usual = { first: 'csv', second: 'graph', count: 1, amount: usd(2), delivered: 5 } as const;
  return { ...usual, date: `2026-11-${String(date).padStart(2, '0')}`, ...more };
}

function noted(world: World, ...told: readonly UsageDifference[]): World {
  return accept(noteDifferences(world, told));
}

const differences = ({ account }: World) => account.usage.differences;

test('the newest days are kept, newest first, and no more than the limit', () => {
  const days = Array.from({ length: DIFFERENCES_MAX + 3 }, (_, index) => day(index + 1));
  const kept = differences(noted(worldOf(), ...days))!;
  expect(kept).toHaveLength(DIFFERENCES_MAX);
  expect([kept[0]?.date, kept.at(-1)?.date]).toEqual(['2026-11-13', '2026-11-04']);
});

test('told again it changes nothing', () => {
  const world = noted(worldOf(), day(3));
  expect(noted(world, day(3))).toBe(world);
});

test('a page of a day takes nothing back; a whole delivery replaces it, or ends it', () => {
  const world = noted(worldOf(), day(3), day(4));
  expect(noted(world, day(3, { count: 0, amount: 0n, delivered: 4 }))).toBe(world);
  expect(differences(noted(world, day(3, { count: 2, delivered: 6 })))).toEqual([
    day(4),
    day(3, { count: 2, delivered: 6 }),
  ]);
  expect(differences(noted(world, day(3, { count: 0, amount: 0n })))).toEqual([day(4)]);
});

test('a day without a difference is not noted', () => {
  const world = worldOf();
  expect(noted(world, day(3, { count: 0, amount: 0n }))).toBe(world);
});
