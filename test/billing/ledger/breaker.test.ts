import { after } from '../../../src/billing/ledger/calendar.js';
import { chargeUsage } from '../../../src/billing/ledger/commands/charge-usage.js';
import { turnOffAutoRecharge } from '../../../src/billing/ledger/commands/set-auto-recharge.js';
import { recordOutcome } from '../../../src/billing/ledger/commands/record-outcome.js';
import type { DayTotals } from '../../../src/billing/ledger/model.js';
import { rechargeState } from '../../../src/billing/ledger/recharge-state.js';
import { topDestinations, tripRowKeys } from '../../../src/billing/ledger/breaker.js';
import { withAccount, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import {
  DECLINED,
  EXPIRED,
  PAID,
  recharged,
  rechargesOf,
  resumedBy,
  ruled,
  swept,
  topUp,
  withDays,
} from '../../support/recharge.js';
import {
  accept,
  alertsOf,
  answered,
  batchOf,
  bought,
  call,
  CARD,
  LOW,
  spent,
  withRule,
} from '../../support/world.js';

const rule = { monthCap: usd(5_000) };
const HOUR = after(START, { hours: 1 });

/** Four recharges are called for within an hour: three are made. */
function tripped(): World {
  const world = recharged(ruled(30, rule), 3);
  return spent(world, world.account.balance - usd(10));
}

/** A call of this much today, which takes the balance below the trigger. */
function costs(world: World, amount: number, at = START): World {
  const details = { destinationName: 'Cuba' };
  const dear = call(usd(amount), { details, start: at });
  return accept(chargeUsage(bought(world, usd(amount + 10) - world.account.balance), batchOf([dear]), at));
}

const tripOf = (world: World) => world.account.health.tripped;

describe('recharges in an hour', () => {
  test('three are made, the fourth is not requested and the breaker trips', () => {
    const world = tripped();
    expect(rechargesOf(world)).toHaveLength(3);
    expect(tripOf(world)).toMatchObject({ at: START, reason: 'recharges', recharges: 3 });
    expect(rechargeState(world.account, START)).toMatchObject({ kind: 'tripped', trip: { recharges: 3 } });
  });

  test('one that is an hour old is not counted, a second younger it is', () => {
    const early = recharged(ruled(30, rule), 1);
    const three = recharged(early, 2, after(START, { minutes: 1 }));
    const low = three.account.balance - usd(10);
    expect(tripOf(spent(three, low, after(START, { minutes: 59, seconds: 59 })))).toBeDefined();
    expect(rechargesOf(spent(three, low, HOUR))).toHaveLength(4);
  });

  test('only the times of the last hour are kept', () => {
    const world = recharged(recharged(ruled(30, rule), 2), 1, HOUR);
    expect(world.account.rechargeTimes).toEqual([HOUR]);
  });

  test('a declined one is none: a person may try card after card', () => {
    let world = spent(ruled(30, rule), usd(15));
    for (const id of ['second', 'third', 'fourth', 'fifth']) {
      world = withRule(answered(world, EXPIRED), { ...rule, method: { ...CARD, id } });
    }
    expect(rechargesOf(world)).toHaveLength(5);
    expect(tripOf(world)).toBeUndefined();
  });

  test('manual top-ups are none', () => {
    let world = recharged(ruled(30, rule), 2);
    for (const id of ['m1', 'm2', 'm3']) world = answered(accept(topUp(world, id)), PAID);
    expect(rechargesOf(spent(world, world.account.balance - usd(10)))).toHaveLength(3);
  });
});

describe('spend of the newest day', () => {
  const week = [10, 10, 10, 10, 10, 10, 10];
  const spend = (before: readonly (number | undefined)[], amount: number) =>
    costs(withDays(ruled(30, rule), undefined, ...before), amount);

  test('above four times the average of the days before trips the breaker instead of charging', () => {
    const world = spend([20, 20, 20, 20, 20, 20, 20], 80.01);
    expect(rechargesOf(world)).toEqual([]);
    expect(tripOf(world)).toMatchObject({ reason: 'spend', spend: usd(80.01), usual: usd(20), recharges: 0 });
  });

  test('of exactly four times the usual is still usual', () => {
    expect(rechargesOf(spend([20, 20, 20, 20, 20, 20, 20], 80))).toHaveLength(1);
  });

  test('is not judged with six days of history', () => {
    expect(rechargesOf(spend(week.slice(1), 500))).toHaveLength(1);
    expect(tripOf(spend(week, 500))).toBeDefined();
  });

  test('is not judged up to the amount of one recharge, where small sums vary', () => {
    expect(rechargesOf(spend([1, 1, 1, 1, 1, 1, 1], 50))).toHaveLength(1);
    expect(tripOf(spend([1, 1, 1, 1, 1, 1, 1], 50.01))).toBeDefined();
  });

  test('is compared with calendar days: those without calls count as zero', () => {
    // Seven days with calls among fourteen: $140 make $10 a day, and not $20.
    const scattered = [
      20,
      undefined,
      20,
      undefined,
      20,
      undefined,
      20,
      undefined,
      20,
      undefined,
      20,
      undefined,
      undefined,
      20,
    ];
    expect(tripOf(spend(scattered, 60))).toMatchObject({ usual: usd(10) });
  });

  test('is compared with the 28 days before it, and no older ones', () => {
    const older = Array<number>(28).fill(20);
    expect(tripOf(spend([...older, 1_000, 1_000], 81))).toMatchObject({ usual: usd(20) });
  });

  test('a day at the edge of the 28 counts although older days are known', () => {
    const quiet = Array<undefined>(27).fill(undefined);
    expect(tripOf(spend([...quiet, 28, 1_000], 60))).toMatchObject({ usual: usd(1) });
    expect(tripOf(spend([...quiet, undefined, 1_000], 60))).toMatchObject({ usual: 0n });
  });

  test('of a week without a cent is above the usual at once', () => {
    expect(tripOf(spend([...Array<undefined>(6).fill(undefined), 0], 60))).toMatchObject({ usual: 0n });
  });

  test('names where the day’s money went, the three dearest first', () => {
    const places = ['Cuba', 'France', 'Chile', 'Spain'];
    const costly = [60, 5, 20, 5].map((amount, index) =>
      call(usd(amount), { details: { destinationName: places[index]! } }),
    );
    const world = withDays(bought(ruled(30, rule), usd(70)), undefined, ...week);
    const [alert] = alertsOf(accept(chargeUsage(world, batchOf(costly), START)), 'tripped');
    expect(alert?.facts.trip?.destinations).toEqual([
      { name: 'Cuba', spend: usd(60) },
      { name: 'Chile', spend: usd(20) },
      { name: 'France', spend: usd(5) },
    ]);
  });
});

describe('the row that names destinations', () => {
  const today = ['day:2026-11-17'];

  test('is read only where the breaker may trip', () => {
    expect(tripRowKeys(withDays(ruled(), 80, 20, 20, 20, 20, 20, 20, 20).account)).toEqual([]);
    expect(tripRowKeys(withDays(ruled(), 81, 20, 20, 20, 20, 20, 20, 20).account)).toEqual(today);
    expect(tripRowKeys(withDays(recharged(ruled(30, rule), 2), 1).account)).toEqual([]);
    expect(tripRowKeys(withDays(recharged(ruled(30, rule), 3), 1).account)).toEqual(today);
  });

  test('is not there before the first call', () => {
    expect(tripRowKeys(withAccount(ruled(), { rechargeTimes: [START, START, START] }).account)).toEqual([]);
  });
});

describe('a breaker that tripped', () => {
  test('is told once, with its numbers, and low is not told beside it', () => {
    const world = spent(spent(tripped(), usd(1)), usd(1));
    expect(alertsOf(world).map(({ kind }) => kind)).toEqual([
      'recharged',
      'recharged',
      'recharged',
      'tripped',
    ]);
    expect(alertsOf(world, 'tripped')).toMatchObject([
      { facts: { balance: usd(10), amount: usd(50), threshold: usd(20), trip: { reason: 'recharges' } } },
    ]);
  });

  test('is not told again as a low balance while that lasts', () => {
    const later = { ...tripped(), rows: new Map() };
    expect(alertsOf(spent(later, usd(1), HOUR))).toEqual([]);
  });

  test('does not mute a balance that came back and is low anew', () => {
    const back = { ...bought(tripped(), usd(50)), rows: tripped().rows };
    const steady = { ...spent(back, usd(5), HOUR), rows: back.rows };
    const low = spent(steady, usd(45), HOUR);
    expect(alertsOf(low, 'low')).toMatchObject([{ facts: { noRecharge: 'tripped', balance: usd(10) } }]);
    expect(alertsOf(spent({ ...low, rows: back.rows }, usd(1), HOUR), 'low')).toEqual([]);
  });

  test('stays so after hours, a success, a saved rule and another card', () => {
    const paid = answered(accept(topUp(tripped())), PAID);
    const low = spent(paid, usd(50), HOUR);
    const saved = withRule(low, { ...rule, amount: usd(100), method: { ...CARD, id: 'other' } }, HOUR);
    expect(rechargesOf(swept(saved, after(START, { days: 2 })))).toHaveLength(3);
    expect(tripOf(saved)).toBeDefined();
  });

  test('is resumed by a person, which charges, settles the card and counts from zero', () => {
    const world = resumedBy(tripped());
    expect(rechargesOf(world)).toHaveLength(4);
    expect(world.account.health).toEqual({ failures: 0, held: false, breakerFrom: START });
    expect(alertsOf(world, 'tripped')).toMatchObject([{ healed: { how: 'resumed', by: ADMIN } }]);
    expect(world.account.livingAlerts.tripped).toBeUndefined();
    const three = recharged(answered(world, PAID), 2);
    expect(rechargesOf(three)).toHaveLength(6);
    expect(tripOf(spent(three, three.account.balance - usd(10)))).toMatchObject({ recharges: 3 });
  });

  test('is settled by turning the rule off, and still stopped when it is turned on again', () => {
    const off = accept(turnOffAutoRecharge(tripped(), ADMIN, START));
    expect(alertsOf(off, 'tripped')).toMatchObject([{ healed: { how: 'turnedOff' } }]);
    expect(rechargesOf(withRule(off, rule, HOUR))).toHaveLength(3);
  });

  test('by spend: the day that a person saw trips it no more, a later one does', () => {
    const seen = resumedBy(costs(withDays(ruled(30, rule), undefined, 9, 9, 9, 9, 9, 9, 9), 60));
    const paid = answered(seen, PAID);
    expect(rechargesOf(spent(paid, usd(41)))).toHaveLength(2);
    const tomorrow = after(START, { days: 1 });
    expect(tripOf(costs(paid, 400, tomorrow))).toMatchObject({ reason: 'spend', spend: usd(400) });
  });

  test('"try again now" charges also where it would trip just then', () => {
    const declined = answered(spent(ruled(30, rule), usd(15)), DECLINED);
    const risen = withDays(declined, 500, 9, 9, 9, 9, 9, 9, 9);
    expect(tripOf(swept(risen, HOUR))).toBeDefined();
    expect(rechargesOf(resumedBy(risen))).toHaveLength(2);
  });

  test('an ordinary "try again now" does not switch it off for the day', () => {
    const declined = answered(spent(ruled(30, rule), usd(15)), DECLINED);
    expect(resumedBy(declined).account.health.breakerFrom).toBeUndefined();
  });
});

test('a recharge that came to nothing is not counted, the others of the hour are, in their order', () => {
  const [first, second] = [START, after(START, { minutes: 1 })];
  const two = spent(recharged(ruled(30, { amount: usd(50) }), 1, first), usd(50), second);
  expect(two.account.rechargeTimes).toEqual([first, second]);
  const paymentId = two.account.openPayments[0]!.id;
  const one = answered(two, DECLINED, second);
  expect(one.account.rechargeTimes).toEqual([first]);
  const third = after(START, { minutes: 30 });
  const resumed = resumedBy(one, third);
  expect(resumed.account.rechargeTimes).toEqual([first, third]);
  const late = { paymentId, outcome: PAID, lowBalance: LOW };
  expect(accept(recordOutcome(resumed, late, third)).account.rechargeTimes).toEqual([first, second, third]);
});

test('what a person saw when resuming stays seen after an ordinary "try again now"', () => {
  const tripped = withAccount(ruled(), { health: { failures: 0, held: false, breakerFrom: START } });
  expect(resumedBy(tripped, HOUR).account.health).toEqual({ failures: 0, held: false, breakerFrom: START });
});

test('resuming what the breaker stopped is seen also where it would not trip any more', () => {
  const later = after(START, { hours: 2 });
  const world = resumedBy(withAccount(tripped(), { balance: usd(30) }), later);
  expect(world.account).toMatchObject({ health: { breakerFrom: later }, rechargeTimes: [] });
  expect(world.account.health).not.toHaveProperty('tripped');
});

test('destinations that cost the same are named in the order of their names', () => {
  const totals = { spend: usd(1), calls: 1 };
  const day = {
    destinations: { Spain: totals, Cuba: totals, France: { spend: usd(2), calls: 1 }, Chad: totals },
  };
  expect(topDestinations(day as unknown as DayTotals).map(({ name }) => name)).toEqual([
    'France',
    'Chad',
    'Cuba',
  ]);
});
