import fc from 'fast-check';
import { compareSources, type DayDelivery } from '../../../src/billing/usage/source-comparison.js';
import { usd } from '../../support/billing.js';

const DAY = { date: '2026-11-02', first: 'graph' as const };

function micros(id: string, charge: bigint) {
  return { id, charge };
}

function compared(known: readonly DayDelivery['known'][number][], delivered: DayDelivery['delivered']) {
  return compareSources(DAY, { source: 'csv', known, delivered });
}

test('the second source is compared call by call: sums, differences, and what only one of them has', () => {
  const known = [micros('a', 33_000n), micros('b', 450_000n), micros('lost', 70_000n)];
  const delivered = [micros('A', 30_000n), micros('b', 500_000n), micros('new', 20_000n)];
  expect(compared(known, delivered)).toEqual({
    date: '2026-11-02',
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
  const delivered = [micros('a', usd(1)), micros('a', usd(2))];
  expect(compared([micros('a', usd(2))], delivered)).toMatchObject({
    delivered: { count: 1, amount: usd(2) },
    differing: { count: 0, amount: 0n },
  });
});

test('calls of the day that were kept without being charged are known, and no part of what was charged', () => {
  const kept = { ...micros('kept', usd(3)), unmetered: true as const };
  const known = [micros('a', usd(1)), kept, { ...kept, id: 'not in the file' }];
  expect(compared(known, [micros('a', usd(1)), micros('kept', usd(4))])).toMatchObject({
    charged: { count: 1, amount: usd(1) },
    differing: { count: 1, amount: usd(1) },
    onlyDelivered: { count: 0 },
    onlyCharged: { count: 0 },
  });
});

test('law: charges that were rounded to two decimals, and nothing else, are no difference', () => {
  const charges = fc.array(fc.bigInt({ min: 0n, max: usd(500) }), { maxLength: 50 });
  fc.assert(
    fc.property(charges, (exact) => {
      const calls = exact.map((charge, index) => micros(`c${index}`, charge));
      const rounded = calls.map(({ id, charge }) => micros(id, ((charge + 5_000n) / 10_000n) * 10_000n));
      const comparison = compared(calls, rounded);
      const none = { count: 0, amount: 0n };
      expect(comparison).toMatchObject({ differing: none, onlyDelivered: none, onlyCharged: none });
    }),
  );
});
