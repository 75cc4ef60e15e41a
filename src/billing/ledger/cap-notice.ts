/** Telling people that a cap of auto-recharge is nearly used up, before it stops a recharge. */
import type { AutoRechargeRule } from './model.js';
import { boughtWith, raise } from './watch.js';
import { withAccount, type World } from './world.js';

/** Shares of a cap, in per cent, that are told, each once in a day or month. */
export const CAP_NOTICE_PERCENTS = [80, 90, 100] as const;

const CAPS = ['day', 'month'] as const;
type Cap = (typeof CAPS)[number];

/** Judged when a recharge was requested. Room that a decline gives back makes nothing news again. */
export function tellCaps(world: World, rule: AutoRechargeRule, at: string): World {
  return CAPS.reduce((told, cap) => tellCap(told, { cap, limit: rule[`${cap}Cap`], rule, at }), world);
}

interface Asked {
  readonly cap: Cap;
  readonly limit: bigint | undefined;
  readonly rule: AutoRechargeRule;
  readonly at: string;
}

function tellCap(world: World, { cap, limit, rule, at }: Asked): World {
  if (limit === undefined) return world;
  const { counters, balance } = world.account;
  const used = counters[`${cap}Total`];
  const percent = CAP_NOTICE_PERCENTS.findLast((share) => used * 100n >= limit * BigInt(share)) ?? 0;
  if (percent <= (counters[`${cap}Told`] ?? 0)) return world;
  const told = withAccount(world, { counters: { ...counters, [`${cap}Told`]: percent } });
  const facts = { balance, amount: used, cap, percent, limit, ...boughtWith(rule) };
  return raise(told, { kind: 'capNear', at, facts });
}
