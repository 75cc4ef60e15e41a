/** The one place that reads the environment. A wrong or missing value stops the start with one sentence that names it. */
import { z } from 'zod';
import { CURRENCIES, fromDecimal, isWholeMinor, type Currency } from './billing/money.js';

/** The Playground's tenant and person (docs of the Playground): Emulator, Playground and `npm run usage` share an account. */
export const PLAYGROUND_TENANT = '00000000-0000-0000-0000-0000000000001';
export const PLAYGROUND_PERSON = '00000000-0000-0000-0000-0000000000020';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const port = z.coerce.number().int().min(0).max(65_535);
const list = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim().toLowerCase()).filter((part) => part !== ''));
const flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const amount = z.string().transform((text, context) => {
  const micros = fromDecimal(text.trim());
  if (micros !== undefined && micros >= 0n) return micros;
  context.addIssue({ code: 'custom', message: 'is not an amount such as 5 or 12.50' });
  return z.NEVER;
});
const timeZone = z.string().refine((name) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'is not an IANA time zone such as Europe/Rome');

/** `key:tenant` pairs, comma separated; a key may stand for several tenants. */
const usageKeys = z.string().transform((text, context) => {
  const keys = new Map<string, readonly string[]>();
  for (const pair of text.split(',').map((part) => part.trim()).filter((part) => part !== '')) {
    const [key = '', tenant = ''] = pair.split(':');
    if (key.length < USAGE_KEY_CHARS_MIN || tenant === '') {
      context.addIssue({ code: 'custom', message: `needs key:tenant pairs, keys of ${USAGE_KEY_CHARS_MIN} characters or more` });
      return z.NEVER;
    }
    keys.set(key, [...(keys.get(key) ?? []), tenant.toLowerCase()]);
  }
  return keys as ReadonlyMap<string, readonly string[]>;
});
const USAGE_KEY_CHARS_MIN = 24;

const environment = z.object({
  NODE_ENV: z.string().default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3978),
  PUBLIC_URL: z.url().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  DATA_DIR: z.string().min(1).default('.data'),
  AZURITE_TABLE_PORT: port.default(10_002),
  PLAYGROUND_PORT: port.default(56_150),
  TABLE_CONNECTION_STRING: z.string().min(1).optional(),
  TABLE_ACCOUNT_URL: z.url().optional(),
  TABLE_NAME: z.string().regex(/^[A-Za-z][A-Za-z0-9]{2,50}$/u, 'takes 3 to 51 letters and digits').default('credits'),
  BOT_APP_ID: z.string().min(1).optional(),
  BOT_APP_TYPE: z.enum(['SingleTenant', 'UserAssignedMSI', 'MultiTenant']).default('SingleTenant'),
  BOT_APP_TENANT_ID: z.string().min(1).optional(),
  BOT_APP_PASSWORD: z.string().min(1).optional(),
  ALLOWED_TENANTS: list.default([]),
  SERVICE_HOSTS: list.optional(),
  DEV_TENANT_ID: z.string().min(1).max(128).default(PLAYGROUND_TENANT),
  ADMIN_IDS: list.default([]),
  CURRENCY: z.enum(CURRENCIES).default('USD'),
  TIME_ZONE: timeZone.default('UTC'),
  TOP_UP_MINIMUM: amount.default(5_000_000n),
  TOP_UP_MAXIMUM: amount.default(5_000_000_000n),
  TOP_UP_PRESETS: z.string().default('20,50,100,250'),
  LOW_BALANCE: amount.default(10_000_000n),
  USAGE_KEYS: usageKeys.default(new Map()),
  ADD_CONNECTION_CHARGE: flag.default(false),
  PAYMENT_PROCESSOR: z.enum(['sandbox']).default('sandbox'),
  SANDBOX_LATENCY_MS: z.coerce.number().int().min(0).max(60_000).default(0),
});
type Environment = z.infer<typeof environment>;

