import { writeFile } from 'node:fs/promises';
import type { Answer } from './answer.js';
import { type Chunk, chunksOf } from './chunks.js';
import { isExport, readExportFile } from './export-source.js';
import { pageText } from './graph-row.js';
import { BadOptions, type Environment, HELP, type Options, readOptions } from './options.js';
import { NotSent, postRows, type Sleep } from './post.js';
import { progressOf } from './progress.js';
import { BadFile, madeRows, readRows } from './source.js';
import { summaryOf } from './summary.js';

/** The world around the command. */
export interface Terminal {
  readonly env: Environment;
  readonly out: NodeJS.WritableStream & { isTTY?: boolean };
  readonly err: NodeJS.WritableStream;
  readonly sleep: Sleep;
  readonly now: () => number;
}

/** What was asked makes no sense, or the file doesn't. */
const EXIT_BAD_INPUT = 2;
/** The bot did not take (all of) the rows. */
const EXIT_NOT_SENT = 1;

/** `npm run usage`. @returns the exit code */
export async function runUsage(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const options = readOptions(args, terminal.env);
    if (options.help) terminal.out.write(HELP);
    else if (options.out !== undefined) await writeRows(options, options.out, terminal);
    else await sendRows(options, terminal);
    return 0;
  } catch (error) {
    return complain(error, terminal);
  }
}

function complain(error: unknown, { err }: Terminal): number {
  if (error instanceof BadOptions) err.write(`${error.message}\n\n${HELP}`);
  else if (error instanceof BadFile || error instanceof NotSent) err.write(`${error.message}\n`);
  else throw error;
  return error instanceof NotSent ? EXIT_NOT_SENT : EXIT_BAD_INPUT;
}

async function writeRows(options: Options, path: string, { out, now }: Terminal): Promise<void> {
  const rows = madeRows(options, now()) ?? [];
  try {
    await writeFile(path, pageText(rows));
  } catch (error) {
    throw new BadFile(`${path} can't be written.`, { cause: error });
  }
  out.write(`${rows.length.toLocaleString('en')} rows written to ${path}.\n`);
}

async function sendRows(options: Options, terminal: Terminal): Promise<void> {
  const chunks = await chunksToSend(options, terminal.now());
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  const answers: Answer[] = [];
  const progress = progressOf(rows, terminal.out);
  let sent = 0;
  try {
    for (const chunk of chunks) {
      if (sent > 0 && options.pause > 0) await terminal.sleep(options.pause);
      answers.push(await postRows(options, chunk, terminal.sleep));
      sent += chunk.rows;
      progress.advance(chunk.rows);
    }
  } finally {
    progress.stop();
    report({ sent, of: rows, answers }, options, terminal);
  }
}

/** An export goes as it is, so that each of its days is compared as a whole. */
async function chunksToSend(options: Options, now: number): Promise<readonly Chunk[]> {
  const [path = ''] = options.files;
  const rows = madeRows(options, now);
  if (rows === undefined && isExport(path)) return [await readExportFile(path)];
  return chunksOf(rows ?? (await readRows(path)), options.chunk);
}

/** What was taken is told even where the rest failed: those rows are charged. */
function report(
  { sent, of, answers }: { readonly sent: number; readonly of: number; readonly answers: readonly Answer[] },
  { url }: Options,
  { out }: Terminal,
): void {
  if (answers.length === 0) return;
  const rest = sent < of ? ` of ${of.toLocaleString('en')}` : '';
  out.write(`${sent.toLocaleString('en')}${rest} rows sent to ${url}\n\n${summaryOf(answers)}`);
  if (sent < of) out.write('\nSend all of them again when the bot is back: no record is charged twice.\n');
}
