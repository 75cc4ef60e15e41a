import { after } from '../../../src/billing/ledger/calendar.js';
import { chargeUsage } from '../../../src/billing/ledger/commands/charge-usage.js';
import { tellGatheredCrossings } from '../../../src/billing/ledger/commands/tell.js';
import { withAccount, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import {
  accept,
  adjusted,
  alertsOf,
  answered,
  batchOf,
  bought,
  call,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

const DECLINED = { kind: 'declined', reason: 'insufficientFunds' } as const;

/** One crossing below zero and one back, in this minute. */
function crossing(world: World, minute: number): World {
  const at = after(START, { minutes: minute });
  return bought(spent(world, world.account.balance + usd(5), at), usd(15), at);
}

function crossings(world: World, count: number): World {
  let crossed = world;
  for (let minute = 0; minute < count; minute += 1) crossed = crossing(crossed, minute);
  return crossed;
}

test('zero is used up, not negative', () => {
  const world = spent(bought(worldOf(), usd(20)), usd(20));
  expect(alertsOf(world, 'negative')).toEqual([]);
});

test('one millionth below zero is negative', () => {
  const world = spent(bought(worldOf(), usd(20)), usd(20) + 1n);
  expect(alertsOf(world, 'negative')).toMatchObject([{ facts: { balance: -1n } }]);
});

test('negative is told once, however far it falls', () => {
  const world = spent(spent(spent(bought(worldOf(), usd(20)), usd(21)), usd(5)), usd(5));
  expect(alertsOf(world, 'negative')).toHaveLength(1);
});

test('from negative to exactly zero is recovered', () => {
  const world = bought(spent(worldOf(), usd(5)), usd(5));
  expect(alertsOf(world, 'recovered')).toMatchObject([{ facts: { balance: 0n, by: ADMIN } }]);
});

test('a payment that does not reach zero recovers nothing', () => {
  expect(alertsOf(bought(spent(worldOf(), usd(10)), usd(5)), 'recovered')).toEqual([]);
});

test('the card that told it says how it was healed, and by whom', () => {
  const [negative] = alertsOf(bought(spent(worldOf(), usd(5)), usd(50)), 'negative');
  expect(negative).toMatchObject({ version: 2, healed: { by: ADMIN, how: 'balanceBack', balance: usd(45) } });
});

test('every alert comes with the job that delivers it', () => {
  const world = bought(spent(worldOf(), usd(5)), usd(50));
  const subjects = alertsOf(world).map((alert) => alert.sequence.toString());
  expect(subjects).toHaveLength(2);
  for (const subject of subjects) expect(world.jobs).toContainEqual({ name: 'alert', subject });
});

test('a correction that brings the balance back within the same batch is still a crossing', () => {
  const before = spent(bought(worldOf(), usd(20)), 0n);
  const dear = call(usd(15));
  const charged = accept(chargeUsage(before, batchOf([dear]), START));
  const both = chargeUsage(charged, batchOf([call(usd(10)), { ...dear, charge: usd(1) }]), START);
  expect(alertsOf(accept(both)).map((alert) => alert.kind)).toEqual(['low', 'negative', 'recovered']);
});

test('three crossings in a day are told one by one, further ones are only counted', () => {
  const world = crossings(bought(worldOf(), usd(10)), 5);
  expect(alertsOf(world, 'negative')).toHaveLength(3);
  expect(alertsOf(world, 'recovered')).toHaveLength(3);
  expect(world.account.gatheredCrossings).toBe(2);
});

test('the gathered crossings have one job, a day after the first that was told', () => {
  const world = crossings(bought(worldOf(), usd(10)), 6);
  const jobs = world.jobs.filter((job) => job.name === 'crossings');
  expect(jobs).toEqual([{ name: 'crossings', subject: 'gathered', at: after(START, { hours: 24 }) }]);
});

test('the gathered crossings are one message with their count, then told one by one again', () => {
  const told = accept(tellGatheredCrossings(crossings(bought(worldOf(), usd(10)), 6), START));
  expect(alertsOf(told, 'crossings')).toMatchObject([{ facts: { count: 3 } }]);
  expect(alertsOf(crossing(told, 10), 'negative')).toHaveLength(4);
});

test('once the gathered crossings were told, three in a day are told one by one again', () => {
  const told = accept(tellGatheredCrossings(crossings(bought(worldOf(), usd(10)), 6), START));
  expect(told.account).toMatchObject({ gatheredCrossings: 0, crossings: [] });
  expect(alertsOf(crossings(told, 4), 'negative')).toHaveLength(6);
});

test('with nothing gathered, nothing is told', () => {
  const world = bought(worldOf(), usd(10));
  expect(accept(tellGatheredCrossings(world, START))).toBe(world);
});

test('a crossing a day later is told on its own again', () => {
  const world = crossing(crossings(bought(worldOf(), usd(10)), 3), 24 * 60 + 5);
  expect(alertsOf(world, 'negative')).toHaveLength(4);
});

test('exactly the low-balance setting is not low', () => {
  expect(alertsOf(spent(bought(worldOf(), usd(20)), usd(10)), 'low')).toEqual([]);
});

test('below it, low is told once with its reason: no rule', () => {
  const world = spent(spent(bought(worldOf(), usd(20)), usd(11)), usd(1));
  expect(alertsOf(world, 'low')).toMatchObject([{ facts: { threshold: usd(10), noRecharge: 'off' } }]);
});

test('low is armed again when the balance is back', () => {
  const back = spent(bought(spent(bought(worldOf(), usd(20)), usd(15)), usd(20)), usd(1));
  const again = spent(back, usd(20));
  expect(alertsOf(back, 'low')).toMatchObject([{ healed: { how: 'balanceBack' } }]);
  expect(alertsOf(again, 'low')).toHaveLength(2);
});

test('low is not told while a recharge is under way', () => {
  const world = spent(withRule(bought(worldOf(), usd(30))), usd(15));
  expect(alertsOf(world)).toEqual([]);
});

test('low is not told beside a failed recharge, which says more', () => {
  const failed = answered(spent(withRule(bought(worldOf(), usd(30))), usd(15)), DECLINED);
  expect(alertsOf(spent(failed, usd(1))).map((alert) => alert.kind)).toEqual(['rechargeFailed']);
});

test('low under a rule says that the cap is reached', () => {
  const world = spent(withRule(bought(worldOf(), usd(30)), { monthCap: usd(50) }), usd(15));
  const charged = answered(world, { kind: 'succeeded', amount: { micros: usd(50), currency: 'USD' } });
  const low = spent(charged, usd(50));
  expect(alertsOf(low, 'low')).toMatchObject([{ facts: { threshold: usd(20), noRecharge: 'capped' } }]);
});

test('low is told although auto-recharge is on, where an admin is asked first', () => {
  const ruled = withRule(bought(worldOf(), usd(30)));
  const asking = withAccount(ruled, { health: { failures: 0, held: false, asksFirst: true } });
  expect(alertsOf(spent(asking, usd(15)), 'low')).toMatchObject([{ facts: { noRecharge: 'asksFirst' } }]);
});

test('a failed try of the same trouble brings the card up to date, and disturbs nobody again', () => {
  const first = answered(spent(withRule(bought(worldOf(), usd(30))), usd(15)), DECLINED);
  const later = after(START, { hours: 1, seconds: 1 });
  const second = answered(spent(first, usd(1), later), DECLINED, later);
  expect(alertsOf(second, 'rechargeFailed')).toMatchObject([{ version: 2, facts: { balance: usd(14) } }]);
});

test('a recharge that succeeds heals the failure before it, and is told itself', () => {
  const failed = answered(spent(withRule(bought(worldOf(), usd(30))), usd(15)), DECLINED);
  const later = after(START, { hours: 1, seconds: 1 });
  const open = spent(failed, usd(1), later);
  const done = answered(open, { kind: 'succeeded', amount: { micros: usd(50), currency: 'USD' } }, later);
  expect(alertsOf(done, 'rechargeFailed')).toMatchObject([{ healed: { how: 'credited' } }]);
  expect(alertsOf(done, 'recharged')).toMatchObject([{ facts: { balance: usd(64), amount: usd(50) } }]);
});

test('a person whose change took the balance below zero is named, calls are nobody’s', () => {
  const [byPerson] = alertsOf(adjusted(worldOf(), usd(-1)), 'negative');
  expect(byPerson?.facts).toEqual({ balance: usd(-1), by: ADMIN });
  const [byCalls] = alertsOf(spent(worldOf(), usd(1)), 'negative');
  expect(byCalls?.facts).toEqual({ balance: usd(-1) });
});

test('three crossings are counted within 24 hours: one of exactly a day ago is none of them', () => {
  const three = crossings(bought(worldOf(), usd(10)), 3);
  const below = (at: string) => spent(three, usd(100), at);
  expect(below(after(START, { hours: 23, minutes: 59 })).account.gatheredCrossings).toBe(1);
  expect(below(after(START, { hours: 24 })).account.gatheredCrossings).toBe(0);
});

test('the job for gathered crossings is put once, also over several transactions', () => {
  const gathered = crossings(bought(worldOf(), usd(10)), 4);
  const next = crossing({ ...gathered, jobs: [] }, 10);
  expect(next.account.gatheredCrossings).toBe(2);
  expect(next.jobs.filter(({ name }) => name === 'crossings')).toEqual([]);
});
