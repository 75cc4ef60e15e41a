import fc from 'fast-check';
import { lineBalance, remainderOf } from '../../../src/billing/ledger/credit-line.js';
import type { Account, Lot } from '../../../src/billing/ledger/model.js';
import type { World } from '../../../src/billing/ledger/world.js';
import { usd } from '../../support/billing.js';
import { bought, lowered, spent, worldOf } from '../../support/world.js';

function lotsOf(world: World): readonly Lot[] {
  return [...world.rows.values()].filter((row) => row.type === 'lot');
}

function remainders(world: World): readonly bigint[] {
  return lotsOf(world).map((lot) => remainderOf(lot, world.account.pointer));
}

// Case 3 of DESIGN §3, as far as there is no expiry: with a balance below zero the whole lot is spent, and a later
// expiry of it would forfeit its remainder, which is nothing.
test('case 3: calls beyond the lot leave a debt, and a top-up pays it off first', () => {
  const indebted = spent(spent(bought(worldOf(), usd(100)), usd(70)), usd(50));
  expect(indebted.account.balance).toBe(usd(-20));
  expect(remainders(indebted)).toEqual([0n]);
  const topped = bought(indebted, usd(50));
  expect(topped.account.balance).toBe(usd(30));
  expect(remainders(topped)).toEqual([0n, usd(30)]);
});

test('a lowered charge is credit of its own: it lengthens the line, and no lot grows', () => {
  const world = lowered(spent(bought(worldOf(), usd(100)), usd(100)), usd(10));
  expect(world.account.balance).toBe(usd(10));
  expect(lotsOf(world)).toMatchObject([{ start: 0n, end: usd(100) }]);
  expect(world.account.pointer).toBe(usd(100));
});

test('oldest funds are used first', () => {
  const world = spent(bought(bought(worldOf(), usd(20)), usd(30)), usd(25));
  expect(remainders(world)).toEqual([0n, usd(25)]);
});

test('a lot keeps its whole span even where a debt eats its beginning', () => {
  const world = bought(spent(worldOf(), usd(20)), usd(50));
  expect(lotsOf(world)).toMatchObject([{ start: 0n, end: usd(50) }]);
  expect(remainders(world)).toEqual([usd(30)]);
});

test('a lot that a debt eats whole is not listed as unspent', () => {
  expect(bought(spent(worldOf(), usd(60)), usd(50)).account.lots).toEqual([]);
});

test('the account lists the unspent lots, oldest first, and drops the spent ones', () => {
  const world = spent(bought(bought(worldOf(), usd(20)), usd(30)), usd(25));
  expect(world.account.lots).toMatchObject([{ start: usd(20), end: usd(50) }]);
});

test('the listed lots are bounded, and say that there are more', () => {
  let world = worldOf();
  for (let lot = 0; lot < 40; lot += 1) world = bought(world, usd(5));
  expect(world.account.lots).toHaveLength(32);
  expect(world.account.moreLots).toBe(true);
});

test('the list of lots begins anew once everything was spent', () => {
  let world = worldOf();
  for (let lot = 0; lot < 40; lot += 1) world = bought(world, usd(5));
  const fresh = bought(spent(world, usd(200)), usd(50));
  expect(fresh.account).toMatchObject({ moreLots: false, lots: [{ start: usd(200), end: usd(250) }] });
});

type Step = { readonly kind: 'buy' | 'spend' | 'lower'; readonly amount: bigint };

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('buy', 'spend', 'lower'),
  amount: fc.bigInt({ min: 1n, max: 200_000_000n }),
});

const MOVES = { buy: bought, spend: spent, lower: lowered };

function walk(steps: readonly Step[]): readonly World[] {
  const worlds = [worldOf()];
  for (const { kind, amount } of steps) worlds.push(MOVES[kind](worlds.at(-1)!, amount));
  return worlds;
}

function everywhere(law: (world: World, before: Account) => void): void {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const worlds = walk(steps);
      worlds.forEach((world, index) => {
        law(world, worlds[Math.max(0, index - 1)]!.account);
      });
    }),
  );
}

test('law: the balance is what was credited minus the pointer', () => {
  everywhere(({ account }) => {
    expect(account.balance).toBe(lineBalance(account));
  });
});

test('law: the balance is the sum of all entries', () => {
  everywhere(({ account, entries }) => {
    expect(account.balance).toBe(entries.reduce((sum, entry) => sum + entry.amount, 0n));
  });
});

test('law: the pointer never goes back', () => {
  everywhere(({ account }, before) => {
    expect(account.pointer >= before.pointer).toBe(true);
  });
});

test('law: above zero the balance is what is left of the lots and of credit that is no purchase', () => {
  everywhere((world) => {
    const { account } = world;
    const lots = lotsOf(world);
    const inLots = remainders(world).reduce((sum, left) => sum + left, 0n);
    const outside = uncovered(account, lots);
    expect(inLots + outside).toBe(account.balance > 0n ? account.balance : 0n);
  });
});

/** The stretches of the line behind the pointer that no lot covers. */
function uncovered({ pointer, credited }: Account, lots: readonly Lot[]): bigint {
  let from = pointer;
  let sum = 0n;
  for (const lot of lots) {
    if (lot.start > from) sum += lot.start - from;
    if (lot.end > from) from = lot.end;
  }
  return credited > from ? sum + credited - from : sum;
}

test('law: lots follow one another and never overlap', () => {
  everywhere((world) => {
    const lots = lotsOf(world);
    lots.slice(1).forEach((lot, index) => {
      expect(lot.start >= lots[index]!.end).toBe(true);
    });
  });
});
