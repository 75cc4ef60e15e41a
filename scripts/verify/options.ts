import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { messageOf } from '../usage/fault.js';
import type { NotedHead } from '../../src/billing/verify/finding.js';

export const HELP = `Rebuilds every account from its rows, and compares it with the processor's own record. Changes nothing.

  npm run verify
  npm run verify -- --tenant ID --head ID:SEQUENCE:HASH

  --tenant ID        only this account; may be repeated
  --head HEAD        tenant:sequence:hash of an entry, as it was noted outside the ledger; may be repeated
  --heads FILE       a file of such heads, one a line; lines of the program's log are read too

The storage is the one that the program is configured for: without any, the data folder ($DATA_DIR), whether the program
runs or not. Exit code 0: no difference; 1: differences; 2: it could not be checked.
`;

export class BadOptions extends Error {
  override readonly name = 'BadOptions';
}

export interface Options {
  readonly tenants: readonly string[];
  readonly heads: readonly NotedHead[];
  readonly help: boolean;
}

/** @throws BadOptions */
export function readOptions(args: readonly string[]): Options {
  const { tenant = [], head = [], heads, help = false } = parse(args);
  const typed = head.map((text) => headOf(text) ?? refuse(`--head takes tenant:sequence:hash, not ${text}.`));
  return { tenants: tenant, heads: [...typed, ...(heads === undefined ? [] : headsIn(heads))], help };
}

function parse(args: readonly string[]) {
  const many = { type: 'string', multiple: true } as const;
  const options = { tenant: many, head: many, heads: { type: 'string' }, help: { type: 'boolean' } } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new BadOptions(messageOf(error), { cause: error });
  }
}

function headsIn(path: string): readonly NotedHead[] {
  const heads = linesOf(path).flatMap((line) => headOf(line) ?? loggedHead(line) ?? []);
  return heads.length > 0 ? heads : refuse(`${path} has no head in it.`);
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    throw new BadOptions(`${path} can’t be read.`, { cause: error });
  }
}

function refuse(message: string): never {
  throw new BadOptions(message);
}

/** A tenant's id may have a colon in it; the other two can't. */
const HEAD = /^(?<tenant>.+):(?<sequence>\d{1,16}):(?<hash>[0-9a-f]{64})$/u;

function headOf(text: string): NotedHead | undefined {
  const found = HEAD.exec(text.trim())?.groups;
  const { tenant, sequence, hash } = found ?? {};
  if (tenant === undefined || sequence === undefined || hash === undefined) return undefined;
  return { tenant: tenant.toLowerCase(), sequence: BigInt(sequence), hash };
}

const logLine = z.object({
  tenant: z.string(),
  sequence: z.union([z.string().regex(/^\d{1,16}$/u), z.int().nonnegative()]).transform(BigInt),
  hash: z.string().regex(/^[0-9a-f]{64}$/u),
});

function loggedHead(line: string): NotedHead | undefined {
  try {
    return logLine.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
