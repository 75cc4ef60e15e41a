/** What happened, in order: a running hash of all of it, and the last events for whoever looks into a violation. */
import { createHash, type Hash } from 'node:crypto';

const KEPT = 30;

export class Trace {
  readonly last: string[] = [];
  private readonly hash: Hash = createHash('sha256');
  private readonly listener: ((event: string) => void) | undefined;

  constructor(listener?: (event: string) => void) {
    this.listener = listener;
  }

  add(event: string): void {
    this.hash.update(event).update('\n');
    this.last.push(event);
    if (this.last.length > KEPT) this.last.shift();
    this.listener?.(event);
  }

  digest(): string {
    return this.hash.copy().digest('hex');
  }
}
