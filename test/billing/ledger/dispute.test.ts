import { labelOf } from '../../../src/billing/ledger/cards.js';
import { recordDispute } from '../../../src/billing/ledger/commands/record-dispute.js';
import { remainderOf } from '../../../src/billing/ledger/credit-line.js';
import { rechargeState } from '../../../src/billing/ledger/recharge-state.js';
import { paymentOf, rowKeys, withRows, type World } from '../../../src/billing/ledger/world.js';
import { START, usd } from '../../support/billing.js';
import { resumedBy, swept } from '../../support/recharge.js';
import {
  alertsOf,
  CARD,
  expired,
  lotsOf,
  LOW,
  reversalOf,
  reversed,
  settled,
  spent,
  withRule,
  worldOf,
} from '../../support/world.js';

const two = settled(settled(worldOf(), usd(50)), usd(30));
const withdrawn = (amount = 50, id = 'du-1') => ({ id, amount: usd(amount), state: 'withdrawn' as const });
const reinstated = (amount = 50, id = 'du-1') => ({ id, amount: usd(amount), state: 'reinstated' as const });
const ruled = withRule(two);

function kinds(world: World) {
  return world.entries.slice(two.entries.length).map(({ kind, amount }) => [kind, amount]);
}

test('what the bank withdrew is taken off: what is left of the lot, and a debit for what was spent', () => {
  const world = reversed(spent(two, usd(10)), 'p-1', withdrawn());
  expect(kinds(world).at(-1)).toEqual(['disputed', usd(-50)]);
  expect(world.account.balance).toBe(usd(20));
  expect(lotsOf(world).map((lot) => remainderOf(lot, world.account))).toEqual([0n, usd(20)]);
});

test('people are told once, with what it means', () => {
  const world = reversed(spent(ruled, usd(40)), 'p-1', withdrawn());
  const told = { balance: usd(-10), amount: usd(50), paymentId: 'p-1', method: labelOf(CARD), paused: true };
  expect(alertsOf(world, 'disputed')).toMatchObject([{ facts: told }]);
  expect(alertsOf(world, 'negative')).toMatchObject([{ facts: { reversal: 'dispute' } }]);
  expect(reversed(world, 'p-1', withdrawn())).toBe(world);
});

test('auto-recharge pauses, and a person resumes it', () => {
  const world = spent(reversed(ruled, 'p-1', withdrawn()), usd(25));
  expect(world.account.health.disputed).toEqual({ at: START, paymentId: 'p-1', amount: usd(50) });
  expect(swept(world, START).account.openPayments).toEqual([]);
  expect(rechargeState(world.account, START)).toEqual({ kind: 'disputed' });
  expect(alertsOf(world, 'low')).toMatchObject([{ facts: { noRecharge: 'disputed' } }]);
  expect(withRule(world, { amount: usd(60) }).account.openPayments).toEqual([]);
  expect(resumedBy(world).account.openPayments).toHaveLength(1);
});

test('a dispute while no rule is on pauses none that is set later', () => {
  const world = reversed(two, 'p-1', withdrawn());
  expect(alertsOf(world, 'disputed')).toMatchObject([{ facts: { paused: false } }]);
  expect(withRule(spent(world, usd(25))).account.openPayments).toHaveLength(1);
});

test('what is reinstated never expires, heals the alert, and leaves the pause to a person', () => {
  const world = reversed(reversed(ruled, 'p-1', withdrawn()), 'p-1', reinstated());
  expect(kinds(world)).toEqual([
    ['disputed', usd(-50)],
    ['disputeReinstated', usd(50)],
  ]);
  expect(alertsOf(world, 'disputed')).toMatchObject([{ healed: { how: 'reinstated', balance: usd(80) } }]);
  expect(world.account.health.disputed).toBeDefined();
  expect(expired(world, '2028-01-01T00:00:00.000Z').account.balance).toBe(usd(50));
  expect(reversed(world, 'p-1', reinstated())).toBe(world);
  expect(reversed(world, 'p-1', withdrawn())).toBe(world);
});

