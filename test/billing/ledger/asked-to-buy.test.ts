/** Auto-recharge where no card can be charged: a person is asked to buy, and what becomes of the question. */
import { after } from '../../../src/billing/ledger/calendar.js';
import { recordOutcome } from '../../../src/billing/ledger/commands/record-outcome.js';
import { turnOffAutoRecharge } from '../../../src/billing/ledger/commands/set-auto-recharge.js';
import { rechargeState } from '../../../src/billing/ledger/recharge-state.js';
import type { World } from '../../../src/billing/ledger/world.js';
import { ADMIN_CENTER_METHOD } from '../../../src/billing/payments/admin-center/admin-center-method.js';
import { ADMIN, START, usd } from '../../support/billing.js';
import { DECLINED, recharged, rechargesOf, ruled, topUp } from '../../support/recharge.js';
import { accept, alertsOf, answered, bought, CARD, LOW, spent, withRule } from '../../support/world.js';

const LATER = after(START, { hours: 3 });
const LINK = { kind: 'actionRequired' as const, url: 'https://admin.example.com', withinHours: 168 };
const BUYER = { brand: ADMIN_CENTER_METHOD.brand, last4: '' };

/** Below the trigger of $20, with the request that auto-recharge made. */
function asked(): World {
  return answered(spent(ruled(30, { method: ADMIN_CENTER_METHOD }), usd(15)), LINK);
}

/** The request is over: by this person's word, or as nobody answered in time. */
function closed(world: World, by?: typeof ADMIN): World {
  const paymentId = rechargesOf(world)[0]?.id ?? 'none';
  const report = { paymentId, outcome: { kind: 'cancelled' as const }, lowBalance: LOW };
  return accept(recordOutcome(world, { ...report, ...(by !== undefined && { by }) }, LATER));
}

const askings = (world: World) => alertsOf(world, 'rechargeFailed').map(({ healed }) => healed?.how);

describe('the question', () => {
  test('says until when it stands; a bank’s own hour is not told', () => {
    expect(alertsOf(asked(), 'rechargeFailed')).toMatchObject([
      { facts: { method: BUYER, actionUrl: LINK.url, deadline: after(START, { hours: 168 }) } },
    ]);
    const [waiting] = alertsOf(answered(spent(ruled(), usd(15)), LINK), 'rechargeFailed');
    expect(waiting?.facts.declineReason).toBe('needsAction');
    expect(waiting?.facts.deadline).toBeUndefined();
  });

  test('stands for as long as the request is open, whatever becomes of the rule', () => {
    const off = accept(turnOffAutoRecharge(asked(), ADMIN, LATER));
    expect(askings(off)).toEqual([undefined]);
    expect(askings(withRule(asked(), { method: CARD }, LATER))).toEqual([undefined]);
  });

  test('stands also beside another open payment', () => {
    const both = accept(topUp(asked()));
    expect(askings(accept(turnOffAutoRecharge(both, ADMIN, LATER)))).toEqual([undefined]);
  });

  test('is no question any more once the request is over', () => {
    const refused = answered(asked(), DECLINED);
    expect(askings(refused)).toEqual(['superseded', undefined]);
    expect(askings(accept(turnOffAutoRecharge(refused, ADMIN, LATER)))).toEqual(['superseded', 'turnedOff']);
    const beside = accept(turnOffAutoRecharge(accept(topUp(refused)), ADMIN, LATER));
    expect(askings(beside)).toEqual(['superseded', 'turnedOff']);
  });

  test('of a bank is settled with the rule, also while its payment is open', () => {
    const waiting = answered(spent(ruled(), usd(15)), LINK);
    expect(askings(accept(turnOffAutoRecharge(waiting, ADMIN, LATER)))).toEqual(['turnedOff']);
  });
});

describe.each([
  ['somebody said “not now”', ADMIN, 'notNow'],
  ['nobody answered in time', undefined, 'lapsed'],
] as const)('where %s', (_, by, how) => {
  test('the question is settled with who and how', () => {
    const [alert] = alertsOf(closed(asked(), by), 'rechargeFailed');
    expect(alert?.healed).toMatchObject({ how, at: LATER, by: by ?? { id: 'system' } });
  });

  test('the next calls ask no second time, and a person who looks reads why', () => {
    const world = spent(closed(asked(), by), usd(1), LATER);
    expect(rechargesOf(world)).toHaveLength(1);
    expect(world.account.health).toMatchObject({ notBought: how, held: false, failures: 0 });
    expect(rechargeState(world.account, LATER)).toEqual({ kind: 'notBought' });
  });

  test('it is asked anew when the balance was back and falls again', () => {
    const back = bought(spent(closed(asked(), by), usd(1), LATER), usd(20), LATER);
    const above = spent(back, usd(1), LATER);
    expect(above.account.health).not.toHaveProperty('notBought');
    expect(rechargesOf(spent(above, usd(20), LATER))).toHaveLength(2);
  });

  test('with the balance back at the trigger already, nothing is remembered of it', () => {
    const world = closed(bought(asked(), usd(5)), by);
    expect(world.account.health).not.toHaveProperty('notBought');
    expect(askings(world)).toEqual([how]);
  });
});

describe('that the balance is low', () => {
  const low = (world: World) => alertsOf(world, 'low').map(({ facts }) => facts);

  test('is told where nobody answered, and that people buy', () => {
    expect(low(closed(asked()))).toMatchObject([
      { threshold: usd(20), noRecharge: 'notBought', method: BUYER },
    ]);
  });

  test('is not told again to whoever said “not now” on the card that told it', () => {
    expect(low(spent(closed(asked(), ADMIN), usd(1), LATER))).toEqual([]);
  });

  test('is told without auto-recharge, whatever was said of it before', () => {
    const off = accept(turnOffAutoRecharge(closed(asked(), ADMIN), ADMIN, LATER));
    expect(low(spent(off, usd(6), LATER))).toMatchObject([{ threshold: LOW, noRecharge: 'off' }]);
  });

  test('names no card where none was used', () => {
    const world = spent(recharged(ruled(30, { monthCap: usd(50) }), 1), usd(45));
    const [facts] = low(world);
    expect(facts?.noRecharge).toBe('capped');
    expect(facts).not.toHaveProperty('method');
  });
});
