import { after } from '../../../src/billing/ledger/calendar.js';
import { turnOffAutoRecharge } from '../../../src/billing/ledger/commands/set-auto-recharge.js';
import { markOverdue } from '../../../src/billing/ledger/commands/warn-of-payment.js';
import { recordOutcome } from '../../../src/billing/ledger/commands/record-outcome.js';
import type { Explanation } from '../../../src/billing/ledger/model.js';
import { withAccount, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import {
  DECLINED,
  EXPIRED,
  PAID,
  recharged,
  rechargesOf,
  resumedBy,
  ruled,
  swept,
  topUp,
} from '../../support/recharge.js';
import {
  accept,
  adjusted,
  answered,
  bought,
  LOW,
  settled,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

const HOUR = after(START, { hours: 1 });

function explained(world: World): readonly Explanation[] {
  return [...world.rows.values()].filter((row) => row.type === 'why');
}

/** Its newest payment is past its deadline without a word. */
function inDoubt(world: World): World {
  const paymentId = world.account.openPayments.at(-1)!.id;
  const report = { paymentId, outcome: { kind: 'unknown' }, lowBalance: LOW } as const;
  const doubted = accept(recordOutcome(world, report, START));
  return accept(markOverdue(doubted, { paymentId, lowBalance: LOW }, HOUR));
}

const kinds = (world: World) => explained(world).map(({ kind }) => kind);

test('a recharge is explained with the rule and all numbers that it saw', () => {
  const world = spent(ruled(30, { dayCap: usd(200) }), usd(15));
  expect(explained(world)).toEqual([
    {
      type: 'why',
      sequence: 1n,
      at: START,
      kind: 'charged',
      balance: usd(15),
      pending: 0n,
      trigger: usd(20),
      amount: usd(50),
      dayTotal: 0n,
      dayCap: usd(200),
      monthTotal: 0n,
      monthCap: usd(1_000),
      failures: 0,
      paymentId: rechargesOf(world)[0]!.id,
      method: { brand: 'Visa', last4: '4242' },
    },
  ]);
});

test('each recharge is explained, also where one follows another', () => {
  const world = recharged(ruled(), 2);
  expect(kinds(world)).toEqual(['charged', 'charged']);
  expect(explained(world).map(({ monthTotal }) => monthTotal)).toEqual([0n, usd(50)]);
});

test('at exactly the trigger, or with a rule that waits while nothing is needed, there is nothing to explain', () => {
  const waiting = answered(spent(ruled(), usd(15)), DECLINED);
  const back = bought(waiting, usd(5));
  expect(back.account.balance).toBe(usd(20));
  expect(kinds(swept(back, START))).toEqual(['charged', 'waiting']);
});

test('while a recharge is open over a balance that is back, there is nothing to explain', () => {
  const open = spent(ruled(), usd(15));
  expect(kinds(swept(bought(open, usd(5)), START))).toEqual(['charged']);
  expect(kinds(swept(bought(open, usd(4)), START))).toEqual(['charged', 'inProgress']);
});

test('above the trigger there is nothing to explain', () => {
  expect(explained(spent(ruled(), usd(10)))).toEqual([]);
});

describe('a recharge that was not made is explained', () => {
  test('while one is open, which is named', () => {
    const world = spent(spent(ruled(), usd(15)), usd(1));
    expect(explained(world)[1]).toMatchObject({
      kind: 'inProgress',
      balance: usd(14),
      pending: usd(50),
      paymentId: rechargesOf(world)[0]!.id,
    });
  });

  test('while a manual top-up is on its way that lifts the balance', () => {
    const world = spent(accept(topUp(ruled())), usd(15));
    expect(explained(world)).toMatchObject([{ kind: 'inProgress', pending: usd(50), paymentId: 'm1' }]);
  });

  test('while a manual top-up is on its way that is not enough', () => {
    const world = spent(accept(topUp(ruled())), usd(90));
    expect(explained(world)).toMatchObject([{ kind: 'inProgress', pending: usd(50), paymentId: 'm1' }]);
  });

  test('while one is open beside a top-up by hand: the recharge is named', () => {
    const world = spent(accept(topUp(spent(ruled(), usd(15)))), usd(1));
    expect(world.account.openPayments.map(({ reason }) => reason)).toEqual(['autoRecharge', 'manual']);
    expect(explained(world).at(-1)).toMatchObject({
      kind: 'inProgress',
      paymentId: rechargesOf(world)[0]!.id,
    });
  });

  test('with no more than was seen: no cap of the day, no pause, no payment', () => {
    const [, waiting] = explained(answered(spent(ruled(), usd(15)), DECLINED));
    const absent = ['dayCap', 'pausedBy', 'paymentId', 'cap', 'trip'];
    expect(Object.keys(waiting!).filter((key) => absent.includes(key))).toEqual([]);
  });

  test('while it waits after a decline, until when', () => {
    const world = answered(spent(ruled(), usd(15)), DECLINED);
    expect(explained(world)[1]).toMatchObject({ kind: 'waiting', failures: 1, until: HOUR });
  });

  test('while the declined card pauses it', () => {
    const world = answered(spent(ruled(), usd(15)), EXPIRED);
    expect(explained(world)[1]).toMatchObject({ kind: 'paused', pausedBy: 'expiredCard' });
  });

  test('at a cap: which one, what is used of it, and until when', () => {
    const world = spent(recharged(ruled(30, { dayCap: usd(99) }), 1), usd(45));
    expect(explained(world).at(-1)).toMatchObject({
      kind: 'capped',
      cap: 'day',
      dayTotal: usd(50),
      dayCap: usd(99),
      until: '2026-11-18T00:00:00.000Z',
    });
  });

  test('while an admin is to be asked first, with the payment in doubt', () => {
    const world = inDoubt(spent(ruled(), usd(15)));
    expect(kinds(world)).toEqual(['charged', 'asksFirst']);
    const { id } = world.account.openPayments[0]!;
    expect(explained(world)[1]?.inDoubt).toEqual({ id, amount: usd(50), requestedAt: START });
  });

  test('while an admin is to be asked first below zero, where another alert tells it', () => {
    const world = inDoubt(spent(ruled(), usd(45)));
    expect(world.account.balance).toBe(usd(-15));
    expect(kinds(world)).toEqual(['charged', 'asksFirst']);
  });

  test('while an admin is to be asked about the newest payment in doubt', () => {
    const resumed = resumedBy(inDoubt(spent(ruled(), usd(15))), HOUR);
    const world = inDoubt(resumed);
    expect(kinds(world)).toEqual(['charged', 'asksFirst', 'charged', 'asksFirst']);
    expect(explained(world)[3]?.inDoubt).toMatchObject({ id: rechargesOf(world)[1]!.id, requestedAt: HOUR });
  });

  test('while an admin is to be asked first over a hold, and as the hold once nothing is in doubt', () => {
    const asking = inDoubt(spent(ruled(), usd(15)));
    const held = withAccount(asking, {
      health: { ...asking.account.health, held: true, heldBy: 'expired' },
    });
    expect(kinds(swept(held, HOUR))).toEqual(['charged', 'asksFirst']);
    const { id: paymentId } = asking.account.openPayments[0]!;
    const report = { paymentId, outcome: DECLINED, lowBalance: LOW };
    const known = swept(accept(recordOutcome(held, report, HOUR)), after(HOUR, { hours: 1 }));
    expect(explained(known).at(-1)).toMatchObject({ kind: 'held', heldBy: 'expired' });
  });

  test('while a change holds it that never starts a charge: which one', () => {
    expect(explained(adjusted(ruled(), usd(-15)))).toMatchObject([{ kind: 'held', heldBy: 'adjustment' }]);
  });

  test('while it is on hold since before the cause was kept: none is named', () => {
    const held = withAccount(ruled(), { balance: usd(15), health: { failures: 0, held: true } });
    const [why] = explained(swept(held, START));
    expect(why).toMatchObject({ kind: 'held' });
    expect(why).not.toHaveProperty('heldBy');
  });

  test('once the breaker tripped, with what it saw', () => {
    const three = recharged(ruled(), 3);
    const world = spent(three, three.account.balance - usd(10));
    expect(explained(world).at(-1)).toMatchObject({ kind: 'tripped', trip: { recharges: 3, at: START } });
  });

  test('without a rule, where the balance is told to be low', () => {
    const world = spent(bought(worldOf(), usd(30)), usd(25));
    expect(explained(world)).toMatchObject([{ kind: 'off', balance: usd(5), trigger: usd(10), amount: 0n }]);
  });

  test('with a rule that is off, with its numbers', () => {
    const off = accept(turnOffAutoRecharge(ruled(), ADMIN, START));
    expect(kinds(spent(off, usd(15)))).toEqual([]);
    expect(explained(spent(off, usd(21)))).toMatchObject([
      { kind: 'off', trigger: usd(10), amount: usd(50), monthCap: usd(1_000) },
    ]);
  });
});

describe('a fall straight below zero is explained', () => {
  const off = () => accept(turnOffAutoRecharge(ruled(), ADMIN, START));

  test.each([
    ['without a rule', () => bought(worldOf(), usd(30)), { amount: 0n }],
    ['with a rule that is off', off, { amount: usd(50), monthCap: usd(1_000) }],
  ] as const)('%s, with the numbers that were seen', (_name, before, numbers) => {
    const world = spent(before(), usd(45));
    const balance = usd(-15);
    expect(explained(world)).toMatchObject([{ kind: 'off', balance, trigger: usd(10), ...numbers }]);
  });

  test('once, however many calls follow while it stays there, and anew after it was back', () => {
    const below = spent(spent(spent(off(), usd(45)), usd(1)), usd(2));
    expect(kinds(below)).toEqual(['off']);
    const back = settled(below, usd(60));
    expect(kinds(spent(back, usd(50)))).toEqual(['off', 'off']);
  });

  test('once, where the low balance before it was explained already', () => {
    expect(kinds(spent(spent(off(), usd(25)), usd(15)))).toEqual(['off']);
  });

  test('also where a person’s adjustment took it there', () => {
    expect(kinds(adjusted(off(), usd(-45)))).toEqual(['off']);
  });
});

test('a rule that was turned off over a low balance is the next call’s new reason', () => {
  const waiting = answered(spent(ruled(), usd(15)), DECLINED);
  const off = accept(turnOffAutoRecharge(waiting, ADMIN, START));
  expect(kinds(spent(off, usd(10)))).toEqual(['charged', 'waiting', 'off']);
});

describe('the same reason again', () => {
  const waiting = () => answered(spent(ruled(), usd(15)), DECLINED);

  test('is not written again', () => {
    const world = spent(swept(spent(waiting(), usd(1)), START), usd(1));
    expect(kinds(world)).toEqual(['charged', 'waiting']);
  });

  test('is written again after another one', () => {
    const again = answered(swept(waiting(), HOUR), DECLINED, HOUR);
    expect(kinds(again)).toEqual(['charged', 'waiting', 'charged', 'waiting']);
  });

  test('of another hold is another reason', () => {
    const held = adjusted(ruled(), usd(-15));
    const again = swept(withAccount(held, { health: { ...held.account.health, heldBy: 'cancelled' } }), HOUR);
    expect(explained(again).map(({ heldBy }) => heldBy)).toEqual(['adjustment', 'cancelled']);
  });

  test('of another cap is another reason', () => {
    const day = spent(recharged(ruled(30, { dayCap: usd(50), monthCap: usd(50) }), 1), usd(45));
    expect(explained(day).at(-1)).toMatchObject({ kind: 'capped', cap: 'month' });
    const raised = recharged(ruled(30, { dayCap: usd(50), monthCap: usd(149) }), 1);
    const days = spent(raised, usd(45));
    const month = spent(recharged(days, 1, after(START, { days: 1 })), usd(45), after(START, { days: 2 }));
    expect(explained(month).map(({ cap }) => cap)).toEqual([undefined, 'day', undefined, 'month']);
  });

  test('of another cap is news also right after the first', () => {
    const day = spent(recharged(ruled(30, { dayCap: usd(50) }), 1), usd(45));
    const month = withRule(day, { dayCap: usd(50), monthCap: usd(50) });
    expect(explained(month).map(({ kind, cap }) => [kind, cap])).toEqual([
      ['charged', undefined],
      ['capped', 'day'],
      ['capped', 'month'],
    ]);
    expect(month.account.lastWhy).toBe('capped month');
  });

  test('is news again once the balance was back', () => {
    const paused = answered(spent(ruled(), usd(15)), EXPIRED);
    const world = spent(spent(bought(paused, usd(50)), usd(5)), usd(50));
    expect(kinds(world)).toEqual(['charged', 'paused', 'paused']);
    expect(paused.account.lastWhy).toBe('paused');
  });
});

test('explanations are numbered one after the other', () => {
  const world = resumedBy(answered(spent(ruled(), usd(15)), DECLINED));
  expect(explained(world).map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n]);
  expect(world.account.whyCount).toBe(3n);
  expect(answered(world, PAID).account.lastWhy).toBeUndefined();
});
