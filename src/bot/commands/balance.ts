/** `balance`: everything comes from the account row, so that the most asked question costs one read. */
import { z } from 'zod';
import { dayOf, daysBefore } from '../../billing/ledger/calendar.js';
import { remainderOf } from '../../billing/ledger/credit-line.js';
import { spendSince } from '../../billing/ledger/days.js';
import type { Account } from '../../billing/ledger/model.js';
import { pendingAmount, rechargeState } from '../../billing/ledger/recharge-state.js';
import { balanceCard, type BalanceFacts } from '../../cards/balance-card.js';
import type { Card } from '../../cards/render.js';
import { speechFor } from '../../cards/speech.js';
import { action, post, replace, type Command } from '../command.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

const noData = z.looseObject({});

export const balanceCommand: Command = {
  role: 'viewer',
  run: async (_input, turn, services) => post(await cardNow(turn, services)),
  actions: {
    show: action('viewer', noData, async (_data, turn, services) => post(await cardNow(turn, services))),
    refresh: action('viewer', noData, async (_data, turn, services) =>
      replace(await cardNow(turn, services)),
    ),
  },
};

async function cardNow(turn: Turn, { billing }: Services): Promise<Card> {
  const account = await billing.reader.account(turn.tenant);
  return balanceCard(factsOf(account, turn), speechFor(turn.speech.locale, account.timeZone));
}

/** Days before today that belong to "the last 7 days" and "the last 30 days". */
const WEEK_BEFORE_DAYS = 6;
const MONTH_BEFORE_DAYS = 29;

function factsOf(account: Account, { now, role }: Turn): BalanceFacts {
  const today = dayOf(now, account.timeZone);
  const since = (days: number): bigint => spendSince(account.days, daysBefore(today, days));
  const expiry = nextExpiry(account);
  return {
    account,
    recharge: rechargeState(account, now),
    spend: { week: since(WEEK_BEFORE_DAYS), month: since(MONTH_BEFORE_DAYS) },
    ...(expiry !== undefined && { expiry }),
    pending: pendingAmount(account),
    now,
    isAdmin: role === 'admin',
  };
}

function nextExpiry({ lots: [lot], pointer }: Account): BalanceFacts['expiry'] {
  const amount = lot === undefined ? 0n : remainderOf(lot, pointer);
  return lot === undefined || amount === 0n ? undefined : { amount, at: lot.expiresAt };
}
