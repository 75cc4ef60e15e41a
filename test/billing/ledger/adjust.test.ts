import { adjust, ADJUSTMENT_MAX } from '../../../src/billing/ledger/commands/adjust.js';
import {
  sweepAutoRecharge,
  turnOffAutoRecharge,
} from '../../../src/billing/ledger/commands/set-auto-recharge.js';
import { requestTopUp } from '../../../src/billing/ledger/commands/request-top-up.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN, START, TEST_SETTINGS, usd } from '../../support/billing.js';
import {
  accept,
  adjusted,
  alertsOf,
  answered,
  bought,
  CARD,
  LOW,
  paymentsOf,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

function asked(change: { amount?: bigint; reason?: string }) {
  return adjust(
    bought(worldOf(), usd(50)),
    { amount: usd(1), reason: 'agreed', by: ADMIN, lowBalance: LOW, ...change },
    START,
  );
}

test('an adjustment is an entry with who and why', () => {
  const decision = asked({ amount: usd(-12.5), reason: '  a call that never was \n' });
  expect(accept(decision).entries.at(-1)).toMatchObject({
    kind: 'adjustment',
    amount: usd(-12.5),
    balanceAfter: usd(37.5),
    by: ADMIN,
    reason: 'a call that never was',
    reference: 'adjustment-2',
  });
  expect(decision).toMatchObject({ answer: { balanceBefore: usd(50), balanceAfter: usd(37.5) } });
});

test.each([
  ['of nothing', { amount: 0n }, 'amountOutOfRange'],
  ['beyond the limit', { amount: ADJUSTMENT_MAX + 1n }, 'amountOutOfRange'],
  ['beyond the limit downwards', { amount: -ADJUSTMENT_MAX - 1n }, 'amountOutOfRange'],
  ['without a reason', { reason: ' \t ' }, 'limitReached'],
  ['with a reason that is too long', { reason: 'r'.repeat(201) }, 'limitReached'],
])('an adjustment %s is refused', (_, change, reason) => {
  expect(asked(change)).toEqual({ kind: 'refused', reason });
});

test.each([
  ['the largest', { amount: ADJUSTMENT_MAX }],
  ['the largest downwards', { amount: -ADJUSTMENT_MAX }],
  ['one with the longest reason', { reason: ` ${'r'.repeat(200)} ` }],
])('%s is taken', (_, change) => {
  expect(asked(change).kind).toBe('accepted');
});

test('an adjustment below zero is told as such, and one back above it as recovered', () => {
  const below = adjusted(bought(worldOf(), usd(5)), usd(-6));
  expect(alertsOf(below, 'negative')).toHaveLength(1);
  expect(alertsOf(adjusted(below, usd(1)), 'recovered')).toHaveLength(1);
});

describe('auto-recharge below 20', () => {
  const rich = withRule(bought(worldOf(), usd(50)));

  test('is never started by an adjustment, nor by a sweep after it', () => {
    const world = adjusted(rich, usd(-31));
    expect(world.account.health).toMatchObject({ held: true, heldBy: 'adjustment' });
    expect(paymentsOf(accept(sweepAutoRecharge(world, START)))).toEqual([]);
    expect(alertsOf(world, 'low')).toMatchObject([{ facts: { noRecharge: 'held', heldBy: 'adjustment' } }]);
  });

  test('is not held by one that leaves exactly the trigger, or that starts below it', () => {
    expect(adjusted(rich, usd(-30)).account.health.held).toBe(false);
    const capped = withRule(bought(worldOf(), usd(10)), { monthCap: usd(50) });
    const declined = answered(capped, { kind: 'declined', reason: 'insufficientFunds' });
    expect(adjusted(declined, usd(-1)).account.health.held).toBe(false);
  });

  test('is not held by an adjustment upwards', () => {
    expect(adjusted(rich, usd(5)).account.health.held).toBe(false);
  });

  test('does not charge when the payment that covered the adjustment comes to nothing', () => {
    const request = {
      paymentId: 'p-x',
      mintedAt: START,
      amount: money(usd(40), 'USD'),
      method: CARD,
      by: ADMIN,
      limits: TEST_SETTINGS.limits,
    };
    const world = adjusted(accept(requestTopUp(rich, request, START)), usd(-40));
    const declined = answered(world, { kind: 'declined', reason: 'declined' });
    expect(paymentsOf(declined)).toHaveLength(1);
  });

  test('does not follow a recharge with another because of an adjustment meanwhile', () => {
    const recharging = adjusted(spent(rich, usd(35)), usd(-50));
    const landed = answered(recharging, { kind: 'succeeded', amount: money(usd(50), 'USD') });
    expect(landed.account.balance).toBe(usd(15));
    expect(paymentsOf(landed)).toHaveLength(1);
  });

  test('goes on with the next charged call', () => {
    expect(paymentsOf(spent(adjusted(rich, usd(-31)), 1n))).toHaveLength(1);
  });
});

test('an adjustment is judged with what is on its way, and without: either may be looked at later', () => {
  const ruledAt = (balance: number) => withRule(bought(worldOf(), usd(balance)), { trigger: usd(20) });
  const request = {
    paymentId: 'p-x',
    mintedAt: START,
    amount: money(usd(40), 'USD'),
    method: CARD,
    by: ADMIN,
    limits: TEST_SETTINGS.limits,
  };
  const pending = accept(requestTopUp(ruledAt(20), request, START));
  expect(adjusted(pending, usd(-1)).account.health.held).toBe(true);
  const below = spent(pending, usd(10));
  expect(adjusted(below, usd(-30)).account.health.held).toBe(false);
  expect(adjusted(below, usd(-30) - 1n).account.health.held).toBe(true);
});

test('with a rule that is off, or none, there is nothing to hold', () => {
  expect(adjusted(bought(worldOf(), usd(50)), usd(-45)).account.health.held).toBe(false);
  const off = accept(turnOffAutoRecharge(withRule(bought(worldOf(), usd(50))), ADMIN, START));
  expect(adjusted(off, usd(-45)).account.health.held).toBe(false);
});

test('an entry says nothing of a lot, a card or a reason that it has not', () => {
  const [purchase, usage] = spent(bought(worldOf(), usd(5)), usd(1)).entries;
  expect(purchase).not.toHaveProperty('reason');
  expect(purchase).not.toHaveProperty('method');
  expect(usage).not.toHaveProperty('lot');
});
