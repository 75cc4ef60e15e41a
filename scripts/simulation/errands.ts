/** What people and billers ask of the program: tried again where no answer came, and asked twice where they are hasty. */
import type { Outcome } from '../../src/billing/lane/command.js';
import type { Instance } from './instance.js';
import type { World } from './world.js';

/** One request, the same however often it is sent. It judges its answers itself. */
export interface Errand {
  readonly name: string;
  /** Asked under an id of its own: the same answer is owed however much later it comes again. */
  readonly isOperation?: boolean;
  run(instance: Instance): Promise<unknown>;
}

interface Attempt {
  readonly errand: Errand;
  readonly instance: Instance;
}

const REMEMBERED = 60;

export class Errands {
  private readonly underWay = new Set<Attempt>();
  private readonly unanswered: Errand[] = [];
  private readonly remembered: Errand[] = [];
  private readonly operations: Errand[] = [];
  private readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  get busy(): number {
    return this.underWay.size;
  }

  send(errand: Errand): void {
    const { chance, alive } = this.world;
    if (alive.length === 0) {
      this.unanswered.push(errand);
      return;
    }
    this.attempt(errand, chance.pick(alive));
    // A second click, or a second delivery, while the first one is still under way.
    if (chance.happens(0.1)) this.attempt(errand, chance.pick(alive));
    if (this.remembered.includes(errand)) return;
    this.remembered.push(errand);
    if (errand.isOperation === true) this.operations.push(errand);
    if (this.operations.length > REMEMBERED) this.operations.shift();
    if (this.remembered.length > REMEMBERED) this.remembered.shift();
  }

  /** Something from before comes once more: to any instance, in any order. */
  repeat(): void {
    const { chance } = this.world;
    const errand = this.unanswered.shift() ?? this.remembered[chance.below(this.remembered.length)];
    if (errand !== undefined) this.send(errand);
  }

  /** An old click comes once more, as a replayed message does. */
  repeatOperation(): void {
    const errand = this.operations[this.world.chance.below(this.operations.length)];
    if (errand !== undefined) this.send(errand);
  }

  private attempt(errand: Errand, instance: Instance): void {
    const attempt = { errand, instance };
    this.underWay.add(attempt);
    this.world.step(`ASK ${instance.name} ${errand.name}`);
    errand.run(instance).then(
      () => {
        this.underWay.delete(attempt);
        this.world.note(`ANSWERED ${instance.name} ${errand.name}`);
      },
      (error: unknown) => {
        this.underWay.delete(attempt);
        this.again(errand, error);
      },
    );
  }

  private again(errand: Errand, error: unknown): void {
    this.world.note(`FAILED ${errand.name}: ${String(error)}`);
    this.world.unexpected(error);
    if (this.world.chance.happens(0.7)) this.unanswered.push(errand);
  }

  /** Nobody hears of what was asked of an instance that stopped. */
  broken(instance: Instance): void {
    for (const attempt of this.underWay) {
      if (attempt.instance !== instance) continue;
      this.underWay.delete(attempt);
      if (this.world.chance.happens(0.7)) this.unanswered.push(attempt.errand);
    }
  }

  /** Counts a refusal, and hands on what was done. */
  done<A>(outcome: Outcome<A>): A | undefined {
    if (outcome.kind === 'done') return outcome.answer;
    this.world.coverage.count(`refusal ${outcome.reason}`);
    return undefined;
  }
}
