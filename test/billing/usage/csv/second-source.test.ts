import fc from 'fast-check';
import { USAGE_SOURCES } from '../../../../src/billing/usage/call-record.js';
import { isSecondSource, secondSource } from '../../../../src/billing/usage/csv/second-source.js';
import { usd } from '../../../support/billing.js';

const DATE = '2026-11-02';

function micros(id: string, charge: bigint) {
  return { id, charge };
}

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
  expect(isSecondSource('http', 'graph')).toBe(false);
  expect(isSecondSource('graph', 'http')).toBe(false);
});

test('a day of its own is not compared', () => {
  const calls = [micros('a', usd(1))];
  expect(secondSource({ date: DATE, source: 'csv', calls }, 'csv', calls)).toBeUndefined();
  expect(secondSource({ date: DATE, calls: [] }, 'csv', calls)).toBeUndefined();
});

test('the second source is compared call by call: sums, differences, and what only one of them has', () => {
  const calls = [micros('a', 33_000n), micros('b', 450_000n), micros('lost', 70_000n)];
  const delivered = [micros('A', 30_000n), micros('b', 500_000n), micros('new', 20_000n)];
  expect(secondSource({ date: DATE, source: 'graph', calls }, 'csv', delivered)).toEqual({
    date: DATE,
    first: 'graph',
    second: 'csv',
    charged: { count: 3, amount: 553_000n },
    delivered: { count: 3, amount: 550_000n },
    differing: { count: 1, amount: 50_000n },
    onlyDelivered: { count: 1, amount: 20_000n },
    onlyCharged: { count: 1, amount: 70_000n },
  });
});

test('a record that a file lists twice counts as it was listed last', () => {
  const known = { date: DATE, source: 'graph' as const, calls: [micros('a', usd(2))] };
  const delivered = [micros('a', usd(1)), micros('a', usd(2))];
  expect(secondSource(known, 'csv', delivered)).toMatchObject({
    delivered: { count: 1, amount: usd(2) },
    differing: { count: 0, amount: 0n },
  });
});

test('law: charges that were rounded to two decimals, and nothing else, are no difference', () => {
  const charges = fc.array(fc.bigInt({ min: 0n, max: usd(500) }), { maxLength: 50 });
  fc.assert(
    fc.property(charges, (exact) => {
      const calls = exact.map((charge, index) => micros(`c${index}`, charge));
      const rounded = calls.map(({ id, charge }) => micros(id, ((charge + 5_000n) / 10_000n) * 10_000n));
      const comparison = secondSource({ date: DATE, source: 'graph', calls }, 'csv', rounded);
      const none = { count: 0, amount: 0n };
      expect(comparison).toMatchObject({ differing: none, onlyDelivered: none, onlyCharged: none });
    }),
  );
});
