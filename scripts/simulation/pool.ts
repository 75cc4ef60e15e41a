/** What waits to happen: every call that an instance has made and not heard of again. */
import type { Fault, IoKind } from './io.js';

/** An instance, as far as its calls are concerned: after it stopped no answer reaches it. */
export interface Caller {
  readonly name: string;
  readonly alive: boolean;
}

export interface Call<T> {
  readonly io: IoKind;
  /** For the trace. */
  readonly about: string;
  readonly perform: () => Promise<T>;
  /** What the caller gets where no clear answer arrives: a value, or what it throws. */
  readonly failed: (fault: Fault) => T;
  /** Somebody else changes the same thing first. */
  readonly interfere?: () => Promise<void>;
  /** Its answer with a wrong amount in it, where it has one. */
  readonly falsified?: (answer: T) => T | undefined;
  /** Told of the answer as the caller gets it. */
  readonly heard?: (answer: T) => void;
}

export interface Pending {
  readonly id: number;
  readonly io: IoKind | 'answer';
  readonly caller: Caller;
  readonly about: string;
  /** Not before this time. */
  heldUntil: number;
  readonly perform: () => Promise<unknown>;
  readonly answer: (value: unknown) => void;
  readonly refuse: (error: unknown) => void;
  readonly fail: (fault: Fault) => void;
  readonly interfere: (() => Promise<void>) | undefined;
  readonly falsified: ((answer: unknown) => unknown) | undefined;
}

export class Pool {
  private waiting: Pending[] = [];
  private count = 0;

  get size(): number {
    return this.waiting.length;
  }

  /** A call of an instance. Where that has stopped, or stops meanwhile, the promise never resolves. */
  call<T>(caller: Caller, call: Call<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (!caller.alive) return;
      const heard = (tell: () => void): void => {
        if (caller.alive) tell();
      };
      const fail = (fault: Fault): void => {
        try {
          resolve(call.failed(fault));
        } catch (error) {
          reject(asError(error));
        }
      };
      this.add({
        io: call.io,
        caller,
        about: call.about,
        heldUntil: 0,
        perform: call.perform,
        answer: (value) => {
          heard(() => {
            call.heard?.(value as T);
            resolve(value as T);
          });
        },
        refuse: (error) => {
          heard(() => {
            reject(asError(error));
          });
        },
        fail: (fault) => {
          heard(() => {
            fail(fault);
          });
        },
        interfere: call.interfere,
        falsified: call.falsified as Pending['falsified'],
      });
    });
  }

  add(pending: Omit<Pending, 'id'>): void {
    this.count += 1;
    this.waiting.push({ ...pending, id: this.count });
  }

  /** Something that only has to arrive, at that time. */
  later(at: number, from: Pending, arrive: () => void): void {
    const { caller, about } = from;
    const nothing = (): void => undefined;
    this.add({
      io: 'answer',
      caller,
      about,
      heldUntil: at,
      perform: async () => {
        arrive();
      },
      answer: nothing,
      refuse: nothing,
      fail: nothing,
      interfere: undefined,
      falsified: undefined,
    });
  }

  ready(now: number): readonly Pending[] {
    return this.waiting.filter(({ heldUntil }) => heldUntil <= now);
  }

  get nextReady(): number | undefined {
    return this.waiting.reduce<number | undefined>(
      (next, { heldUntil }) => (next === undefined || heldUntil < next ? heldUntil : next),
      undefined,
    );
  }

  remove(pending: Pending): void {
    this.waiting.splice(this.waiting.indexOf(pending), 1);
  }

  of(caller: Caller): readonly Pending[] {
    return this.waiting.filter((pending) => pending.caller === caller);
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
