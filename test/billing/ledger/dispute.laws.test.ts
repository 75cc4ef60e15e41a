import fc from 'fast-check';
import { paymentOf, type World } from '../../../src/billing/ledger/world.js';
import { usd } from '../../support/billing.js';
import { reversed, settled, spent, worldOf, type Reversed } from '../../support/world.js';

const start = spent(settled(worldOf(), usd(100)), usd(30));

/** What a bank did since the last time: its totals only grow, and nothing comes back that was not withdrawn. */
const history: fc.Arbitrary<readonly Reversed[]> = fc
  .array(fc.tuple(fc.bigInt({ min: 0n, max: 100n }), fc.bigInt({ min: 0n, max: 100n })), {
    minLength: 1,
    maxLength: 5,
  })
  .map((moves) => {
    let [withdrawn, returned] = [0n, 0n];
    return moves.map(([taken, back]): Reversed => {
      withdrawn += taken * 1_000_000n;
      returned += (back * 1_000_000n * (withdrawn - returned)) / usd(100);
      return { id: 'du-1', state: 'withdrawn', amount: usd(100), withdrawn, returned };
    });
  });

/** All of it, in any order, and some of it more than once. */
const hearings = history.chain((all) =>
  fc.tuple(
    fc.constant(all),
    fc
      .shuffledSubarray([...all, ...all])
      .chain((some) => fc.shuffledSubarray([...some, ...all], { minLength: some.length + all.length })),
  ),
);

function told(all: readonly Reversed[]): World {
  return all.reduce((world, said) => reversed(world, 'p-1', said), start);
}

test('law: whatever is told of a dispute, in any order and repeated, ends as the bank did', () => {
  fc.assert(
    fc.property(hearings, ([all, heard]) => {
      const { withdrawn = 0n, returned = 0n } = all.at(-1)!;
      const kept = withdrawn - returned;
      const world = told(heard);
      expect(world.account.balance).toBe(usd(70) - (kept < usd(100) ? kept : usd(100)));
      const totals = paymentOf(world, 'p-1')?.reversals?.map((one) => [one.withdrawn, one.returned]);
      expect(totals).toEqual(withdrawn === 0n ? undefined : [[withdrawn, returned]]);
    }),
  );
});

test('law: what was told before changes nothing', () => {
  fc.assert(
    fc.property(history, (all) => {
      const world = told(all);
      for (const said of all) expect(reversed(world, 'p-1', said)).toBe(world);
    }),
  );
});
