/** `npm run simulate`: one seed, or many of them over a few processes. */
import { parseArgs } from 'node:util';
import { coverageTable, tooFew } from './coverage-table.js';
import { Coverage } from './coverage.js';
import { runMany } from './many.js';
import { simulate, type SimulationResult } from './simulation.js';

const HELP = `Runs the program in a world of its own: virtual time, faults everywhere, invariants after every step.

  npm run simulate -- --seed 17 --steps 2000        one run; the same seed is the same run, byte for byte
  npm run simulate -- --seeds 200 --from 1          many runs, and how often each thing occurred

  --steps N      commands, deliveries, jobs and faults of a run (default: 2000)
  --workers N    processes for many runs (default: 2)
  --least N      fails where a thing that must occur occurred less often (default: 20 from 200 × 2000 steps on, else 0)
  --stop         many runs end with the first violation
  --verbose      one run prints every event
`;

const OPTIONS = {
  seed: { type: 'string' },
  steps: { type: 'string', default: '2000' },
  seeds: { type: 'string' },
  from: { type: 'string', default: '1' },
  workers: { type: 'string', default: '2' },
  least: { type: 'string' },
  stop: { type: 'boolean', default: false },
  verbose: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'];
type Out = Pick<NodeJS.WritableStream, 'write'>;

/** From this size on a run must meet everything often. */
const FULL_STEPS = 400_000;
const LEAST_OF_FULL = 20;

/** @returns the exit code */
export async function runSimulations(args: readonly string[], out: Out): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.help) {
    out.write(HELP);
    return 0;
  }
  return values.seeds === undefined ? runOne(values, out) : runAll(values, Number(values.seeds), out);
}

async function runOne(values: Values, out: Out): Promise<number> {
  const result = await simulate({
    seed: values.seed ?? '1',
    steps: Number(values.steps),
    ...(values.verbose && { listener: (event: string) => void out.write(`${event}\n`) }),
  });
  out.write(reportOf(result));
  const { seed, steps, faults, crashes, trace } = result;
  const violations = result.violation === undefined ? 0 : 1;
  out.write(`trace ${trace}\n`);
  out.write(`${JSON.stringify({ seed: seedTold(seed), steps, faults, crashes, violations })}\n`);
  return violations;
}

/** A number where the text is just that number, so that the line leads back to the same seed. */
function seedTold(seed: string): string | number {
  const number = Number(seed);
  return Number.isSafeInteger(number) && String(number) === seed ? number : seed;
}

async function runAll(values: Values, seeds: number, out: Out): Promise<number> {
  const steps = Number(values.steps);
  const total = new Total();
  const plan = { from: Number(values.from), seeds, steps, workers: Number(values.workers) };
  for await (const result of runMany(plan)) {
    out.write(reportOf(result));
    total.add(result);
    if (total.first !== undefined && values.stop) break;
  }
  const least = leastOf(values, seeds * steps);
  const missing = tooFew(total.coverage, least);
  out.write(coverageTable(total.coverage));
  if (missing.length > 0) out.write(`\nLess than ${least} times: ${missing.join(', ')}\n`);
  out.write(`${JSON.stringify(total.summary())}\n`);
  return total.first !== undefined || missing.length > 0 ? 1 : 0;
}

function leastOf({ least }: Values, steps: number): number {
  if (least !== undefined) return Number(least);
  return steps >= FULL_STEPS ? LEAST_OF_FULL : 0;
}

/** What many runs come to. */
class Total {
  readonly coverage = new Coverage();
  /** The first violation. */
  first: { readonly seed: string; readonly step: number; readonly invariant: string } | undefined;
  private readonly sums = { seeds: 0, steps: 0, faults: 0, crashes: 0, violations: 0 };

  add({ seed, steps, faults, crashes, violation, coverage }: SimulationResult): void {
    const { sums } = this;
    sums.seeds += 1;
    sums.steps += steps;
    sums.faults += faults;
    sums.crashes += crashes;
    this.coverage.add(coverage);
    if (violation === undefined) return;
    sums.violations += 1;
    this.first ??= { seed, step: violation.step, invariant: violation.invariant };
  }

  summary(): object {
    return { ...this.sums, ...(this.first !== undefined && { first: this.first }) };
  }
}

/** What is needed to look into a violation: the seed, the step, the numbers, and what came just before. */
function reportOf({ seed, violation, events }: SimulationResult): string {
  if (violation === undefined) return '';
  const { step, invariant, numbers } = violation;
  return [...events, '', `seed ${seed}, step ${step}: ${invariant}`, `  ${numbers}`, ''].join('\n');
}
