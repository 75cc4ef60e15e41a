import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError, loadConfig, optionsFrom, PLAYGROUND_PERSON, type Config } from '../src/config.js';
import { environment, PLAYGROUND_TENANT } from '../src/settings.js';

type Env = Readonly<Record<string, string>>;

const EMBEDDED = optionsFrom(['--embedded']);
const DEPLOYED = optionsFrom([]);
const GUID = '11111111-1111-4111-8111-111111111111';
const KEY = 'k'.repeat(24);

/** A bot that a deployment could run, if there were a processor for real money. */
const BOT: Env = {
  BOT_APP_ID: 'app',
  BOT_APP_TENANT_ID: GUID,
  BOT_APP_PASSWORD: 'secret',
  TABLE_ACCOUNT_URL: 'https://credits.table.core.windows.net',
};
const PRODUCTION: Env = {
  ...BOT,
  NODE_ENV: 'production',
  ALLOWED_TENANTS: GUID,
  PUBLIC_URL: 'https://credits.example.com',
};

const embedded = (env: Env = {}): Config => loadConfig(EMBEDDED, env);
const deployed = (env: Env = {}): Config => loadConfig(DEPLOYED, { ...BOT, ...env });

/** The lines that stop the start. */
function refusal(load: () => unknown): readonly string[] {
  try {
    load();
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  throw new Error('it started');
}

const SANDBOX_REFUSED = 'PAYMENT_PROCESSOR=sandbox is refused in production.';
/** Beside the sandbox, which is the only processor there is. */
const refusedInProduction = (env: Env, options = DEPLOYED) =>
  refusal(() => loadConfig(options, { ...PRODUCTION, ...env })).filter((line) => line !== SANDBOX_REFUSED);

test('with nothing configured, the embedded mode is complete', () => {
  expect(embedded()).toEqual({
    startedByNpm: false,
    host: '127.0.0.1',
    port: 3978,
    publicUrl: 'http://127.0.0.1:3978',
    logLevel: 'warn',
    chat: { kind: 'unauthenticated' },
    table: { kind: 'embedded', port: 10_002, dataDir: '.data' },
    tableName: 'credits',
    playgroundPort: 56_150,
    allowedTenants: [],
    devTenantId: PLAYGROUND_TENANT,
    adminIds: [PLAYGROUND_PERSON],
    currency: 'USD',
    timeZone: 'UTC',
    limits: { minimum: 5_000_000n, maximum: 5_000_000_000n },
    presets: [20_000_000n, 50_000_000n, 100_000_000n, 250_000_000n],
    lowBalance: 10_000_000n,
    usageKeys: new Map(),
    addConnectionCharge: false,
    callDetailDays: 400,
    payments: { kind: 'sandbox', latencyMs: 0 },
  });
});

test('an empty setting is one that nobody made', () => {
  expect(embedded({ PORT: '', CURRENCY: '', TABLE_CONNECTION_STRING: '' })).toEqual(embedded());
});

test('without --embedded there is no page, no embedded table, no extra admin, and more in the log', () => {
  const config = deployed({ ADMIN_IDS: `${GUID}, Other-1` });
  expect(config).not.toHaveProperty('playgroundPort');
  expect(config).toMatchObject({
    logLevel: 'info',
    table: { kind: 'account', accountUrl: BOT['TABLE_ACCOUNT_URL'] },
    adminIds: [GUID, 'other-1'],
  });
});

test('settings that are lists are read without blanks, in lower case', () => {
  expect(
    embedded({ ALLOWED_TENANTS: ' Tenant-A ,, tenant-b', SERVICE_HOSTS: '*.Example.com', ADMIN_IDS: 'Ada' }),
  ).toMatchObject({
    allowedTenants: ['tenant-a', 'tenant-b'],
    serviceHosts: ['*.example.com'],
    adminIds: ['ada', PLAYGROUND_PERSON],
  });
});

test('a usage key may stand for several tenants', () => {
  const { usageKeys } = embedded({ USAGE_KEYS: `${KEY}:Tenant-A, ${KEY}:tenant-b,${KEY}2:tenant-c` });
  expect([...usageKeys]).toEqual([
    [KEY, ['tenant-a', 'tenant-b']],
    [`${KEY}2`, ['tenant-c']],
  ]);
});

test('the public address is told without a slash at its end', () => {
  expect(embedded({ PUBLIC_URL: 'https://credits.example.com/' }).publicUrl).toBe(
    'https://credits.example.com',
  );
  expect(embedded({ PORT: '4000' }).publicUrl).toBe('http://127.0.0.1:4000');
});

test('a named table takes the place of the embedded one', () => {
  const connectionString = 'UseDevelopmentStorage=true';
  expect(embedded({ TABLE_CONNECTION_STRING: connectionString }).table).toEqual({
    kind: 'connectionString',
    connectionString,
  });
});

test.each([
  ['PORT', 'many'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '80.5'],
  ['AZURITE_TABLE_PORT', 'x'],
  ['PLAYGROUND_PORT', '99999'],
  ['PUBLIC_URL', 'credits.example.com'],
  ['LOG_LEVEL', 'loud'],
  ['TABLE_ACCOUNT_URL', 'credits'],
  ['TABLE_NAME', 'my-table'],
  ['TABLE_NAME', '1a'],
  ['BOT_APP_TYPE', 'Anonymous'],
  ['DEV_TENANT_ID', 'x'.repeat(129)],
  ['CURRENCY', 'HUF'],
  ['TIME_ZONE', 'Europe/Atlantis'],
  ['TOP_UP_MINIMUM', '-5'],
  ['TOP_UP_MINIMUM', '6000'],
  ['TOP_UP_MAXIMUM', 'lots'],
  ['TOP_UP_PRESETS', '20,fifty'],
  ['TOP_UP_PRESETS', '1,20'],
  ['TOP_UP_PRESETS', '20.001'],
  ['LOW_BALANCE', '١٢'],
  ['USAGE_KEYS', 'short:tenant-a'],
  ['USAGE_KEYS', KEY],
  ['USAGE_KEYS', `${KEY}:`],
  ['USAGE_KEYS', `${KEY}:tenant-a:tenant-b`],
  ['ADD_CONNECTION_CHARGE', 'yes'],
  ['CALL_DETAIL_DAYS', '0'],
  ['PAYMENT_PROCESSOR', 'cash'],
  ['SANDBOX_LATENCY_MS', '60001'],
  ['HOST', '0.0.0.0'],
])('%s=%s stops the start with one line that names it', (name, value) => {
  const lines = refusal(() => embedded({ [name]: value }));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatch(new RegExp(`^${name} `, 'u'));
});

test('several wrong settings are all told at once', () => {
  const lines = refusal(() => embedded({ PORT: 'x', CURRENCY: 'y' }));
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['PORT', 'CURRENCY']);
});

