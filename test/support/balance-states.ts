/** Every state that the balance card can show, by name: for its tests, and for looking at it. */
import { newAccount, type Account, type Trip } from '../../src/billing/ledger/model.js';
import { usageFacts } from '../../src/billing/usage/graph/usage-facts.js';
import type { BalanceFacts } from '../../src/cards/balance-card.js';
import { ADMIN, START, TENANT, usd } from './billing.js';

const METHOD = { id: 'sandbox-succeeds', brand: 'Visa', last4: '4242' };
const RULE = {
  enabled: true,
  trigger: usd(20),
  amount: usd(50),
  monthCap: usd(200),
  dayCap: usd(100),
  method: METHOD,
  setBy: ADMIN,
  setAt: START,
};
export const TRIP: Trip = {
  at: START,
  reason: 'spend',
  recharges: 2,
  spend: usd(180),
  usual: usd(30),
  destinations: [
    { name: 'Cuba', spend: usd(120) },
    { name: '', spend: usd(40) },
  ],
};
const HEALTH = { failures: 0, held: false };
const OPEN = { id: 'p9', amount: usd(50), requestedAt: START, status: 'begun', overdue: false } as const;

/** An account with $42.50 that has been used. */
export function accountWith(more: Partial<Account> = {}): Account {
  return {
    ...newAccount(TENANT, 'USD', 'UTC'),
    balance: usd(42.5),
    credited: usd(50),
    pointer: usd(7.5),
    nextSequence: 3n,
    usage: { knownUntil: '2026-11-17T08:05:00.000Z', openIssues: 0 },
    ...more,
  };
}

export function balanceFacts(account: Account, more: Partial<BalanceFacts> = {}): BalanceFacts {
  return {
    account,
    recharge: { kind: 'off' },
    spend: { week: usd(7.5), month: usd(31.12) },
    lots: [{ amount: usd(42.5), at: '2027-11-17T23:59:59.999Z' }],
    moreLots: false,
    neverExpires: 0n,
    usage: usageFacts(account, START),
    pending: 0n,
    now: START,
    isAdmin: true,
    ...more,
  };
}

function ruled(recharge: BalanceFacts['recharge'], more: Partial<Account> = {}): BalanceFacts {
  const account = accountWith({ rule: RULE, balance: usd(12.3), ...more });
  return balanceFacts(account, { recharge, pending: more.openPayments === undefined ? 0n : usd(50) });
}

const UNTIL = '2026-11-17T11:00:00.000Z';
const spentUp = balanceFacts(accountWith(), { lots: [] });
const LOTS = [1, 2, 3, 4, 5, 6].map((month) => ({
  amount: usd(month),
  at: `2027-0${month}-15T23:59:59.999Z`,
}));

export const BALANCE_STATES: Readonly<Record<string, BalanceFacts>> = {
  off: balanceFacts(accountWith()),
  new: { ...spentUp, account: newAccount(TENANT, 'USD', 'UTC'), usage: {}, spend: { week: 0n, month: 0n } },
  usedUp: { ...spentUp, account: accountWith({ balance: 0n }) },
  negative: { ...spentUp, account: accountWith({ balance: usd(-3.27) }) },
  notNeeded: ruled({ kind: 'notNeeded' }, { balance: usd(42.5) }),
  inProgress: ruled({ kind: 'inProgress' }, { openPayments: [{ ...OPEN, reason: 'autoRecharge' }] }),
  inProgressByHand: ruled({ kind: 'inProgress' }, { openPayments: [{ ...OPEN, reason: 'manual' }] }),
  due: ruled({ kind: 'due', rule: RULE, method: RULE.method }),
  waitingOnce: ruled({ kind: 'waiting', until: UNTIL }, { health: { ...HEALTH, failures: 1 } }),
  waiting: ruled({ kind: 'waiting', until: UNTIL }, { health: { ...HEALTH, failures: 3 } }),
  paused: ruled({ kind: 'paused' }, { health: { ...HEALTH, failures: 1, pausedBy: 'expiredCard' } }),
  cappedMonth: ruled({ kind: 'capped', cap: 'month', until: '2026-12-01T00:00:00.000Z' }),
  cappedDay: ruled({ kind: 'capped', cap: 'day', until: '2026-11-18T00:00:00.000Z' }),
  held: ruled({ kind: 'held', heldBy: 'expired' }, { health: { ...HEALTH, held: true, heldBy: 'expired' } }),
  heldBefore: ruled({ kind: 'held' }, { health: { ...HEALTH, held: true } }),
  asksFirst: ruled(
    { kind: 'asksFirst', inDoubt: { id: 'p9', amount: usd(50), requestedAt: START } },
    { health: { ...HEALTH, asksFirst: true } },
  ),
  tripped: ruled({ kind: 'tripped', trip: TRIP }, { health: { ...HEALTH, tripped: TRIP } }),
  manyLots: balanceFacts(accountWith({ rule: RULE }), { lots: LOTS, neverExpires: usd(3) }),
  endlessLots: balanceFacts(accountWith(), { lots: LOTS, moreLots: true }),
  neverExpires: balanceFacts(accountWith(), { lots: [], neverExpires: usd(42.5) }),
  troubled: balanceFacts(
    accountWith({
      undelivered: [1n, 2n],
      usage: { openIssues: 3 },
      openPayments: [{ ...OPEN, reason: 'manual' }],
    }),
    { pending: usd(50) },
  ),
  viewer: balanceFacts(accountWith({ undelivered: [1n], usage: { openIssues: 3 } }), { isAdmin: false }),
};
