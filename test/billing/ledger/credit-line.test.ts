import { expireLots } from '../../../src/billing/ledger/commands/expire-lots.js';
import {
  HOLES_MAX,
  lineBalance,
  listFrom,
  LISTED_LOTS_MAX,
  openLotsOf,
  remainderOf,
  takeOut,
  type Line,
} from '../../../src/billing/ledger/credit-line.js';
import type { World } from '../../../src/billing/ledger/world.js';
import { usd } from '../../support/billing.js';
import {
  accept,
  adjusted,
  bought,
  expired,
  LOW,
  lotsOf,
  lowered,
  refundOf,
  settled,
  spent,
  worldOf,
} from '../../support/world.js';

const EARLIER = '2026-11-10T09:00:00.000Z';
/** Expired: what was bought on START's day a week before; not yet: what was bought on START. */
const FIRST_OVER = '2027-11-11T00:00:01.000Z';
const ALL_OVER = '2027-11-18T00:00:01.000Z';

function remainders(world: World): readonly bigint[] {
  return lotsOf(world).map((lot) => remainderOf(lot, world.account));
}

function last(world: World) {
  return world.entries.at(-1)!;
}

describe('the four cases of the credit line', () => {
  test('case 1: A expires before B, calls go on with B, and B forfeits what is left of it', () => {
    const both = bought(bought(worldOf(), usd(100), EARLIER), usd(50));
    const first = expired(spent(both, usd(70)), FIRST_OVER);
    expect(last(first)).toMatchObject({ kind: 'expired', amount: usd(-30), balanceAfter: usd(50) });
    const second = expired(spent(first, usd(40)), ALL_OVER);
    expect(last(second)).toMatchObject({ kind: 'expired', amount: usd(-10), balanceAfter: 0n });
    expect(second.account).toMatchObject({ pointer: usd(150), credited: usd(150), balance: 0n });
  });

  test('case 2: B is refunded in the middle, A still forfeits 30, and calls then eat C', () => {
    const two = settled(settled(worldOf(), usd(100), EARLIER), usd(50));
    const three = spent(settled(two, usd(100)), usd(70));
    const refunded = accept(refundOf(three, 1));
    expect(refunded.account).toMatchObject({
      holes: [{ start: usd(100), end: usd(150) }],
      balance: usd(130),
    });
    const over = expired(refunded, FIRST_OVER);
    expect(last(over)).toMatchObject({ kind: 'expired', amount: usd(-30), balanceAfter: usd(100) });
    expect(over.account).toMatchObject({ holes: [], pointer: usd(150) });
    const eaten = spent(over, usd(40));
    expect(remainders(eaten)).toEqual([0n, 0n, usd(60)]);
  });

  test('case 3: below zero A forfeits nothing, and a top-up pays the debt off first', () => {
    const indebted = spent(spent(bought(worldOf(), usd(100), EARLIER), usd(70)), usd(50));
    expect(indebted.account.balance).toBe(usd(-20));
    const over = expired(indebted, FIRST_OVER);
    expect(over.entries).toHaveLength(indebted.entries.length);
    const topped = bought(over, usd(50));
    expect(topped.account.balance).toBe(usd(30));
    expect(remainders(topped)).toEqual([0n, usd(30)]);
  });

  test('case 4: a charge lowered after A expired is credit that never expires, and the lots still add up', () => {
    const over = expired(spent(bought(worldOf(), usd(100)), usd(70)), ALL_OVER);
    expect(over.account).toMatchObject({ pointer: usd(100), balance: 0n });
    const world = expired(lowered(over, usd(10)), '2030-01-01T00:00:00.000Z');
    expect(world.account.balance).toBe(usd(10));
    expect(remainders(world)).toEqual([0n]);
    expect(lineBalance(world.account)).toBe(usd(10));
  });
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
  expect(openLotsOf(world.account)).toEqual([
    { sequence: 2n, amount: usd(25), expiresAt: '2027-11-17T23:59:59.999Z' },
  ]);
});

/** Ten, twenty and thirty, of which the middle one is taken out. */
function withHole() {
  const { account } = bought(bought(bought(worldOf(), usd(10)), usd(20)), usd(30));
  return { ...account, ...takeOut(account, { start: usd(10), end: usd(30) }) };
}

test('what is taken out ahead of the pointer is skipped when it is reached', () => {
  const world = spent(worldOf(withHole()), usd(15));
  expect(world.account).toMatchObject({ pointer: usd(35), holes: [], balance: usd(25) });
});

test('a pointer that lands on the start of a hole moves past it', () => {
  expect(spent(worldOf(withHole()), usd(10)).account).toMatchObject({ pointer: usd(30), holes: [] });
  expect(spent(worldOf(withHole()), usd(9.99)).account.holes).toHaveLength(1);
});

test('holes that touch are one, whichever was taken out first', () => {
  const lots = [
    { start: usd(10), end: usd(20) },
    { start: usd(20), end: usd(30) },
    { start: usd(30), end: usd(40) },
  ];
  const { account } = bought(worldOf(), usd(60));
  for (const order of [
    [0, 1, 2],
    [2, 0, 1],
    [1, 2, 0],
  ]) {
    const line = order.reduce<Line>((before, at) => takeOut(before, lots[at]!), account);
    expect(line.holes).toEqual([{ start: usd(10), end: usd(40) }]);
    expect(lineBalance(line)).toBe(usd(30));
  }
});

