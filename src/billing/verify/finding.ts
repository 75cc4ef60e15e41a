/** What a check reports: the row, or the thing, that is not as the rest of the ledger says. */

/** `what` is a sentence for the operator; amounts are in micros, and nothing personal is in it. */
export interface Difference {
  readonly tenant: string;
  readonly subject: string;
  readonly what: string;
}

export type Report = (subject: string, what: string) => void;

/** An entry's hash that was noted outside the ledger, where who changes rows can't reach it. */
export interface NotedHead {
  readonly tenant: string;
  readonly sequence: bigint;
  readonly hash: string;
}

/** How many rows were looked at. */
export interface Counts {
  readonly entries: number;
  readonly lots: number;
  readonly calls: number;
  readonly payments: number;
  /**
   * Entries whose calls can't be recomputed: written before rows kept earlier charges, or corrected too often since.
   * Their own line is checked like the others.
   */
  readonly callsNotKept: number;
  /** Payments that the processor has not answered yet: asked again later, and no difference. */
  readonly underWay: number;
  /** Credits by a person's word: nobody keeps a record that they could be compared with, and that is no difference. */
  readonly attested: number;
}

export interface AccountReport {
  readonly tenant: string;
  readonly counts: Counts;
  readonly differences: readonly Difference[];
}

type Comparable = string | number | bigint | boolean | undefined;

/** Reports where two values differ that must be the same. */
export function same(
  report: Report,
  subject: string,
  pair: readonly [name: string, is: Comparable, should: Comparable],
): void {
  const [name, is, should] = pair;
  if (is !== should) report(subject, `${name} is ${shown(is)}, and should be ${shown(should)}`);
}

function shown(value: Comparable): string {
  return value === undefined || value === '' ? 'missing' : String(value);
}
