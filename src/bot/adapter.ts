/** The SDK's adapter with our edges: who the bot is, whose tokens it takes, and how long a request may last. */
import {
  CloudAdapter,
  ConfigurationBotFrameworkAuthentication,
  INVOKE_RESPONSE_KEY,
  TurnContext,
  type Activity,
} from 'botbuilder';
import { boundedHttpClient } from './connector-http.js';
import { Pacer } from './pacing/pacer.js';

/** Without credentials the SDK checks no token at all, so that mode has a name and is never what is left over. */
export type BotIdentity =
  | { readonly kind: 'unauthenticated' }
  | {
      readonly kind: 'SingleTenant';
      readonly appId: string;
      readonly tenantId: string;
      readonly password: string;
    }
  | { readonly kind: 'UserAssignedMSI'; readonly appId: string; readonly tenantId: string }
  | { readonly kind: 'MultiTenant'; readonly appId: string; readonly password: string };

/** Whose tokens are taken. Tests put a key server of their own here; production leaves it out. */
export interface TokenAuthority {
  readonly issuer: string;
  readonly openIdMetadataUrl: string;
  /** Of the Emulator's tokens, which only a MultiTenant bot takes. */
  readonly emulatorOpenIdMetadataUrl: string;
}

/** Source: learn.microsoft.com, "Authentication with the Bot Connector API", and the SDK's own defaults. */
const BOT_FRAMEWORK: TokenAuthority = {
  issuer: 'https://api.botframework.com',
  openIdMetadataUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
  emulatorOpenIdMetadataUrl:
    'https://login.microsoftonline.com/botframework.com/v2.0/.well-known/openid-configuration',
};
const LOGIN_URL = 'https://login.microsoftonline.com/botframework.com';
const CONNECTOR_SCOPE = 'https://api.botframework.com';
const OAUTH_URL = 'https://api.botframework.com';
const CALLER_ID = 'urn:botframework:azure';

export interface AdapterOptions {
  readonly identity: BotIdentity;
  readonly authority?: TokenAuthority;
  /** For each request to the chat service. */
  readonly sendTimeoutMs: number;
}

/** What the HTTP answer to an activity is made of. */
export interface TurnAnswer {
  readonly status: number;
  readonly body?: unknown;
}

type Factory = ReturnType<ConfigurationBotFrameworkAuthentication['createConnectorFactory']>;
/** The SDK's client of the chat service. */
export type Connector = Awaited<ReturnType<Factory['create']>>;

/** Service URLs are few: one for each region and tenant. */
const CONNECTORS_MAX = 200;

export class BotAdapter extends CloudAdapter {
  /** One for everything that this app sends. */
  readonly pacer = new Pacer();
  readonly appId: string;
  readonly authenticated: boolean;
  private readonly connectors = new Map<string, Promise<Connector>>();

  constructor(options: AdapterOptions) {
    super(authenticationOf(options));
    const { identity } = options;
    this.authenticated = identity.kind !== 'unauthenticated';
    this.appId = identity.kind === 'unauthenticated' ? '' : identity.appId;
  }

  /**
   * For what is sent within a turn or outside. The SDK makes a new client, and another one for user tokens, for each turn
   * and for each message, which costs as much as sending it.
   */
  connectorFor(serviceUrl: string): Promise<Connector> {
    const known = this.connectors.get(serviceUrl);
    if (known !== undefined) return known;
    if (this.connectors.size >= CONNECTORS_MAX) this.connectors.clear();
    const identity = this.createClaimsIdentity(this.appId);
    const connector = this.botFrameworkAuthentication.createConnectorFactory(identity).create(serviceUrl);
    this.connectors.set(serviceUrl, connector);
    connector.catch(() => this.connectors.delete(serviceUrl));
    return connector;
  }

  /** A token that is missing or not to be believed is `refused`, whatever the reason: callers get no hint. */
  async authenticate(body: object, authorization: string): Promise<'taken' | 'refused' | 'unavailable'> {
    try {
      await this.botFrameworkAuthentication.authenticateRequest(body as Activity, authorization);
      return 'taken';
    } catch (error) {
      return isKeyServerFailure(error) ? 'unavailable' : 'refused';
    }
  }

