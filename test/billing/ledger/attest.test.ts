/** Credit by a person's word: once for each invoice, dated as it was stated, and settling the request that it answers. */
import {
  attest,
  ATTESTED_MAX,
  invoiceId,
  INVOICE_CHARS_MAX,
  isPurchaseDay,
  readAttestedReason,
  type AttestRequest,
} from '../../../src/billing/ledger/commands/attest.js';
import type { Payment } from '../../../src/billing/ledger/model.js';
import { paymentOf, rowKeys, rowOf, type Decision, type World } from '../../../src/billing/ledger/world.js';
import { requestRefund } from '../../../src/billing/ledger/commands/refund.js';
import { requestTopUp } from '../../../src/billing/ledger/commands/request-top-up.js';
import { setBalance } from '../../../src/billing/ledger/commands/set-balance.js';
import { money } from '../../../src/billing/money.js';
import { ADMIN_CENTER_METHOD } from '../../../src/billing/payments/admin-center/admin-center-method.js';
import { ADMIN, START, TEST_SETTINGS, usd } from '../../support/billing.js';
import {
  accept,
  alertsOf,
  answered,
  bought,
  CARD,
  expired,
  lotsOf,
  LOW,
  paymentsOf,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

const BEA = { id: 'admin-2', name: 'Bea Boss' };
const LATER = '2026-11-17T12:00:00.000Z';
const LINK = { kind: 'actionRequired' as const, url: 'https://admin.example.com', withinHours: 168 };

function saying(world: World, change: Partial<AttestRequest> = {}, now = LATER): Decision<unknown> {
  const said = { amount: usd(50), date: '2026-11-16', invoice: 'E-0400 77', by: BEA, mintedAt: now };
  return attest(world, { ...said, lowBalance: LOW, ...change }, now);
}

/** A request that waits for somebody who buys; with a card it would wait for the bank. */
function asked(world: World, method: Payment['method'] = ADMIN_CENTER_METHOD): World {
  const limits = TEST_SETTINGS.limits;
  const request = {
    paymentId: 'p1',
    mintedAt: START,
    amount: money(usd(50), 'USD'),
    method,
    by: ADMIN,
    limits,
  };
  return answered(accept(requestTopUp(world, request, START)), LINK);
}

/** Below the trigger of 20, with the request that auto-recharge made. */
function wanting(): World {
  const ruled = withRule(bought(worldOf(), usd(30)), { method: ADMIN_CENTER_METHOD });
  return answered(spent(ruled, usd(15)), LINK);
}

test('it is an entry and a lot with who, the day and the invoice, and the receipt has both balances', () => {
  const decision = saying(bought(worldOf(), usd(5)));
  const world = accept(decision);
  expect(world.entries.at(-1)).toMatchObject({
    kind: 'attested',
    amount: usd(50),
    by: BEA,
    at: LATER,
    reason: '2026-11-16 E-0400 77',
    reference: 'attestation-2',
  });
  const row = rowOf(world, 'attestation', rowKeys.attestation('E040077'));
  expect(row).toMatchObject({ invoice: 'E-0400 77', amount: usd(50), by: BEA, entry: 2n });
  const answer = { balanceBefore: usd(5), balanceAfter: usd(55), expiresAt: '2027-11-16T23:59:59.999Z' };
  expect(decision).toMatchObject({ answer });
  expect(world.account.recentTopUps[0]).toMatchObject({ amount: usd(50), by: BEA });
});

test('its twelve months count from the stated day, not from the day it was recorded', () => {
  const world = accept(saying(worldOf(), { date: '2025-11-20' }));
  expect(lotsOf(world)).toMatchObject([{ expiresAt: '2026-11-20T23:59:59.999Z' }]);
  expect(world.jobs).toContainEqual({
    name: 'lots',
    subject: '2026-11-21T00:00:00.999Z',
    at: '2026-11-21T00:00:00.999Z',
  });
  expect(expired(world, '2026-11-20T23:59:59.000Z').account.balance).toBe(usd(50));
  expect(expired(world, '2026-11-21T00:00:01.000Z').account.balance).toBe(0n);
});

test.each([
  ['of nothing', { amount: 0n }, 'amountOutOfRange'],
  ['below zero', { amount: usd(-1) }, 'amountOutOfRange'],
  ['beyond the limit', { amount: ATTESTED_MAX + usd(0.01) }, 'amountOutOfRange'],
  ['of a fraction of a cent', { amount: usd(1) + 1n }, 'amountOutOfRange'],
  ['without an invoice', { invoice: ' -/. ' }, 'limitReached'],
  ['with an invoice that is too long', { invoice: '1'.repeat(INVOICE_CHARS_MAX + 1) }, 'limitReached'],
  ['of tomorrow', { date: '2026-11-18' }, 'limitReached'],
  ['that has expired', { date: '2025-11-16' }, 'limitReached'],
  ['for a request that nobody made', { paymentId: 'p9' }, 'notOpen'],
] as const)('a purchase %s is refused', (_, change, reason) => {
  expect(saying(worldOf(), change)).toEqual({ kind: 'refused', reason });
});

test('the oldest day that is taken is the one whose funds expire tonight', () => {
  expect(saying(worldOf(), { date: '2025-11-17' }).kind).toBe('accepted');
});

test('“still to come” is judged in the account’s own days', () => {
  const tomorrow = { date: '2026-11-18' };
  expect(saying(worldOf({ timeZone: 'Pacific/Auckland' }), tomorrow).kind).toBe('accepted');
  expect(saying(worldOf({ timeZone: 'Europe/Rome' }), tomorrow).kind).toBe('refused');
});

test('an invoice counts once, however it is written, and who recorded it and when stays there', () => {
  const world = accept(saying(worldOf()));
  const again = saying(
    world,
    { invoice: 'ｅ０４００/77', by: ADMIN, amount: usd(9) },
    '2026-11-18T00:00:00.000Z',
  );
  expect(again).toEqual({ kind: 'refused', reason: 'alreadyRecorded' });
  expect(rowOf(world, 'attestation', rowKeys.attestation('E040077'))).toMatchObject({ by: BEA, at: LATER });
});

test('two ways to type a number are one, and two numbers are two', () => {
  expect(invoiceId('e-0400 77')).toBe(invoiceId('E040077'));
  expect(invoiceId('Ｅ０４００７７')).toBe('E040077');
  expect(invoiceId('E040078')).not.toBe('E040077');
});

test('after another top-up since the preview, it is asked about again', () => {
  const world = accept(saying(worldOf(), { invoice: 'A1' }));
  expect(saying(world, { mintedAt: START })).toEqual({ kind: 'refused', reason: 'anotherTopUp' });
  expect(saying(world, { mintedAt: LATER }).kind).toBe('accepted');
});

test('after somebody set the balance since the preview, it is asked about again: it may be in there', () => {
  const seen = { balance: usd(150), ledgerSaid: usd(50), by: BEA, lowBalance: LOW };
  const world = accept(setBalance(bought(worldOf(), usd(50)), seen, LATER));
  expect(saying(world, { mintedAt: START })).toEqual({ kind: 'refused', reason: 'anotherTopUp' });
  expect(accept(saying(world, { mintedAt: LATER })).account.balance).toBe(usd(200));
});

test.each([
  ['the most that is taken', { amount: ATTESTED_MAX }, 'accepted'],
  ['a number as long as may be', { invoice: 'x'.repeat(INVOICE_CHARS_MAX) }, 'accepted'],
  [
    'a number of which spaces around it alone are too long',
    { invoice: ` ${'x'.repeat(INVOICE_CHARS_MAX)} ` },
    'accepted',
  ],
] as const)('%s is %s', (_what, change, kind) => {
  expect(saying(worldOf(), change).kind).toBe(kind);
});

test('the number is kept without the spaces around it, and read back from the entry with its day', () => {
  const world = accept(saying(worldOf(), { invoice: '  E-0400 77 ' }));
  expect(rowOf(world, 'attestation', rowKeys.attestation(invoiceId('E-0400 77')))?.invoice).toBe('E-0400 77');
  const reason = world.entries.at(-1)?.reason ?? '';
  expect(readAttestedReason(reason)).toEqual({ date: '2026-11-16', invoice: 'E-0400 77' });
});

test('a day whose funds expire at this very moment is too long ago', () => {
  expect(isPurchaseDay('2026-11-17', 'UTC', '2027-11-17T23:59:59.998Z')).toBe(true);
  expect(isPurchaseDay('2026-11-17', 'UTC', '2027-11-17T23:59:59.999Z')).toBe(false);
});

test('no processor has that money: it can not be refunded', () => {
  const world = accept(saying(asked(worldOf()), { paymentId: 'p1' }));
  const request = { paymentId: 'p1', lot: 1n, by: ADMIN, lowBalance: LOW };
  expect(requestRefund(world, request, LATER)).toEqual({ kind: 'refused', reason: 'notFound' });
});

describe('the request that it answers', () => {
  test('is settled with what was bought, by whose word, and is not open any more', () => {
    const world = accept(saying(asked(worldOf()), { paymentId: 'p1' }));
    const payment = paymentOf(world, 'p1');
    expect(payment).toMatchObject({ status: 'settled', balanceAfter: usd(50), lot: 1n });
    expect(payment?.attested).toEqual({ amount: usd(50), date: '2026-11-16', invoice: 'E-0400 77', by: BEA });
    expect(payment).not.toHaveProperty('deadline');
    expect(payment).not.toHaveProperty('actionUrl');
    expect(world.account.openPayments).toEqual([]);
    expect(world.entries.at(-1)?.reference).toBe('p1');
    const later = accept(saying({ ...asked(worldOf()), jobs: [] }, { paymentId: 'p1' }));
    expect(later.jobs).toContainEqual({ name: 'payment', subject: 'p1' });
  });

  test('keeps what was asked for where another amount was bought', () => {
    const world = accept(saying(asked(worldOf()), { paymentId: 'p1', amount: usd(75.5) }));
    expect(paymentOf(world, 'p1')).toMatchObject({ amount: usd(50), attested: { amount: usd(75.5) } });
    expect(world.account.balance).toBe(usd(75.5));
  });

  test('stays open where it was not named', () => {
    const world = accept(saying(asked(worldOf())));
    expect(world.account.openPayments).toMatchObject([{ id: 'p1' }]);
  });

  test('is answered once', () => {
    const world = accept(saying(asked(worldOf()), { paymentId: 'p1' }));
    const again = saying(world, { paymentId: 'p1', invoice: 'A2' });
    expect(again).toEqual({ kind: 'refused', reason: 'notOpen' });
  });

  test('is never one that a processor may still charge', () => {
    expect(saying(asked(worldOf(), CARD), { paymentId: 'p1' })).toEqual({
      kind: 'refused',
      reason: 'notOpen',
    });
  });
});

describe('where auto-recharge had asked', () => {
  test('the alert is healed with who bought and how much', () => {
    const world = wanting();
    const [open] = world.account.openPayments;
    const done = accept(saying(world, { paymentId: open!.id, amount: usd(60) }));
    const [alert] = alertsOf(done, 'rechargeFailed');
    expect(alert?.healed).toMatchObject({ by: BEA, how: 'attested', amount: usd(60) });
    expect(done.account.balance).toBe(usd(75));
    expect(paymentsOf(done)).toHaveLength(1);
  });

  test('a purchase that answers another request leaves the question as it stands', () => {
    const both = asked(wanting());
    const done = accept(saying(both, { paymentId: 'p1' }));
    expect(alertsOf(done, 'rechargeFailed').map(({ healed }) => healed)).toEqual([undefined]);
  });

  test('a purchase too small for the trigger is followed by the next request', () => {
    const world = wanting();
    const [open] = world.account.openPayments;
    const done = accept(saying(world, { paymentId: open!.id, amount: usd(4) }));
    expect(done.account.balance).toBe(usd(19));
    expect(
      paymentsOf(done)
        .map(({ status }) => status)
        .sort(),
    ).toEqual(['requested', 'settled']);
  });
});
