/** One line of requests that share a limit: served one after the other, each when the limit allows the next. */

export interface Waiter {
  /** False once it gave up: it is passed over, and uses nothing of the limit. */
  readonly isWaiting: () => boolean;
  /** Its turn has come; the next one's does when this has resolved. Called also, for nothing, after it gave up. */
  readonly serve: () => Promise<void> | void;
}

/** Resolves when one more request fits into a limit, and counts it. */
export type Permit = () => Promise<void>;

export class Line {
  private readonly permits: readonly Permit[];
  private readonly people: Waiter[] = [];
  private readonly others: Waiter[] = [];
  private serving = false;

  constructor(permits: readonly Permit[]) {
    this.permits = permits;
  }

  get isIdle(): boolean {
    return !this.serving;
  }

  /** A person who waits for an answer goes before everything else. */
  join(waiter: Waiter, isPerson: boolean): void {
    (isPerson ? this.people : this.others).push(waiter);
    if (!this.serving) void this.serveAll();
  }

  private async serveAll(): Promise<void> {
    this.serving = true;
    while (this.people.length + this.others.length > 0) {
      if (this.isAnybodyThere()) for (const permit of this.permits) await permit();
      // Looked at again: a person may have come, or somebody may have given up, while the permit was waited for.
      await (this.people.shift() ?? this.others.shift())?.serve();
    }
    this.serving = false;
  }

  private isAnybodyThere(): boolean {
    for (const queue of [this.people, this.others]) {
      while (queue[0]?.isWaiting() === false) void queue.shift()?.serve();
    }
    return this.people.length + this.others.length > 0;
  }
}
