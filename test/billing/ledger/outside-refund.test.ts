import fc from 'fast-check';
import { HOLES_MAX, remainderOf } from '../../../src/billing/ledger/credit-line.js';
import { REVERSALS_MAX } from '../../../src/billing/ledger/reversals.js';
import { paymentOf, withAccount, withRows, type World } from '../../../src/billing/ledger/world.js';
import { SYSTEM } from '../../../src/billing/ledger/model.js';
import { START, usd } from '../../support/billing.js';
import {
  accept,
  alertsOf,
  CARD,
  expired,
  lotsOf,
  paymentsOf,
  refundAnswered,
  refundOf,
  reversalOf,
  reversed,
  settled,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

const LATER = '2027-01-05T10:00:00.000Z';
const two = settled(settled(worldOf(), usd(50)), usd(30));
const refunded = (amount: number, id = 're-1') => ({ id, amount: usd(amount), state: 'refunded' as const });
const failed = (amount: number, id = 're-1') => ({ id, amount: usd(amount), state: 'failed' as const });

function last(world: World) {
  return world.entries.at(-1)!;
}

function lefts(world: World): readonly bigint[] {
  return lotsOf(world).map((lot) => remainderOf(lot, world.account));
}

test('a whole refund takes the unspent lot out of the line, wherever it lies', () => {
  const world = reversed(two, 'p-2', { ...refunded(30), at: LATER });
  expect(last(world)).toMatchObject({
    kind: 'outsideRefund',
    amount: usd(-30),
    balanceAfter: usd(50),
    at: LATER,
    by: SYSTEM,
    reference: 'p-2',
    lot: 2n,
    method: { last4: CARD.last4 },
  });
  expect(lefts(world)).toEqual([usd(50), 0n]);
  expect(world.account.holes).toEqual([{ start: usd(50), end: usd(80) }]);
  expect(paymentOf(world, 'p-2')?.reversals).toEqual([
    { kind: 'refund', id: 're-1', at: LATER, amount: usd(30), returned: 0n, taken: usd(30) },
  ]);
});

test('a part of it takes the end of the lot, and the next one the end of what is left', () => {
  const once = reversed(two, 'p-1', refunded(20));
  expect(once.account.holes).toEqual([{ start: usd(30), end: usd(50) }]);
  const again = reversed(spent(once, usd(5)), 'p-1', refunded(10, 're-2'));
  expect(again.account.holes).toEqual([{ start: usd(20), end: usd(50) }]);
  expect(lefts(again)).toEqual([usd(15), usd(30)]);
  expect(again.account.balance).toBe(usd(45));
});

test('what was spent of it is a debit, paid from the funds that are used next', () => {
  const world = reversed(spent(two, usd(40)), 'p-1', refunded(50));
  expect(world.entries.at(-1)).toMatchObject({ amount: usd(-50), balanceAfter: usd(-10) });
  expect(lefts(world)).toEqual([0n, 0n]);
  expect(alertsOf(world, 'negative')).toMatchObject([{ facts: { balance: usd(-10), reversal: 'refund' } }]);
});

test('told again it changes nothing, whatever amount it says', () => {
  const world = reversed(two, 'p-1', refunded(20));
  expect(reversed(world, 'p-1', refunded(20))).toBe(world);
  expect(reversed(world, 'p-1', refunded(50))).toBe(world);
});

test('one that failed brings back what it took as credit that never expires', () => {
  const world = reversed(reversed(spent(two, usd(40)), 'p-1', refunded(50)), 'p-1', failed(50));
  expect(last(world)).toMatchObject({ kind: 'outsideRefundFailed', amount: usd(50), balanceAfter: usd(40) });
  expect(last(world).lot).toBeUndefined();
  expect(expired(world, '2028-01-01T00:00:00.000Z').account.balance).toBe(usd(40));
  expect(reversed(world, 'p-1', refunded(50))).toBe(world);
});

test('one that is heard of as failed first takes nothing, later either', () => {
  const world = reversed(two, 'p-1', failed(50));
  expect(world.entries).toEqual(two.entries);
  expect(reversed(world, 'p-1', refunded(50)).entries).toEqual(two.entries);
});

test('all of them never take more than the payment had', () => {
  const world = reversed(reversed(two, 'p-2', refunded(20)), 'p-2', refunded(30, 're-2'));
  expect(last(world)).toMatchObject({ amount: usd(-10), balanceAfter: usd(50) });
  const third = reversed(world, 'p-2', refunded(5, 're-3'));
  expect(third.entries).toEqual(world.entries);
  const freed = reversed(third, 'p-2', failed(20));
  expect(freed.entries.slice(-2).map(({ kind, amount }) => [kind, amount])).toEqual([
    ['outsideRefundFailed', usd(20)],
    ['outsideRefund', usd(-20)],
  ]);
  expect(freed.account.balance).toBe(usd(50));
});

test('the order in which they are told does not change how the balance ends', () => {
  const said = [refunded(20), refunded(25, 're-2'), refunded(15, 're-3'), failed(20), failed(15, 're-3')];
  const inOrder = said.reduce((world, one) => reversed(world, 'p-2', one), two);
  fc.assert(
    fc.property(
      fc.shuffledSubarray(said, { minLength: said.length }),
      fc.array(fc.constantFrom(...said)),
      (order, again) => {
        const world = [...order, ...again].reduce((next, one) => reversed(next, 'p-2', one), two);
        expect(world.account.balance).toBe(inOrder.account.balance);
      },
    ),
  );
});

describe('beside the refund that this bot makes itself', () => {
  const own = accept(refundOf(two, 1));

  test('its own is none from outside, whatever became of it', () => {
    const { id } = paymentOf(own, 'p-2')!.refund!;
    expect(reversed(own, 'p-2', refunded(30, id))).toBe(own);
    const back = refundAnswered(own, 'refused');
    const another = accept(refundOf(back, 2));
    expect(reversed(another, 'p-2', failed(30, id))).toBe(another);
  });

  test('another one finds nothing left to take, until the processor refuses this bot’s', () => {
    const both = reversed(own, 'p-2', refunded(30));
    expect(both.entries).toEqual(own.entries);
    const back = refundAnswered(both, 'refused');
    expect(back.entries.slice(-2).map(({ kind, amount }) => [kind, amount])).toEqual([
      ['refundReversed', usd(30)],
      ['outsideRefund', usd(-30)],
    ]);
    expect(back.account.balance).toBe(usd(50));
    expect(reversed(refundAnswered(both, 'refunded'), 'p-2', refunded(30)).account.balance).toBe(usd(50));
  });

  test('this bot refunds no top-up of which something went back already', () => {
    expect(refundOf(reversed(two, 'p-2', refunded(1)), 1)).toMatchObject({ reason: 'reversedOutside' });
    expect(refundOf(reversed(two, 'p-2', failed(1)), 1)).toMatchObject({ reason: 'reversedOutside' });
  });
});

test('it never starts a charge: auto-recharge holds', () => {
  const world = reversed(withRule(two), 'p-1', refunded(50));
  const low = reversed(world, 'p-2', refunded(25, 're-2'));
  const health = { held: true, heldBy: 'outsideRefund' };
  expect(low.account).toMatchObject({ balance: usd(5), openPayments: [], health });
  expect(alertsOf(low, 'low')).toMatchObject([{ facts: { noRecharge: 'held', heldBy: 'outsideRefund' } }]);
});

test('where the line can hold no other hole it is a debit, and takes from no lot', () => {
  const line = { credited: usd(80) + 2_000n, balance: usd(80) + 2_000n - BigInt(HOLES_MAX) };
  const holes = Array.from({ length: HOLES_MAX }, (_none, index) => {
    const start = usd(80) + BigInt(index) * 4n + 1n;
    return { start, end: start + 1n };
  });
  const full = withAccount(two, { ...line, holes });
  const world = reversed(full, 'p-1', refunded(20));
  expect(last(world)).toMatchObject({ kind: 'outsideRefund', amount: usd(-20) });
  expect(last(world).lot).toBeUndefined();
  expect(lefts(world)).toEqual([usd(30), usd(30)]);
});

test('it is refused for what is not known yet, for nothing, and beyond the bound of a payment’s list', () => {
  const many = Array.from({ length: REVERSALS_MAX }, (_none, index) => refunded(1, `re-${index}`));
  const full = many.reduce((world, one) => reversed(world, 'p-1', one), two);
  const open = withRule(worldOf());
  expect(reversalOf(two, 'p-9', refunded(1))).toMatchObject({ reason: 'notFound' });
  expect(reversalOf(open, paymentsOf(open)[0]!.id, refunded(1))).toMatchObject({ reason: 'notFound' });
  expect(reversalOf(two, 'p-1', refunded(0))).toMatchObject({ reason: 'amountOutOfRange' });
  expect(reversalOf(full, 'p-1', refunded(1, 're-more'))).toMatchObject({ reason: 'limitReached' });
  expect(reversed(full, 'p-1', failed(1, 're-3')).account.balance).toBe(full.account.balance + usd(1));
});

test('the answer is the payment as it stands then', () => {
  expect(reversalOf(two, 'p-1', refunded(20))).toMatchObject({
    answer: { id: 'p-1', reversals: [{ id: 're-1', taken: usd(20) }] },
  });
});

test('a payment from before it noted its lot goes by the one that was read', () => {
  const { lot: _lot, ...old } = paymentOf(two, 'p-2')!;
  const world = reversed(withRows(two, [old]), 'p-2', refunded(30));
  expect(lefts(world)).toEqual([usd(50), 0n]);
});

test('a lot that was not read is asked for again', () => {
  const rows = new Map([...two.rows].filter(([, row]) => row.type !== 'lot'));
  expect(reversalOf({ ...two, rows }, 'p-1', { ...refunded(1), at: START })).toMatchObject({
    reason: 'notFound',
  });
});