export type ChatAccess =
  | { readonly kind: 'unauthenticated' }
  | {
      readonly kind: 'authenticated';
      readonly appId: string;
      readonly appType: Environment['BOT_APP_TYPE'];
      readonly appTenantId?: string;
      readonly appPassword?: string;
    };

export type TableSettings =
  | { readonly kind: 'embedded'; readonly port: number; readonly dataDir: string }
  | { readonly kind: 'connectionString'; readonly connectionString: string }
  | { readonly kind: 'account'; readonly accountUrl: string };

export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly chat: ChatAccess;
  readonly table: TableSettings;
  readonly tableName: string;
  /** Absent: no page is started. */
  readonly playgroundPort?: number;
  readonly allowedTenants: readonly string[];
  readonly serviceHosts?: readonly string[];
  readonly devTenantId: string;
  readonly adminIds: readonly string[];
  readonly currency: Currency;
  readonly timeZone: string;
  readonly limits: { readonly minimum: bigint; readonly maximum: bigint };
  readonly presets: readonly bigint[];
  readonly lowBalance: bigint;
  readonly usageKeys: ReadonlyMap<string, readonly string[]>;
  readonly addConnectionCharge: boolean;
  readonly sandboxLatencyMs: number;
}

export interface StartOptions {
  /** `--embedded`: the developer's mode by name: no authentication, loopback only, Azurite unless a table is named. */
  readonly embedded: boolean;
  readonly playground: boolean;
}

export function optionsFrom(args: readonly string[]): StartOptions {
  const known = ['--embedded', '--no-playground'];
  const unknown = args.find((arg) => !known.includes(arg));
  if (unknown !== undefined) throw new ConfigError(`Unknown option ${unknown}. Known: ${known.join(', ')}.`);
  const embedded = args.includes('--embedded');
  return { embedded, playground: embedded && !args.includes('--no-playground') };
}

/** @throws ConfigError with every wrong setting, each in one line. */
export function loadConfig(options: StartOptions, env: NodeJS.ProcessEnv = process.env): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new ConfigError(lines.join('\n'));
  }
  const settings = parsed.data;
  const production = settings.NODE_ENV === 'production';
  refuseUnsafe(settings, { production, embedded: options.embedded });
  return {
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/u, '') ?? `http://127.0.0.1:${settings.PORT}`,
    logLevel: settings.LOG_LEVEL,
    chat: chatOf(settings, options.embedded),
    table: tableOf(settings, options.embedded),
    tableName: settings.TABLE_NAME,
    ...(options.playground && { playgroundPort: settings.PLAYGROUND_PORT }),
    ...accountSettings(settings, options.embedded),
  };
}

function accountSettings(settings: Environment, embedded: boolean) {
  return {
    allowedTenants: settings.ALLOWED_TENANTS,
    ...(settings.SERVICE_HOSTS !== undefined && { serviceHosts: settings.SERVICE_HOSTS }),
    devTenantId: settings.DEV_TENANT_ID.toLowerCase(),
    adminIds: embedded ? [...settings.ADMIN_IDS, PLAYGROUND_PERSON] : settings.ADMIN_IDS,
    currency: settings.CURRENCY,
    timeZone: settings.TIME_ZONE,
    limits: { minimum: settings.TOP_UP_MINIMUM, maximum: settings.TOP_UP_MAXIMUM },
    presets: presetsOf(settings),
    lowBalance: settings.LOW_BALANCE,
    usageKeys: settings.USAGE_KEYS,
    addConnectionCharge: settings.ADD_CONNECTION_CHARGE,
    sandboxLatencyMs: settings.SANDBOX_LATENCY_MS,
  };
}

