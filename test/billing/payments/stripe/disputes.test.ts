import { heldBy, movedBy } from '../../../../src/billing/payments/stripe/disputes.js';

type Move = readonly [amount: number, currency: string];

function dispute(status: string, ...moves: readonly Move[]) {
  const balance_transactions = moves.map(([amount, currency]) => ({ amount, currency }));
  return {
    object: 'dispute' as const,
    id: 'du_1',
    amount: 10_000,
    currency: 'eur',
    status,
    balance_transactions,
  };
}
const out: Move = [-10_000, 'eur'];
const back: Move = [10_000, 'eur'];
const outConverted: Move = [-10_900, 'usd'];
const backConverted: Move = [10_700, 'usd'];

test.each([
  ['an inquiry moves nothing', dispute('warning_needs_response'), 0, 0],
  ['what was taken is gone', dispute('needs_response', out), 10_000, 0],
  ['one that is lost stays gone', dispute('lost', outConverted), 10_000, 0],
  ['one that is won is back', dispute('won', out, back), 10_000, 10_000],
  ['one that is won is back also before its transaction is there', dispute('won', out), 10_000, 10_000],
  [
    'one that is won is back whole, whatever the rates were',
    dispute('won', outConverted, backConverted),
    10_000,
    10_000,
  ],
  ['it never gives back more', dispute('lost', outConverted, [12_000, 'usd']), 10_000, 10_000],
  ['a part that came back counts', dispute('won', out, [2_500, 'eur']), 10_000, 2_500],
  [
    'a part that came back converted counts by its share',
    dispute('lost', outConverted, [5_450, 'usd']),
    10_000,
    5_000,
  ],
  ['taken again it is gone again', dispute('needs_response', out, back, out), 20_000, 10_000],
  [
    'taken again at another rate it is gone whole',
    dispute('lost', outConverted, backConverted, [-10_800, 'usd']),
    20_000,
    10_000,
  ],
  ['a part of what was taken again counts', dispute('lost', out, back, out, [4_000, 'eur']), 20_000, 14_000],
])('%s', (_name, told, ...[withdrawn, returned]) => {
  expect(movedBy(told)).toEqual({ withdrawn, returned });
  expect(heldBy(told)).toBe(withdrawn - returned);
});