test('reinstated before the withdrawal was heard of ends the same', () => {
  const inOrder = reversed(reversed(ruled, 'p-1', withdrawn()), 'p-1', reinstated());
  const late = reversed(reversed(ruled, 'p-1', reinstated()), 'p-1', withdrawn());
  expect(kinds(late)).toEqual(kinds(inOrder));
  expect(late.account).toEqual(inOrder.account);
  const sameBut = (world: World) => alertsOf(world, 'disputed').map(({ version: _version, ...rest }) => rest);
  expect(sameBut(late)).toEqual(sameBut(inOrder));
});

test('a bank may give back a part', () => {
  const world = reversed(reversed(two, 'p-1', withdrawn()), 'p-1', { ...reinstated(), returned: usd(20) });
  expect(kinds(world).at(-1)).toEqual(['disputeReinstated', usd(20)]);
  expect(paymentOf(world, 'p-1')?.reversals).toMatchObject([
    { amount: usd(50), returned: usd(20), taken: usd(30) },
  ]);
});

test('what comes back in parts comes back whole in the end, and the first total told fixes nothing', () => {
  const half = { ...reinstated(), returned: usd(20) };
  const world = [withdrawn(), half, reinstated()].reduce((next, said) => reversed(next, 'p-1', said), two);
  expect(world.account.balance).toBe(usd(80));
  const less = { ...withdrawn(30), withdrawn: usd(30) };
  expect(reversed(reversed(two, 'p-1', less), 'p-1', withdrawn()).account.balance).toBe(usd(30));
});

test('withdrawn once more, people are told once more, and auto-recharge pauses again', () => {
  const won = reversed(reversed(ruled, 'p-1', withdrawn()), 'p-1', reinstated());
  const again = { ...withdrawn(), withdrawn: usd(100), returned: usd(50) };
  const world = reversed(resumedBy(won), 'p-1', again);
  expect(world.account.balance).toBe(usd(30));
  expect(world.account.health.disputed).toBeDefined();
  expect(alertsOf(world, 'disputed').map(({ healed }) => healed?.how)).toEqual(['reinstated', undefined]);
  expect(reversed(world, 'p-1', again)).toBe(world);
  const last = reversed(world, 'p-1', { ...again, returned: usd(100) });
  expect(alertsOf(last, 'disputed').map(({ healed }) => healed?.how)).toEqual(['reinstated', 'reinstated']);
  expect(last.account.balance).toBe(usd(80));
});

test('one that withdrew nothing yet changes nothing', () => {
  expect(reversed(two, 'p-1', { ...withdrawn(), withdrawn: 0n })).toBe(two);
});

test('what was withdrawn in part only heals once that part is back', () => {
  const part = { ...withdrawn(), withdrawn: usd(30) };
  const world = reversed(ruled, 'p-1', part);
  expect(world.account.balance).toBe(usd(50));
  const back = reversed(world, 'p-1', { ...reinstated(), withdrawn: usd(30), returned: usd(30) });
  expect(back.account.balance).toBe(usd(80));
  expect(alertsOf(back, 'disputed')).toMatchObject([{ healed: { how: 'reinstated' } }]);
});

test('a bank that gives back more than it took brings no more than that', () => {
  const world = reversed(reversed(two, 'p-1', withdrawn()), 'p-1', { ...reinstated(), returned: usd(70) });
  expect(world.account.balance).toBe(usd(80));
});

test('one that is withdrawn twice keeps what is disputed, and no more', () => {
  const world = reversed(two, 'p-1', { ...withdrawn(30), withdrawn: usd(60) });
  expect(world.account.balance).toBe(usd(50));
  expect(paymentOf(world, 'p-1')?.reversals).toMatchObject([{ taken: usd(30) }]);
});

