import { parseArgs } from 'node:util';
import { z } from 'zod';
import { CURRENCIES } from '../../src/billing/money.js';
import { messageOf } from './fault.js';

export const ROWS_PER_REQUEST_MAX = 1000;

export const HELP = `Plays call records against the running bot: of Microsoft Graph's getPstnCalls, or of the Teams admin center.

  npm run usage -- FILE                             JSON: a page, an array of rows or an array of pages
  npm run usage -- FILE.csv                         the admin center's PSTN usage export (or its .zip)
  npm run usage -- --generate 5000 --days 30 --seed 1
  npm run usage -- --sample busy-day

  --out FILE         write the generated rows to a file instead of sending them
  --end TIME         when the generated period ends (default: today, 00:00 UTC)
  --currency CODE    of the generated rows (default: USD)
  --chunk ROWS       JSON rows per request, at most ${ROWS_PER_REQUEST_MAX} (the default)
  --pause MS         between two requests (default: 0)
  --url URL          the bot (default: http://127.0.0.1:$PORT, or port 3978)
  --tenant ID        whose account (default: $DEV_TENANT_ID, or the Playground's)
  --key KEY          the usage key, where the bot asks for one (default: $USAGE_KEY)
`;

/** The tenant that Agents Playground and a bot without configuration use. */
const PLAYGROUND_TENANT = '00000000-0000-0000-0000-0000000000001';
const GENERATED_ROWS_MAX = 1_000_000;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whole numbers only, as typed: `1e3` and `0x10` are more likely a slip than a wish. */
const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number)
    .refine((value) => value >= min && value <= max);

const optionsSchema = z.object({
  generate: wholeNumber(1, GENERATED_ROWS_MAX).optional(),
  days: wholeNumber(1, 366).default(30),
  seed: wholeNumber(0, 999_999_999).default(1),
  end: z.iso
    .date()
    .or(z.iso.datetime({ offset: true }))
    .transform((text) => new Date(text))
    .optional(),
  currency: z.enum(CURRENCIES).default('USD'),
  sample: z.enum(['busy-day']).optional(),
  out: z.string().min(1).optional(),
  chunk: wholeNumber(1, ROWS_PER_REQUEST_MAX).default(ROWS_PER_REQUEST_MAX),
  pause: wholeNumber(0, 600_000).default(0),
  url: z.url({ protocol: /^https?$/ }),
  tenant: z.string().trim().min(1).max(128),
  key: z.string().min(1).optional(),
  help: z.boolean().default(false),
  files: z.array(z.string()).max(1),
});

export type Options = z.infer<typeof optionsSchema>;

/** What was typed makes no sense; the message says what. */
export class BadOptions extends Error {
  override readonly name = 'BadOptions';
}

/** @throws BadOptions */
export function readOptions(args: readonly string[], env: Environment): Options {
  const { values, positionals } = parse(args);
  const parsed = optionsSchema.safeParse({ ...defaults(env), ...values, files: positionals });
  if (!parsed.success) throw new BadOptions(explain(parsed.error.issues));
  if (!parsed.data.help) checkSource(parsed.data);
  return parsed.data;
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ generate: text, days: text, seed: text, end: text, currency: text, sample: text, out: text },
        ...{ chunk: text, pause: text, url: text, tenant: text, key: text, help: { type: 'boolean' } },
      },
    });
  } catch (error) {
    throw new BadOptions(messageOf(error), { cause: error });
  }
}

/** A variable that is set to nothing counts as not set. */
function defaults(env: Environment) {
  return {
    url: `http://127.0.0.1:${given(env['PORT']) ?? '3978'}`,
    tenant: given(env['DEV_TENANT_ID']) ?? PLAYGROUND_TENANT,
    key: given(env['USAGE_KEY']),
  };
}

function given(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}

function checkSource({ files, generate, sample, out }: Options): void {
  const sources = [files[0], generate, sample].filter((source) => source !== undefined);
  if (sources.length !== 1) throw new BadOptions('Name one file, or --generate ROWS, or --sample busy-day.');
  if (out !== undefined && files.length > 0) throw new BadOptions('--out goes with --generate or --sample.');
}

/** What each option takes, in words; the schema library's own are not for people. */
const TAKES: Readonly<Record<string, string>> = {
  generate: `a whole number of rows, at most ${GENERATED_ROWS_MAX}`,
  days: 'a whole number of days from 1 to 366',
  seed: 'a whole number',
  end: 'a time such as 2026-11-22 or 2026-11-22T18:00:00Z',
  currency: `one of ${CURRENCIES.join(', ')}`,
  sample: 'busy-day',
  chunk: `a whole number of rows from 1 to ${ROWS_PER_REQUEST_MAX}`,
  pause: 'a whole number of milliseconds, at most 600000',
  url: 'an address such as http://127.0.0.1:3978 (without it, PORT must be a port)',
  tenant: 'an id of at most 128 characters',
};

function explain(issues: readonly z.core.$ZodIssue[]): string {
  const name = String(issues[0]?.path[0] ?? '');
  if (name === 'files') return 'Name only one file.';
  return `--${name} takes ${TAKES[name] ?? 'a text'}.`;
}
