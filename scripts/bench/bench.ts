/** What a benchmark is: something of ours against a floor, measured in turn in the same run (see docs/benchmarks.md). */

/** What every benchmark is given. */
export interface BenchEnv {
  /** Of an Azurite that runs as a process of its own, for all benchmarks of a run. */
  readonly connectionString: string;
  /** A table name that nobody has used yet. */
  freshTableName(): string;
  /** How often each side is measured; medians count. */
  readonly rounds: number;
  /** A line for whoever watches; the last line of the output is the result's. */
  readonly log: (line: string) => void;
}

export interface BenchResult {
  readonly name: string;
  readonly ours: number;
  readonly floor: number;
  /** As the target reads it: ours ÷ floor, or the worst of several such. */
  readonly ratio: number;
  /** What the ratio is to reach, such as `>= 0.7`. */
  readonly target: string;
  readonly ok: boolean;
  /** Whatever else was measured. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Each file `scripts/bench/<name>.ts` exports one as `run`. */
export type RunBench = (env: BenchEnv) => Promise<BenchResult>;

export const BENCH_NAMES = [
  'ingest',
  'turn',
  'contention',
  'depth',
  'cost',
  'fanout',
  'start',
  'memory',
] as const;
export type BenchName = (typeof BENCH_NAMES)[number];

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest value that at least this share of the values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** For the result: three significant digits say all that a noisy machine knows. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3));
}
