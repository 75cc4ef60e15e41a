/** `npm run bench -- NAME [--rounds N]`: one benchmark, or `all`; the last line of each is one JSON object. */
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { startAzuriteProcess } from './azurite-process.js';
import { BENCH_NAMES, type BenchEnv, type BenchName, type RunBench } from './bench.js';

const ROUNDS = 5;
const USAGE = `npm run bench -- NAME [--rounds N]\nNAME is ${BENCH_NAMES.join(', ')} or all.`;

/** @returns the exit code: 0 where every ratio reaches its target. */
export async function main(args: readonly string[]): Promise<number> {
  const asked = askedFor(args);
  if (asked === undefined) {
    console.error(USAGE);
    return 2;
  }
  const azurite = await startAzuriteProcess();
  try {
    return await runAll(asked, azurite.connectionString);
  } finally {
    await azurite.stop();
  }
}

interface Asked {
  readonly names: readonly BenchName[];
  readonly rounds: number;
}

function askedFor(args: readonly string[]): Asked | undefined {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: String(ROUNDS) } },
    allowPositionals: true,
  });
  const [name] = positionals;
  const rounds = Number(values.rounds);
  const names = name === 'all' ? BENCH_NAMES : BENCH_NAMES.filter((known) => known === name);
  return names.length === 0 || !Number.isInteger(rounds) || rounds < 1 ? undefined : { names, rounds };
}

async function runAll({ names, rounds }: Asked, connectionString: string): Promise<number> {
  let allFine = true;
  for (const name of names) {
    const { run } = (await import(`./${name}.js`)) as { readonly run: RunBench };
    const result = await run(envOf(connectionString, rounds));
    allFine &&= result.ok;
    console.log(JSON.stringify(result));
  }
  return allFine ? 0 : 1;
}

function envOf(connectionString: string, rounds: number): BenchEnv {
  return {
    connectionString,
    rounds,
    freshTableName: () => `bench${randomBytes(8).toString('hex')}`,
    log: (line) => {
      console.log(line);
    },
  };
}
