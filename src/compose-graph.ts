/** Wires Microsoft Graph, where the configuration says how it is reached. */
import type { Clock } from './billing/clock.js';
import type { TokenProvider } from './billing/usage/graph/access-token.js';
import { GraphPstnCalls } from './billing/usage/graph/graph-pstn-calls.js';
import { graphOrigin, STAND_IN_TOKEN } from './billing/usage/graph/graph-server.js';
import type { PstnCalls } from './billing/usage/graph/pstn-calls.js';
import type { AppParts } from './app-parts.js';
import type { Config } from './config.js';
import type { GraphSettings } from './graph-settings.js';

/** @throws GraphSettingsRefused for a stand-in that is not on this machine. */
export function composeGraph({ config }: AppParts, clock: Clock): PstnCalls | undefined {
  const { graph } = config;
  if (graph === undefined) return undefined;
  const { standIn: server } = graph;
  const tokens = server === undefined ? tokensOf(graph, config) : standInTokens;
  const standIn = server === undefined ? {} : { standIn: server };
  // Production is refused a stand-in by the configuration already.
  const origin = graphOrigin({ production: false, ...standIn });
  return new GraphPstnCalls({ tokens, origin, clock, fetch });
}

const standInTokens: TokenProvider = { getToken: async () => ({ token: STAND_IN_TOKEN }) };

/** A client has a secret that is good in every tenant that consented; an identity of Azure is at home in one. */
function tokensOf({ client }: GraphSettings, { chat }: Config): TokenProvider {
  const made = new Map<string, Promise<TokenProvider>>();
  const credentialFor = async (tenant: string): Promise<TokenProvider> => {
    const { ClientSecretCredential, DefaultAzureCredential } = await import('@azure/identity');
    if (client !== undefined) return new ClientSecretCredential(tenant, client.id, client.secret);
    const identity = chat.kind === 'authenticated' && chat.appType === 'UserAssignedMSI';
    return new DefaultAzureCredential(identity ? { managedIdentityClientId: chat.appId } : {});
  };
  return {
    getToken: async (scope, options) => {
      const key = client === undefined ? '' : options.tenantId;
      const credential = made.get(key) ?? credentialFor(options.tenantId);
      made.set(key, credential);
      return (await credential).getToken(scope, options);
    },
  };
}
