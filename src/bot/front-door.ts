/** Who is let in: checked on every activity, invokes included, since a valid token names no tenant (PLATFORM). */
import type { IncomingActivity } from './activity.js';
import type { Person } from './turn.js';

/**
 * Hosts that the bot may send to. `*.` stands for any name below. `*.trafficmanager.net` must never be here: anybody can
 * have a name below that.
 * Source: learn.microsoft.com, "Bot Framework REST API: Connector authentication" and "Government cloud endpoints".
 */
export const DEFAULT_SERVICE_HOSTS: readonly string[] = [
  'smba.trafficmanager.net',
  '*.botframework.com',
  'smba.infra.gcc.teams.microsoft.com',
  'smba.infra.gov.teams.microsoft.us',
  'smba.infra.dod.teams.microsoft.us',
  '*.botframework.azure.us',
];

export interface DoorRules {
  /** False only in the unauthenticated mode: then the bot talks to this machine and to nothing else. */
  readonly authenticated: boolean;
  /** Lower case. Empty means none in the authenticated mode, and any in the unauthenticated one. */
  readonly allowedTenants: readonly string[];
  /** What a missing tenant becomes in the unauthenticated mode: the Emulator sends none. */
  readonly devTenantId: string;
  readonly serviceHosts: readonly string[];
}

export type Refusal = 'noTenant' | 'foreignTenant' | 'serviceUrl' | 'noPerson';

export type Verdict =
  | { readonly kind: 'pass'; readonly tenant: string; readonly person: Person }
  | { readonly kind: 'ignored' }
  | { readonly kind: 'refused'; readonly reason: Refusal };

const USED_TYPES: ReadonlySet<string> = new Set([
  'message',
  'messageUpdate',
  'invoke',
  'installationUpdate',
  'conversationUpdate',
]);

/** Pure. The refusals come first, so that an activity from elsewhere learns nothing about what the bot would use. */
export function checkAtDoor(activity: IncomingActivity, rules: DoorRules): Verdict {
  const tenant = activity.tenant ?? (rules.authenticated ? undefined : rules.devTenantId.toLowerCase());
  if (tenant === undefined) return { kind: 'refused', reason: 'noTenant' };
  if (!tenantAllowed(tenant, rules)) return { kind: 'refused', reason: 'foreignTenant' };
  if (!serviceUrlAllowed(activity.conversation.serviceUrl, rules)) {
    return { kind: 'refused', reason: 'serviceUrl' };
  }
  if (!USED_TYPES.has(activity.type)) return { kind: 'ignored' };
  if (activity.person === undefined) return { kind: 'refused', reason: 'noPerson' };
  return { kind: 'pass', tenant, person: activity.person };
}

function tenantAllowed(tenant: string, rules: DoorRules): boolean {
  if (!rules.authenticated && rules.allowedTenants.length === 0) return true;
  return rules.allowedTenants.includes(tenant);
}

/** The SDK trusts whatever `serviceUrl` says: without this, a forged activity makes the bot call anywhere. */
export function serviceUrlAllowed(
  serviceUrl: string,
  rules: Pick<DoorRules, 'authenticated' | 'serviceHosts'>,
): boolean {
  if (!URL.canParse(serviceUrl)) return false;
  const url = new URL(serviceUrl);
  if (`${url.username}${url.password}` !== '') return false;
  if (!rules.authenticated) return /^https?:$/u.test(url.protocol) && isLoopback(url.hostname);
  if (url.protocol !== 'https:' || url.port !== '') return false;
  return rules.serviceHosts.some((pattern) => hostMatches(url.hostname, pattern.toLowerCase()));
}

function hostMatches(host: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/** Names and addresses that never leave this machine; `URL` has already brought odd spellings into one form. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    hostname === '::1' ||
    /^127(?:\.\d{1,3}){3}$/u.test(hostname)
  );
}
