/** Writing down why auto-recharge charged or did not, with the rule and the numbers that it saw: `why` shows them. */
import type { Account, AutoRechargeRule, Explanation } from './model.js';
import { countersAt, livePayments, pendingAmount, type RechargeState } from './recharge-state.js';
import { withAccount, withRows, type World } from './world.js';

/** `trigger` where another threshold than the rule's was looked at. */
export type Decided = Pick<Explanation, 'kind'> &
  Partial<
    Pick<
      Explanation,
      'cap' | 'until' | 'trip' | 'heldBy' | 'inDoubt' | 'paymentId' | 'trigger' | 'method' | 'insteadOf'
    >
  >;

/** Writes it down with the numbers as they stand before what was decided takes effect. */
export function explain(world: World, decided: Decided, at: string): World {
  const { account } = world;
  const sequence = account.whyCount + 1n;
  const row: Explanation = { type: 'why', sequence, at, ...seenBy(account, at), ...decided };
  return withAccount(withRows(world, [row]), { whyCount: sequence, lastWhy: nameOf(decided) });
}

/**
 * A recharge that was not made although the balance is below the trigger. The same reason again is not written again:
 * a thousand calls while the cap is reached are one explanation.
 */
export function explainNoRecharge(world: World, state: RechargeState, at: string): World {
  const { kind } = state;
  const { account } = world;
  if (kind === 'due' || kind === 'notNeeded') return world;
  if (account.rule !== undefined && account.balance >= account.rule.trigger) return world;
  const decided: Decided = { ...state, kind, ...blocking(account, kind) };
  return nameOf(decided) === account.lastWhy ? world : explain(world, decided, at);
}

/** Nothing is added by itself, and the balance is below the threshold at which people hear of it: once per fall. */
export function explainOff(world: World, trigger: bigint, at: string): World {
  const decided: Decided = { kind: 'off', trigger };
  return nameOf(decided) === world.account.lastWhy ? world : explain(world, decided, at);
}

/** The balance is back: the next time is news again, also with the same reason. */
export function forgetReason(world: World): World {
  if (world.account.lastWhy === undefined) return world;
  const { lastWhy: _told, ...account } = world.account;
  return { ...world, account };
}

/** Two with the same name, one after the other, are one: the kind, and which cap it is, or what the hold came with. */
function nameOf({ kind, cap, heldBy }: Decided): string {
  const which = cap ?? heldBy;
  return which === undefined ? kind : `${kind} ${which}`;
}

function blocking(account: Account, kind: Decided['kind']): Pick<Decided, 'paymentId'> {
  if (kind !== 'inProgress') return {};
  const live = livePayments(account);
  const open = live.find(({ reason }) => reason === 'autoRecharge') ?? live[0];
  return open === undefined ? {} : { paymentId: open.id };
}

type Numbers = Omit<Explanation, 'type' | 'sequence' | 'at' | 'kind'>;

const NO_RULE: Pick<AutoRechargeRule, 'trigger' | 'amount' | 'monthCap' | 'dayCap'> = {
  trigger: 0n,
  amount: 0n,
  monthCap: 0n,
};

function seenBy(account: Account, at: string): Numbers {
  const { dayTotal, monthTotal } = countersAt(account, at);
  const { failures, pausedBy } = account.health;
  const { trigger, amount, monthCap, dayCap } = account.rule ?? NO_RULE;
  return {
    balance: account.balance,
    pending: pendingAmount(account),
    trigger,
    amount,
    dayTotal,
    ...(dayCap !== undefined && { dayCap }),
    monthTotal,
    monthCap,
    failures,
    ...(pausedBy !== undefined && { pausedBy }),
  };
}
