/** What the settings say of Microsoft Graph. */
import type { Environment } from './settings.js';

/** How it is reached. Without a client of its own it is the identity that the program runs under. */
export interface GraphSettings {
  /** Of a server on this machine that stands in for it. */
  readonly standIn?: string;
  readonly client?: { readonly id: string; readonly secret: string };
}

export function graphOf(settings: Environment): { readonly graph?: GraphSettings } {
  const { GRAPH_CLIENT_ID: id, GRAPH_CLIENT_SECRET: secret, GRAPH_SERVER: standIn } = settings;
  if (settings.GRAPH_USAGE === 'off') return {};
  const client = id !== undefined && secret !== undefined ? { client: { id, secret } } : {};
  return { graph: { ...client, ...(standIn !== undefined && { standIn }) } };
}

/** In any mode; the line names the setting that mends it. */
export function wrongGraph(settings: Environment): readonly (readonly [refused: boolean, line: string])[] {
  const [id, secret] = [settings.GRAPH_CLIENT_ID, settings.GRAPH_CLIENT_SECRET];
  return [
    [(id === undefined) !== (secret === undefined), 'GRAPH_CLIENT_ID and GRAPH_CLIENT_SECRET go together.'],
  ];
}
