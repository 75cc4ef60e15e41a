import type { Account, Span } from '../ledger/model.js';

type LineState = Pick<Account, 'credited' | 'pointer' | 'holes'>;

/**
 * The credit line (DESIGN §3), written a second time in another way than the ledger's own: what is taken out anywhere is
 * a hole, and a hole that the pointer has reached is behind it. A mistake would have to be made twice to go unseen.
 */
export class LineReplay implements LineState {
  credited = 0n;
  pointer = 0n;
  holes: readonly Span[] = [];

  credit(amount: bigint): void {
    this.credited += amount;
  }

  debit(amount: bigint): void {
    let left = amount;
    for (let hole = this.holes[0]; hole !== undefined; hole = this.holes[0]) {
      const ahead = hole.start - this.pointer;
      if (left < ahead) break;
      left -= ahead;
      this.pointer = hole.end;
      this.holes = this.holes.slice(1);
    }
    this.pointer += left;
  }

  /** @returns how much of the span was still there. */
  takeOut({ start, end }: Span): bigint {
    const before = this.balance;
    const from = start > this.pointer ? start : this.pointer;
    if (from < end) this.holes = united([...this.holes, { start: from, end }]);
    this.debit(0n);
    return before - this.balance;
  }

  /** From the end of a span on backwards, as far as it reaches; the rest is a debit. */
  withdraw({ start, end }: Span, amount: bigint): void {
    const left = this.remainderOf({ start, end });
    let [from, missing] = [end, left < amount ? left : amount];
    const debit = amount - missing;
    for (const hole of this.holes.toReversed()) {
      if (hole.start >= from || hole.end <= start) continue;
      const behind = hole.end < from ? from - hole.end : 0n;
      if (missing <= behind) break;
      missing -= behind;
      from = hole.start;
    }
    this.takeOut({ start: from - missing, end });
    this.debit(debit);
  }

  get balance(): bigint {
    return this.credited - this.pointer - this.holes.reduce((sum, { start, end }) => sum + end - start, 0n);
  }

  remainderOf(span: Span): bigint {
    const copy = new LineReplay();
    Object.assign(copy, { credited: this.credited, pointer: this.pointer, holes: this.holes });
    return copy.takeOut(span);
  }
}

function united(spans: readonly Span[]): readonly Span[] {
  const apart: Span[] = [];
  for (const span of [...spans].sort((a, b) => (a.start < b.start ? -1 : 1))) {
    const last = apart.at(-1);
    if (last === undefined || span.start > last.end) apart.push(span);
    else apart[apart.length - 1] = { start: last.start, end: span.end > last.end ? span.end : last.end };
  }
  return apart;
}

/** The line in one text, so that two can be compared. */
export function lineText({ credited, pointer, holes }: LineState): string {
  const gaps = holes.map(({ start, end }) => `[${start}, ${end})`).join(' ');
  return `${pointer} of ${credited}${gaps === '' ? '' : `, without ${gaps}`}`;
}
