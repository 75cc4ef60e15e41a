/** Guards of auto-recharge. */
import type { Guard } from './guard.js';

const STATE = 'billing/ledger/recharge-state.ts';
const CARDS = 'billing/ledger/cards.ts';

export const RECHARGE_GUARDS: readonly Guard[] = [
  {
    name: 'open-payment check',
    file: STATE,
    from: `if (live.some((payment) => payment.reason === 'autoRecharge')) return { kind: 'inProgress' };
  if (account.balance >= rule.trigger) return { kind: 'notNeeded' };
  return live.length > 0 ?`,
    to: `if (account.balance >= rule.trigger) return { kind: 'notNeeded' };
  return live.some((payment) => payment.reason !== 'autoRecharge') ?`,
  },
  {
    name: 'strict <',
    file: STATE,
    from: 'if (account.balance >= rule.trigger)',
    to: 'if (account.balance > rule.trigger)',
  },
  {
    name: 'a top-up holds it back',
    file: STATE,
    from: 'return live.length > 0 ?',
    to: 'return account.balance + pendingAmount(account) >= rule.trigger ?',
  },
  {
    name: 'off',
    file: STATE,
    from: "if (rule?.enabled !== true) return { kind: 'off' };",
    to: "if (rule === undefined) return { kind: 'off' };",
  },
  {
    name: 'pause',
    file: CARDS,
    from: '(known.notBefore !== undefined && known.notBefore <= now)',
    to: '(known.notBefore ?? now) <= now',
  },
  {
    name: 'hold',
    file: STATE,
    from: 'if (held)',
    to: 'if (false)',
  },
  {
    name: 'asks first',
    file: STATE,
    from: 'if (asksFirst === true)',
    to: 'if (false)',
  },
  {
    name: 'wait',
    file: CARDS,
    from: '(known.notBefore !== undefined && known.notBefore <= now)',
    to: 'true',
  },
  {
    name: 'day cap',
    file: STATE,
    from: 'rule.dayCap !== undefined && counters.dayTotal + rule.amount > rule.dayCap',
    to: 'rule.dayCap !== undefined && rule.amount > rule.dayCap',
  },
  {
    name: 'month cap',
    file: STATE,
    from: 'if (counters.monthTotal + rule.amount > rule.monthCap)',
    to: 'if (rule.amount > rule.monthCap)',
  },
  {
    name: 'breaker',
    file: 'billing/ledger/breaker.ts',
    from: 'if (recharges >= RECHARGES_PER_HOUR_MAX)',
    to: 'if (false)',
  },
];
