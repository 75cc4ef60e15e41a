import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { createAdapter, type TokenAuthority } from '../../src/bot/adapter.js';
import { TENANT, activity, execute, message, type Setting, ADA } from '../support/activities.js';
import { startToyBot, type ToyBot } from '../support/toy-bot.js';

const APP_ID = '99999999-9999-4999-8999-999999999999';
const ISSUER = 'https://issuer.test';
const SERVICE_URL = 'https://smba.trafficmanager.net/emea/';

const SETTING: Setting = {
  scope: 'personal',
  person: ADA,
  tenant: TENANT,
  locale: 'en-US',
  serviceUrl: SERVICE_URL,
  conversationId: 'a:1',
  thread: '1',
};

/** Answered in the HTTP response, so that the bot needs no token of its own. */
const CLICK = execute(SETTING, { cardActivityId: '1', data: { verb: 'balance.replace', nonce: 'n1' } });

let keys: Server;
let bot: ToyBot;
let ours: CryptoKey;
let theirs: CryptoKey;

beforeAll(async () => {
  const pair = await generateKeyPair('RS256');
  ours = pair.privateKey;
  theirs = (await generateKeyPair('RS256')).privateKey;
  keys = await startKeyServer({
    ...(await exportJWK(pair.publicKey)),
    kid: 'key-1',
    use: 'sig',
    endorsements: ['msteams'],
  });
  bot = await startToyBot({
    identity: { kind: 'SingleTenant', appId: APP_ID, tenantId: TENANT, password: 'not-used' },
    authority: authorityAt(urlOf(keys)),
    rules: { allowedTenants: [TENANT] },
  });
  // The SDK reports every bad token on the console; ours is to stay clean.
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
});

afterAll(async () => {
  jest.restoreAllMocks();
  await bot.stop();
  keys.closeAllConnections();
  await new Promise((resolve) => keys.close(resolve));
});

beforeEach(() => {
  bot.clicks.length = 0;
});

