/** Time that passes only when the scheduler says so. */
import type { Clock } from '../../src/billing/clock.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class VirtualTime {
  private millis: number;
  private sleepers: Sleeper[] = [];

  constructor(start: string) {
    this.millis = Date.parse(start);
  }

  get now(): number {
    return this.millis;
  }

  /** ISO, UTC. */
  get iso(): string {
    return new Date(this.millis).toISOString();
  }

  /** When the next sleeper wants to be woken. */
  get nextWake(): number | undefined {
    let next: number | undefined;
    for (const { at } of this.sleepers) if (next === undefined || at < next) next = at;
    return next;
  }

  /** Wakes whoever slept until then, in the order of their times. */
  advanceTo(millis: number): void {
    if (millis > this.millis) this.millis = millis;
    const due = this.sleepers.filter(({ at }) => at <= this.millis);
    if (due.length === 0) return;
    this.sleepers = this.sleepers.filter(({ at }) => at > this.millis);
    for (const { wake } of due.sort((a, b) => a.at - b.at)) wake();
  }

  /** An instance's clock: its wall clock is wrong by `skewMs`, its monotonic one starts anywhere. */
  clockOf(instance: { readonly alive: boolean }, skewMs: number): Clock {
    return {
      now: () => new Date(this.millis + skewMs).toISOString(),
      monotonic: () => this.millis - skewMs * 1_000,
      sleep: (ms, aborted) =>
        new Promise((resolve) => {
          const wake = (): void => {
            if (instance.alive) resolve();
          };
          this.sleep(ms, wake, aborted);
        }),
    };
  }

  private sleep(ms: number, wake: () => void, aborted: AbortSignal | undefined): void {
    if (aborted?.aborted === true) {
      wake();
      return;
    }
    const leave = (): void => {
      this.sleepers = this.sleepers.filter((other) => other !== sleeper);
      wake();
    };
    const sleeper = {
      at: this.millis + Math.max(0, ms),
      wake: () => {
        aborted?.removeEventListener('abort', leave);
        wake();
      },
    };
    this.sleepers.push(sleeper);
    aborted?.addEventListener('abort', leave, { once: true });
  }
}

/** Lets every promise run that waits for nothing but other promises: the queue of microtasks is empty afterwards. */
export function drained(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
