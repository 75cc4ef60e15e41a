/**
 * `npm run simulate:guards`: switches one guard after the other off in a copy of the program, and lets the simulation find
 * out by its general invariants. A guard that is not missed is not proven.
 */
import { spawn } from 'node:child_process';
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Guard } from './guard.js';
import { GUARDS, withoutGuard } from './guards.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** Inside the repository, so that a copy finds its packages; never committed. Two runs at once don't meet. */
const COPIES = join(ROOT, '.guards', String(process.pid));
const NAME_WIDTH = 32;

const OPTIONS = {
  /** The most seeds that one guard gets. */
  seeds: { type: 'string', default: '60' },
  steps: { type: 'string', default: '2000' },
  workers: { type: 'string', default: '2' },
  only: { type: 'string' },
} as const;

interface Missed {
  readonly seed: string;
  readonly step: number;
  readonly invariant: string;
}

interface Verdict {
  readonly guard: Guard;
  readonly missed: Missed | undefined;
  readonly seconds: number;
}

/** @returns the exit code: 0 only where every guard was missed */
export async function runGuards(
  args: readonly string[],
  out: Pick<NodeJS.WritableStream, 'write'>,
): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  const guards = GUARDS.filter(({ name }) => values.only === undefined || name.includes(values.only));
  const command = ['--seeds', values.seeds, '--steps', values.steps, '--workers', '1', '--stop'];
  const waiting = [...guards.entries()];
  const verdicts: Verdict[] = [];
  const hand = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, guard] = next;
      const verdict = await judge(guard, { folder: join(COPIES, String(index)), command });
      verdicts.push(verdict);
      out.write(lineOf(verdict));
    }
  };
  try {
    await Promise.all(Array.from({ length: Number(values.workers) }, hand));
  } finally {
    await rm(COPIES, { recursive: true, force: true });
  }
  const found = verdicts.filter(({ missed }) => missed !== undefined).length;
  out.write(`${JSON.stringify({ guards: guards.length, found, missed: guards.length - found })}\n`);
  return found === guards.length ? 0 : 1;
}

function lineOf({ guard, missed, seconds }: Verdict): string {
  const what =
    missed === undefined ? 'NOT FOUND' : `seed ${missed.seed}, step ${missed.step}: ${missed.invariant}`;
  return `${guard.name.padEnd(NAME_WIDTH)} ${seconds.toFixed(1).padStart(6)} s  ${what}\n`;
}

async function judge(
  guard: Guard,
  run: { readonly folder: string; readonly command: readonly string[] },
): Promise<Verdict> {
  const started = performance.now();
  await copyWithout(guard, run.folder);
  const missed = await firstViolation(run.folder, run.command);
  await rm(run.folder, { recursive: true, force: true });
  return { guard, missed, seconds: (performance.now() - started) / 1_000 };
}

async function copyWithout(guard: Guard, folder: string): Promise<void> {
  await mkdir(join(folder, 'scripts'), { recursive: true });
  await cp(join(ROOT, 'src'), join(folder, 'src'), { recursive: true });
  for (const part of ['simulate.ts', 'simulation', 'usage/random.ts'])
    await cp(join(ROOT, 'scripts', part), join(folder, 'scripts', part), { recursive: true });
  const path = join(folder, 'src', guard.file);
  await writeFile(path, withoutGuard(await readFile(path, 'utf8'), guard));
}

/** @throws where the copy does not run at all: that a broken program is noticed proves nothing. */
async function firstViolation(folder: string, command: readonly string[]): Promise<Missed | undefined> {
  const script = join(folder, 'scripts', 'simulate.ts');
  const child = spawn(process.execPath, [...process.execArgv, script, ...command], { cwd: ROOT });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  if (!last.startsWith('{"seeds"'))
    throw new Error(`the copy in ${folder} does not run:\n${text.slice(-2_000)}`);
  return (JSON.parse(last) as { first?: Missed }).first;
}
