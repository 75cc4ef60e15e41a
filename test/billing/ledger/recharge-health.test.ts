import { after } from '../../../src/billing/ledger/calendar.js';
import { markOverdue } from '../../../src/billing/ledger/commands/warn-of-payment.js';
import { recordOutcome } from '../../../src/billing/ledger/commands/record-outcome.js';
import { withAccount, type World } from '../../../src/billing/ledger/world.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import {
  DECLINED,
  EXPIRED,
  PAID,
  rechargesOf,
  resumedBy,
  ruled,
  swept,
  topUp,
} from '../../support/recharge.js';
import {
  accept,
  alertsOf,
  answered,
  bought,
  CARD,
  LOW,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

const VISA = { ...CARD, fingerprint: 'visa' };
const SAME_AGAIN = { ...VISA, id: 'entered-again' };
const OTHER = { ...CARD, id: 'other', fingerprint: 'other' };
const LATER = after(START, { minutes: 30 });

/** A rule with the Visa, whose recharge got this answer. */
function failed(outcome: typeof DECLINED | typeof EXPIRED): World {
  return answered(spent(ruled(30, { method: VISA }), usd(15)), outcome);
}

describe('saving the rule', () => {
  test('with the declined card keeps its pause, and the card that told it', () => {
    const saved = withRule(failed(EXPIRED), { method: VISA, amount: usd(70) }, LATER);
    expect(saved.account.health).toMatchObject({
      failures: 1,
      pausedBy: 'expiredCard',
      pausedMethod: 'visa',
    });
    expect(saved.account.rule?.amount).toBe(usd(70));
    expect(rechargesOf(saved)).toHaveLength(1);
    expect(saved.account.livingAlerts.rechargeFailed).toBeDefined();
  });

  test('with the declined card keeps its wait, which ends at the same time', () => {
    const saved = withRule(failed(DECLINED), { method: VISA }, LATER);
    const end = after(START, { hours: 1 });
    expect(saved.account.health).toMatchObject({ failures: 1, notBefore: end });
    expect(rechargesOf(saved)).toHaveLength(1);
    expect(rechargesOf(swept(saved, end))).toHaveLength(2);
  });

  test('with the same card under another id keeps the pause: its fingerprint tells', () => {
    expect(rechargesOf(withRule(failed(EXPIRED), { method: SAME_AGAIN }, LATER))).toHaveLength(1);
  });

  test('with another card ends pause and wait, settles the alert, and charges', () => {
    for (const outcome of [EXPIRED, DECLINED]) {
      const saved = withRule(failed(outcome), { method: OTHER }, LATER);
      expect(saved.account.health).toEqual({ failures: 0, held: false });
      expect(rechargesOf(saved)).toHaveLength(2);
      expect(alertsOf(saved, 'rechargeFailed')).toMatchObject([{ healed: { how: 'ruleSet', by: ADMIN } }]);
    }
  });

  test('where a card has no fingerprint its id tells', () => {
    const paused = answered(spent(ruled(), usd(15)), EXPIRED);
    expect(paused.account.health.pausedMethod).toBe(CARD.id);
    expect(rechargesOf(withRule(paused, {}, LATER))).toHaveLength(1);
    expect(rechargesOf(withRule(paused, { method: { ...CARD, id: 'other' } }, LATER))).toHaveLength(2);
  });

  test('of a pause that was written before the card was kept goes by the card of the rule', () => {
    const { pausedMethod: _card, ...health } = failed(EXPIRED).account.health;
    const old = withAccount(failed(EXPIRED), { health });
    expect(rechargesOf(withRule(old, { method: VISA }, LATER))).toHaveLength(1);
    expect(rechargesOf(withRule(old, { method: OTHER }, LATER))).toHaveLength(2);
  });

  test('ends a hold: its preview says that it charges', () => {
    const held = withAccount(ruled(30), { balance: usd(10), health: { failures: 0, held: true } });
    expect(rechargesOf(swept(held, LATER))).toHaveLength(0);
    expect(rechargesOf(withRule(held, {}, LATER))).toHaveLength(1);
  });
});

describe('a payment in doubt past its deadline', () => {
  const doubtful = () => {
    const open = spent(ruled(), usd(15));
    const paymentId = open.account.openPayments[0]!.id;
    const unknown = { paymentId, outcome: { kind: 'unknown' }, lowBalance: LOW } as const;
    const doubted = accept(recordOutcome(open, unknown, START));
    return accept(markOverdue(doubted, { paymentId, lowBalance: LOW }, LATER));
  };

  test('is asked about where the rule is saved and charges', () => {
    const saved = withRule(doubtful(), {}, LATER);
    expect(rechargesOf(saved)).toHaveLength(2);
    expect(saved.account.health).not.toHaveProperty('asksFirst');
  });

  test('is still to be asked about where saving the rule charges nothing', () => {
    const enough = withRule(doubtful(), { trigger: usd(5) }, LATER);
    expect(enough.account.health.asksFirst).toBe(true);
    expect(rechargesOf(spent(enough, usd(14), LATER))).toHaveLength(1);
  });

  test('gives no room back that is of another day, or another month', () => {
    for (const [at, monthTotal] of [
      ['2026-11-20T09:00:00.000Z', usd(50)],
      ['2026-12-01T09:00:00.000Z', usd(50)],
    ] as const) {
      const two = resumedBy(doubtful(), at);
      const paymentId = two.account.openPayments[0]!.id;
      const late = { paymentId, outcome: DECLINED, lowBalance: LOW };
      const { counters } = accept(recordOutcome(two, late, at)).account;
      expect(counters).toMatchObject({ dayTotal: usd(50), monthTotal });
    }
  });

  test('counts against the caps with the one that follows it', () => {
    expect(resumedBy(doubtful(), LATER).account.counters.monthTotal).toBe(usd(100));
  });
});

test('the decline of a card that is no longer the rule’s says nothing about the new one, which is charged', () => {
  const open = spent(ruled(30, { method: VISA }), usd(15));
  const changed = withRule(open, { method: OTHER }, LATER);
  const world = answered(changed, EXPIRED, LATER);
  expect(world.account.health).toEqual({ failures: 0, held: false });
  expect(rechargesOf(world).map(({ method }) => method.id)).toEqual([VISA.id, OTHER.id]);
  expect(alertsOf(world, 'rechargeFailed')).toMatchObject([{ facts: { paused: false } }]);
});

test('a success of any card forgets the declined one', () => {
  const paid = answered(accept(topUp(failed(DECLINED))), PAID, LATER);
  expect(paid.account.health).toEqual({ failures: 0, held: false });
});

describe('"try again now"', () => {
  test('above the trigger only ends the pause, and the alert says by whom', () => {
    const enough = bought(failed(EXPIRED), usd(100), LATER);
    const world = resumedBy(enough, LATER);
    expect(rechargesOf(world)).toHaveLength(1);
    expect(world.account.health).toEqual({ failures: 0, held: false });
    expect(alertsOf(world, 'rechargeFailed')).toMatchObject([{ healed: { how: 'resumed', by: ADMIN } }]);
  });

  test('that charges leaves it to the outcome to settle the alert', () => {
    const world = resumedBy(failed(EXPIRED), LATER);
    expect(alertsOf(world, 'rechargeFailed')[0]?.healed).toBeUndefined();
    expect(alertsOf(answered(world, PAID, LATER), 'rechargeFailed')).toMatchObject([
      { healed: { how: 'credited' } },
    ]);
  });

  test('never goes over a cap', () => {
    const capped = answered(spent(ruled(30, { monthCap: usd(50) }), usd(25)), PAID);
    expect(rechargesOf(resumedBy(spent(capped, usd(50))))).toHaveLength(1);
  });

  test('without a rule is refused', () => {
    expect(() => resumedBy(worldOf())).toThrow('refused: noRule');
  });
});
