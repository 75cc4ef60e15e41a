import { after } from '../../../src/billing/ledger/calendar.js';
import { labelOf } from '../../../src/billing/ledger/cards.js';
import { recordBegun } from '../../../src/billing/ledger/commands/record-begun.js';
import {
  recordOutcome,
  type Outcome,
  type OutcomeReport,
} from '../../../src/billing/ledger/commands/record-outcome.js';
import { markOverdue, warnOfUnknown } from '../../../src/billing/ledger/commands/warn-of-payment.js';
import { wishCancel } from '../../../src/billing/ledger/commands/wish-cancel.js';
import type { Payment } from '../../../src/billing/ledger/model.js';
import { raiseLiving } from '../../../src/billing/ledger/watch.js';
import { paymentOf, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import { DECLINED, PAID, recharged, ruled, topUp } from '../../support/recharge.js';
import { accept, alertsOf, bought, CARD, lotsOf, LOW, spent, worldOf } from '../../support/world.js';

const LATER = after(START, { minutes: 20 });
const NEXT_DAY = after(START, { days: 1 });
const URL = 'https://bank.example/approve';
const ACTION: Outcome = { kind: 'actionRequired', url: URL };
const UNKNOWN: Outcome = { kind: 'unknown' };
const CANCELLED: Outcome = { kind: 'cancelled' };

const manual = () => accept(topUp(bought(worldOf(), usd(30))));
const auto = () => spent(ruled(), usd(15));
const idOf = (world: World) => world.account.openPayments[0]?.id ?? 'm1';

function said(world: World, outcome: Outcome, more: Partial<OutcomeReport> & { at?: string } = {}): World {
  const { at = LATER, ...report } = more;
  const paymentId = report.paymentId ?? idOf(world);
  return accept(recordOutcome(world, { paymentId, outcome, lowBalance: LOW, ...report }, at));
}

function payment(world: World, id = 'm1'): Payment {
  return paymentOf(world, id)!;
}

describe('the id of the processor', () => {
  const begun = (world: World, processorId = 'pi_1') =>
    recordBegun(world, { paymentId: 'm1', processorId }, LATER);

  test('is kept before anything is charged', () => {
    expect(payment(accept(begun(manual())))).toMatchObject({
      status: 'begun',
      processorId: 'pi_1',
      updatedAt: LATER,
    });
  });

  test('stays the first one that was heard once it began', () => {
    const world = accept(begun(manual()));
    expect(begun(world, 'pi_2')).toEqual({ kind: 'accepted', world, answer: payment(world) });
  });

  test('is kept also where the outcome was in doubt before, and changes no status', () => {
    expect(payment(accept(begun(said(manual(), UNKNOWN))))).toMatchObject({
      status: 'unknown',
      processorId: 'pi_1',
    });
  });

  test('of a payment that never was is refused', () => {
    expect(begun(worldOf())).toEqual({ kind: 'refused', reason: 'notFound' });
  });
});

describe('the wish to cancel', () => {
  const wish = (world: World, paymentId = 'm1') => wishCancel(world, { paymentId, by: ADMIN }, LATER);

  test.each([
    ['requested', manual],
    ['begun', () => accept(recordBegun(manual(), { paymentId: 'm1', processorId: 'x' }, START))],
    ['actionRequired', () => said(manual(), ACTION)],
    ['unknown', () => said(manual(), UNKNOWN)],
  ])('is kept while the payment is %s', (status, make) => {
    expect(payment(accept(wish(make())))).toMatchObject({ status, cancelWishedBy: ADMIN, updatedAt: LATER });
  });

  test('is the first one of two', () => {
    const world = accept(wish(manual()));
    const again = wishCancel(world, { paymentId: 'm1', by: { id: 'b', name: 'Bob' } }, NEXT_DAY);
    expect(accept(again)).toBe(world);
  });

  test.each([
    ['settled', PAID],
    ['declined', DECLINED],
    ['cancelled', CANCELLED],
  ])('comes too late once it is %s', (_, outcome) => {
    const world = said(manual(), outcome);
    expect(accept(wish(world))).toBe(world);
  });

  test('of a payment that never was is refused', () => {
    expect(wish(worldOf())).toEqual({ kind: 'refused', reason: 'notFound' });
  });
});

describe('a success', () => {
  test('settles the payment: its lot, its balance, and no deadline any more', () => {
    const world = said(said(manual(), UNKNOWN, { at: START }), PAID);
    expect(payment(world)).toMatchObject({
      status: 'settled',
      updatedAt: LATER,
      balanceBefore: usd(30),
      balanceAfter: usd(80),
      lot: 2n,
    });
    expect(payment(world)).not.toHaveProperty('deadline');
    expect(world.account.openPayments).toEqual([]);
    expect(world.entries.at(-1)).toMatchObject({
      kind: 'topUp',
      amount: usd(50),
      at: LATER,
      by: ADMIN,
      reference: 'm1',
      method: { brand: CARD.brand, last4: CARD.last4 },
    });
  });

  test('of a top-up by hand is no news to everybody, that of a recharge is', () => {
    expect(alertsOf(said(manual(), PAID))).toEqual([]);
    const world = said(auto(), PAID);
    expect(alertsOf(world)).toMatchObject([
      {
        kind: 'recharged',
        at: LATER,
        facts: {
          balance: usd(65),
          amount: usd(50),
          paymentId: world.entries.at(-1)!.reference,
          method: labelOf(CARD),
        },
      },
    ]);
    expect(world.entries.at(-1)).toMatchObject({ kind: 'autoRecharge', by: { id: 'system' } });
  });

  test('buys a lot with the dates of its day, whether a person or auto-recharge paid', () => {
    const dates = { purchasedAt: LATER, expiresAt: '2027-11-17T23:59:59.999Z' };
    expect(lotsOf(said(manual(), PAID))[1]).toEqual({
      type: 'lot',
      sequence: 2n,
      start: usd(30),
      end: usd(80),
      paymentId: 'm1',
      ...dates,
    });
    expect(lotsOf(said(auto(), PAID))[1]).toMatchObject({ start: usd(30), end: usd(80), ...dates });
  });

  test('is heard once', () => {
    const world = said(manual(), PAID);
    for (const outcome of [PAID, DECLINED, CANCELLED, UNKNOWN, ACTION]) {
      expect(said(world, outcome, { paymentId: 'm1' })).toBe(world);
    }
  });

  test('after a decline counts all the same, since money did move, and takes its room under the caps again', () => {
    const open = auto();
    const paymentId = idOf(open);
    const declined = said(open, DECLINED);
    expect(declined.account.counters).toMatchObject({ dayTotal: 0n, monthTotal: 0n });
    expect(declined.account.rechargeTimes).toEqual([]);
    const paid = said(declined, PAID, { paymentId });
    expect(paid.account).toMatchObject({
      balance: usd(65),
      counters: { dayTotal: usd(50), monthTotal: usd(50) },
      rechargeTimes: [START],
    });
  });

  test('of a top-up that was declined before takes no room under the caps', () => {
    const paid = said(said(manual(), DECLINED), PAID, { paymentId: 'm1' });
    expect(paid.account).toMatchObject({ balance: usd(80), counters: { monthTotal: 0n }, rechargeTimes: [] });
  });

  test('on another day than the request puts that day’s expiry on the calendar', () => {
    const sameDay = said(manual(), PAID);
    expect(sameDay.jobs.filter(({ name }) => name === 'lots')).toHaveLength(5);
    const nextDay = said(manual(), PAID, { at: NEXT_DAY });
    const expiry = '2027-11-19T00:00:00.999Z';
    expect(nextDay.jobs).toContainEqual({ name: 'lots', subject: expiry, at: expiry });
  });
});

describe('a decline', () => {
  test('closes the payment with its reason, and leaves no link and no deadline', () => {
    const world = said(said(manual(), ACTION), DECLINED);
    expect(payment(world)).toMatchObject({ status: 'declined', declineReason: 'insufficientFunds' });
    expect(payment(world)).not.toHaveProperty('deadline');
    expect(payment(world)).not.toHaveProperty('actionUrl');
    expect(world.account.openPayments).toEqual([]);
    expect(alertsOf(world)).toEqual([]);
  });

  test('of a recharge is told with the card, the amount, and when it is tried next', () => {
    const open = auto();
    const world = said(open, DECLINED);
    // Many people read it: of the card what it is called, and no id.
    expect(alertsOf(world)[0]!.facts.method).toEqual(labelOf(CARD));
    expect(alertsOf(world)).toMatchObject([
      {
        kind: 'rechargeFailed',
        at: LATER,
        facts: {
          balance: usd(15),
          amount: usd(50),
          paymentId: idOf(open),
          method: labelOf(CARD),
          declineReason: 'insufficientFunds',
          paused: false,
          nextTry: after(LATER, { hours: 1 }),
        },
      },
    ]);
  });

  test('is not undone by a later decline, cancellation, doubt or question', () => {
    const world = said(manual(), DECLINED);
    for (const outcome of [CANCELLED, UNKNOWN, ACTION, { ...DECLINED, reason: 'expiredCard' } as const]) {
      expect(said(world, outcome, { paymentId: 'm1' })).toBe(world);
    }
  });

  test('gives its room back where it is still the same day and month, and only then', () => {
    const second = spent(recharged(ruled(30, { monthCap: usd(1_000) }), 1), usd(50), NEXT_DAY);
    const onNextDay = said(second, DECLINED, { at: after(START, { days: 2 }) });
    expect(onNextDay.account.counters).toMatchObject({
      day: '2026-11-18',
      dayTotal: 0n,
      monthTotal: usd(50),
    });
  });
});

describe('a cancellation', () => {
  test('closes the payment, and says by whom', () => {
    const world = said(said(manual(), ACTION), CANCELLED, { by: ADMIN });
    expect(payment(world)).toMatchObject({ status: 'cancelled', cancelledBy: ADMIN, updatedAt: LATER });
    expect(payment(world)).not.toHaveProperty('deadline');
    expect(payment(world)).not.toHaveProperty('actionUrl');
    expect(world.account.openPayments).toEqual([]);
    expect(payment(said(manual(), CANCELLED)).cancelledBy).toMatchObject({ id: 'system' });
  });

  test('of a recharge by a person is no failure, gives its room back, and starts no other', () => {
    const open = auto();
    const world = said(open, CANCELLED, { by: ADMIN });
    expect(world.account).toMatchObject({
      openPayments: [],
      health: { failures: 0, held: true, heldBy: 'cancelled' },
      counters: { dayTotal: 0n, monthTotal: 0n },
      rechargeTimes: [],
    });
    expect(alertsOf(world)).toMatchObject([
      { kind: 'low', facts: { noRecharge: 'held', heldBy: 'cancelled' } },
    ]);
  });

  test('by a person settles the alert that the card failed', () => {
    const asked = said(auto(), ACTION);
    const world = said(asked, CANCELLED, { by: ADMIN });
    expect(alertsOf(world, 'rechargeFailed')).toMatchObject([
      { healed: { how: 'cancelled', by: ADMIN, at: LATER } },
    ]);
  });

  test.each([
    ['that nobody approved in time is a failed authentication', ACTION, 'authenticationFailed'],
    ['that the processor made by itself is its refusal', UNKNOWN, 'processorRefused'],
  ] as const)('of a recharge %s', (_, before, declineReason) => {
    const world = said(said(auto(), before), CANCELLED);
    expect(world.account.health).toMatchObject({ failures: 1 });
    expect(alertsOf(world, 'rechargeFailed').at(-1)).toMatchObject({ facts: { declineReason } });
  });

  test('because the processor never heard of it is void where it has begun since', () => {
    const begun = accept(recordBegun(manual(), { paymentId: 'm1', processorId: 'x' }, START));
    expect(said(begun, CANCELLED, { unlessBegun: true })).toBe(begun);
    expect(payment(said(manual(), CANCELLED, { unlessBegun: true })).status).toBe('cancelled');
    expect(payment(said(begun, CANCELLED)).status).toBe('cancelled');
  });
});

test('once cancelled, only a success is heard, which takes its room under the caps again', () => {
  const open = auto();
  const paymentId = idOf(open);
  const world = said(open, CANCELLED, { by: ADMIN });
  for (const outcome of [DECLINED, UNKNOWN, ACTION]) expect(said(world, outcome, { paymentId })).toBe(world);
  expect(said(world, PAID, { paymentId }).account).toMatchObject({
    balance: usd(65),
    counters: { dayTotal: usd(50), monthTotal: usd(50) },
  });
});

test('a top-up that lifts the balance settles that it was low', () => {
  const low = spent(manual(), usd(25));
  expect(alertsOf(said(low, PAID, { paymentId: 'm1' }), 'low')).toMatchObject([
    { healed: { how: 'balanceBack', by: { id: 'system' } } },
  ]);
});

test('an alert from before each doubtful payment had its own is settled by the payment that it names', () => {
  const told = raiseLiving(said(accept(topUp(manual(), 'm2')), UNKNOWN), {
    kind: 'paymentUnknown',
    at: START,
    facts: { balance: 0n, paymentId: 'm1' },
  });
  const other = said(told, PAID, { paymentId: 'm2' });
  expect(alertsOf(other, 'paymentUnknown')[0]?.healed).toBeUndefined();
  const own = said(other, PAID, { paymentId: 'm1' });
  expect(alertsOf(own, 'paymentUnknown')).toMatchObject([{ healed: { how: 'credited' } }]);
  expect(own.account.livingAlerts).not.toHaveProperty('paymentUnknown');
});

describe('a payment that waits for a person', () => {
  test('has its link and an hour, which asking again does not lengthen', () => {
    const world = said(manual(), ACTION, { at: START });
    expect(payment(world)).toMatchObject({
      status: 'actionRequired',
      actionUrl: URL,
      deadline: after(START, { hours: 1 }),
      updatedAt: START,
    });
    expect(world.account.openPayments).toMatchObject([{ status: 'actionRequired' }]);
    expect(said(world, ACTION)).toBe(world);
    const link = said(world, { ...ACTION, url: `${URL}/2` });
    expect(payment(link)).toMatchObject({ actionUrl: `${URL}/2`, deadline: after(START, { hours: 1 }) });
  });

  test('still waits where no answer comes', () => {
    const world = said(manual(), ACTION);
    expect(said(world, UNKNOWN)).toBe(world);
  });

  test('has an hour also where its outcome was in doubt before', () => {
    const world = said(said(manual(), UNKNOWN, { at: START }), ACTION);
    expect(payment(world).deadline).toBe(after(LATER, { hours: 1 }));
  });

  test('is told to the admins where it is a recharge, with the link, once', () => {
    const world = said(auto(), ACTION);
    expect(alertsOf(world)).toMatchObject([
      {
        kind: 'rechargeFailed',
        facts: { declineReason: 'needsAction', actionUrl: URL, amount: usd(50), method: labelOf(CARD) },
      },
    ]);
    expect(alertsOf(said(world, { ...ACTION, url: `${URL}/2` }))).toHaveLength(1);
    expect(alertsOf(said(manual(), ACTION))).toEqual([]);
  });

  test('takes the place of the failure that was told before', () => {
    const failed = said(auto(), DECLINED, { at: START });
    const asked = said(spent(failed, usd(1), NEXT_DAY), ACTION, { at: NEXT_DAY });
    expect(alertsOf(asked, 'rechargeFailed')).toMatchObject([
      { healed: { how: 'superseded', at: NEXT_DAY, by: { id: 'system' } } },
      { facts: { declineReason: 'needsAction' } },
    ]);
  });
});

describe('a payment in doubt', () => {
  test('has a day, which asking again does not lengthen', () => {
    const world = said(manual(), UNKNOWN, { at: START });
    expect(payment(world)).toMatchObject({ status: 'unknown', deadline: NEXT_DAY, updatedAt: START });
    expect(said(world, UNKNOWN)).toBe(world);
  });

  test('is listed as such, and the others as they are', () => {
    const world = said(accept(topUp(manual(), 'm2')), UNKNOWN, { paymentId: 'm2' });
    expect(world.account.openPayments.map(({ status }) => status)).toEqual(['requested', 'unknown']);
  });

  test('is told to the admins once, and its alert belongs to it', () => {
    const world = accept(warnOfUnknown(said(manual(), UNKNOWN), 'm1', LATER));
    expect(alertsOf(world)).toMatchObject([
      {
        kind: 'paymentUnknown',
        at: LATER,
        facts: { balance: usd(30), amount: usd(50), paymentId: 'm1', method: labelOf(CARD) },
      },
    ]);
    expect(world.account.openPayments).toMatchObject([{ id: 'm1', alert: 1n }]);
    expect(payment(world).told).toBe(true);
    expect(accept(warnOfUnknown(world, 'm1', NEXT_DAY))).toBe(world);
  });

  test('is not told where it is known, or never was', () => {
    const world = said(manual(), ACTION);
    expect(accept(warnOfUnknown(world, 'm1', LATER))).toBe(world);
    expect(warnOfUnknown(world, 'other', LATER)).toEqual({ kind: 'refused', reason: 'notFound' });
  });

  test.each([
    ['credited', PAID],
    ['declined', DECLINED],
    ['cancelled', CANCELLED],
  ] as const)('that comes out as %s settles its own alert only', (how, outcome) => {
    const two = accept(topUp(manual(), 'm2'));
    const doubtful = ['m1', 'm2'].reduce(
      (world, paymentId) => accept(warnOfUnknown(said(world, UNKNOWN, { paymentId }), paymentId, LATER)),
      two,
    );
    const known = said(doubtful, outcome, { paymentId: 'm2', by: ADMIN });
    const [first, second] = alertsOf(known, 'paymentUnknown');
    expect(first?.healed).toBeUndefined();
    expect(second?.healed).toMatchObject({ how, by: ADMIN, at: LATER });
  });

  test('is overdue once, past its deadline, while others are not, and an admin is asked first', () => {
    const two = said(accept(topUp(manual(), 'm2')), UNKNOWN);
    const overdue = (world: World, paymentId = 'm1') =>
      markOverdue(world, { paymentId, lowBalance: LOW }, NEXT_DAY);
    const world = accept(overdue(two));
    expect(world.account.openPayments).toMatchObject([
      { id: 'm1', overdue: true },
      { id: 'm2', overdue: false },
    ]);
    expect(world.account.health.asksFirst).toBe(true);
    expect(accept(overdue(world))).toBe(world);
    expect(overdue(world, 'other')).toEqual({ kind: 'refused', reason: 'notOpen' });
    // The other one's answer leaves it in doubt; its own ends that.
    const other = said(world, PAID, { paymentId: 'm2' });
    expect(other.account.health.asksFirst).toBe(true);
    expect(said(other, PAID, { paymentId: 'm1' }).account.health).toEqual({ failures: 0, held: false });
  });
});

test('the outcome of a payment that never was is refused', () => {
  const report = { paymentId: 'none', outcome: PAID, lowBalance: LOW };
  expect(recordOutcome(worldOf(), report, START)).toEqual({ kind: 'refused', reason: 'notFound' });
});
