/** Those who wait, decided one after the other on one world: what they write together, and who gets which answer. */
import { refused, type Decision, type World } from '../ledger/world.js';
import type { Write } from '../storage/table.js';
import { writesBetween, type Loaded } from './account-rows.js';
import type { LedgerCommand, Outcome } from './command.js';
import { isStale, operationKey, operationWrite } from './operations.js';

export interface Waiting {
  readonly command: LedgerCommand<unknown>;
  readonly resolve: (outcome: Outcome<unknown>) => void;
  readonly reject: (error: unknown) => void;
}

export interface Answer {
  readonly item: Waiting;
  readonly outcome: Outcome<unknown>;
  /** Nothing was changed for it, so no write can tell that something it did not read is there after all. */
  readonly idle: boolean;
  /** Asked under an operation, and nothing to do now: it may have been done before, with another answer. */
  readonly doubtful: boolean;
}

export interface DecidedGroup {
  readonly world: World;
  readonly writes: readonly Write[];
  readonly answers: readonly Answer[];
}

/** A refused command changes nothing for those behind it. */
export function decideAll(group: readonly Waiting[], loaded: Loaded, now: string): DecidedGroup {
  const deciding = new Deciding(loaded.world, now);
  const answers = group.map((item) => deciding.answer(item));
  const { world, operations } = deciding;
  return { world, writes: [...writesBetween(loaded, world), ...operations], answers };
}

class Deciding {
  world: World;
  readonly operations: Write[] = [];
  private readonly asked = new Map<string, Decision<unknown>>();
  private readonly now: string;

  constructor(world: World, now: string) {
    this.world = world;
    this.now = now;
  }

  answer(item: Waiting): Answer {
    const { operation } = item.command;
    const before = this.world;
    // The same click twice in one group: the second one gets the first one's answer.
    const twin = operation === undefined ? undefined : this.asked.get(operationKey(operation));
    const decision = twin ?? this.decide(item.command);
    const idle = twin === undefined && this.world === before;
    return { item, outcome: outcomeOf(decision), idle, doubtful: operation !== undefined && idle };
  }

  private decide(command: LedgerCommand<unknown>): Decision<unknown> {
    const { operation } = command;
    const stale = operation !== undefined && isStale(operation, this.now);
    const decision = stale ? refused('stale') : command.decide(this.world, this.now);
    if (decision.kind === 'refused') return decision;
    const changed = decision.world !== this.world;
    this.world = decision.world;
    if (operation !== undefined) {
      this.asked.set(operationKey(operation), decision);
      if (changed) this.operations.push(operationWrite(operation, decision.answer, this.now));
    }
    return decision;
  }
}

function outcomeOf(decision: Decision<unknown>): Outcome<unknown> {
  return decision.kind === 'refused' ? decision : { kind: 'done', answer: decision.answer };
}
