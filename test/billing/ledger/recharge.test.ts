import { after } from '../../../src/billing/ledger/calendar.js';
import { requestTopUp } from '../../../src/billing/ledger/commands/request-top-up.js';
import {
  resumeAutoRecharge,
  setAutoRecharge,
  sweepAutoRecharge,
  turnOffAutoRecharge,
} from '../../../src/billing/ledger/commands/set-auto-recharge.js';
import { markOverdue } from '../../../src/billing/ledger/commands/warn-of-payment.js';
import { recordOutcome } from '../../../src/billing/ledger/commands/record-outcome.js';
import { rechargeId } from '../../../src/billing/ledger/recharge.js';
import { rechargeState } from '../../../src/billing/ledger/recharge-state.js';
import { withAccount, type World } from '../../../src/billing/ledger/world.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN, START, TEST_SETTINGS, usd } from '../../support/billing.js';
import {
  accept,
  alertsOf,
  answered,
  bought,
  CARD,
  LOW,
  lowered,
  paymentsOf,
  ruleRequest,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

const PAID = { kind: 'succeeded', amount: money(usd(50), 'USD') } as const;
const DECLINED = { kind: 'declined', reason: 'insufficientFunds' } as const;
const EXPIRED = { kind: 'declined', reason: 'expiredCard' } as const;
const NEXT_DAY = after(START, { days: 1 });

function recharges(world: World): number {
  return paymentsOf(world).filter((payment) => payment.reason === 'autoRecharge').length;
}

function swept(world: World, at: string): World {
  return accept(sweepAutoRecharge(world, at));
}

function ruled(balance = 30, change: Parameters<typeof withRule>[1] = {}): World {
  return withRule(bought(worldOf(), usd(balance)), change);
}

/** Declined so many times, each at the moment when it may be tried again. */
function declined(times: number): { readonly world: World; readonly at: string } {
  let world = spent(ruled(), usd(15));
  let at = START;
  for (let time = 1; time <= times; time += 1) {
    world = answered(world, DECLINED, at);
    at = world.account.health.notBefore ?? at;
    if (time < times) world = swept(world, at);
  }
  return { world, at };
}

function topUp(world: World, id = 'm1') {
  const amount = money(usd(50), 'USD');
  const limits = TEST_SETTINGS.limits;
  const request = { paymentId: id, mintedAt: START, amount, method: CARD, by: ADMIN, limits };
  return requestTopUp(world, request, START);
}

function overdue(world: World, at = NEXT_DAY): World {
  const paymentId = world.account.openPayments[0]!.id;
  const doubted = accept(
    recordOutcome(world, { paymentId, outcome: { kind: 'unknown' }, lowBalance: LOW }, START),
  );
  return accept(markOverdue(doubted, { paymentId, lowBalance: LOW }, at));
}

describe('when it starts', () => {
  test('a balance at exactly the trigger starts nothing', () => {
    expect(recharges(spent(ruled(30), usd(10)))).toBe(0);
  });

  test('one millionth below the trigger starts one recharge', () => {
    const world = spent(ruled(30), usd(10) + 1n);
    expect(paymentsOf(world)).toMatchObject([
      { reason: 'autoRecharge', status: 'requested', amount: usd(50) },
    ]);
  });

  test('saving the rule starts one where the balance is below already', () => {
    expect(recharges(ruled(10))).toBe(1);
  });

  test('one that is open keeps a second one from opening, however far the balance falls', () => {
    expect(recharges(spent(spent(ruled(), usd(15)), usd(500)))).toBe(1);
  });

  test.each([15, 70])(
    'a manual top-up on its way holds it back, be it enough or not: a call of $%i',
    (amount) => {
      expect(recharges(spent(accept(topUp(ruled())), usd(amount)))).toBe(0);
    },
  );

  test('once that top-up is there and was not enough, the recharge is made', () => {
    const waiting = spent(accept(topUp(ruled())), usd(70));
    expect(recharges(answered(waiting, PAID))).toBe(1);
  });

  test('a manual top-up that is past its deadline holds it back no more', () => {
    const open = accept(topUp(ruled()));
    const overdue = open.account.openPayments.map((payment) => ({ ...payment, overdue: true }));
    expect(recharges(spent(withAccount(open, { openPayments: overdue }), usd(15)))).toBe(1);
  });

  test('once that top-up fails or is cancelled the recharge is made after all', () => {
    const waiting = spent(accept(topUp(ruled())), usd(15));
    expect(recharges(answered(waiting, DECLINED))).toBe(1);
    expect(recharges(answered(waiting, { kind: 'cancelled' }))).toBe(1);
  });

  test('while the balance stays below the trigger one recharge follows another, each after the last', () => {
    const deep = spent(ruled(), usd(125));
    const once = answered(deep, PAID);
    const twice = answered(once, PAID);
    expect([recharges(deep), recharges(once), recharges(twice)]).toEqual([1, 2, 3]);
    expect(answered(twice, PAID).account.openPayments).toEqual([]);
  });

  test('a lowered charge never starts one', () => {
    const low = { ...ruled(30).account, balance: usd(5), pointer: usd(25) };
    expect(recharges(lowered(worldOf(low), usd(1)))).toBe(0);
  });

  test('turned off, nothing starts; the numbers are kept', () => {
    const off = accept(turnOffAutoRecharge(ruled(), ADMIN, START));
    expect(recharges(spent(off, usd(15)))).toBe(0);
    expect(off.account.rule).toMatchObject({ enabled: false, trigger: usd(20), amount: usd(50) });
  });
});

describe('the rule', () => {
  test.each([
    ['an amount below the minimum', { amount: usd(4) }, 'amountOutOfRange'],
    ['an amount that no card can be charged', { amount: usd(50) + 1n }, 'amountOutOfRange'],
    ['a trigger of zero', { trigger: 0n }, 'amountOutOfRange'],
    ['a month cap below one recharge', { monthCap: usd(49) }, 'capBelowAmount'],
    ['a day cap below one recharge', { dayCap: usd(49) }, 'capBelowAmount'],
  ] as const)('%s is refused', (_, change, reason) => {
    expect(setAutoRecharge(worldOf(), ruleRequest(change), START)).toEqual({ kind: 'refused', reason });
  });

  test.each([
    ['an amount above the maximum', { amount: usd(5_010), monthCap: usd(9_000) }, 'amountOutOfRange'],
    ['a trigger above the maximum', { trigger: usd(5_000) + 1n }, 'amountOutOfRange'],
    [
      'a month cap below one recharge, whatever the day cap',
      { monthCap: usd(49), dayCap: usd(60) },
      'capBelowAmount',
    ],
  ] as const)('%s is refused too', (_, change, reason) => {
    expect(setAutoRecharge(worldOf(), ruleRequest(change), START)).toEqual({ kind: 'refused', reason });
  });

  test.each([
    ['the least amount', { amount: usd(5) }],
    ['the greatest amount', { amount: usd(5_000), monthCap: usd(5_000) }],
    ['the highest trigger', { trigger: usd(5_000) }],
    ['caps of exactly one recharge', { monthCap: usd(50), dayCap: usd(50) }],
  ] as const)('%s is taken', (_, change) => {
    expect(setAutoRecharge(worldOf(), ruleRequest(change), START).kind).toBe('accepted');
  });

  test('is kept as it was confirmed, with who and when; a day cap only where one was given', () => {
    const rule = ruled().account.rule;
    expect(rule).toEqual({
      enabled: true,
      trigger: usd(20),
      amount: usd(50),
      monthCap: usd(1_000),
      method: CARD,
      setBy: ADMIN,
      setAt: START,
    });
    expect(ruled(30, { dayCap: usd(60) }).account.rule).toEqual({ ...rule, dayCap: usd(60) });
  });

  test('without one there is nothing to turn off; off already, nothing changes', () => {
    expect(turnOffAutoRecharge(worldOf(), ADMIN, START)).toEqual({ kind: 'refused', reason: 'noRule' });
    const off = accept(turnOffAutoRecharge(ruled(), ADMIN, START));
    expect(off.account.rule).toMatchObject({ setBy: ADMIN, setAt: START });
    expect(accept(turnOffAutoRecharge(off, ADMIN, NEXT_DAY))).toBe(off);
    expect(resumeAutoRecharge(off, ADMIN, START)).toEqual({ kind: 'refused', reason: 'noRule' });
  });

  test('confirmed from a preview as old as the rule that stands takes its place', () => {
    const world = withRule(ruled(), { mintedAt: START, trigger: usd(10) }, NEXT_DAY);
    expect(world.account.rule).toMatchObject({ trigger: usd(10), setAt: NEXT_DAY });
  });

  test('exactly at the trigger nothing is needed, and what is on its way to exactly there is waited for', () => {
    expect(rechargeState(ruled(20).account, START)).toEqual({ kind: 'notNeeded' });
    const pending = spent(accept(topUp(ruled(30))), usd(60));
    expect(rechargeState(pending.account, START)).toEqual({ kind: 'inProgress' });
    expect(recharges(pending)).toBe(0);
  });

  test('the same click again changes nothing, and resets no pause', () => {
    const request = ruleRequest({ mintedAt: after(START, { minutes: -1 }) });
    const paused = answered(accept(setAutoRecharge(bought(worldOf(), usd(10)), request, START)), EXPIRED);
    const again = setAutoRecharge(paused, request, NEXT_DAY);
    expect(again).toMatchObject({ kind: 'accepted', answer: { setAt: START } });
    expect(accept(again)).toBe(paused);
  });

  test('an older preview does not undo a newer rule', () => {
    const request = ruleRequest({ mintedAt: after(START, { minutes: -1 }), trigger: usd(30) });
    expect(setAutoRecharge(ruled(), request, NEXT_DAY)).toEqual({ kind: 'refused', reason: 'stale' });
  });
});

describe('after a decline', () => {
  test('it waits one, two, four and eight hours', () => {
    const waits = [1, 2, 3, 4].map((times) => {
      const { world } = declined(times);
      const from = world.account.health.notBefore!;
      return (Date.parse(from) - Date.parse(paymentsOf(world).at(-1)!.updatedAt)) / 3_600_000;
    });
    expect(waits).toEqual([1, 2, 4, 8]);
  });

  test('the next decline pauses it, and that is told anew', () => {
    const { world } = declined(5);
    expect(world.account.health).toMatchObject({ failures: 5, pausedBy: 'insufficientFunds' });
    expect(alertsOf(world, 'rechargeFailed').map((alert) => alert.facts.paused)).toEqual([false, true]);
  });

  test('calls within the wait start nothing, and a job looks again at its end', () => {
    const { world, at } = declined(1);
    expect(recharges(spent(world, usd(1), after(START, { minutes: 59 })))).toBe(1);
    expect(world.jobs).toContainEqual({ name: 'recharge', subject: 'evaluate', at });
    expect(recharges(swept(world, at))).toBe(2);
  });

  test.each(['expiredCard', 'unusableCard'] as const)('%s can not heal: it pauses at once', (reason) => {
    const world = answered(spent(ruled(), usd(15)), { kind: 'declined', reason });
    expect(world.account.health).toMatchObject({ failures: 1, pausedBy: reason });
    expect(recharges(swept(world, NEXT_DAY))).toBe(1);
  });

  test('a pause never blocks a manual top-up, and its success resumes', () => {
    const paused = answered(spent(ruled(), usd(15)), EXPIRED);
    const paid = answered(accept(topUp(paused)), PAID);
    expect(paid.account.health).toEqual({ failures: 0, held: false });
    expect(recharges(spent(paid, usd(50)))).toBe(2);
  });

  test('another card resumes it at once', () => {
    const paused = answered(spent(ruled(), usd(15)), EXPIRED);
    expect(recharges(withRule(paused, { method: { ...CARD, id: 'other' } }, NEXT_DAY))).toBe(2);
  });

  test('an admin can try again now', () => {
    const paused = answered(spent(ruled(), usd(15)), EXPIRED);
    expect(recharges(accept(resumeAutoRecharge(paused, ADMIN, START)))).toBe(2);
  });

  test('a declined manual top-up is no failure of auto-recharge', () => {
    expect(answered(accept(topUp(ruled())), DECLINED).account.health.failures).toBe(0);
  });
});

describe('caps', () => {
  test('never a part charge: what does not fit whole is not made', () => {
    const world = answered(spent(ruled(30, { monthCap: usd(99) }), usd(15)), PAID);
    const low = spent(world, usd(50));
    expect(recharges(low)).toBe(1);
    expect(rechargeState(low.account, START)).toMatchObject({ kind: 'capped', cap: 'month' });
  });

  test('a recharge that fills the cap exactly is made', () => {
    const world = answered(spent(ruled(30, { monthCap: usd(100) }), usd(15)), PAID);
    expect(recharges(spent(world, usd(50)))).toBe(2);
  });

  test('the day cap ends with the day of the account, in its time zone', () => {
    const rome = withRule(bought(worldOf({ timeZone: 'Europe/Rome' }), usd(30)), { dayCap: usd(50) });
    const low = spent(answered(spent(rome, usd(15)), PAID), usd(50));
    const midnight = '2026-11-17T23:00:00.000Z';
    expect(rechargeState(low.account, START)).toEqual({ kind: 'capped', cap: 'day', until: midnight });
    expect(recharges(swept(low, '2026-11-17T22:59:59.999Z'))).toBe(1);
    expect(recharges(swept(low, midnight))).toBe(2);
  });

  test('an instance whose clock is behind at midnight is taken into the new day, not past its cap', () => {
    const [late, midnight] = ['2026-11-17T23:59:59.000Z', '2026-11-18T00:00:00.000Z'];
    const filled = answered(spent(ruled(30, { dayCap: usd(50) }), usd(15), midnight), PAID, midnight);
    expect(recharges(spent(filled, usd(50), late))).toBe(1);
    const room = answered(spent(ruled(30, { dayCap: usd(100) }), usd(15), midnight), PAID, midnight);
    const twice = spent(room, usd(50), late);
    expect(paymentsOf(twice).map(({ requestedAt }) => requestedAt)).toEqual([midnight, midnight]);
    expect(twice.account.counters).toMatchObject({ day: '2026-11-18', dayTotal: usd(100) });
  });

  test('the month cap ends with the month of the account, in its time zone', () => {
    const zone = worldOf({ timeZone: 'America/New_York' });
    const low = spent(
      answered(spent(withRule(bought(zone, usd(30)), { monthCap: usd(50) }), usd(15)), PAID),
      usd(50),
    );
    expect(rechargeState(low.account, START)).toMatchObject({ until: '2026-12-01T05:00:00.000Z' });
    expect(low.jobs).toContainEqual({
      name: 'recharge',
      subject: 'evaluate',
      at: '2026-12-01T05:00:00.000Z',
    });
    expect(recharges(swept(low, '2026-12-01T05:00:00.000Z'))).toBe(2);
  });

  test('a requested recharge counts at once', () => {
    expect(spent(ruled(), usd(15)).account.counters).toMatchObject({
      dayTotal: usd(50),
      monthTotal: usd(50),
    });
  });

  test('a declined one gives its room back', () => {
    expect(answered(spent(ruled(), usd(15)), DECLINED).account.counters.monthTotal).toBe(0n);
  });

  test('one of unknown outcome counts on, and so does one past its deadline', () => {
    const unknown = answered(spent(ruled(), usd(15)), { kind: 'unknown' });
    expect(unknown.account.counters.monthTotal).toBe(usd(50));
    expect(overdue(spent(ruled(), usd(15))).account.counters.monthTotal).toBe(usd(50));
  });

  test('a cancelled one gives its room back', () => {
    const open = spent(ruled(), usd(15));
    expect(answered(open, { kind: 'cancelled' }).account.counters).toMatchObject({
      dayTotal: 0n,
      monthTotal: 0n,
    });
  });

  test('one that is paid after midnight counts on the day of its request', () => {
    const low = spent(ruled(30, { dayCap: usd(50) }), usd(15), '2026-11-17T23:59:00.000Z');
    const paid = answered(low, PAID, '2026-11-18T00:01:00.000Z');
    expect(paid.account.counters).toMatchObject({ day: '2026-11-17', dayTotal: usd(50) });
    expect(recharges(spent(paid, usd(50), '2026-11-18T00:02:00.000Z'))).toBe(2);
  });

  test('a decline of the next month takes no room from that month', () => {
    const open = spent(ruled(), usd(15));
    const december = answered(open, DECLINED, '2026-12-01T10:00:00.000Z');
    expect(spent(december, usd(1), '2026-12-01T12:00:00.000Z').account.counters).toMatchObject({
      month: '2026-12',
      monthTotal: usd(50),
    });
  });

  test('one that was charged although it had been called declined counts again', () => {
    const open = spent(ruled(), usd(15));
    const paymentId = open.account.openPayments[0]!.id;
    const late = recordOutcome(
      answered(open, DECLINED),
      { paymentId, outcome: PAID, lowBalance: LOW },
      START,
    );
    expect(accept(late).account).toMatchObject({ balance: usd(65), counters: { monthTotal: usd(50) } });
  });

  test('manual top-ups do not count', () => {
    expect(answered(accept(topUp(ruled())), PAID).account.counters.monthTotal).toBe(0n);
  });
});

describe('a payment past its deadline', () => {
  const open = () => spent(ruled(), usd(15));

  test('still counts against the caps', () => {
    expect(overdue(open()).account.counters.monthTotal).toBe(usd(50));
  });

  test('holds back the next charge until an admin is asked, also when calls go on', () => {
    expect(recharges(spent(overdue(open()), usd(1), NEXT_DAY))).toBe(1);
  });

  test('no longer holds auto-recharge back once an admin said so', () => {
    expect(recharges(accept(resumeAutoRecharge(overdue(open()), ADMIN, NEXT_DAY)))).toBe(2);
  });

  test('is told as a low balance that waits for an admin', () => {
    const world = open();
    const { id } = world.account.openPayments[0]!;
    const inDoubt = { id, amount: usd(50), requestedAt: START };
    expect(alertsOf(overdue(world), 'low')).toMatchObject([{ facts: { noRecharge: 'asksFirst', inDoubt } }]);
  });

  test('once its outcome is known nobody has to be asked any more', () => {
    const known = answered(overdue(open()), PAID, NEXT_DAY);
    expect(known.account.health.asksFirst).toBeUndefined();
    expect(recharges(spent(known, usd(50), NEXT_DAY))).toBe(2);
  });
});

test('a person who cancels a recharge gets no new one at once, but with the next call', () => {
  const open = spent(ruled(), usd(15));
  const paymentId = open.account.openPayments[0]!.id;
  const report = { paymentId, outcome: { kind: 'cancelled' }, lowBalance: LOW, by: ADMIN } as const;
  const cancelled = accept(recordOutcome(open, report, START));
  expect(recharges(swept(cancelled, NEXT_DAY))).toBe(1);
  expect(recharges(spent(cancelled, usd(1), START))).toBe(2);
});

test('a recharge that nobody approved in time is a failure that is told', () => {
  const asked = answered(spent(ruled(), usd(15)), {
    kind: 'actionRequired',
    url: 'https://bank.example/3ds',
  });
  const world = answered(asked, { kind: 'cancelled' }, after(START, { hours: 1 }));
  expect(alertsOf(world, 'rechargeFailed').at(-1)?.facts).toMatchObject({
    declineReason: 'authenticationFailed',
  });
});

test('a person is asked for an approval once, although the processor does not answer in between', () => {
  const url = 'https://bank.example/3ds';
  const asked = answered(spent(ruled(), usd(15)), { kind: 'actionRequired', url });
  const again = answered(answered(asked, { kind: 'unknown' }), { kind: 'actionRequired', url });
  expect(alertsOf(again, 'rechargeFailed')).toHaveLength(1);
  expect(paymentsOf(again)).toMatchObject([{ status: 'actionRequired', actionUrl: url }]);
});

test('the id of a recharge is the same for the same tenant and number, short, and another for another tenant', () => {
  const id = rechargeId('tenant-one', 7n);
  expect(id).toMatch(/^auto-[0-9a-f]{12}-7$/);
  expect(rechargeId('tenant-one', 7n)).toBe(id);
  expect(rechargeId('tenant-two', 7n).slice(0, 17)).not.toBe(id.slice(0, 17));
});

test('a recharge asks for what the rule says, in the name of the system', () => {
  const world = spent(ruled(), usd(15));
  expect(paymentsOf(world)).toEqual([
    {
      type: 'payment',
      id: rechargeId('tenant-one', 1n),
      amount: usd(50),
      currency: 'USD',
      method: CARD,
      reason: 'autoRecharge',
      status: 'requested',
      requestedAt: START,
      requestedBy: { id: 'system', name: expect.any(String) as string },
      updatedAt: START,
      balanceBefore: usd(15),
    },
  ]);
});