function authorityAt(url: string): TokenAuthority {
  const openIdMetadataUrl = `${url}/.well-known/openidconfiguration`;
  return { issuer: ISSUER, openIdMetadataUrl, emulatorOpenIdMetadataUrl: `${openIdMetadataUrl}?emulator` };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What login.botframework.com serves: the metadata document, and the keys that it names. */
async function startKeyServer(key: JWK & { endorsements: string[] }): Promise<Server> {
  const server = createServer((request, response) => {
    const metadata = { issuer: ISSUER, jwks_uri: `${urlOf(server)}/keys` };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(request.url === '/keys' ? { keys: [key] } : metadata));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

interface TokenOptions {
  readonly issuer?: string;
  readonly audience?: string;
  readonly serviceUrl?: string;
  readonly key?: CryptoKey;
  readonly kid?: string;
  readonly expires?: number;
  readonly claims?: Record<string, unknown>;
}

/** Expiry is judged with five minutes of tolerance, as the protocol asks. */
async function token(options: TokenOptions = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const { issuer = ISSUER, audience = APP_ID, serviceUrl = SERVICE_URL, key = ours, kid = 'key-1' } = options;
  return new SignJWT({ serviceurl: serviceUrl, ...options.claims })
    .setProtectedHeader({ alg: 'RS256', kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setNotBefore(now - 3_600)
    .setExpirationTime(options.expires ?? now + 3_600)
    .sign(key);
}

async function send(
  body: object,
  authorization?: string,
  url = bot.url,
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${url}/api/messages`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
}

let count = 0;
/** A new id each time, so that no answer is one that was given before. */
function fresh(body: object): object {
  count += 1;
  return { ...body, id: `fresh-${count}` };
}

function unsigned(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'none', kid: 'key-1' })}.${part(claims)}.`;
}

describe('a token', () => {
  test('of the Bot Framework for this bot is accepted', async () => {
    const answer = await send(fresh(CLICK), `Bearer ${await token()}`);
    expect(answer.body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' });
    expect(bot.clicks).toHaveLength(1);
  });

  test('that can’t be judged, since the keys are out of reach, asks the service to come again', async () => {
    const elsewhere = await startToyBot({
      identity: { kind: 'SingleTenant', appId: APP_ID, tenantId: TENANT, password: 'not-used' },
      authority: authorityAt('http://127.0.0.1:9'),
    });
    expect((await send(fresh(CLICK), `Bearer ${await token()}`, elsewhere.url)).status).toBe(503);
    await elsewhere.stop();
  });

  const past = Math.floor(Date.now() / 1_000) - 600;
  const aad = 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/';
  test.each<[string, () => Promise<string> | string | undefined]>([
    ['missing', () => undefined],
    ['empty', () => ''],
    ['no bearer token', async () => `Basic ${await token()}`],
    ['not a token', () => 'Bearer rubbish'],
    [
      'unsigned',
      () => `Bearer ${unsigned({ iss: ISSUER, aud: APP_ID, serviceurl: SERVICE_URL, exp: 9_999_999_999 })}`,
    ],
    ['forged', async () => `Bearer ${await token({ key: theirs })}`],
    ['signed with an unknown key', async () => `Bearer ${await token({ key: theirs, kid: 'key-2' })}`],
    [
      'changed after it was signed',
      async () =>
        `Bearer ${(await token()).replace(/\.[^.]+\./u, `.${Buffer.from('{"iss":"https://issuer.test"}').toString('base64url')}.`)}`,
    ],
    ['expired', async () => `Bearer ${await token({ expires: past })}`],
    ['for another bot', async () => `Bearer ${await token({ audience: 'another-app' })}`],
    ['of another issuer', async () => `Bearer ${await token({ issuer: 'https://evil.test' })}`],
    [
      'for another service URL',
      async () => `Bearer ${await token({ serviceUrl: 'https://smba.trafficmanager.net/amer/' })}`,
    ],
    [
      'of another bot (a skill)',
      async () => `Bearer ${await token({ issuer: aad, claims: { ver: '1.0', appid: 'other' } })}`,
    ],
    [
      'of the Emulator',
      async () => `Bearer ${await token({ issuer: aad, claims: { ver: '1.0', appid: APP_ID } })}`,
    ],
  ])('that is %s is refused with 401, and nothing runs', async (_what, authorization) => {
    expect(await send(fresh(CLICK), await authorization())).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthorized' } },
    });
    expect(bot.clicks).toEqual([]);
  });

  test('opens no other way by a channel id that the SDK checks on looser terms', async () => {
    const answer = await send(fresh({ ...CLICK, channelId: 'AseChannel' }), `Bearer ${await token()}`);
    expect(answer.status).toBe(401);
  });

  test('names no tenant: a foreign one is refused at the door, for messages, clicks and unused types', async () => {
    const foreign = { ...SETTING, tenant: '22222222-2222-4222-8222-222222222222' };
    const authorization = `Bearer ${await token()}`;
    expect((await send(message(foreign, 'balance'), authorization)).status).toBe(403);
    expect((await send(activity(foreign, 'typing'), authorization)).status).toBe(403);
    const click = await send(
      execute(foreign, { cardActivityId: '1', data: { verb: 'balance.replace', nonce: 'n' } }),
      authorization,
    );
    expect(click.body).toMatchObject({ statusCode: 403, type: 'application/vnd.microsoft.error' });
    expect(bot.clicks).toEqual([]);
  });

  test('does not excuse a missing tenant or service URL, nor one at a host that is not on the list', async () => {
    const authorization = `Bearer ${await token()}`;
    expect((await send(message({ ...SETTING, tenant: undefined }, 'x'), authorization)).status).toBe(403);
    expect((await send({ ...message(SETTING, 'x'), serviceUrl: undefined }, authorization)).status).toBe(403);
    const elsewhere = { ...SETTING, serviceUrl: 'https://evil.trafficmanager.net/' };
    const theirToken = await token({ serviceUrl: elsewhere.serviceUrl });
    expect((await send(message(elsewhere, 'x'), `Bearer ${theirToken}`)).status).toBe(403);
  });
});

describe('a MultiTenant bot, for the Emulator', () => {
  const aad = 'https://sts.windows.net/d6d49420-f39b-4df7-a1dc-d59a935871db/';

  test.each<[string, TokenOptions, number]>([
    [
      'takes tokens that its own app got for itself',
      { issuer: aad, claims: { ver: '1.0', appid: APP_ID } },
      200,
    ],
    ['takes those of the Bot Framework', {}, 200],
    ['refuses those of other apps', { issuer: aad, claims: { ver: '1.0', appid: 'other' } }, 401],
    [
      'refuses those that it got to talk to others',
      { issuer: aad, audience: 'https://api.botframework.com', claims: { ver: '1.0', appid: APP_ID } },
      401,
    ],
  ])('%s', async (_what, options, status) => {
    const multi = await startToyBot({
      identity: { kind: 'MultiTenant', appId: APP_ID, password: 'not-used' },
      authority: authorityAt(urlOf(keys)),
      rules: { allowedTenants: [TENANT] },
    });
    expect((await send(fresh(CLICK), `Bearer ${await token(options)}`, multi.url)).status).toBe(status);
    await multi.stop();
  });
});

describe('the mode without authentication', () => {
  test.each(['SingleTenant', 'MultiTenant'] as const)(
    'is never what an empty %s setting leads to',
    (kind) => {
      const identity = { kind, appId: ' ', tenantId: TENANT, password: 'x' };
      expect(() => createAdapter({ identity, sendTimeoutMs: 100 })).toThrow('needs its app id');
      const silent = { kind, appId: APP_ID, tenantId: TENANT, password: '' };
      expect(() => createAdapter({ identity: silent, sendTimeoutMs: 100 })).toThrow('needs its password');
    },
  );

  test('is what its name says, and a managed identity is not it', () => {
    const nobody = createAdapter({ identity: { kind: 'unauthenticated' }, sendTimeoutMs: 100 });
    const managed = { kind: 'UserAssignedMSI', appId: APP_ID, tenantId: TENANT } as const;
    expect(nobody.authenticated).toBe(false);
    expect(createAdapter({ identity: managed, sendTimeoutMs: 100 }).authenticated).toBe(true);
  });
});