test('what comes back makes room at once for what had none, whichever was told first', () => {
  const part = { ...withdrawn(30), withdrawn: usd(10) };
  const given = { id: 're-1', amount: usd(40) };
  const full = [part, { ...given, state: 'refunded' as const }, withdrawn(30)].reduce(
    (world, said) => reversed(world, 'p-1', said),
    two,
  );
  expect(full.account.balance).toBe(usd(30));
  expect(reversed(full, 'p-1', { ...given, state: 'failed' }).account.balance).toBe(usd(50));
});

test('a refund and a dispute are two, also where the processor gives them one name', () => {
  const refunded = reversed(two, 'p-1', { id: 'du-1', amount: usd(20), state: 'refunded' });
  const world = reversed(refunded, 'p-1', withdrawn(10));
  expect(world.account.balance).toBe(usd(50));
  expect(alertsOf(world, 'disputed')).toHaveLength(1);
  const grown = reversed(world, 'p-1', withdrawn(15));
  expect(paymentOf(grown, 'p-1')?.reversals).toMatchObject([
    { kind: 'refund', amount: usd(20) },
    { kind: 'dispute', amount: usd(15) },
  ]);
});

test('the answer is the payment as it stands then', () => {
  const decision = reversalOf(two, 'p-1', withdrawn());
  expect(decision).toMatchObject({ answer: { id: 'p-1', reversals: [{ taken: usd(50), alert: 1n }] } });
});

test('a row from before the totals were kept takes them over', () => {
  const world = reversed(reversed(two, 'p-1', withdrawn()), 'p-1', { ...reinstated(), returned: usd(49) });
  const payment = paymentOf(world, 'p-1')!;
  const reversals = payment.reversals!.map(({ withdrawn: _withdrawn, ...old }) => old);
  const old = withRows(world, [{ ...payment, reversals }]);
  expect(reversed(old, 'p-1', reinstated()).account.balance).toBe(usd(80));
});

test('each dispute has its own alert, and heals its own', () => {
  const both = reversed(reversed(two, 'p-1', withdrawn()), 'p-2', withdrawn(30, 'du-2'));
  const world = reversed(both, 'p-1', reinstated());
  expect(alertsOf(world, 'disputed').map(({ healed }) => healed?.how)).toEqual(['reinstated', undefined]);
});

test('a dispute of what was refunded takes no more than is left, and is told all the same', () => {
  const refunded = reversed(two, 'p-1', { id: 're-1', amount: usd(40), state: 'refunded' });
  const world = reversed(refunded, 'p-1', withdrawn());
  expect(kinds(world).at(-1)).toEqual(['disputed', usd(-10)]);
  expect(alertsOf(world, 'disputed')).toMatchObject([{ facts: { amount: usd(50) } }]);
});

test('an alert that is long gone keeps nothing from coming back', () => {
  const world = reversed(two, 'p-1', withdrawn());
  const [alert] = alertsOf(world, 'disputed');
  const rows = new Map([...world.rows].filter(([key]) => key !== rowKeys.alert(alert!.sequence)));
  expect(reversed({ ...world, rows }, 'p-1', reinstated()).account.balance).toBe(usd(80));
});

test('an alert that was written since the payment was read is asked for again, and healed then', () => {
  const world = reversed(two, 'p-1', withdrawn());
  const [alert] = alertsOf(world, 'disputed');
  const rows = new Map([...world.rows].filter(([key]) => key !== rowKeys.alert(alert!.sequence)));
  const dispute = {
    paymentId: 'p-1',
    disputeId: 'du-1',
    amount: usd(50),
    withdrawn: usd(50),
    returned: usd(50),
  };
  const decision = recordDispute({ ...world, rows }, { ...dispute, lowBalance: LOW }, START);
  expect(decision).toMatchObject({ kind: 'refused', reason: 'notFound' });
});

test('a dispute that takes the balance below the trigger is what auto-recharge holds for', () => {
  const world = reversed(ruled, 'p-1', withdrawn());
  expect(reversed(world, 'p-2', withdrawn(30, 'du-2')).account.health).toMatchObject({
    held: true,
    heldBy: 'disputed',
  });
});
