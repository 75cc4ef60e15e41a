import fc from 'fast-check';
import {
  batches,
  DAYS_PER_COMMIT_MAX,
  OTHER_ROWS_MIN,
  rowsMaxOf,
} from '../../../src/billing/usage/batches.js';
import { dayOf } from '../../../src/billing/ledger/calendar.js';
import { ROWS_PER_COMMIT_MAX } from '../../../src/billing/storage/table.js';
import { call } from '../../support/world.js';

const START = Date.UTC(2026, 10, 1);
const callsAt = (hours: readonly number[]) =>
  hours.map((hour) => call(1n, { start: new Date(START + hour * 3_600_000).toISOString() }));

test('every call is in one batch, in the order of time, and each batch fits into one transaction', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(24 * 12), { maxLength: 400 }), (hours) => {
      const calls = callsAt(hours);
      const all = batches(calls, 'UTC');
      const starts = all.flatMap((batch) => batch.calls.map(({ start }) => start));
      expect(starts).toEqual(calls.map(({ start }) => start).sort());
      for (const batch of all) {
        const days = new Set(batch.calls.map(({ start }) => dayOf(start, 'UTC')));
        expect(batch.days).toBe(days.size);
        expect(days.size).toBeLessThanOrEqual(DAYS_PER_COMMIT_MAX);
        const rows = batch.calls.length + days.size + OTHER_ROWS_MIN;
        expect(rows).toBeLessThanOrEqual(rowsMaxOf(batch));
        expect(rowsMaxOf(batch)).toBeLessThanOrEqual(ROWS_PER_COMMIT_MAX);
      }
    }),
  );
});

test('a thousand calls of one day are eleven transactions', () => {
  expect(batches(callsAt(Array<number>(1_000).fill(1)), 'UTC')).toHaveLength(11);
});