  /**
   * One turn through the SDK, of an activity that was authenticated. `CloudAdapter.process` is not used: it answers 500 to
   * a forged token, prints errors with their activity to the console, and puts their text into the response.
   */
  async turn(body: object, logic: (context: TurnContext) => Promise<void>): Promise<TurnAnswer> {
    const activity = body as Activity;
    const context = new TurnContext(this, activity);
    context.turnState.set(this.ConnectorClientKey, await this.connectorFor(activity.serviceUrl));
    await this.runMiddleware(context, logic);
    if (activity.type !== 'invoke') return { status: 200 };
    const answer = context.turnState.get<Partial<Activity> | undefined>(INVOKE_RESPONSE_KEY);
    return answer === undefined ? { status: 501 } : (answer.value as TurnAnswer);
  }
}

export function createAdapter(options: AdapterOptions): BotAdapter {
  return new BotAdapter(options);
}

function authenticationOf({ identity, authority = BOT_FRAMEWORK, sendTimeoutMs }: AdapterOptions) {
  return new ConfigurationBotFrameworkAuthentication(
    {
      ...credentialSettings(identity),
      // The SDK takes either none of these or all of them.
      ValidateAuthority: true,
      ToChannelFromBotLoginUrl: LOGIN_URL,
      ToChannelFromBotOAuthScope: CONNECTOR_SCOPE,
      ToBotFromChannelTokenIssuer: authority.issuer,
      OAuthUrl: OAUTH_URL,
      ToBotFromChannelOpenIdMetadataUrl: authority.openIdMetadataUrl,
      ToBotFromEmulatorOpenIdMetadataUrl: authority.emulatorOpenIdMetadataUrl,
      CallerId: CALLER_ID,
    },
    undefined,
    // A class in name only: two fields, which the SDK's own default gives as a literal too.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    { requiredEndorsements: [], validateClaims: (claims) => checkClaims(claims, identity, authority) },
    undefined,
    { httpClient: boundedHttpClient(sendTimeoutMs) },
  );
}

function credentialSettings(identity: BotIdentity): Record<string, string> {
  switch (identity.kind) {
    case 'unauthenticated':
      return {};
    case 'SingleTenant':
      return {
        ...named(identity),
        MicrosoftAppTenantId: identity.tenantId,
        MicrosoftAppPassword: identity.password,
      };
    case 'UserAssignedMSI':
      return { ...named(identity), MicrosoftAppTenantId: identity.tenantId };
    case 'MultiTenant':
      return { ...named(identity), MicrosoftAppPassword: identity.password };
  }
}

/** An empty id would switch authentication off in the SDK: that has to be asked for by name. */
function named(identity: Exclude<BotIdentity, { kind: 'unauthenticated' }>): Record<string, string> {
  if (identity.appId.trim() === '') throw new Error(`a bot of type ${identity.kind} needs its app id`);
  if ('password' in identity && identity.password.trim() === '') {
    throw new Error(`a bot of type ${identity.kind} needs its password`);
  }
  return { MicrosoftAppType: identity.kind, MicrosoftAppId: identity.appId };
}

interface Claim {
  readonly type: string;
  readonly value: string;
}

/**
 * The SDK also takes tokens of other bots ("skills"), of the Emulator and of App Service, on looser terms: the service
 * URL is not compared. Only the Bot Framework's own come in here, and for a MultiTenant bot the Emulator's, which are
 * issued to the bot's own app for itself.
 */
async function checkClaims(
  claims: readonly Claim[],
  identity: BotIdentity,
  authority: TokenAuthority,
): Promise<void> {
  const claim = (type: string): string | undefined =>
    claims.find((candidate) => candidate.type === type)?.value;
  if (claim('iss') === authority.issuer) return;
  const ownToken =
    identity.kind === 'MultiTenant' &&
    claim('aud') === identity.appId &&
    (claim('appid') ?? claim('azp')) === identity.appId;
  if (!ownToken) throw new Error('tokens of this issuer are not taken');
}

/** The keys could not be fetched: nothing is known about the token, so the sender should come again. */
function isKeyServerFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const status = (error as { statusCode?: unknown }).statusCode;
  return error.name === 'FetchError' || status === 500;
}
