/** One look at a time: who asks while one is on its way shares the next one with the others, and it begins after they asked. */
export class SharedLook<T> {
  private readonly ask: () => Promise<T>;
  private current: Promise<T> | undefined;
  private next: Promise<T> | undefined;

  constructor(ask: () => Promise<T>) {
    this.ask = ask;
  }

  get(): Promise<T> {
    if (this.current === undefined) return this.begin();
    const begin = (): Promise<T> => this.begin();
    this.next ??= this.current.then(begin, begin);
    return this.next;
  }

  private begin(): Promise<T> {
    this.next = undefined;
    const asked = this.ask();
    this.current = asked;
    const ended = (): void => {
      if (this.current === asked) this.current = undefined;
    };
    asked.then(ended, ended);
    return asked;
  }
}
