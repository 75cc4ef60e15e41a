import fc from 'fast-check';
import { chargeUsage } from '../../../src/billing/ledger/commands/charge-usage.js';
import { decideIssue } from '../../../src/billing/ledger/commands/decide-issue.js';
import { setMetering } from '../../../src/billing/ledger/commands/set-metering.js';
import { isSecondSource, sourceOfDay } from '../../../src/billing/ledger/day-source.js';
import type { DayTotals, StoredCall, UsageIssue } from '../../../src/billing/ledger/model.js';
import { rowKeys, rowOf, withRows, type World } from '../../../src/billing/ledger/world.js';
import { USAGE_SOURCES, type UsageSource } from '../../../src/billing/usage/call-record.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import { accept, batchOf, call, receiptOf, worldOf } from '../../support/world.js';

const DATE = '2026-11-17';
const NEXT_DAY = '2026-11-18T08:00:00.000Z';

function charged(world: World, ...calls: readonly StoredCall[]): World {
  return accept(chargeUsage(world, batchOf(calls), START));
}

function dayOf(world: World, date = DATE): DayTotals | undefined {
  return rowOf(world, 'day', rowKeys.day(date));
}

const from = (source: UsageSource, charge: number, more: Partial<StoredCall> = {}) =>
  call(usd(charge), { source, ...more });

test('an export is never mixed with Graph for the same day, whichever was first', () => {
  expect(isSecondSource('graph', 'csv')).toBe(true);
  expect(isSecondSource('csv', 'graph')).toBe(true);
  expect(isSecondSource('csv', 'http')).toBe(true);
});

test('a day that nobody was charged for is open to any source, and stays open to its own', () => {
  for (const source of USAGE_SOURCES) {
    expect(isSecondSource(undefined, source)).toBe(false);
    expect(isSecondSource(source, source)).toBe(false);
  }
});

test('Graph and HTTP bring the same exact rows: they share a day', () => {
  const world = charged(charged(worldOf(), from('graph', 1)), from('http', 2));
  expect(world.account.balance).toBe(usd(-3));
  expect(dayOf(world)).toMatchObject({ source: 'graph', calls: 2 });
});

test.each([
  ['csv', 'graph'],
  ['csv', 'http'],
  ['graph', 'csv'],
  ['http', 'csv'],
] as const)('a day that was charged from %s is not charged from %s', (first, second) => {
  const world = charged(worldOf(), from(first, 1));
  const other = from(second, 5);
  expect(charged(world, other)).toBe(world);
  const receipt = receiptOf(world, [other]);
  expect(receipt).toMatchObject({ chargedCount: 0, foreignDays: [{ date: DATE, first }] });
});

test('the same record from a second source is taken for no correction', () => {
  const one = from('graph', 1);
  const world = charged(worldOf(), one);
  const receipt = receiptOf(world, [{ ...one, source: 'csv', charge: usd(9) }]);
  expect(receipt).toMatchObject({ correctedCount: 0, otherSource: 0, foreignDays: [{ first: 'graph' }] });
});

test('of a delivery that reaches over several days only those of another source are left out', () => {
  const world = charged(worldOf(), from('graph', 1));
  const after = charged(world, from('csv', 2), from('csv', 4, { start: NEXT_DAY }));
  expect(after.account.balance).toBe(usd(-5));
  expect(dayOf(after, '2026-11-18')?.source).toBe('csv');
});

test('the day is one of the account’s time zone', () => {
  const tokyo = worldOf({ timeZone: 'Asia/Tokyo' });
  const world = charged(tokyo, from('graph', 1, { start: '2026-11-17T14:59:59.999Z' }));
  expect(charged(world, from('csv', 1, { start: '2026-11-16T15:00:00.000Z' }))).toBe(world);
  expect(charged(world, from('csv', 1, { start: '2026-11-17T15:00:00.000Z' })).account.balance).toBe(usd(-2));
});

test('days that were charged before they noted their source had come in over HTTP', () => {
  const { source: _source, ...old } = dayOf(charged(worldOf(), from('graph', 1)))!;
  expect(sourceOfDay(old)).toBe('http');
  const world = withRows(worldOf(), [old]);
  expect(charged(world, from('csv', 1))).toBe(world);
  expect(dayOf(charged(world, from('graph', 1)))?.source).toBe('http');
});

