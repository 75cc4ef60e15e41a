/**
 * Which charges a call record may stand at. Deliveries overlap, and those without an answer may still take effect: a charge
 * is possible as long as no delivery that began after its own had ended was acknowledged.
 */
export interface Writing {
  readonly id: string;
  readonly charge: bigint;
  readonly begun: number;
  /** Infinite for one that was never acknowledged. */
  ended: number;
}

export class Register {
  private readonly writes = new Map<string, Writing[]>();
  private moment = 0;

  begin(id: string, charge: bigint): Writing {
    this.moment += 1;
    const writing = { id, charge, begun: this.moment, ended: Infinity };
    this.writes.set(id, [...(this.writes.get(id) ?? []), writing]);
    return writing;
  }

  end(writing: Writing): void {
    this.moment += 1;
    writing.ended = this.moment;
    const others = this.writes.get(writing.id) ?? [];
    const possible = others.filter(({ ended }) => ended >= writing.begun);
    this.writes.set(writing.id, possible);
  }

  /** It took no effect, and never will. */
  withdraw(writing: Writing): void {
    const others = this.writes.get(writing.id) ?? [];
    this.writes.set(
      writing.id,
      others.filter((other) => other !== writing),
    );
  }

  allows(id: string, charge: bigint): boolean {
    return (this.writes.get(id) ?? []).some((writing) => writing.charge === charge);
  }
}