test('holes that do not touch stay apart, in order', () => {
  const { account } = bought(worldOf(), usd(60));
  const line = takeOut(takeOut(account, { start: usd(40), end: usd(50) }), { start: usd(10), end: usd(20) });
  expect(line.holes).toEqual([
    { start: usd(10), end: usd(20) },
    { start: usd(40), end: usd(50) },
  ]);
});

test('taking out what is spent, or out already, changes nothing', () => {
  const account = withHole();
  const again = takeOut(account, { start: usd(12), end: usd(30) });
  expect(again).toMatchObject({ pointer: account.pointer, holes: account.holes });
  const behind = spent(worldOf(), usd(10)).account;
  expect(takeOut(behind, { start: 0n, end: usd(5) })).toMatchObject({ pointer: usd(10), holes: [] });
});

describe('the holes are bounded', () => {
  const two = settled(settled(adjusted(worldOf(), usd(3_000)), usd(50)), usd(50));

  /** So many holes in the credit ahead of the two lots. */
  function withHoles(count: number): World {
    const holes = Array.from({ length: count }, (_, index) => ({
      start: usd(10) * BigInt(index + 1),
      end: usd(10) * BigInt(index + 1) + 1n,
    }));
    return { ...two, account: { ...two.account, holes, balance: two.account.balance - BigInt(count) } };
  }

  test('a refund that would leave one more is refused', () => {
    expect(accept(refundOf(withHoles(HOLES_MAX - 1), 0)).account.holes).toHaveLength(HOLES_MAX);
    expect(refundOf(withHoles(HOLES_MAX), 0)).toMatchObject({ kind: 'refused', reason: 'limitReached' });
  });

  test('lots whose time is over wait where there is no room to take them out, and nothing is written', () => {
    const full = withHoles(HOLES_MAX);
    const decision = expireLots(full, { lowBalance: LOW }, ALL_OVER);
    expect(decision).toMatchObject({ answer: { expired: 0, stuck: 2 } });
    expect(accept(decision).entries).toEqual(full.entries);
    expect(expireLots(withHoles(HOLES_MAX - 1), { lowBalance: LOW }, ALL_OVER)).toMatchObject({
      answer: { expired: 2, stuck: 0 },
    });
  });

  test('one that makes a hole longer is not', () => {
    const full = accept(refundOf(withHoles(HOLES_MAX - 1), 0));
    expect(accept(refundOf(full, 1)).account.holes).toHaveLength(HOLES_MAX);
  });
});

test('a positive adjustment lengthens the line and never expires, a negative one is a debit', () => {
  const world = adjusted(adjusted(bought(worldOf(), usd(20)), usd(10)), usd(-25));
  expect(remainders(world)).toEqual([0n]);
  expect(expired(world, ALL_OVER).account.balance).toBe(usd(5));
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

describe('a list that is filled up with the lots that follow', () => {
  /** Forty lots of 5, of which the line listed the first 32 and these are spent. */
  function spentList(): { readonly line: Line; readonly lots: ReturnType<typeof lotsOf> } {
    let world = worldOf();
    for (let lot = 0; lot < 40; lot += 1) world = bought(world, usd(5));
    const lots = lotsOf(world);
    return { line: spent(world, usd(5) * 32n).account, lots };
  }
  const numbers = (line: Line) => line.lots.map(({ sequence }) => Number(sequence));

  test('takes those that were read, as long as there is a place', () => {
    const { line, lots } = spentList();
    const filled = listFrom(line, lots.slice(32), false);
    expect(numbers(filled)).toEqual([33, 34, 35, 36, 37, 38, 39, 40]);
    expect(filled.moreLots).toBe(false);
  });

  test('leaves out what is spent, but for the last one read: there are others behind it', () => {
    const { line, lots } = spentList();
    const spentToo = { ...line, pointer: usd(5) * 35n };
    expect(numbers(listFrom(spentToo, lots.slice(32, 36), true))).toEqual([36]);
    const read = listFrom(spentToo, lots.slice(32, 35), true);
    expect(numbers(read)).toEqual([35]);
    expect(read.moreLots).toBe(true);
    expect(numbers(listFrom(spentToo, lots.slice(32, 35), false))).toEqual([]);
  });

  test('has no place beyond these for the last one read, where that one was taken out', () => {
    const { line, lots } = spentList();
    const { start, end } = lots[33]!;
    const filled = listFrom(
      { ...line, pointer: 0n, lots: [], holes: [{ start, end }] },
      lots.slice(0, 34),
      true,
    );
    expect(numbers(filled)).toEqual(Array.from({ length: 32 }, (_, at) => at + 1));
    const exact = listFrom(
      { ...line, pointer: usd(5), lots: [], holes: [{ start, end }] },
      lots.slice(0, 34),
      true,
    );
    expect(numbers(exact).at(-1)).toBe(33);
  });

  test('has 32 places, and says that there are more', () => {
    const { line, lots } = spentList();
    const filled = listFrom({ ...line, pointer: 0n, lots: [] }, lots, false);
    expect(filled.lots).toHaveLength(LISTED_LOTS_MAX);
    expect(filled.moreLots).toBe(true);
    const exact = listFrom({ ...line, pointer: 0n, lots: [] }, lots.slice(0, LISTED_LOTS_MAX), false);
    expect(exact.moreLots).toBe(false);
  });
});