/** Production refuses what is only for developers; every refusal names the setting that mends it. */
function refuseUnsafe(settings: Environment, mode: { production: boolean; embedded: boolean }): void {
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(settings.HOST);
  const refusals: readonly (readonly [boolean, string])[] = [
    [mode.embedded && mode.production, 'NODE_ENV=production does not go with --embedded (no authentication, Azurite).'],
    [mode.embedded && !loopback, 'HOST must be a loopback address with --embedded: the chat is not authenticated.'],
    [!mode.embedded && settings.BOT_APP_ID === undefined, 'BOT_APP_ID is missing (or start with --embedded).'],
    [mode.production && settings.ALLOWED_TENANTS.length === 0, 'ALLOWED_TENANTS is missing: it is required in production.'],
    [mode.production && !allGuids(settings), 'ALLOWED_TENANTS and ADMIN_IDS take GUIDs in production.'],
    [mode.production && settings.PAYMENT_PROCESSOR === 'sandbox', 'PAYMENT_PROCESSOR=sandbox is refused in production.'],
    [mode.production && isAzurite(settings), 'TABLE_CONNECTION_STRING names the storage emulator: refused in production.'],
    [mode.production && settings.PUBLIC_URL?.startsWith('https://') !== true, 'PUBLIC_URL must be an https address in production.'],
    [settings.TOP_UP_MINIMUM > settings.TOP_UP_MAXIMUM, 'TOP_UP_MINIMUM is above TOP_UP_MAXIMUM.'],
  ];
  const lines = refusals.filter(([refused]) => refused).map(([, line]) => line);
  if (lines.length > 0) throw new ConfigError(lines.join('\n'));
}

function allGuids(settings: Environment): boolean {
  return [...settings.ALLOWED_TENANTS, ...settings.ADMIN_IDS].every((id) => GUID.test(id));
}

function isAzurite(settings: Environment): boolean {
  const text = settings.TABLE_CONNECTION_STRING ?? '';
  return /UseDevelopmentStorage=true|devstoreaccount1/iu.test(text);
}

function chatOf(settings: Environment, embedded: boolean): ChatAccess {
  const { BOT_APP_ID: appId, BOT_APP_TYPE: appType } = settings;
  if (embedded || appId === undefined) return { kind: 'unauthenticated' };
  const missing = [
    appType !== 'MultiTenant' && settings.BOT_APP_TENANT_ID === undefined ? 'BOT_APP_TENANT_ID' : '',
    appType !== 'UserAssignedMSI' && settings.BOT_APP_PASSWORD === undefined ? 'BOT_APP_PASSWORD' : '',
  ].filter((name) => name !== '');
  if (missing.length > 0) throw new ConfigError(`${missing.join(' and ')} missing: a ${appType} bot needs it.`);
  return {
    kind: 'authenticated',
    appId,
    appType,
    ...(settings.BOT_APP_TENANT_ID !== undefined && { appTenantId: settings.BOT_APP_TENANT_ID }),
    ...(settings.BOT_APP_PASSWORD !== undefined && { appPassword: settings.BOT_APP_PASSWORD }),
  };
}

function tableOf(settings: Environment, embedded: boolean): TableSettings {
  const { TABLE_CONNECTION_STRING: connectionString, TABLE_ACCOUNT_URL: accountUrl } = settings;
  if (connectionString !== undefined) return { kind: 'connectionString', connectionString };
  if (accountUrl !== undefined) return { kind: 'account', accountUrl };
  if (embedded) return { kind: 'embedded', port: settings.AZURITE_TABLE_PORT, dataDir: settings.DATA_DIR };
  throw new ConfigError('TABLE_ACCOUNT_URL or TABLE_CONNECTION_STRING is missing (or start with --embedded).');
}

function presetsOf(settings: Environment): readonly bigint[] {
  const presets = settings.TOP_UP_PRESETS.split(',').map((text) => fromDecimal(text.trim()));
  const usable = presets.every(
    (micros): micros is bigint =>
      micros !== undefined &&
      micros >= settings.TOP_UP_MINIMUM &&
      micros <= settings.TOP_UP_MAXIMUM &&
      isWholeMinor({ micros, currency: settings.CURRENCY }),
  );
  if (!usable) throw new ConfigError('TOP_UP_PRESETS takes amounts between TOP_UP_MINIMUM and TOP_UP_MAXIMUM, with commas.');
  return presets as readonly bigint[];
}
