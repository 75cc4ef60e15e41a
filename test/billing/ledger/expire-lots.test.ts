import { after } from '../../../src/billing/ledger/calendar.js';
import { HOLES_MAX, openLotsOf } from '../../../src/billing/ledger/credit-line.js';
import {
  EXPIRED_PER_COMMAND_MAX,
  expireLots,
  NOTICED_PER_DAY_MAX,
} from '../../../src/billing/ledger/commands/expire-lots.js';
import type { Account } from '../../../src/billing/ledger/model.js';
import { withAccount, withRows, type World } from '../../../src/billing/ledger/world.js';
import { START, usd } from '../../support/billing.js';
import {
  accept,
  alertsOf,
  bought,
  expired,
  lotsOf,
  LOW,
  paymentsOf,
  refundOf,
  settled,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

/** START's lots are good until then, and over from then on. */
const LAST_MOMENT = '2027-11-17T23:59:59.999Z';
const OVER = '2027-11-18T00:00:00.000Z';
/** At nine in the morning. */
const NOTICES = {
  90: '2027-08-19T09:00:00.000Z',
  30: '2027-10-18T09:00:00.000Z',
  7: '2027-11-10T09:00:00.000Z',
  1: '2027-11-16T09:00:00.000Z',
};

function noticed(world: World): readonly (number | undefined)[] {
  return lotsOf(world).map((lot) => lot.noticed);
}

/** The rows with the second lot over already, by a minute at the thirty days' notice. */
function secondOverOf(world: World): World['rows'] {
  const second = lotsOf(world)[1]!;
  return withRows(world, [{ ...second, expiresAt: after(NOTICES[30], { minutes: -1 }) }]).rows;
}

function tolds(world: World) {
  return alertsOf(world, 'expiring').map(({ facts }) => facts);
}

test('what is left of a lot is forfeited after its last moment, in one entry that names the lot', () => {
  const world = spent(bought(worldOf(), usd(50)), usd(20));
  expect(expired(world, LAST_MOMENT).account.balance).toBe(usd(30));
  const over = expired(world, OVER);
  expect(over.entries.at(-1)).toMatchObject({
    kind: 'expired',
    amount: usd(-30),
    balanceAfter: 0n,
    lot: 1n,
    reference: 'p-1',
    by: { id: 'system' },
  });
  expect(lotsOf(over)).toMatchObject([{ closed: { how: 'expired', entry: 3n } }]);
});

test('expiring again changes nothing', () => {
  const over = expired(bought(worldOf(), usd(50)), OVER);
  const again = expireLots(over, { lowBalance: LOW }, '2028-01-01T12:00:00.000Z');
  expect(again).toMatchObject({ answer: { expired: 0, stuck: 0 } });
  expect(accept(again)).toBe(over);
});

test('a lot that is spent, or refunded, writes nothing when its time is over', () => {
  const empty = accept(refundOf(spent(settled(settled(worldOf(), usd(20)), usd(30)), usd(20)), 1));
  expect(expired(empty, OVER).entries).toEqual(empty.entries);
});

test('more lots than one command can take are expired by several', () => {
  let world = worldOf();
  const count = EXPIRED_PER_COMMAND_MAX + 5;
  for (let lot = 0; lot < count; lot += 1) world = bought(world, usd(5));
  const first = expireLots(world, { lowBalance: LOW }, OVER);
  expect(first).toMatchObject({ answer: { expired: EXPIRED_PER_COMMAND_MAX } });
  expect(accept(first).account.balance).toBe(usd(25));
  const over = expired(world, OVER);
  expect(over.account).toMatchObject({ balance: 0n, lots: [], moreLots: false });
  expect(over.entries.filter(({ kind }) => kind === 'expired')).toHaveLength(count);
});

describe('notices', () => {
  const world = bought(worldOf(), usd(50));

  test('are told 90, 30, 7 and 1 day before, each once, and not a minute sooner', () => {
    let next: World = world;
    for (const [stage, at] of [90, 30, 7, 1].map((days) => [days, NOTICES[days as 90]] as const)) {
      const before = expired(next, after(at, { minutes: -1 }));
      expect(before).toBe(next);
      next = expired(before, at);
      expect(noticed(next)).toEqual([stage]);
      expect(expired(next, after(at, { hours: 3 }))).toBe(next);
    }
    expect(tolds(next)).toHaveLength(4);
    expect(tolds(next).at(-1)).toEqual({
      balance: usd(50),
      amount: usd(50),
      expiring: [{ amount: usd(50), expiresAt: LAST_MOMENT }],
    });
  });

  test('that were missed are told as one, the newest', () => {
    const late = expired(world, '2027-11-12T15:00:00.000Z');
    expect(noticed(late)).toEqual([7]);
    expect(tolds(late)).toHaveLength(1);
    expect(expired(late, '2027-11-13T15:00:00.000Z')).toBe(late);
  });

  test('wait for the morning, in the time zone of the account', () => {
    const rome = bought(worldOf({ timeZone: 'Europe/Rome' }), usd(50));
    // There the last moment is on the 18th, near one in the morning.
    expect(expired(rome, '2027-11-16T07:59:59.000Z')).toBe(rome);
    const told = expired(rome, '2027-11-16T12:00:00.000Z');
    expect(expired(told, '2027-11-17T07:59:59.000Z')).toBe(told);
    expect(noticed(expired(told, '2027-11-17T08:00:00.000Z'))).toEqual([1]);
  });

  test('of one day are one alert: the amounts of a date together, the soonest date first', () => {
    const later = bought(bought(bought(world, usd(20)), usd(5), after(START, { days: 2 })), usd(7));
    const told = expired(later, '2027-11-15T10:00:00.000Z');
    expect(tolds(told)).toEqual([
      {
        balance: usd(82),
        amount: usd(82),
        expiring: [
          { amount: usd(77), expiresAt: LAST_MOMENT },
          { amount: usd(5), expiresAt: '2027-11-19T23:59:59.999Z' },
        ],
      },
    ]);
  });

  test('of more lots than one day may tell are told on the next day too', () => {
    const count = NOTICED_PER_DAY_MAX + 2;
    let many = worldOf();
    for (let lot = 0; lot < count; lot += 1) many = bought(many, usd(5));
    const first = expired(many, NOTICES[30]);
    const next = expired(first, after(NOTICES[30], { days: 1 }));
    expect(tolds(next).map(({ amount }) => amount)).toEqual([usd(5) * BigInt(NOTICED_PER_DAY_MAX), usd(10)]);
  });

  test('are none of a lot whose time is over, though the line has no room to take it out', () => {
    const two = bought(bought(worldOf(), usd(50)), usd(30), after(START, { days: 40 }));
    const holes = Array.from({ length: HOLES_MAX }, (_none, index) => {
      const start = usd(10) + BigInt(index) * 2n;
      return { start, end: start + 1n };
    });
    const full = withAccount(bought(two, usd(70)), { holes, pointer: 0n });
    const decision = expireLots({ ...full, rows: secondOverOf(full) }, { lowBalance: LOW }, NOTICES[30]);
    expect(decision).toMatchObject({ answer: { expired: 0, stuck: 1 } });
    expect(lotsOf(accept(decision))[1]).not.toHaveProperty('noticed');
  });

  test('come once a day at most, and leave out what is spent', () => {
    const spentMostly = spent(bought(world, usd(20)), usd(60));
    const told = expired(spentMostly, NOTICES[7]);
    expect(tolds(told)).toMatchObject([{ amount: usd(10) }]);
    const laterThatDay = bought(told, usd(9), START);
    expect(tolds(expired(laterThatDay, after(NOTICES[7], { hours: 2 })))).toHaveLength(1);
    expect(tolds(expired(laterThatDay, after(NOTICES[7], { days: 1 })))).toMatchObject([
      { amount: usd(10) },
      { amount: usd(9) },
    ]);
  });
});

describe('auto-recharge', () => {
  const rule = { trigger: usd(20), amount: usd(50) };

  test('is not started by an expiry that takes the balance below the trigger: it holds, and low is told', () => {
    const world = withRule(bought(worldOf(), usd(50)), rule);
    const over = expired(world, OVER);
    expect(paymentsOf(over)).toEqual([]);
    expect(over.account.health).toMatchObject({ held: true, heldBy: 'expired' });
    expect(alertsOf(over, 'low')).toMatchObject([{ facts: { noRecharge: 'held', heldBy: 'expired' } }]);
  });

  test('goes on with the next charged call', () => {
    const over = expired(withRule(bought(worldOf(), usd(50)), rule), OVER);
    expect(paymentsOf(spent(over, usd(1), OVER))).toHaveLength(1);
  });
});

describe('lots that the account had no place for', () => {
  function many(count: number): World {
    let world = worldOf();
    for (let lot = 0; lot < count; lot += 1) world = bought(world, usd(5), after(START, { days: lot % 3 }));
    return world;
  }

  test('are listed when half of the places are free', () => {
    const few = spent(many(50), usd(5) * 15n);
    expect(expired(few, START)).toBe(few);
    const fewer = expired(spent(few, usd(5)), START);
    expect(openLotsOf(fewer.account)).toHaveLength(32);
    expect(fewer.account.moreLots).toBe(true);
    expect(listed(expired(spent(fewer, usd(5) * 16n), START).account)).toEqual({ open: 18, moreLots: false });
  });

  test('follow behind the last one that was listed, also when all of those are spent', () => {
    const spentAll = spent(many(40), usd(5) * 33n);
    expect(openLotsOf(spentAll.account)).toEqual([]);
    expect(spentAll.account.lots).toMatchObject([{ sequence: 32n }]);
    expect(listed(expired(spentAll, START).account)).toEqual({ open: 7, moreLots: false });
  });
});

function listed(account: Account) {
  return { open: openLotsOf(account).length, moreLots: account.moreLots };
}

describe('the order of rows that the store gives back', () => {
  const reversed = (world: World): World => ({ ...world, rows: new Map([...world.rows].reverse()) });

  test('is no matter: lots expire in the order of the line, and only those whose time is over', () => {
    const lots = bought(bought(bought(worldOf(), usd(1)), usd(2)), usd(3), after(START, { days: 5 }));
    const over = expired(reversed(lots), OVER);
    expect(over.entries.slice(3).map(({ lot }) => lot)).toEqual([1n, 2n]);
    expect(over.account.balance).toBe(usd(3));
  });

  test('is no matter for a notice: the soonest date comes first, ten are listed, and all are summed up', () => {
    let world = worldOf();
    for (let day = 12; day >= 0; day -= 1) world = bought(world, usd(1), after(START, { days: day }));
    const allNear = '2027-10-30T09:00:00.000Z';
    for (const rows of [world, reversed(world)]) {
      const [facts] = tolds(expired(rows, allNear));
      const dates = facts?.expiring?.map(({ expiresAt }) => expiresAt);
      expect(dates).toEqual(Array.from({ length: 10 }, (_, day) => after(LAST_MOMENT, { days: day })));
      expect(facts?.amount).toBe(usd(13));
    }
  });

  test('is no matter for the list of lots', () => {
    let world = worldOf();
    for (let lot = 0; lot < 40; lot += 1) world = bought(world, usd(5));
    const { lots } = expired(reversed(spent(world, usd(5) * 20n)), START).account;
    expect(lots.map(({ sequence }) => Number(sequence))).toEqual(
      Array.from({ length: 20 }, (_, at) => at + 21),
    );
  });
});
