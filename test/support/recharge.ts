/** Auto-recharge over bare worlds: a rule, what the processor says, and the time that passes. */
import { requestTopUp } from '../../src/billing/ledger/commands/request-top-up.js';
import {
  resumeAutoRecharge,
  sweepAutoRecharge,
} from '../../src/billing/ledger/commands/set-auto-recharge.js';
import type { DaySpend, Payment } from '../../src/billing/ledger/model.js';
import { daysBefore } from '../../src/billing/ledger/calendar.js';
import { withAccount, type Decision, type World } from '../../src/billing/ledger/world.js';
import { money } from '../../src/billing/money.js';
import { ADMIN, START, TEST_SETTINGS, usd } from './billing.js';
import { accept, answered, bought, CARD, paymentsOf, spent, withRule, worldOf } from './world.js';

export const PAID = { kind: 'succeeded', amount: money(usd(50), 'USD') } as const;
export const DECLINED = { kind: 'declined', reason: 'insufficientFunds' } as const;
export const EXPIRED = { kind: 'declined', reason: 'expiredCard' } as const;

export function rechargesOf(world: World): readonly Payment[] {
  return paymentsOf(world).filter((payment) => payment.reason === 'autoRecharge');
}

/** A rule of $50 when below $20, over this balance. */
export function ruled(balance = 30, change: Parameters<typeof withRule>[1] = {}): World {
  return withRule(bought(worldOf(), usd(balance)), change);
}

export function swept(world: World, at: string): World {
  return accept(sweepAutoRecharge(world, at));
}

export function resumedBy(world: World, at = START): World {
  return accept(resumeAutoRecharge(world, ADMIN, at));
}

/** Paid recharges of $50, one after the other, each called for by a call. */
export function recharged(world: World, times: number, at = START): World {
  let next = world;
  for (let time = 0; time < times; time += 1) {
    next = answered(spent(next, next.account.balance - usd(10), at), PAID, at);
  }
  return next;
}

export function topUp(world: World, id = 'm1', at = START): Decision<Payment> {
  const amount = money(usd(50), 'USD');
  const { limits } = TEST_SETTINGS;
  return requestTopUp(world, { paymentId: id, mintedAt: at, amount, method: CARD, by: ADMIN, limits }, at);
}

/** Days of this spend in whole units, the newest first, as of the day of {@link START}; undefined for one without calls. */
export function withDays(world: World, ...spends: readonly (number | undefined)[]): World {
  const days = spends.flatMap((spend, index): readonly DaySpend[] =>
    spend === undefined ? [] : [{ date: daysBefore(START.slice(0, 10), index), spend: usd(spend), calls: 1 }],
  );
  return withAccount(world, { days });
}
