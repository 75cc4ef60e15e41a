/** The largest account there can be. */
import { newAccount, type Account, type PaymentSummary } from '../../src/billing/ledger/model.js';
import { OPEN_REFUNDS_MAX } from '../../src/billing/ledger/commands/refund.js';
import { BACKUPS_MAX } from '../../src/billing/ledger/commands/set-backups.js';
import { HOLES_MAX, LISTED_LOTS_MAX } from '../../src/billing/ledger/credit-line.js';
import { DAYS_LISTED_MAX } from '../../src/billing/ledger/days.js';
import { START } from './billing.js';

const LARGEST = 2n ** 63n - 1n;
const LONG_ID = 'i'.repeat(128);
const LONG_ACTOR = { id: LONG_ID, name: '"\\'.repeat(128) };
const LONG_METHOD = { id: LONG_ID, brand: 'American Express', last4: '0069' };

/** 90 days, 256 holes, 32 lots, 10 open payments and all other lists full, with the longest texts. */
export function bigAccount(): Account {
  const open: PaymentSummary = {
    id: LONG_ID,
    amount: LARGEST,
    reason: 'autoRecharge',
    requestedAt: START,
    status: 'actionRequired',
    overdue: true,
    alert: LARGEST,
  };
  const done = { paymentId: LONG_ID, amount: LARGEST, at: START, by: LONG_ACTOR };
  const lot = { sequence: LARGEST, start: LARGEST, end: LARGEST, expiresAt: START };
  return {
    ...newAccount('t'.repeat(128), 'USD', 'America/Argentina/ComodRivadavia'),
    rule: {
      enabled: true,
      trigger: LARGEST,
      amount: LARGEST,
      monthCap: LARGEST,
      dayCap: LARGEST,
      method: LONG_METHOD,
      setBy: LONG_ACTOR,
      setAt: START,
    },
    backups: Array(BACKUPS_MAX).fill(LONG_METHOD),
    cards: Array(BACKUPS_MAX + 1).fill({ id: LONG_ID, expires: '2027-01', told: 'beforeRecharge' }),
    health: {
      failures: 4,
      notBefore: START,
      pausedBy: 'authenticationFailed',
      pausedMethod: LONG_ID,
      declined: Array(BACKUPS_MAX + 1).fill({
        card: LONG_ID,
        times: 4,
        reason: 'authenticationFailed',
        notBefore: START,
      }),
      tripped: {
        at: START,
        reason: 'recharges',
        recharges: 10,
        spend: LARGEST,
        usual: LARGEST,
        destinations: Array(10).fill({ name: '"\\'.repeat(100), spend: LARGEST }),
      },
      breakerFrom: START,
      held: true,
      heldBy: 'outsideRefund',
      notBought: 'lapsed',
      asksFirst: true,
    },
    holes: Array(HOLES_MAX).fill({ start: LARGEST, end: LARGEST }),
    openRefunds: Array(OPEN_REFUNDS_MAX).fill(LONG_ID),
    rechargeTimes: Array(10).fill(START),
    openPayments: Array(10).fill(open),
    recentTopUps: Array(5).fill(done),
    crossings: Array(3).fill(START),
    days: Array(DAYS_LISTED_MAX).fill({ date: '2026-11-17', spend: LARGEST, calls: 1_000_000 }),
    lots: Array(LISTED_LOTS_MAX).fill(lot),
    noticesToldOn: '2026-11-17',
    attested: { balance: LARGEST, at: START, by: LONG_ACTOR },
    undelivered: Array(20).fill(LARGEST),
  };
}
