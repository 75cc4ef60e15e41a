/** The compiled program, and the bare bot compiled the same way: what is measured is what production starts. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import ts from 'typescript';
import { bundleProgram } from '../bundle/bundle-program.js';

const ROOT = resolve(import.meta.dirname, '../..');
const OUT = resolve(ROOT, '.bench');

export interface Programs {
  readonly bot: string;
  readonly bareBot: string;
}

let built: Promise<Programs> | undefined;

/** Once per run. */
export function buildPrograms(): Promise<Programs> {
  return (built ??= build());
}

async function build(): Promise<Programs> {
  await mkdir(OUT, { recursive: true });
  const bot = await bundleProgram('.bench/program');
  const source = await readFile(resolve(import.meta.dirname, 'bare-bot.ts'), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  const bareBot = resolve(OUT, 'bare-bot.js');
  await writeFile(bareBot, outputText);
  return { bot, bareBot };
}
