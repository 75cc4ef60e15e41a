import { after } from '../../../src/billing/ledger/calendar.js';
import {
  otherTopUps,
  requestTopUp,
  type TopUpRequest,
} from '../../../src/billing/ledger/commands/request-top-up.js';
import { OPEN_PAYMENTS_MAX } from '../../../src/billing/ledger/recharge.js';
import { paymentOf, type World } from '../../../src/billing/ledger/world.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN, START, TEST_SETTINGS, usd } from '../../support/billing.js';
import { PAID } from '../../support/recharge.js';
import { accept, answered, bought, CARD, paymentsOf, settled, worldOf } from '../../support/world.js';

const { limits } = TEST_SETTINGS;
const LATER = after(START, { minutes: 5 });

function request(change: Partial<TopUpRequest> = {}): TopUpRequest {
  const amount = money(usd(50), 'USD');
  return { paymentId: 'p1', mintedAt: START, amount, method: CARD, by: ADMIN, limits, ...change };
}

function asked(world: World, change: Partial<TopUpRequest> = {}, at = START): World {
  return accept(requestTopUp(world, request(change), at));
}

/** So many open top-ups, all from before any preview. */
function open(count: number): World {
  let world = worldOf();
  for (let id = 1; id <= count; id += 1) world = asked(world, { paymentId: `p${id}` });
  return world;
}

test('a top-up is written down, listed as open and handed on before the processor hears of it', () => {
  const origin = { conversationKey: 'c', activityId: 'a' };
  const world = asked(bought(worldOf(), usd(3)), { origin }, LATER);
  expect(paymentsOf(world)).toEqual([
    {
      type: 'payment',
      id: 'p1',
      amount: usd(50),
      currency: 'USD',
      method: CARD,
      reason: 'manual',
      status: 'requested',
      requestedAt: LATER,
      requestedBy: ADMIN,
      updatedAt: LATER,
      balanceBefore: usd(3),
      origin,
    },
  ]);
  expect(world.account.openPayments).toEqual([
    { id: 'p1', amount: usd(50), reason: 'manual', requestedAt: LATER, status: 'requested', overdue: false },
  ]);
  expect(world.jobs).toContainEqual({ name: 'payment', subject: 'p1' });
  expect(world.account.balance).toBe(usd(3));
  expect(paymentsOf(open(1))[0]).not.toHaveProperty('origin');
});

test('the work of its lot is put on the calendar with it: four notices, and the expiry', () => {
  // Two of the same day share it.
  const lots = open(2).jobs.filter(({ name }) => name === 'lots');
  expect(lots).toEqual(
    [
      '2027-08-19T09:00:00.000Z',
      '2027-10-18T09:00:00.000Z',
      '2027-11-10T09:00:00.000Z',
      '2027-11-16T09:00:00.000Z',
      '2027-11-18T00:00:00.999Z',
    ].map((at) => ({ name: 'lots', subject: at, at })),
  );
});

test('asked again it answers with the payment as it stands, and opens no other', () => {
  const world = answered(open(1), PAID);
  expect(requestTopUp(world, request(), LATER)).toEqual({
    kind: 'accepted',
    world,
    answer: paymentOf(world, 'p1'),
  });
});

test.each([
  ['another amount', { amount: money(usd(51), 'USD') }],
  ['another card', { method: { ...CARD, id: 'other' } }],
])('the same id with %s is refused', (_, change) => {
  expect(requestTopUp(open(1), request(change), START)).toEqual({ kind: 'refused', reason: 'otherContent' });
});

test.each([
  ['below the minimum', money(limits.minimum - 10_000n, 'USD'), 'amountOutOfRange'],
  ['above the maximum', money(limits.maximum + 10_000n, 'USD'), 'amountOutOfRange'],
  ['of part of a cent', money(usd(50) + 1n, 'USD'), 'amountOutOfRange'],
  ['in another currency', money(usd(50), 'EUR'), 'currencyMismatch'],
] as const)('a top-up %s is refused', (_, amount, reason) => {
  expect(requestTopUp(worldOf(), request({ amount }), START)).toEqual({ kind: 'refused', reason });
});

test.each([
  ['least', limits.minimum],
  ['most', limits.maximum],
])('the %s that may be charged is taken', (_, micros) => {
  expect(paymentsOf(asked(worldOf(), { amount: money(micros, 'USD') }))).toMatchObject([{ amount: micros }]);
});

test('ten payments may be open, an eleventh has to wait', () => {
  const full = open(OPEN_PAYMENTS_MAX);
  expect(full.account.openPayments).toHaveLength(10);
  expect(requestTopUp(full, request({ paymentId: 'more' }), START)).toEqual({
    kind: 'refused',
    reason: 'tooManyOpenPayments',
  });
});

describe('a preview that another top-up made doubtful', () => {
  const second = (world: World, mintedAt: string) =>
    requestTopUp(world, request({ paymentId: 'p2', mintedAt }), LATER);
  const since = after(START, { seconds: 1 });

  test('is refused where one was opened or settled since', () => {
    const refusal = { kind: 'refused', reason: 'anotherTopUp' };
    expect(second(asked(worldOf(), {}, since), START)).toEqual(refusal);
    expect(second(settled(worldOf(), usd(50), since), START)).toEqual(refusal);
  });

  test('is taken where both are as old as the preview, which showed them', () => {
    expect(second(asked(worldOf(), {}, since), since).kind).toBe('accepted');
    expect(second(settled(worldOf(), usd(50), since), since).kind).toBe('accepted');
  });
});

test('a preview mentions the open top-ups, and those settled in the last ten minutes', () => {
  const { account } = asked(settled(worldOf(), usd(50)), { paymentId: 'p2' });
  expect(otherTopUps(account, after(START, { minutes: 9 }))).toEqual({ open: 1, recent: 1 });
  expect(otherTopUps(account, after(START, { minutes: 10 }))).toEqual({ open: 1, recent: 0 });
});

test('the five newest settled top-ups are kept in mind, newest first', () => {
  let world = worldOf();
  for (let amount = 1; amount <= 6; amount += 1) world = settled(world, usd(amount));
  expect(world.account.recentTopUps.map(({ amount }) => amount)).toEqual([6, 5, 4, 3, 2].map(usd));
  expect(world.account.recentTopUps[0]).toEqual({ paymentId: 'p-6', amount: usd(6), at: START, by: ADMIN });
});
