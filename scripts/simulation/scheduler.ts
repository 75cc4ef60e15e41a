/** Lets one waiting call happen, as it should or with a fault, and stops instances while they wait. */
import { applies, FAULTS, IO_KINDS, type Fault, type IoKind } from './io.js';
import type { Instance } from './instance.js';
import type { Pending } from './pool.js';
import type { World } from './world.js';

/** How long a caller waits before it gives up on an answer. */
const TIMEOUT_MS_MAX = 30_000;
/** Rare calls meet faults more often, so that each pair of them occurs. */
const RARE: Partial<Record<IoKind, number>> = {
  'ledger.scan': 6,
  'processor.begin': 2,
  'processor.confirm': 2,
  'processor.find': 2,
  'processor.cancel': 4,
  'processor.refund': 20,
};
const STOPS: readonly Fault[] = ['stopBefore', 'stopAfter'];
/** What is drawn by itself: calls are served in any order anyway, and stops have a rate of their own. */
const DRAWN = Object.fromEntries(
  IO_KINDS.map((io) => [
    io,
    FAULTS.filter((fault) => fault !== 'reorder' && !STOPS.includes(fault) && applies(fault, io)),
  ]),
) as Record<string, readonly Fault[]> as Readonly<Record<IoKind, readonly Fault[]>>;

export class Scheduler {
  /** Off at the end, so that all comes to rest. */
  faulty = true;
  private readonly world: World;
  private readonly broken: (instance: Instance) => void;

  /** @param broken told of an instance that stopped: what was asked of it has no answer */
  constructor(world: World, broken: (instance: Instance) => void) {
    this.world = world;
    this.broken = broken;
  }

  async serveOne(ready: readonly Pending[]): Promise<void> {
    const { chance } = this.world;
    const pending = this.faulty ? chance.pick(ready) : ready[0];
    if (pending === undefined) return;
    const fault = this.faultFor(pending);
    if (fault === 'slow') this.hold(pending);
    else await this.take(pending, { fault, inTurn: pending === ready[0] });
  }

  private async take(
    pending: Pending,
    how: { readonly fault: Fault | undefined; readonly inTurn: boolean },
  ): Promise<void> {
    const { fault, inTurn } = how;
    this.world.pool.remove(pending);
    if (pending.io === 'answer') await pending.perform();
    else if (fault !== undefined) await this.serveWith(fault, pending);
    else {
      if (!inTurn) this.count('reorder', pending.io);
      await this.serve(pending);
    }
  }

  private faultFor({ io, caller }: Pending): Fault | undefined {
    const { chance, character } = this.world;
    if (!this.faulty || io === 'answer' || !caller.alive) return undefined;
    if (chance.happens(character.crashRate * (RARE[io] ?? 1))) return chance.pick(STOPS);
    if (!chance.happens(character.faultRate * (RARE[io] ?? 1))) return undefined;
    return chance.pick(DRAWN[io]);
  }

  private count(fault: Fault, io: IoKind): void {
    this.world.coverage.count(`fault ${fault} ${io}`);
    if (fault !== 'reorder') this.world.faults += 1;
  }

  private async serve(pending: Pending): Promise<void> {
    this.world.note(`${pending.caller.name} ${pending.io} ${pending.about}`);
    try {
      pending.answer(await pending.perform());
    } catch (error) {
      pending.refuse(error);
    }
  }

  private hold(pending: Pending): void {
    const { chance, time } = this.world;
    pending.heldUntil = time.now + chance.pick([200, 2_000, 20_000, 400_000]);
    this.fault('slow', pending);
  }

  private fault(fault: Fault, pending: Pending): void {
    const { caller, io, about } = pending;
    if (io === 'answer') return;
    this.count(fault, io);
    this.world.step(`FAULT ${fault} ${caller.name} ${io} ${about}`);
  }

  private async serveWith(fault: Fault, pending: Pending): Promise<void> {
    this.fault(fault, pending);
    await HOW[fault].call(this, pending, fault);
  }

  happens(pending: Pending): Promise<unknown> {
    return pending.perform().catch(() => undefined);
  }

  failLater(pending: Pending, fault: Fault): void {
    const { chance, time, pool } = this.world;
    pool.later(time.now + chance.between(1, TIMEOUT_MS_MAX), pending, () => {
      pending.fail(fault);
    });
  }

  /** Long after its caller gave up, and maybe never. */
  async later(pending: Pending): Promise<void> {
    const { chance, time, pool } = this.world;
    const at = time.now + chance.pick([1_000, 30_000, 150_000, 600_000]);
    pool.later(at, pending, () => void this.happens(pending));
  }

  async interfered(pending: Pending): Promise<void> {
    await pending.interfere?.();
    await this.serve(pending);
  }

  async falsified(pending: Pending): Promise<void> {
    const answer = await this.happens(pending);
    pending.answer(pending.falsified?.(answer) ?? answer);
  }

  async twice(pending: Pending): Promise<void> {
    await this.happens(pending);
    await this.serve(pending);
  }

  /** The instance is gone; what it had asked for happens, now or later, or not. */
  async stopped(pending: Pending, happens: boolean): Promise<void> {
    const { world } = this;
    const instance = world.instances.find((one) => one === pending.caller);
    if (instance === undefined) return;
    world.stop(instance);
    if (happens) await this.happens(pending);
    for (const other of world.pool.of(instance)) {
      if (other.io === 'answer') continue;
      world.pool.remove(other);
      await this.orphaned(other);
    }
    this.broken(instance);
  }

  private async orphaned(pending: Pending): Promise<void> {
    const { chance } = this.world;
    const fate = chance.below(3);
    if (fate === 0) await this.happens(pending);
    if (fate === 1) await this.later(pending);
  }
}

type How = (this: Scheduler, pending: Pending, fault: Fault) => void | Promise<void>;

function failsAtOnce(this: Scheduler, pending: Pending, fault: Fault): void {
  pending.fail(fault);
}

const HOW: Readonly<Record<Fault, How>> = {
  lostRequest: function (pending, fault) {
    this.failLater(pending, fault);
  },
  lostAnswer: async function (pending, fault) {
    await this.happens(pending);
    this.failLater(pending, fault);
  },
  lateEffect: async function (pending, fault) {
    this.failLater(pending, fault);
    await this.later(pending);
  },
  duplicate: function (pending) {
    return this.twice(pending);
  },
  reorder: () => undefined,
  slow: () => undefined,
  conflict: function (pending) {
    return this.interfered(pending);
  },
  throttled: failsAtOnce,
  error500: failsAtOnce,
  error500WithEffect: async function (pending, fault) {
    await this.happens(pending);
    pending.fail(fault);
  },
  stopBefore: function (pending) {
    return this.stopped(pending, false);
  },
  stopAfter: function (pending) {
    return this.stopped(pending, true);
  },
  wrongAmount: function (pending) {
    return this.falsified(pending);
  },
};