test('a secret is never part of what is told', () => {
  const env = { USAGE_KEYS: `top-secret:x`, BOT_APP_PASSWORD: 'hunter2', LOG_LEVEL: 'x' };
  expect(refusal(() => deployed(env)).join()).not.toMatch(/top-secret|hunter2/u);
});

describe('a bot without --embedded', () => {
  test('needs an app id', () => {
    expect(refusal(() => loadConfig(DEPLOYED, {}))).toEqual([
      'BOT_APP_ID is missing (or start with --embedded).',
    ]);
  });

  test('needs a table', () => {
    expect(refusal(() => deployed({ TABLE_ACCOUNT_URL: '' }))).toEqual([
      'TABLE_ACCOUNT_URL or TABLE_CONNECTION_STRING is missing (or start with --embedded).',
    ]);
  });

  const tenant = { BOT_APP_TENANT_ID: GUID };
  const password = { BOT_APP_PASSWORD: 'secret' };
  test.each([
    ['SingleTenant', { ...tenant, ...password }],
    ['UserAssignedMSI', tenant],
    ['MultiTenant', password],
  ])('of the type %s is complete with what its type needs', (appType, needs) => {
    const env = { BOT_APP_TENANT_ID: '', BOT_APP_PASSWORD: '', BOT_APP_TYPE: appType, ...needs };
    expect(deployed(env).chat).toMatchObject({ kind: 'authenticated', appId: 'app', appType });
  });

  test.each([
    ['SingleTenant', {}, 'BOT_APP_TENANT_ID and BOT_APP_PASSWORD missing: a SingleTenant bot needs it.'],
    ['SingleTenant', tenant, 'BOT_APP_PASSWORD missing: a SingleTenant bot needs it.'],
    ['UserAssignedMSI', password, 'BOT_APP_TENANT_ID missing: a UserAssignedMSI bot needs it.'],
    ['MultiTenant', tenant, 'BOT_APP_PASSWORD missing: a MultiTenant bot needs it.'],
  ])('of the type %s is told what it lacks: %j', (appType, has, line) => {
    const env = { BOT_APP_TENANT_ID: '', BOT_APP_PASSWORD: '', BOT_APP_TYPE: appType, ...has };
    expect(refusal(() => deployed(env))).toEqual([line]);
  });

  test('is authenticated only where it is not embedded', () => {
    expect(embedded(BOT).chat).toEqual({ kind: 'unauthenticated' });
  });
});

