import fc from 'fast-check';
import { chargeWhatFits } from '../../../src/billing/ledger/commands/charge-what-fits.js';
import type { StoredCall } from '../../../src/billing/ledger/model.js';
import { rowsBetween, type World } from '../../../src/billing/ledger/world.js';
import { START, usd } from '../../support/billing.js';
import { ruled } from '../../support/recharge.js';
import { batchOf, call, spent } from '../../support/world.js';

/** A full bill of what one charge can bring about: account, entry, day, operation, recharge, reason, cap, below zero. */
const world = ruled(30, { monthCap: usd(50) });

function charge(before: World, calls: readonly StoredCall[], rowsMax: number) {
  const decision = chargeWhatFits(before, { ...batchOf(calls), rowsMax }, START);
  if (decision.kind === 'refused') throw new Error(decision.reason);
  return decision;
}

test('a batch that fits is charged whole, and nothing is left', () => {
  const calls = [call(usd(1)), call(usd(2))];
  const { answer, world: after } = charge(world, calls, 100);
  expect(answer).toMatchObject({ chargedCount: 2 });
  expect(answer.left).toBeUndefined();
  expect(rowsBetween(world, after)).toBe(5);
});

test('the row of the operation counts too', () => {
  const calls = [call(usd(1)), call(usd(2))];
  expect(charge(world, calls, 6).answer.left).toBeUndefined();
  expect(charge(world, calls, 5).answer).toMatchObject({ chargedCount: 1, left: 1 });
});

test('halved as often as it takes, it says how many calls are left of all', () => {
  const calls = Array.from({ length: 8 }, () => call(usd(1)));
  expect(charge(world, calls, 5).answer).toMatchObject({ chargedCount: 1, left: 7 });
  expect(charge(world, calls, 6).answer).toMatchObject({ chargedCount: 2, left: 6 });
});

test('one call is charged whatever it brings about', () => {
  expect(charge(world, [call(usd(100))], 2).answer).toMatchObject({ chargedCount: 1 });
});

test('batch after batch charges every call once, and no transaction is larger than it may be', () => {
  const cents = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(cents, fc.integer({ min: 12, max: 70 }), (charges, rowsMax) => {
      const calls = charges.map((charge) => call(usd(charge / 100)));
      let [current, waiting] = [world, calls];
      while (waiting.length > 0) {
        const { answer, world: after } = charge(current, waiting, rowsMax);
        expect(rowsBetween(current, after) + 1).toBeLessThanOrEqual(rowsMax);
        const { left = 0 } = answer;
        expect(answer.chargedCount).toBe(waiting.length - left);
        [current, waiting] = [after, left === 0 ? [] : waiting.slice(-left)];
      }
      const spend = charges.reduce((sum, charge) => sum + usd(charge / 100), 0n);
      expect(current.account.balance).toBe(world.account.balance - spend);
    }),
  );
});

test('rows that are written anew count as much as new ones', () => {
  const before = spent(world, usd(1));
  expect(rowsBetween(before, charge(before, [call(usd(1))], 100).world)).toBe(4);
});
