/** Access tokens for Microsoft Graph, of the tenant whose calls are asked for. */
import * as z from 'zod';
import type { Trouble } from './pstn-calls.js';

export const GRAPH_SCOPE = 'https://graph.microsoft.com/.default';

/** What is needed of a credential of `@azure/identity`, which keeps tokens and renews them by itself. */
export interface TokenProvider {
  getToken(scope: string, options: { readonly tenantId: string }): Promise<{ readonly token: string } | null>;
}

export type AccessToken = { readonly kind: 'token'; readonly token: string } | Trouble;

export async function accessToken(tokens: TokenProvider, tenant: string): Promise<AccessToken> {
  try {
    const answer = await tokens.getToken(GRAPH_SCOPE, { tenantId: tenant });
    if (answer === null) return noToken('the credential gave none');
    // A managed identity gets tokens of its own tenant only, whichever is asked for: the calls would be charged to the wrong account.
    if (isOfAnother(tenant, answer.token))
      return { kind: 'trouble', reason: 'otherTenant', detail: 'its tid is another one' };
    return { kind: 'token', token: answer.token };
  } catch (error) {
    return noToken(summaryOf(error));
  }
}

function noToken(detail: string): Trouble {
  return { kind: 'trouble', reason: 'noToken', detail };
}

/** The sign-in service's own code says what is wrong; its message may quote the request. */
function summaryOf(error: unknown): string {
  if (!(error instanceof Error)) return 'the credential failed';
  const code = /AADSTS\d+/u.exec(error.message)?.[0];
  return code === undefined ? error.name : `${error.name} ${code}`;
}

const claims = z.object({ tid: z.string() });

/** Only what can be read and differs counts: the token's form is the service's own affair. */
function isOfAnother(tenant: string, token: string): boolean {
  try {
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    const tid = claims.safeParse(JSON.parse(text)).data?.tid;
    return tid !== undefined && tid.toLowerCase() !== tenant.toLowerCase();
  } catch {
    return false;
  }
}
