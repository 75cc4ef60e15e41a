/** The one place that reads the environment. A wrong or missing value stops the start with one sentence that names it. */
import { fromDecimal, isWholeMinor, type Currency } from './billing/money.js';
import { graphOf, wrongGraph, type GraphSettings } from './graph-settings.js';
import { paymentsOf, wrongPayments, type PaymentSettings, type Refusal } from './payment-settings.js';
import { environment, type Environment } from './settings.js';

export type { PaymentSettings } from './payment-settings.js';

/** The Playground's own user is an admin in the embedded mode. */
export const PLAYGROUND_PERSON = '00000000-0000-0000-0000-0000000000020';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u;

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

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
  /** A shell of npm's stands in between, and does not hand on the signal that ends it. */
  readonly startedByNpm: boolean;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly logLevel: NonNullable<Environment['LOG_LEVEL']>;
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
  readonly callDetailDays: number;
  readonly payments: PaymentSettings;
  /** Absent: call records are not collected from Microsoft Graph. */
  readonly graph?: GraphSettings;
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
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new ConfigError(lines.join('\n'));
  }
  const settings = parsed.data;
  const production = settings.NODE_ENV === 'production';
  refuseUnsafe(settings, { production, embedded: options.embedded });
  return {
    startedByNpm: env['npm_lifecycle_event'] !== undefined,
    host: settings.HOST,
    port: settings.PORT,
    publicUrl: settings.PUBLIC_URL?.replace(/\/+$/u, '') ?? `http://127.0.0.1:${settings.PORT}`,
    // Whoever starts it by hand reads what to open, not every request.
    logLevel: settings.LOG_LEVEL ?? (options.embedded ? 'warn' : 'info'),
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
    callDetailDays: settings.CALL_DETAIL_DAYS,
    ...graphOf(settings),
    payments: paymentsOf(settings),
  };
}

interface Mode {
  readonly production: boolean;
  readonly embedded: boolean;
}

/** Production refuses what is only for developers; every refusal names the setting that mends it. */
function refuseUnsafe(settings: Environment, mode: Mode): void {
  const lines = [
    ...wrongAnywhere(settings, mode),
    ...wrongPayments(settings, mode.production),
    ...(mode.production ? wrongInProduction(settings) : []),
  ]
    .filter(([refused]) => refused)
    .map(([, line]) => line);
  if (lines.length > 0) throw new ConfigError(lines.join('\n'));
}

function wrongAnywhere(settings: Environment, { production, embedded }: Mode): readonly Refusal[] {
  const loopback = ['127.0.0.1', '::1', 'localhost'].includes(settings.HOST);
  return [
    [embedded && production, 'NODE_ENV=production does not go with --embedded (no authentication, Azurite).'],
    [
      embedded && !loopback,
      'HOST must be a loopback address with --embedded: the chat is not authenticated.',
    ],
    [!embedded && settings.BOT_APP_ID === undefined, 'BOT_APP_ID is missing (or start with --embedded).'],
    ...wrongGraph(settings),
    [settings.TOP_UP_MINIMUM > settings.TOP_UP_MAXIMUM, 'TOP_UP_MINIMUM is above TOP_UP_MAXIMUM.'],
  ];
}

function wrongInProduction(settings: Environment): readonly Refusal[] {
  const https = settings.PUBLIC_URL?.startsWith('https://') === true;
  return [
    [settings.ALLOWED_TENANTS.length === 0, 'ALLOWED_TENANTS is missing: it is required in production.'],
    [!allGuids(settings), 'ALLOWED_TENANTS and ADMIN_IDS take GUIDs in production.'],
    ...(['TABLE_CONNECTION_STRING', 'TABLE_ACCOUNT_URL'] as const).map((name): Refusal => [
      isAzurite(settings[name]),
      `${name} names the storage emulator: refused in production.`,
    ]),
    [
      settings.GRAPH_SERVER !== undefined,
      'GRAPH_SERVER stands in for Microsoft Graph: refused in production.',
    ],
    [!https, 'PUBLIC_URL must be an https address in production.'],
  ];
}

function allGuids(settings: Environment): boolean {
  return [...settings.ALLOWED_TENANTS, ...settings.ADMIN_IDS].every((id) => GUID.test(id));
}

function isAzurite(text = ''): boolean {
  return /UseDevelopmentStorage=true|devstoreaccount1/iu.test(text);
}

function chatOf(settings: Environment, embedded: boolean): ChatAccess {
  const { BOT_APP_ID: appId, BOT_APP_TYPE: appType } = settings;
  if (embedded || appId === undefined) return { kind: 'unauthenticated' };
  const { BOT_APP_TENANT_ID: appTenantId, BOT_APP_PASSWORD: appPassword } = settings;
  const missing = Object.entries({
    BOT_APP_TENANT_ID: appType !== 'MultiTenant' && appTenantId === undefined,
    BOT_APP_PASSWORD: appType !== 'UserAssignedMSI' && appPassword === undefined,
  }).flatMap(([name, lacks]) => (lacks ? [name] : []));
  if (missing.length > 0)
    throw new ConfigError(`${missing.join(' and ')} missing: a ${appType} bot needs it.`);
  return {
    kind: 'authenticated',
    appId,
    appType,
    ...(appTenantId !== undefined && { appTenantId }),
    ...(appPassword !== undefined && { appPassword }),
  };
}

function tableOf(settings: Environment, embedded: boolean): TableSettings {
  const { TABLE_CONNECTION_STRING: connectionString, TABLE_ACCOUNT_URL: accountUrl } = settings;
  if (connectionString !== undefined) return { kind: 'connectionString', connectionString };
  if (accountUrl !== undefined) return { kind: 'account', accountUrl };
  if (embedded) return { kind: 'embedded', port: settings.AZURITE_TABLE_PORT, dataDir: settings.DATA_DIR };
  throw new ConfigError(
    'TABLE_ACCOUNT_URL or TABLE_CONNECTION_STRING is missing (or start with --embedded).',
  );
}

function presetsOf(settings: Environment): readonly bigint[] {
  const presets = settings.TOP_UP_PRESETS.split(',').map((text) => fromDecimal(text.trim()));
  const usable = presets
    .filter((micros) => micros !== undefined)
    .filter((micros) => isOffered(micros, settings));
  if (usable.length === presets.length) return usable;
  throw new ConfigError(
    'TOP_UP_PRESETS takes amounts between TOP_UP_MINIMUM and TOP_UP_MAXIMUM, with commas.',
  );
}

function isOffered(micros: bigint, settings: Environment): boolean {
  const within = micros >= settings.TOP_UP_MINIMUM && micros <= settings.TOP_UP_MAXIMUM;
  return within && isWholeMinor({ micros, currency: settings.CURRENCY });
}
