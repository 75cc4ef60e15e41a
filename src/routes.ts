/** What the server serves beside the chat: usage, and the sandbox's page. */
import type { Billing } from './billing/billing.js';
import type { SandboxProcessor } from './billing/payments/sandbox/sandbox-processor.js';
import { PAGE_HEADERS } from './page-shell.js';
import { CARD_FIELDS, type TypedCard } from './sandbox-cards/form.js';
import { handleCardPage, type CardPageDeps } from './sandbox-cards/route.js';
import { handleSandboxPage } from './sandbox-route.js';
import type { Route } from './server.js';
import { isExportType, USAGE_BODY_BYTES_MAX } from './usage-delivery.js';
import { handleUsage, type UsageRouteDeps } from './usage-route.js';

const LOOPBACK = /^(?:::ffff:)?127(?:\.\d{1,3}){3}$|^::1$/u;

export function usageRoute(deps: UsageRouteDeps): Route {
  return {
    method: 'POST',
    path: '/api/usage/:tenant',
    bodyBytesMax: USAGE_BODY_BYTES_MAX,
    handle: ({ params, headers, body, rawBody, remoteAddress }) =>
      handleUsage(
        {
          tenant: params['tenant'] ?? '',
          authorization: headers['authorization'],
          // A proxy on this machine speaks for somebody else: then a key is needed.
          fromLoopback: LOOPBACK.test(remoteAddress) && headers['x-forwarded-for'] === undefined,
          body,
          ...(isExportType(headers['content-type']) && { file: rawBody }),
        },
        deps,
      ),
  };
}

/** The page behind "needs action" test cards: shown by GET, decided by POST. */
export function sandboxRoutes(sandbox: SandboxProcessor, billing: Billing): readonly Route[] {
  return (['GET', 'POST'] as const).map((method) => ({
    method,
    path: '/sandbox/payments/:tenant/:payment',
    handle: async ({ params, headers, rawBody }) => {
      const form = new URLSearchParams(method === 'POST' ? rawBody.toString('utf8') : '');
      const decision = form.get('decision');
      const language = headers['accept-language'];
      const answer = await handleSandboxPage(
        {
          method,
          tenant: params['tenant'] ?? '',
          paymentId: params['payment'] ?? '',
          ...(decision !== null && { decision }),
          ...(language !== undefined && { acceptLanguage: language }),
        },
        sandbox,
      );
      if (answer.settled !== undefined)
        await billing.lookAtPayment(answer.settled.tenant, answer.settled.paymentId);
      return { status: answer.status, headers: { ...PAGE_HEADERS }, body: answer.html };
    },
  }));
}

const CARD_BODY_BYTES_MAX = 16 * 1024;

/** The page where a test card is entered: shown by GET, taken by POST. `changed` is told of every tenant that got one. */
export function sandboxCardRoutes(
  deps: CardPageDeps,
  changed: (tenant: string) => Promise<void>,
): readonly Route[] {
  return (['GET', 'POST'] as const).map((method) => ({
    method,
    path: '/sandbox/cards/:tenant',
    bodyBytesMax: CARD_BODY_BYTES_MAX,
    handle: async ({ params, query, headers, rawBody }) => {
      const sent = method === 'POST' ? new URLSearchParams(rawBody.toString('utf8')) : undefined;
      const tenant = params['tenant'] ?? '';
      const request = {
        tenant,
        token: (sent ?? query).get('form') ?? '',
        ...(sent !== undefined && { typed: typedCard(sent) }),
        acceptLanguage: headers['accept-language'],
      };
      const answer = await handleCardPage(request, deps);
      if (answer.added) await changed(tenant);
      return { status: answer.status, headers: { ...PAGE_HEADERS }, body: answer.html };
    },
  }));
}

function typedCard(sent: URLSearchParams): TypedCard {
  const fields = CARD_FIELDS.map((field) => [field, sent.get(field) ?? ''] as const);
  return Object.fromEntries(fields) as TypedCard;
}
