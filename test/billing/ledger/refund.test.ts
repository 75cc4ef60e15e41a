import { recordRefund, requestRefund } from '../../../src/billing/ledger/commands/refund.js';
import { remainderOf } from '../../../src/billing/ledger/credit-line.js';
import { paymentOf, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import {
  accept,
  alertsOf,
  answered,
  CARD,
  expired,
  lotsOf,
  LOW,
  paymentsOf,
  refundAnswered,
  refundOf,
  settled,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

const LATER = '2027-01-05T10:00:00.000Z';
const two = settled(settled(worldOf(), usd(50)), usd(30));

function last(world: World) {
  return world.entries.at(-1)!;
}

function reasonOf(decision: ReturnType<typeof refundOf>) {
  return decision.kind === 'refused' ? decision.reason : decision.kind;
}

test('a settled purchase knows its lot, and its entry how it was paid', () => {
  expect(paymentsOf(two).map((payment) => payment.lot)).toEqual([1n, 2n]);
  expect(last(two)).toMatchObject({ lot: 2n, method: { brand: CARD.brand, last4: CARD.last4 } });
});

test('a refund takes the whole top-up off the balance before the processor is asked', () => {
  const world = accept(refundOf(two, 1, LATER));
  expect(last(world)).toMatchObject({
    kind: 'refund',
    amount: usd(-30),
    balanceAfter: usd(50),
    by: ADMIN,
    lot: 2n,
    method: { last4: CARD.last4 },
  });
  expect(paymentOf(world, 'p-2')?.refund).toEqual({
    id: 'refund-p-2-3',
    status: 'requested',
    at: LATER,
    by: ADMIN,
    entry: 3n,
  });
  expect(world.account.openRefunds).toEqual(['p-2']);
  expect(world.jobs).toContainEqual({ name: 'refund', subject: 'p-2' });
  expect(lotsOf(world)[1]?.closed).toEqual({ how: 'refunded', entry: 3n });
});

test('the answer to what the processor refused is the payment as it stands then', () => {
  const asked = accept(refundOf(two, 1));
  const { id: refundId } = paymentOf(asked, 'p-2')!.refund!;
  const report = { paymentId: 'p-2', refundId, result: 'refused' as const, lowBalance: LOW };
  expect(recordRefund(asked, report, LATER)).toMatchObject({
    answer: { lot: 4n, refund: { status: 'refused' } },
  });
  const rows = new Map([...asked.rows].filter(([, row]) => row.type !== 'lot'));
  expect(recordRefund({ ...asked, rows }, report, LATER)).toEqual({ kind: 'refused', reason: 'notFound' });
});

test('what was refunded can not be spent any more', () => {
  expect(spent(accept(refundOf(two, 0)), usd(31)).account.balance).toBe(usd(-1));
});

describe('a refund is refused', () => {
  test.each([
    ['of a lot that was begun', refundOf(spent(two, 1n), 0), 'partlySpent'],
    ['of a lot that pays off a debt', refundOf(settled(spent(worldOf(), usd(5)), usd(50)), 0), 'partlySpent'],
    ['of a lot whose time is over', refundOf(two, 1, '2027-11-18T00:00:00.000Z'), 'partlySpent'],
    ['of what is refunded already', refundOf(accept(refundOf(two, 1)), 1), 'alreadyRefunded'],
    ['of what never was', refundOf(two, 7), 'notFound'],
  ])('%s', (_, decision, reason) => {
    expect(reasonOf(decision)).toBe(reason);
  });

  test('of a payment that is not settled', () => {
    const open = withRule(worldOf());
    const { id: paymentId } = paymentsOf(open)[0]!;
    expect(requestRefund(open, { paymentId, by: ADMIN, lowBalance: LOW }, START)).toMatchObject({
      reason: 'notFound',
    });
  });

  test('while twenty others are open', () => {
    const openRefunds = Array.from({ length: 20 }, (_, index) => `other-${index}`);
    const busy = { ...two, account: { ...two.account, openRefunds } };
    expect(reasonOf(refundOf(busy, 1))).toBe('limitReached');
  });
});

test('a lot can be refunded to its last moment', () => {
  expect(refundOf(two, 1, '2027-11-17T23:59:59.999Z').kind).toBe('accepted');
});

test('two refunds are open side by side, and the answer to one leaves the other', () => {
  const both = accept(refundOf(accept(refundOf(two, 1)), 0));
  expect(both.account.openRefunds).toEqual(['p-2', 'p-1']);
  expect(refundAnswered(both, 'refunded').account.openRefunds).toEqual(['p-2']);
});

test('an answer about a payment that asked for no refund is refused', () => {
  const report = { paymentId: 'p-1', refundId: 'r', result: 'refunded' as const, lowBalance: LOW };
  const refusal = { kind: 'refused', reason: 'notFound' };
  expect(recordRefund(two, report, LATER)).toEqual(refusal);
  expect(recordRefund(two, { ...report, paymentId: 'none' }, LATER)).toEqual(refusal);
});

test('a payment without a lot, its own or a named one, is not found', () => {
  const { lot: _lot, ...old } = paymentOf(two, 'p-2')!;
  const world = { ...two, rows: new Map([...two.rows, ['payment:p-2', old]]) };
  const request = { paymentId: 'p-2', by: ADMIN, lowBalance: LOW };
  expect(requestRefund(world, request, START)).toEqual({ kind: 'refused', reason: 'notFound' });
});

test('a lot behind one that is partly spent can be refunded', () => {
  const world = accept(refundOf(spent(two, usd(20)), 1));
  expect(world.account).toMatchObject({ balance: usd(30), holes: [{ start: usd(50), end: usd(80) }] });
});

test('a payment from before it noted its lot is refunded by the lot that names it', () => {
  const { lot: _lot, ...old } = paymentOf(two, 'p-2')!;
  const world = { ...two, rows: new Map([...two.rows, ['payment:p-2', old]]) };
  expect(paymentOf(accept(refundOf(world, 1)), 'p-2')?.lot).toBe(2n);
});

test('the processor gave it back: nothing more is posted', () => {
  const asked = accept(refundOf(two, 1));
  const world = refundAnswered(asked, 'refunded');
  expect(world.entries).toEqual(asked.entries);
  expect(world.account.openRefunds).toEqual([]);
  expect(paymentOf(world, 'p-2')?.refund?.status).toBe('refunded');
});

test('a refund that was done, and failed days later, brings the money back once', () => {
  const done = refundAnswered(accept(refundOf(two, 1)), 'refunded');
  const { id } = paymentOf(done, 'p-2')!.refund!;
  const report = { paymentId: 'p-2', refundId: id, lowBalance: LOW };
  expect(accept(recordRefund(done, { ...report, result: 'refused' }, LATER))).toBe(done);
  const world = refundAnswered(done, 'failed', LATER);
  expect(last(world)).toMatchObject({ kind: 'refundReversed', amount: usd(30), balanceAfter: usd(80) });
  expect(paymentOf(world, 'p-2')?.refund?.status).toBe('refused');
  for (const result of ['failed', 'refunded'] as const)
    expect(accept(recordRefund(world, { ...report, result }, LATER))).toBe(world);
});

describe('the processor refuses', () => {
  const refused = refundAnswered(accept(refundOf(two, 0, LATER)), 'refused', LATER);

  test('the money comes back as a lot with the dates of the old one', () => {
    expect(last(refused)).toMatchObject({ kind: 'refundReversed', amount: usd(50), balanceAfter: usd(80) });
    const [old, , again] = lotsOf(refused);
    expect(again).toMatchObject({
      purchasedAt: old!.purchasedAt,
      expiresAt: old!.expiresAt,
      paymentId: 'p-1',
    });
    expect(remainderOf(again!, refused.account)).toBe(usd(50));
    expect(paymentOf(refused, 'p-1')).toMatchObject({ lot: again!.sequence, refund: { status: 'refused' } });
  });

  test('it can be asked for again, under another id', () => {
    const { sequence: lot } = lotsOf(refused)[2]!;
    const again = accept(
      requestRefund(refused, { paymentId: 'p-1', lot, by: ADMIN, lowBalance: LOW }, LATER),
    );
    expect(again.account.balance).toBe(usd(30));
    expect(paymentOf(again, 'p-1')?.refund?.id).not.toBe(paymentOf(refused, 'p-1')?.refund?.id);
  });

  test('after its time was over: it comes back, and expires like the others', () => {
    const over = '2027-11-18T00:00:10.000Z';
    const asked = expired(accept(refundOf(two, 0, LATER)), over);
    const back = refundAnswered(asked, 'refused', over);
    expect(back.account.balance).toBe(usd(50));
    expect(back.jobs.some(({ name, at }) => name === 'lots' && at !== undefined && at <= over)).toBe(true);
    expect(expired(back, over).account.balance).toBe(0n);
  });

  test('notices that were told of the old lot are not told again', () => {
    const told = expired(two, '2027-10-18T09:00:00.000Z');
    const back = refundAnswered(accept(refundOf(told, 0)), 'refused');
    const nextDay = expired(back, '2027-10-19T09:00:00.000Z');
    expect(alertsOf(nextDay, 'expiring')).toHaveLength(1);
  });
});

test('the word of the processor counts once, and that on another refund not at all', () => {
  const asked = accept(refundOf(two, 1));
  const report = { paymentId: 'p-2', refundId: 'refund-p-2-3', result: 'refused' as const, lowBalance: LOW };
  const once = accept(recordRefund(asked, report, LATER));
  expect(accept(recordRefund(once, { ...report, result: 'refunded' }, LATER))).toBe(once);
  expect(accept(recordRefund(asked, { ...report, refundId: 'other' }, LATER))).toBe(asked);
});

describe('auto-recharge', () => {
  test('is not started by a refund: it holds, says why, and low is told', () => {
    const world = accept(refundOf(withRule(settled(worldOf(), usd(50))), 0));
    expect(paymentsOf(world)).toHaveLength(1);
    expect(world.account.health).toMatchObject({ held: true, heldBy: 'refund' });
    expect(alertsOf(world, 'low')).toMatchObject([{ facts: { noRecharge: 'held', heldBy: 'refund' } }]);
    expect([...world.rows.values()].find((row) => row.type === 'why')).toMatchObject({
      kind: 'held',
      heldBy: 'refund',
    });
  });

  test('goes on as it did where the balance was below the trigger before', () => {
    const capped = withRule(settled(worldOf(), usd(10)), { amount: usd(50), monthCap: usd(50) });
    const world = answered(capped, { kind: 'declined', reason: 'insufficientFunds' });
    expect(accept(refundOf(world, 0)).account.health.held).toBe(false);
  });
});
