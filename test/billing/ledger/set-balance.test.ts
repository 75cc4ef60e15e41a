/** What the admin center shows, by a person's word: the difference is one entry, and nothing is ever asked for because of it. */
import { ADJUSTMENT_MAX } from '../../../src/billing/ledger/commands/adjust.js';
import { setBalance } from '../../../src/billing/ledger/commands/set-balance.js';
import { sweepAutoRecharge } from '../../../src/billing/ledger/commands/set-auto-recharge.js';
import type { Decision, World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import {
  accept,
  alertsOf,
  bought,
  expired,
  LOW,
  lotsOf,
  paymentsOf,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

function seeing(world: World, balance: bigint, ledgerSaid = world.account.balance): Decision<unknown> {
  return setBalance(world, { balance, ledgerSaid, by: ADMIN, lowBalance: LOW }, START);
}

const set = (world: World, amount: number): World => accept(seeing(world, usd(amount)));
const rich = (): World => bought(worldOf(), usd(50));

test.each([
  ['less', 12.5, -37.5],
  ['less than nothing', -5, -55],
  ['more', 80, 30],
])(
  'where the admin center shows %s, the difference is one entry, with who said so',
  (_, shows, difference) => {
    const decision = seeing(rich(), usd(shows));
    const { entries, account } = accept(decision);
    expect(entries).toHaveLength(2);
    expect(entries.at(-1)).toMatchObject({
      kind: 'snapshot',
      amount: usd(difference),
      balanceAfter: usd(shows),
      by: ADMIN,
      reference: 'snapshot-2',
    });
    expect(account.attested).toEqual({ balance: usd(shows), at: START, by: ADMIN });
    expect(decision).toMatchObject({ answer: { balanceBefore: usd(50), balanceAfter: usd(shows) } });
  },
);

test('without a difference the word alone is kept', () => {
  const world = set(rich(), 50);
  expect(world.entries).toHaveLength(1);
  expect(world.account).toMatchObject({ balance: usd(50), attested: { balance: usd(50), by: ADMIN } });
});

test('upwards it is no purchase: it never expires', () => {
  const world = set(rich(), 80);
  expect(lotsOf(world)).toHaveLength(1);
  expect(expired(world, '2030-01-01T00:00:00.000Z').account.balance).toBe(usd(30));
});

test('downwards it takes the oldest funds first, like any debit', () => {
  const world = set(bought(rich(), usd(20), '2026-11-18T09:00:00.000Z'), 30);
  expect(expired(world, '2027-11-18T00:00:01.000Z').account.balance).toBe(usd(20));
});

test.each([
  ['above the limit', ADJUSTMENT_MAX + 1n],
  ['below it', -ADJUSTMENT_MAX - 1n],
])('a balance %s is refused', (_, balance) => {
  expect(seeing(rich(), balance)).toEqual({ kind: 'refused', reason: 'amountOutOfRange' });
});

test('where the ledger moved since the preview, the difference would be another one', () => {
  const moved = spent(rich(), usd(1));
  expect(seeing(moved, usd(40), usd(50))).toEqual({ kind: 'refused', reason: 'stale' });
});

test('below zero is told as such, and back above it as recovered', () => {
  const below = set(rich(), -1);
  expect(alertsOf(below, 'negative')).toHaveLength(1);
  expect(alertsOf(set(below, 1), 'recovered')).toHaveLength(1);
});

describe('auto-recharge below 20', () => {
  test('is never started by it, nor by a sweep after it, and goes on with the next charged call', () => {
    const world = set(withRule(rich()), 12);
    expect(world.account.health).toMatchObject({ held: true, heldBy: 'snapshot' });
    expect(alertsOf(world, 'low')).toMatchObject([{ facts: { noRecharge: 'held', heldBy: 'snapshot' } }]);
    const swept = accept(sweepAutoRecharge(world, START));
    expect(paymentsOf(swept)).toEqual([]);
    expect(paymentsOf(spent(swept, 1n))).toHaveLength(1);
  });

  test.each([
    ['to exactly the trigger', 20],
    ['upwards', 80],
  ])('is not held %s', (_, shows) => {
    expect(set(withRule(rich()), shows).account.health.held).toBe(false);
  });
});
