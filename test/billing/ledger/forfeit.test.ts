import fc from 'fast-check';
import { daysBefore } from '../../../src/billing/ledger/calendar.js';
import { spendSince } from '../../../src/billing/ledger/days.js';
import { forfeitOf } from '../../../src/billing/ledger/forfeit.js';
import type { Account, DaySpend } from '../../../src/billing/ledger/model.js';
import { START, usd } from '../../support/billing.js';
import { adjusted, bought, spent, worldOf } from '../../support/world.js';

const TODAY = '2026-11-17';
const EXPIRES = '2027-11-17T23:59:59.999Z';

/** So much spent on each of the last days, today included. */
function daily(spend: bigint, days: number): readonly DaySpend[] {
  return Array.from({ length: days }, (_, back) => ({ date: daysBefore(TODAY, back), spend, calls: 1 }));
}

function accountWith(days: readonly DaySpend[], change: Partial<Account> = {}): Account {
  return { ...worldOf().account, days, ...change };
}

function units(amount: bigint | undefined): number {
  return Number(amount ?? 0n) / 1_000_000;
}

test('what the usual spend does not use up in twelve months is forfeited', () => {
  const forfeit = forfeitOf(accountWith(daily(usd(1), 90)), usd(500), START);
  expect(forfeit).toMatchObject({ at: EXPIRES, perDay: usd(1), days: 90 });
  // 365 days and fifteen hours at a dollar a day.
  expect(units(forfeit?.amount)).toBeCloseTo(500 - 365.625, 3);
});

test('a purchase that is used up in time is not warned of', () => {
  expect(forfeitOf(accountWith(daily(usd(1), 90)), usd(365), START)).toBeUndefined();
});

test('what is there already is used first', () => {
  const { account } = bought(worldOf(), usd(100));
  const forfeit = forfeitOf({ ...account, days: daily(usd(1), 90) }, usd(300), START);
  expect(units(forfeit?.amount)).toBeCloseTo(300 - 265.625, 3);
});

test('what is there and expires before it can be used does not delay the use of the purchase', () => {
  const { account } = bought(worldOf(), usd(1_000), '2025-12-01T00:00:00.000Z');
  const forfeit = forfeitOf({ ...account, days: daily(usd(1), 90) }, usd(500), START);
  // Until the first of December, 14 days and 15 hours, the old lot is used.
  expect(units(forfeit?.amount)).toBeCloseTo(500 - (365.625 - 14.625), 3);
});

test('credit that never expires is used in its turn, and what is pending before the purchase', () => {
  const { account } = adjusted(worldOf(), usd(50));
  const open = {
    id: 'p',
    amount: usd(50),
    reason: 'manual',
    requestedAt: START,
    status: 'begun',
    overdue: false,
  };
  const openPayments = [open] as Account['openPayments'];
  const forfeit = forfeitOf({ ...account, openPayments, days: daily(usd(1), 90) }, usd(300), START);
  expect(units(forfeit?.amount)).toBeCloseTo(300 - 265.625, 3);
});

test('a debt is paid off by the purchase at once', () => {
  const { account } = spent(worldOf(), usd(100));
  const forfeit = forfeitOf({ ...account, days: daily(usd(1), 90) }, usd(500), START);
  expect(units(forfeit?.amount)).toBeCloseTo(400 - 365.625, 3);
});

test('what is on its way pays off a debt first, and the rest of it is used before the purchase', () => {
  const { account } = spent(worldOf(), usd(20));
  const pending = (amount: bigint): Account['openPayments'] => [
    { id: 'p', amount, reason: 'manual', requestedAt: START, status: 'begun', overdue: false },
  ];
  const left = (amount: bigint) =>
    units(
      forfeitOf({ ...account, openPayments: pending(amount), days: daily(usd(1), 90) }, usd(500), START)
        ?.amount,
    );
  expect(left(usd(50))).toBeCloseTo(500 - (365.625 - 30), 3);
  expect(left(usd(5))).toBeCloseTo(500 - 15 - 365.625, 3);
});

test('days of corrections alone, which gave money back, are no usual spend', () => {
  expect(forfeitOf(accountWith(daily(usd(-1), 90)), usd(50), START)).toMatchObject({
    amount: usd(50),
    perDay: 0n,
  });
});

test('spend since a date counts that day, and none before it', () => {
  expect(spendSince(daily(usd(2), 90), daysBefore(TODAY, 6))).toBe(usd(14));
});

test('with less than a week of spend nothing is said', () => {
  expect(forfeitOf(accountWith(daily(1n, 6)), usd(5_000), START)).toBeUndefined();
  expect(forfeitOf(accountWith(daily(1n, 7)), usd(5_000), START)).toMatchObject({ days: 7 });
  expect(forfeitOf(accountWith([]), usd(5_000), START)).toBeUndefined();
});

test('with a shorter history the days that are known are counted', () => {
  const once = [{ date: daysBefore(TODAY, 9), spend: usd(100), calls: 3 }];
  expect(forfeitOf(accountWith(once), usd(5_000), START)).toMatchObject({ perDay: usd(10), days: 10 });
});

test('where nothing was spent in 90 days all of it would expire', () => {
  const old = [{ date: daysBefore(TODAY, 200), spend: usd(100), calls: 3 }];
  expect(forfeitOf(accountWith(old), usd(50), START)).toEqual({
    amount: usd(50),
    at: EXPIRES,
    perDay: 0n,
    days: 90,
  });
});

test('law: never more than the purchase, and the more is spent the less is forfeited', () => {
  const spend = fc.bigInt({ min: 0n, max: 50_000_000n });
  const amount = fc.bigInt({ min: 1n, max: usd(5_000) });
  fc.assert(
    fc.property(spend, spend, amount, (one, other, bought) => {
      const [less, more] = one < other ? [one, other] : [other, one];
      const left = (perDay: bigint) => forfeitOf(accountWith(daily(perDay, 90)), bought, START)?.amount ?? 0n;
      expect(left(less) <= bought && left(more) <= left(less) + 1n).toBe(true);
    }),
  );
});
