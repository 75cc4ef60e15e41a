/** Where Microsoft Graph is. Its token goes nowhere else. */

const GRAPH_ORIGIN = 'https://graph.microsoft.com';
/** What a stand-in gets in the place of a token: a real one would be told to whatever program listens there. */
export const STAND_IN_TOKEN = 'token-of-no-tenant';
const LOOPBACK: readonly string[] = ['127.0.0.1', '[::1]', 'localhost'];

/** The settings would send what Graph alone may see to another server. */
export class GraphSettingsRefused extends Error {
  override readonly name = 'GraphSettingsRefused';
}

export interface GraphServerSettings {
  readonly production: boolean;
  /** Origin of a server on this machine that stands in for Graph. */
  readonly standIn?: string;
}

/** @throws GraphSettingsRefused for a stand-in in production, and for one that is not on this machine. */
export function graphOrigin({ production, standIn }: GraphServerSettings): string {
  if (standIn === undefined) return GRAPH_ORIGIN;
  if (production)
    throw new GraphSettingsRefused('in production, call records come from Microsoft Graph itself');
  const url = urlOf(standIn);
  if (url === undefined || !url.protocol.startsWith('http') || !LOOPBACK.includes(url.hostname))
    throw new GraphSettingsRefused('a server that stands in for Microsoft Graph must run on this machine');
  return url.origin;
}

/** Whether a link leads to that server and nowhere else: same scheme, host and port, and no name and password in it. */
export function leadsTo(link: string, origin: string): boolean {
  const url = urlOf(link);
  return url?.origin === origin && url.username === '' && url.password === '';
}

function urlOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
