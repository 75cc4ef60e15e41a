/**
 * Between the nouns of the ledger and columns of a row: texts, bigints and booleans are columns of their own, everything
 * else is a column of JSON text in which a bigint is `{"$n":"123"}`.
 */
import * as z from 'zod';
import type { Values, Value } from '../storage/table.js';

/** A row that is not what this program wrote: an operator must look, nothing is guessed. */
export class UnreadableRow extends Error {
  override readonly name = 'UnreadableRow';
}

export function toColumns(noun: object): Values {
  const columns: Record<string, Value> = {};
  for (const [name, value] of Object.entries(noun) as [string, unknown][]) {
    if (value === undefined) continue;
    columns[name] = isPlain(value) ? value : toJson(value);
  }
  return columns;
}

function isPlain(value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean';
}

export function toJson(value: unknown): string {
  // What a call's details are made of: a replacer makes it take several times as long.
  if (holdsTexts(value)) return JSON.stringify(value);
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? { $n: part.toString() } : part,
  );
}

function holdsTexts(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((part) => typeof part === 'string');
}

export function fromJson(text: string): unknown {
  return JSON.parse(text, (_key, part: unknown) => bigintOf(part) ?? part);
}

function bigintOf(part: unknown): bigint | undefined {
  if (typeof part !== 'object' || part === null || !Object.hasOwn(part, '$n')) return undefined;
  const digits = (part as { $n: unknown }).$n;
  return typeof digits === 'string' && /^-?\d+$/u.test(digits) ? BigInt(digits) : undefined;
}

/** A column of JSON text. */
export function json<T extends z.ZodType>(schema: T) {
  return z.preprocess((text, context) => {
    if (typeof text !== 'string') return text;
    try {
      return fromJson(text);
    } catch {
      // The parser's own message quotes the text.
      context.addIssue({ code: 'custom', message: 'not JSON' });
      return z.NEVER;
    }
  }, schema);
}

/** An object with any names that people or billers came up with: zod's own drops one that is called `__proto__`. */
export function dictionary<T extends z.ZodType>(value: T) {
  const entries = z.array(z.tuple([z.string(), value]));
  return z.preprocess(
    (object) => (typeof object === 'object' && object !== null ? Object.entries(object) : object),
    entries.transform(
      (known): Record<string, z.output<T>> => Object.fromEntries(known) as Record<string, z.output<T>>,
    ),
  );
}

/** @throws UnreadableRow naming the row and the columns that are wrong, never their content. */
export function fromColumns<T>(schema: z.ZodType<T>, key: string, values: Values): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  // Deeper paths hold names of destinations: the column says enough.
  const columns = new Set(parsed.error.issues.map((issue) => String(issue.path[0] ?? '?')));
  throw new UnreadableRow(`row ${key}: ${[...columns].join(', ')}`);
}
