import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { AppFacts } from './build.js';
import { BadOptions } from './fault.js';

export const HELP = `Makes the app package that an admin uploads to Teams.

  npm run manifest -- --app-id GUID --bot-id GUID --host HOST

  --app-id GUID         the Teams app's own id: make one once, keep it for every update
  --bot-id GUID         the Microsoft App ID (client id) of the Azure Bot
  --host HOST           where the bot is reached from the Internet, such as credits.contoso.com
  --out FILE            the zip to write (default: package/communications-credits.zip)
  --app-version X.Y.Z   Teams takes an update only with a higher one (default: this program's)
  --developer NAME      who offers the app, at most 32 characters
  --website URL         of the developer
  --privacy URL         the privacy statement
  --terms URL           the terms of use
`;

export const DEFAULT_OUT = 'package/communications-credits.zip';

/** Stands in the package until somebody says who offers the app. */
const PLACEHOLDER = {
  developer: 'Your organization',
  website: 'https://communications-credits.example',
  privacy: 'https://communications-credits.example/privacy',
  terms: 'https://communications-credits.example/terms',
} as const;

/** What the options come to. */
export interface Options {
  readonly facts: AppFacts;
  readonly out: string;
  /** The options whose placeholder stands in the package. */
  readonly placeholders: readonly string[];
}

const NIL_GUID = '00000000-0000-0000-0000-000000000000';
const guid = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u)
  .refine((id) => id !== NIL_GUID);

/** A name with a dot and a top-level domain of letters, so neither `localhost` nor an address. */
const host = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/u)
  .refine((name) => !/\.(local|localhost|internal)$/u.test(name));

const link = z.url({ protocol: /^https$/u }).max(2048);

const optionsSchema = z.object({
  'app-id': guid,
  'bot-id': guid,
  host,
  out: z.string().regex(/.\.zip$/iu),
  'app-version': z.string().regex(/^(0|[1-9]\d{0,4})(\.(0|[1-9]\d{0,4})){2}$/u),
  developer: z.string().trim().min(1).max(32),
  website: link,
  privacy: link,
  terms: link,
});

type Name = keyof z.infer<typeof optionsSchema>;
type Given = Partial<Record<Name, string>>;

/** What each option takes, in words; the schema library's own are not for people. */
const TAKES: Readonly<Record<Name, string>> = {
  'app-id': 'a GUID such as 5f3c9a52-6c0e-4d0b-9a57-3a1d2f6b8c41',
  'bot-id': 'a GUID such as 0c8f7b1e-2d64-4e0a-8b7f-91d5c3a6e2f0',
  host: 'a public host name such as credits.contoso.com, without https://, port or path',
  out: 'the name of a .zip file',
  'app-version': 'a version such as 1.0.0',
  developer: 'a name of at most 32 characters',
  website: 'an address that starts with https://',
  privacy: 'an address that starts with https://',
  terms: 'an address that starts with https://',
};

/** @returns 'help' where that was asked for. @throws BadOptions */
export function readOptions(args: readonly string[], programVersion: string): Options | 'help' {
  const { help, ...given } = parse(args);
  if (help === true) return 'help';
  const all = { out: DEFAULT_OUT, 'app-version': programVersion, ...PLACEHOLDER, ...given };
  const parsed = optionsSchema.safeParse(all);
  if (!parsed.success) throw new BadOptions(explain(parsed.error.issues, given));
  const { data } = parsed;
  return {
    facts: {
      appId: data['app-id'],
      botId: data['bot-id'],
      host: data.host,
      version: data['app-version'],
      developer: {
        name: data.developer,
        websiteUrl: data.website,
        privacyUrl: data.privacy,
        termsOfUseUrl: data.terms,
      },
    },
    out: data.out,
    placeholders: Object.keys(PLACEHOLDER).filter((name) => !Object.hasOwn(given, name)),
  };
}

function parse(args: readonly string[]): Given & { readonly help?: boolean } {
  const names = Object.keys(TAKES) as Name[];
  const text = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        ...(Object.fromEntries(names.map((name) => [name, text])) as Record<Name, typeof text>),
        help: { type: 'boolean' },
      },
    });
    return values;
  } catch (error) {
    throw new BadOptions(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Everything that is wrong at once, a sentence for each option. */
function explain(issues: readonly z.core.$ZodIssue[], given: Given): string {
  const wrong = new Set(issues.map((issue) => issue.path[0] as Name));
  const sentences = [...wrong].map((name) => {
    const value = given[name];
    return value === undefined
      ? `--${name} is missing: it takes ${TAKES[name]}.`
      : `--${name} takes ${TAKES[name]}, not "${value.slice(0, 80)}".`;
  });
  return sentences.join('\n');
}
