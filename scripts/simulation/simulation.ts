/** One seed: commands, deliveries, jobs and faults in an order of its own, then rest, and what must be true of it all. */
import { Attester } from './actors/attester.js';
import { Bank } from './actors/bank.js';
import { Biller } from './actors/biller.js';
import { Buyer } from './actors/buyer.js';
import { Clerk } from './actors/clerk.js';
import { Issuer } from './actors/issuer.js';
import { Ruler } from './actors/ruler.js';
import type { Counts } from './coverage.js';
import { Errands } from './errands.js';
import { comeToRest } from './rest.js';
import { Scheduler } from './scheduler.js';
import { drained } from './virtual-time.js';
import { World, type Violation } from './world.js';

export interface SimulationOptions {
  readonly seed: string;
  readonly steps: number;
  /** Told of every event; for looking into a seed. */
  readonly listener?: (event: string) => void;
}

export interface SimulationResult {
  readonly seed: string;
  readonly steps: number;
  readonly faults: number;
  readonly crashes: number;
  readonly violation: Violation | undefined;
  /** The last events before the violation. */
  readonly events: readonly string[];
  readonly coverage: Counts;
  /** SHA-256 over all events. */
  readonly trace: string;
}

/** Requests under way at once. */
const BUSY_MAX = 6;
/** A call that is ready is served before anything new happens, most often. */
const SERVES = 0.85;
const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

export async function simulate(options: SimulationOptions): Promise<SimulationResult> {
  const world = new World(options.seed, options.listener);
  const run = new Run(world);
  while (world.steps < options.steps && world.violations.length === 0) await run.turn();
  if (world.violations.length === 0) await run.end();
  const { steps, faults, crashes, violations, trace, coverage } = world;
  const [violation] = violations;
  return {
    seed: options.seed,
    ...{ steps, faults, crashes, violation },
    events: trace.last.slice(),
    coverage: coverage.all(),
    trace: trace.digest(),
  };
}

interface Act {
  readonly weight: number;
  readonly act: () => void | Promise<void>;
}

function act(weight: number, what: () => void | Promise<void>): Act {
  return { weight, act: what };
}

class Run {
  private readonly errands: Errands;
  private readonly scheduler: Scheduler;
  private readonly biller: Biller;
  private readonly bank: Bank;
  private readonly ruler: Ruler;
  private readonly requests: readonly Act[];
  private readonly world: World;
  /** A long time that waits until nobody waits for an answer; meanwhile nobody asks. */
  private patience = 0;

  constructor(world: World) {
    this.world = world;
    this.errands = new Errands(world);
    this.scheduler = new Scheduler(world, (instance) => {
      this.errands.broken(instance);
    });
    this.biller = new Biller(world, this.errands);
    this.ruler = new Ruler(world, this.errands);
    this.bank = new Bank(world, this.errands);
    this.requests = [...this.ofMoney(), ...this.ofAdmins()];
  }

  private ofMoney(): readonly Act[] {
    const { world, errands, biller, bank } = this;
    const buyer = new Buyer(world, errands);
    const clerk = new Clerk(world, errands, biller);
    const issuer = new Issuer(world, errands);
    return [
      act(34, biller.deliver.bind(biller)),
      act(world.character.metered ? 3 : 0, biller.meter.bind(biller)),
      act(14, errands.repeat.bind(errands)),
      act(14, buyer.buy.bind(buyer)),
      act(0.4, buyer.burst.bind(buyer)),
      act(5, buyer.cancel.bind(buyer)),
      act(6, buyer.decide.bind(buyer)),
      act(4, buyer.tell.bind(buyer)),
      act(2, clerk.decide.bind(clerk)),
      act(1.5, bank.refund.bind(bank)),
      act(0.8, bank.dispute.bind(bank)),
      act(2, issuer.change.bind(issuer)),
    ];
  }

  private ofAdmins(): readonly Act[] {
    const { errands, ruler } = this;
    const attester = new Attester(this.world, errands);
    return [
      act(3, attester.attest.bind(attester)),
      act(1, attester.setBalance.bind(attester)),
      act(8, ruler.setRule.bind(ruler)),
      act(4, ruler.setBackups.bind(ruler)),
      act(4, errands.repeatOperation.bind(errands)),
      act(5, ruler.resume.bind(ruler)),
      act(1.5, () => {
        ruler.turnOff();
      }),
      act(5, ruler.adjust.bind(ruler)),
      act(0.3, ruler.seesaw.bind(ruler)),
      act(4, ruler.refund.bind(ruler)),
      act(3, ruler.setRole.bind(ruler)),
      act(1, ruler.testAlert.bind(ruler)),
    ];
  }

  /** One decision of the scheduler, and all that follows from it without any further call. */
  async turn(): Promise<void> {
    const { world, scheduler, errands } = this;
    const ready = world.pool.ready(world.time.now);
    if (ready.length > 0 && world.chance.happens(SERVES)) await scheduler.serveOne(ready);
    else if (this.patience === 0 && errands.busy < BUSY_MAX && world.chance.happens(0.6))
      await world.chance.weighted(this.requests).act();
    else if (world.instances.length < world.character.instances && world.chance.happens(0.3)) world.start();
    else this.pass();
    await drained();
  }

  /** Time passes: most often to the next thing that waits for it. */
  private pass(): void {
    const { chance, time, character } = this.world;
    const jumps = [
      { weight: 60, ms: this.untilNext() },
      { weight: 25, ms: chance.below(2_000) },
      { weight: 10, ms: chance.below(5 * MINUTE_MS) },
      { weight: 4, ms: chance.below(180 * MINUTE_MS) },
      { weight: 0.8, ms: chance.below(3 * DAY_MS) },
      { weight: character.longLived ? 2.5 : 0, ms: chance.below(120 * DAY_MS) },
    ];
    const ms = this.jumpOf(chance.weighted(jumps).ms);
    time.advanceTo(time.now + ms);
    if (ms > MINUTE_MS) this.world.note(`TIME +${Math.round(ms / MINUTE_MS)} min`);
  }

  /** Nobody waits days for an answer: a long time passes only when nobody waits. */
  private jumpOf(ms: number): number {
    const long = Math.max(ms, this.patience);
    this.patience = this.errands.busy > 0 && long > 180 * MINUTE_MS ? long : 0;
    return this.patience > 0 ? this.untilNext() : long;
  }

  private untilNext(): number {
    const { time, pool } = this.world;
    const next = Math.min(time.nextWake ?? Infinity, pool.nextReady ?? Infinity);
    return Number.isFinite(next) ? Math.max(0, next - time.now) : 1_000;
  }

  /** No more faults; what is under way is finished, and the books are compared. */
  async end(): Promise<void> {
    const { world } = this;
    const { scheduler, errands, ruler, bank } = this;
    scheduler.faulty = false;
    await comeToRest(world, { scheduler, errands, ruler, bank });
    if (world.violations.length === 0) this.biller.judge();
  }
}