describe('production', () => {
  test('refuses the sandbox, and nothing else in a complete configuration', () => {
    expect(refusal(() => loadConfig(DEPLOYED, PRODUCTION))).toEqual([SANDBOX_REFUSED]);
  });

  const azurite = 'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=x;';
  test.each<[string, Env, string]>([
    [
      'no allowed tenants',
      { ALLOWED_TENANTS: '' },
      'ALLOWED_TENANTS is missing: it is required in production.',
    ],
    [
      'a tenant that is no GUID',
      { ALLOWED_TENANTS: 'contoso' },
      'ALLOWED_TENANTS and ADMIN_IDS take GUIDs in production.',
    ],
    [
      'an admin that is no GUID',
      { ADMIN_IDS: 'ada' },
      'ALLOWED_TENANTS and ADMIN_IDS take GUIDs in production.',
    ],
    [
      'a public address without https',
      { PUBLIC_URL: 'http://credits.example.com' },
      'PUBLIC_URL must be an https address in production.',
    ],
    ['no public address', { PUBLIC_URL: '' }, 'PUBLIC_URL must be an https address in production.'],
    [
      'Azurite by its short name',
      { TABLE_CONNECTION_STRING: 'UseDevelopmentStorage=true' },
      'TABLE_CONNECTION_STRING names the storage emulator: refused in production.',
    ],
    [
      'Azurite by its account',
      { TABLE_CONNECTION_STRING: azurite },
      'TABLE_CONNECTION_STRING names the storage emulator: refused in production.',
    ],
    [
      'Azurite by its address',
      { TABLE_ACCOUNT_URL: 'http://127.0.0.1:10002/devstoreaccount1' },
      'TABLE_ACCOUNT_URL names the storage emulator: refused in production.',
    ],
    [
      'a stand-in for Microsoft Graph',
      { GRAPH_SERVER: 'http://127.0.0.1:4000' },
      'GRAPH_SERVER stands in for Microsoft Graph: refused in production.',
    ],
  ])('refuses %s', (_what, env, line) => {
    expect(refusedInProduction(env)).toEqual([line]);
  });

  test('refuses --embedded', () => {
    expect(refusedInProduction({}, EMBEDDED)).toEqual([
      'NODE_ENV=production does not go with --embedded (no authentication, Azurite).',
    ]);
  });

  test('takes upper-case GUIDs', () => {
    expect(refusedInProduction({ ALLOWED_TENANTS: 'AAAAAAAA-1111-4111-8111-111111111111' })).toEqual([]);
  });
});

describe('Microsoft Graph', () => {
  const client = { GRAPH_CLIENT_ID: 'client', GRAPH_CLIENT_SECRET: 'secret-of-graph' };

  test('is asked only where that is turned on', () => {
    expect(embedded(client)).not.toHaveProperty('graph');
    expect(deployed({ GRAPH_USAGE: 'off' })).not.toHaveProperty('graph');
    expect(deployed({ GRAPH_USAGE: 'on' }).graph).toEqual({});
  });

  test('has a client of its own, and a stand-in, where they are named', () => {
    expect(deployed({ GRAPH_USAGE: 'on', ...client }).graph).toEqual({
      client: { id: 'client', secret: 'secret-of-graph' },
    });
    const standIn = 'http://127.0.0.1:4000';
    expect(embedded({ GRAPH_USAGE: 'on', GRAPH_SERVER: standIn }).graph).toEqual({ standIn });
  });

  test.each(Object.keys(client) as (keyof typeof client)[])('is refused with %s alone', (name) => {
    const lines = refusal(() => deployed({ GRAPH_USAGE: 'on', [name]: client[name] }));
    expect(lines).toEqual(['GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET go together.']);
  });
});

describe('options', () => {
  test('the page comes with --embedded, unless it is left out', () => {
    expect(optionsFrom([])).toEqual({ embedded: false, playground: false });
    expect(optionsFrom(['--embedded'])).toEqual({ embedded: true, playground: true });
    expect(optionsFrom(['--no-playground', '--embedded'])).toEqual({ embedded: true, playground: false });
    expect(loadConfig(optionsFrom(['--embedded', '--no-playground']), {})).not.toHaveProperty(
      'playgroundPort',
    );
  });

  test('an unknown one is named', () => {
    expect(refusal(() => optionsFrom(['--embeded']))).toEqual([
      'Unknown option --embeded. Known: --embedded, --no-playground.',
    ]);
  });
});

