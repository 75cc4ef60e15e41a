import { after } from '../../../src/billing/ledger/calendar.js';
import type { World } from '../../../src/billing/ledger/world.js';
import { START, usd } from '../../support/billing.js';
import { DECLINED, recharged, rechargesOf, ruled } from '../../support/recharge.js';
import { alertsOf, answered, bought, spent, withRule, worldOf } from '../../support/world.js';

type Caps = NonNullable<Parameters<typeof ruled>[1]>;

/** So many recharges of $50, two in an hour, all on one day. */
function afterRecharges(caps: Caps, times: number): World {
  let world = ruled(30, caps);
  for (let time = 0; time < times; time += 1) world = recharged(world, 1, after(START, { hours: time }));
  return world;
}

/** Which cap, and how much of it, in the order in which it was told. */
function told(world: World): readonly string[] {
  return alertsOf(world, 'capNear').map(({ facts }) => `${facts.cap} ${facts.percent}`);
}

test('below 80 % of a cap nothing is told, at exactly 80 % it is', () => {
  expect(told(afterRecharges({ monthCap: usd(250) }, 3))).toEqual([]);
  expect(told(afterRecharges({ monthCap: usd(250) }, 4))).toEqual(['month 80']);
  expect(told(afterRecharges({ monthCap: usd(250) + 1n }, 4))).toEqual([]);
});

test('80, 90 and 100 % of the month are told once each', () => {
  const world = afterRecharges({ monthCap: usd(500) }, 10);
  expect(told(world)).toEqual(['month 80', 'month 90', 'month 100']);
  expect(alertsOf(world, 'capNear')[0]).toMatchObject({
    facts: { balance: usd(10), amount: usd(400), limit: usd(500) },
  });
});

test('a recharge that jumps over levels tells the highest one only', () => {
  expect(told(afterRecharges({ monthCap: usd(100) }, 2))).toEqual(['month 100']);
  expect(told(afterRecharges({ monthCap: usd(107) }, 2))).toEqual(['month 90']);
});

test('both caps are told where both are near', () => {
  expect(told(afterRecharges({ monthCap: usd(120), dayCap: usd(100) }, 2))).toEqual(['day 100', 'month 80']);
});

test('it is told with the request, before the outcome is known', () => {
  expect(told(spent(ruled(30, { monthCap: usd(50) }), usd(15)))).toEqual(['month 100']);
});

test('room that a decline gives back makes nothing news again within the period', () => {
  const declined = answered(spent(ruled(30, { monthCap: usd(60) }), usd(15)), DECLINED);
  expect(declined.account.counters).toMatchObject({ monthTotal: 0n, monthTold: 80 });
  const again = spent(declined, usd(1), after(START, { hours: 2 }));
  expect(rechargesOf(again)).toHaveLength(2);
  expect(told(again)).toEqual(['month 80']);
});

test('a new day is told anew, the month is not', () => {
  const caps = { monthCap: usd(120), dayCap: usd(100) };
  const first = recharged(ruled(30, caps), 1);
  expect(told(first)).toEqual([]);
  const second = recharged(
    withRule(first, { monthCap: usd(100), dayCap: usd(50) }),
    1,
    after(START, { days: 1 }),
  );
  expect(told(second)).toEqual(['day 100', 'month 100']);
  expect(second.account.counters).toMatchObject({ dayTold: 100, monthTold: 100 });
});

test('a new month is told anew', () => {
  const world = recharged(afterRecharges({ monthCap: usd(100) }, 2), 2, '2026-12-01T09:00:00.000Z');
  expect(told(world)).toEqual(['month 100', 'month 100']);
});

test('a raised cap is told anew, the same one saved again is not', () => {
  const full = afterRecharges({ monthCap: usd(100) }, 2);
  const raised = withRule(full, { monthCap: usd(150) }, after(START, { hours: 3 }));
  expect(told(recharged(raised, 1, after(START, { hours: 4 })))).toEqual(['month 100', 'month 100']);
  const saved = withRule(full, { monthCap: usd(100) }, after(START, { hours: 3 }));
  expect(saved.account.counters.monthTold).toBe(100);
  expect(withRule(full, { monthCap: usd(100), dayCap: usd(90) }).account.counters.dayTold).toBeUndefined();
});

test('a share of the cap of a day is told once on that day, also where the same cap is saved again', () => {
  const counters = { day: '2026-11-17', dayTotal: usd(8_000), month: '2026-11', monthTotal: usd(8_000) };
  const caps = { dayCap: usd(10_000), monthCap: usd(1_000_000) };
  const once = recharged(withRule(bought(worldOf({ counters }), usd(30)), caps), 1);
  expect(told(once)).toEqual(['day 80']);
  const again = recharged(withRule(once, caps), 1);
  expect(told(again)).toEqual(['day 80']);
  expect(again.account.counters.dayTold).toBe(80);
  expect(withRule(again, { ...caps, dayCap: usd(9_000) }).account.counters).not.toHaveProperty('dayTold');
});

test('what was told of the cap of yesterday is told again today', () => {
  const counters = {
    day: '2026-11-16',
    dayTotal: usd(900),
    month: '2026-11',
    monthTotal: usd(900),
    dayTold: 100,
  };
  const caps = { dayCap: usd(60), monthCap: usd(1_000_000) };
  const rule = withRule(bought(worldOf(), usd(30)), caps);
  const today = { ...rule, account: { ...rule.account, counters } };
  expect(told(recharged(today, 1))).toEqual(['day 80']);
});
