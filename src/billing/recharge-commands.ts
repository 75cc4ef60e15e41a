/** The ledger commands about auto-recharge, with the rows they read and write. */
import type { LedgerCommand, LedgerCommandName } from './lane/command.js';
import {
  resumeAutoRecharge,
  setAutoRecharge,
  sweepAutoRecharge,
  turnOffAutoRecharge,
  type RuleRequest,
} from './ledger/commands/set-auto-recharge.js';
import { reviewCards, type CardsSeen } from './ledger/commands/review-cards.js';
import { setBackups, type BackupsRequest } from './ledger/commands/set-backups.js';
import { tripRowKeys } from './ledger/breaker.js';
import { SYSTEM, type Actor, type AutoRechargeRule, type ChosenMethod } from './ledger/model.js';
import { watchLow } from './ledger/watch.js';
import { accepted, type Decision } from './ledger/world.js';

/** Account and operation; a recharge, why it was opened, what is told of its caps (2), the alerts healed (3), and what is told of the cards (2). */
const RULE_ROWS_MAX = 12;

type Click = NonNullable<LedgerCommand<unknown>['operation']>;
type RuleCommand = LedgerCommand<AutoRechargeRule>;

export interface RechargeCommands {
  set(request: Omit<RuleRequest, 'limits'>, click?: Click): RuleCommand;
  turnOff(by: Actor): RuleCommand;
  /** "Try again now": ends wait, pause, hold and what the breaker stopped; caps stay. */
  resume(by: Actor, click?: Click): RuleCommand;
  sweep(click?: Click): LedgerCommand<null>;
  backups(request: BackupsRequest, click?: Click): LedgerCommand<readonly ChosenMethod[]>;
  review(seen: CardsSeen): LedgerCommand<null>;
}

export function rechargeCommands(settings: {
  readonly limits: RuleRequest['limits'];
  readonly lowBalance: bigint;
}): RechargeCommands {
  const { limits, lowBalance } = settings;
  /** Another rule is another threshold: the balance may be low by it, or no longer. */
  const watched =
    <A>(by: Actor, decide: LedgerCommand<A>['decide']): LedgerCommand<A>['decide'] =>
    (world, now) =>
      alsoWatched(decide(world, now), { at: now, by, lowBalance });
  return {
    set: (request, click) => ({
      ...quick('setAutoRecharge', click),
      decide: watched(request.by, (world, now) => setAutoRecharge(world, { ...request, limits }, now)),
    }),
    turnOff: (by) => ({
      ...quick('turnOffAutoRecharge'),
      decide: watched(by, (world, now) => turnOffAutoRecharge(world, by, now)),
    }),
    resume: (by, click) => ({
      ...quick('resumeAutoRecharge', click),
      decide: watched(by, (world, now) => resumeAutoRecharge(world, by, now)),
    }),
    sweep: (click) => ({ ...quick('sweepAutoRecharge', click), decide: sweepAutoRecharge }),
    backups: (request, click) => ({
      ...quick('setBackups', click),
      decide: watched(request.by, (world, now) => setBackups(world, request, now)),
    }),
    review: (seen) => ({
      ...quick('reviewCards'),
      decide: (world, now) => {
        const decision = reviewCards(world, seen, now);
        // A daily look that finds nothing new is no occasion to tell of the balance.
        const isNews = decision.kind === 'accepted' && decision.world !== world;
        return isNews ? alsoWatched(decision, { at: now, by: SYSTEM, lowBalance }) : decision;
      },
    }),
  };
}

/**
 * The same click again is answered like the first time: it neither resets a pause nor charges twice. What may open a
 * recharge reads what the breaker needs.
 */
function quick(name: LedgerCommandName, click?: Click): Omit<LedgerCommand<unknown>, 'decide'> {
  return {
    name,
    priority: 'person',
    rowsMax: RULE_ROWS_MAX,
    ...(click !== undefined && { operation: click }),
    reads: (account) => ({ keys: tripRowKeys(account) }),
  };
}

function alsoWatched<A>(decision: Decision<A>, cause: Parameters<typeof watchLow>[1]): Decision<A> {
  return decision.kind === 'refused' ? decision : accepted(watchLow(decision.world, cause), decision.answer);
}