test('calls that were kept without being charged leave their day open to any source', () => {
  const metered = accept(setMetering(worldOf(), { from: NEXT_DAY, by: ADMIN }, START));
  const kept = charged(metered, from('csv', 1));
  expect(sourceOfDay(dayOf(kept)!)).toBeUndefined();
  const moved = accept(setMetering(kept, { from: '2026-11-01T00:00:00.000Z', by: ADMIN }, START));
  expect(charged(moved, from('graph', 2)).account.balance).toBe(usd(-2));
});

test('a second source keeps no calls either', () => {
  const metered = accept(setMetering(worldOf(), { from: '2026-11-17T12:00:00.000Z', by: ADMIN }, START));
  const world = charged(metered, from('graph', 1, { start: '2026-11-17T13:00:00.000Z' }));
  expect(charged(world, from('csv', 1, { start: '2026-11-17T08:00:00.000Z' }))).toBe(world);
});

describe('of calls that are kept without being charged', () => {
  const metered = () => accept(setMetering(worldOf(), { from: NEXT_DAY, by: ADMIN }, START));

  test('a day takes those of its first source only', () => {
    const first = from('csv', 1);
    const world = charged(metered(), first);
    const receipt = receiptOf(world, [from('graph', 5)]);
    expect(receipt).toMatchObject({ foreignDays: [{ date: DATE, first: 'csv' }] });
    expect(charged(world, from('graph', 5))).toBe(world);
    expect(dayOf(charged(world, from('csv', 2)))).toMatchObject({ unmetered: { spend: usd(3), calls: 2 } });
  });

  test('Graph and HTTP share a day, which keeps the name of the first', () => {
    const world = charged(charged(metered(), from('graph', 1)), from('http', 2));
    expect(dayOf(world)).toMatchObject({ keptSource: 'graph', unmetered: { calls: 2 } });
  });

  test('a day that lost its last one is open to any source', () => {
    const one = from('csv', 1);
    const world = charged(metered(), one);
    const other = { ...one, start: '2026-11-16T08:00:00.000Z' };
    const moved = accept(chargeUsage(world, { ...batchOf([other]), storedStarts: [one.start] }, START));
    expect(dayOf(moved)?.unmetered).toEqual({ spend: 0n, calls: 0 });
    expect(dayOf(charged(moved, from('graph', 2)))?.unmetered).toEqual({ spend: usd(2), calls: 1 });
  });
});

test('of a delivery of two sources each call is judged by its own', () => {
  const world = charged(worldOf(), from('graph', 1));
  const after = charged(world, from('csv', 2), from('graph', 4));
  expect(after.account.balance).toBe(usd(-5));
  expect(dayOf(after)?.calls).toBe(2);
});

test('a record of a second source that was put aside is not charged by an admin’s word either', () => {
  const issue: UsageIssue = {
    type: 'issue',
    id: 'x:negativeCharge',
    reason: 'negativeCharge',
    source: 'csv',
    raw: '{}',
    at: START,
    state: 'open',
  };
  const world = withRows(charged(worldOf(), from('graph', 1)), [issue]);
  const verdict = { issue, by: ADMIN, call: from('csv', 2), storedStarts: [], lowBalance: 0n };
  expect(decideIssue(world, verdict, START)).toEqual({ kind: 'refused', reason: 'otherContent' });
});

const delivery = fc.record({
  source: fc.constantFrom(...USAGE_SOURCES),
  calls: fc.array(fc.record({ id: fc.nat(5), day: fc.nat(2), charge: fc.nat(9) }), { maxLength: 4 }),
});

test('law: whatever comes in which order, an export shares its days with nobody', () => {
  fc.assert(
    fc.property(fc.array(delivery, { maxLength: 8 }), (deliveries) => {
      let world = worldOf();
      for (const { source, calls } of deliveries) {
        const rows = calls.map(({ id, day, charge }) =>
          from(source, charge, { id: `${source}-${id}-${day}`, start: `2026-11-1${day}T08:00:00.000Z` }),
        );
        world = charged(world, ...rows);
      }
      const stored = [...world.rows.values()].filter((row) => row.type === 'call');
      for (const one of stored) {
        const others = stored.filter(({ start }) => start === one.start);
        expect(others.some(({ source }) => isSecondSource(one.source, source))).toBe(false);
      }
      expect(world.account.balance).toBe(-stored.reduce((sum, { charge }) => sum + charge, 0n));
    }),
  );
});
