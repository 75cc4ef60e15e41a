import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makePackage, type Icons } from './app-package.js';
import { COMMANDS_MAX, NOT_LISTED } from './build.js';
import { BadOptions, NotMade } from './fault.js';
import { ICON_NAMES, type IconName } from './icons.js';
import { HELP, readOptions, type Options } from './options.js';

/** The world around the command. */
export interface Surroundings {
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream;
  /** Where the icons lie. */
  readonly iconFolder: string;
  readonly programVersion: string;
}

/** What was asked makes no sense. */
const EXIT_BAD_INPUT = 2;
/** The package could not be made or written. */
const EXIT_NOT_MADE = 1;

/** `npm run manifest`. @returns the exit code */
export async function runManifest(args: readonly string[], world: Surroundings): Promise<number> {
  try {
    const options = readOptions(args, world.programVersion);
    if (options === 'help') world.out.write(HELP);
    else await make(options, world);
    return 0;
  } catch (error) {
    return complain(error, world);
  }
}

function complain(error: unknown, { err }: Surroundings): number {
  if (error instanceof BadOptions) err.write(`${error.message}\n\n${HELP}`);
  else if (error instanceof NotMade) err.write(`${error.message}\n`);
  else throw error;
  return error instanceof BadOptions ? EXIT_BAD_INPUT : EXIT_NOT_MADE;
}

async function make(options: Options, { out, iconFolder }: Surroundings): Promise<void> {
  const bytes = makePackage(options.facts, await readIcons(iconFolder));
  await write(options.out, bytes);
  const { version, host } = options.facts;
  out.write(`${options.out} written: version ${version}, for the bot at https://${host}/api/messages.\n`);
  if (options.placeholders.length > 0) {
    const names = options.placeholders.map((name) => `--${name}`).join(', ');
    out.write(`Still placeholders: set ${names} before you publish it.\n`);
  }
  if (NOT_LISTED.length > 0) {
    out.write(`Teams lists ${COMMANDS_MAX} commands; only in help: ${NOT_LISTED.join(', ')}.\n`);
  }
}

async function readIcons(folder: string): Promise<Icons> {
  const read = async (name: IconName): Promise<[IconName, Uint8Array]> => {
    try {
      return [name, await readFile(join(folder, name))];
    } catch (error) {
      throw new NotMade(`manifest/${name} can't be read.`, { cause: error });
    }
  };
  return Object.fromEntries(await Promise.all(ICON_NAMES.map(read))) as Icons;
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (error) {
    throw new NotMade(`${path} can't be written.`, { cause: error });
  }
}