test('the README’s table lists every setting, and no other', () => {
  const readme = readFileSync(resolve(__dirname, '../README.md'), 'utf8');
  const table = readme.split('## Settings')[1]?.split('\n## ')[0] ?? '';
  const names = table
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => line.split('|')[1]?.match(/[A-Z][A-Z_]+/gu) ?? []);
  expect([...names].sort()).toEqual(Object.keys(environment.shape).sort());
});

describe('With Stripe', () => {
  const TEST: Env = { STRIPE_SECRET_KEY: 'rk_test_a1', STRIPE_WEBHOOK_SECRETS: 'whsec_a' };
  const LIVE: Env = { STRIPE_SECRET_KEY: 'sk_live_b2', STRIPE_WEBHOOK_SECRETS: 'whsec_b, whsec_c' };
  const stripe = (env: Env): Env => ({ PAYMENT_PROCESSOR: 'stripe', ...env });

  test('production is complete, and moves real money', () => {
    const { payments } = loadConfig(DEPLOYED, { ...PRODUCTION, ...stripe(LIVE) });
    expect(payments).toEqual({
      kind: 'stripe',
      secretKey: 'sk_live_b2',
      webhookSecrets: ['whsec_b', 'whsec_c'],
      productName: 'Communications Credits',
    });
  });

  test('another server can stand in for Stripe, with test keys', () => {
    const env = stripe({ ...TEST, STRIPE_SERVER: '127.0.0.1:12111/http', STRIPE_PRODUCT_NAME: 'Calls' });
    expect(embedded(env).payments).toMatchObject({
      server: { host: '127.0.0.1', port: 12_111, protocol: 'http' },
      productName: 'Calls',
    });
  });

  const REFUSED: Readonly<Record<string, readonly [base: Env, env: Env, lines: readonly string[]]>> = {
    'no key': [{}, { STRIPE_WEBHOOK_SECRETS: 'whsec_a' }, ['STRIPE_SECRET_KEY is missing']],
    'no secret of the webhook': [
      {},
      { STRIPE_SECRET_KEY: 'sk_test_a' },
      ['STRIPE_WEBHOOK_SECRETS is missing'],
    ],
    neither: [{}, {}, ['STRIPE_WEBHOOK_SECRETS is missing', 'STRIPE_SECRET_KEY is missing']],
    'a live key outside production': [{}, LIVE, ['STRIPE_SECRET_KEY is no test key: set STRIPE_MODE=live']],
    'a test key in production': [
      PRODUCTION,
      TEST,
      ['STRIPE_SECRET_KEY is no live key: set STRIPE_MODE=test'],
    ],
    'a live key with another server': [
      PRODUCTION,
      { ...LIVE, STRIPE_SERVER: '127.0.0.1:1/http' },
      ['STRIPE_SERVER is refused with a live'],
    ],
  };

  test.each(Object.entries(REFUSED))('%s stops the start, and no line holds a value', (_, refused) => {
    const [base, env, expected] = refused;
    const lines = refusal(() => loadConfig(DEPLOYED, { ...BOT, ...base, ...stripe(env) }));
    expect(lines).toEqual(expected.map((line) => expect.stringContaining(line) as string));
    expect(lines.join()).not.toMatch(/_live_|_test_|whsec_|127/u);
  });

  test('either key is taken where its mode is asked for by name', () => {
    const asked = (mode: string, env: Env) => stripe({ ...env, STRIPE_MODE: mode });
    expect(deployed(asked('live', LIVE)).payments.kind).toBe('stripe');
    expect(loadConfig(DEPLOYED, { ...PRODUCTION, ...asked('test', TEST) }).payments.kind).toBe('stripe');
  });
});

describe('With the admin center', () => {
  const bought: Env = { PAYMENT_PROCESSOR: 'adminCenter' };

  test('production is complete: there is no key to keep', () => {
    const { payments } = loadConfig(DEPLOYED, { ...PRODUCTION, ...bought });
    expect(payments).toEqual({
      kind: 'adminCenter',
      url: 'https://go.microsoft.com/fwlink/p/?linkid=842054',
    });
  });

  test('it also starts embedded, and people can be led elsewhere', () => {
    const env = { ...bought, ADMIN_CENTER_URL: 'https://intranet.example.com/buy' };
    expect(embedded(env).payments).toEqual({ kind: 'adminCenter', url: env.ADMIN_CENTER_URL });
  });

  test.each(['http://intranet.example.com', 'javascript:alert(1)', 'buy here'])(
    '%s is no address to buy at',
    (url) => {
      const lines = refusal(() => embedded({ ...bought, ADMIN_CENTER_URL: url }));
      expect(lines).toEqual([expect.stringContaining('ADMIN_CENTER_URL')]);
      expect(lines.join()).not.toContain(url);
    },
  );
});
