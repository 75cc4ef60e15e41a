/** The route of the needs-action link, without HTTP: what was asked in, status and page out. The server only carries it. */
import type { ChargeId } from './billing/payments/sandbox/charge-table.js';
import { ACTION_DECISIONS, actionPath, isFinal } from './billing/payments/sandbox/charge.js';
import type { ActionDecision, SandboxCharge } from './billing/payments/sandbox/charge.js';
import { StorageUnavailable } from './billing/storage/table.js';
import { speechFor } from './cards/speech.js';
import { sandboxPage, type SandboxPage } from './sandbox-page.js';
import type { SandboxPageState } from './sandbox-page-strings.js';
import { preferredLocale } from './page-shell.js';

/** What the page needs of the sandbox processor; both may throw StorageUnavailable. */
export interface SandboxActions {
  charge(id: ChargeId): Promise<SandboxCharge | undefined>;
  decide(id: ChargeId, decision: ActionDecision): Promise<SandboxCharge | undefined>;
}

export interface SandboxPageRequest extends ChargeId {
  readonly method: string;
  /** The form's field `decision`, as it came. */
  readonly decision?: unknown;
  readonly acceptLanguage?: string | undefined;
}

export interface SandboxPageAnswer {
  readonly status: number;
  readonly html: string;
  /**
   * The payment has its final state: settle it now. Told on every click, not only the first one, since whoever was to
   * settle after that one may have died; settling twice is harmless.
   */
  readonly settled?: ChargeId;
}

/** Answers the needs-action link: GET shows the question, POST takes the decision. */
export async function handleSandboxPage(
  request: SandboxPageRequest,
  sandbox: SandboxActions,
): Promise<SandboxPageAnswer> {
  const method = request.method.toUpperCase();
  const locale = preferredLocale(request.acceptLanguage);
  try {
    if (method === 'POST') return await takeDecision(request, sandbox, locale);
    if (method !== 'GET' && method !== 'HEAD') return page(405, { state: 'invalid', locale });
    const charge = await sandbox.charge(request);
    const state = pageStateOf(charge);
    return page(state === 'notFound' ? 404 : 200, { state, locale, ...paymentFacts(charge, state, locale) });
  } catch (error) {
    if (error instanceof StorageUnavailable) return page(503, { state: 'unavailable', locale });
    throw error;
  }
}

async function takeDecision(
  request: SandboxPageRequest,
  sandbox: SandboxActions,
  locale: string,
): Promise<SandboxPageAnswer> {
  const decision = ACTION_DECISIONS.find((known) => known === request.decision);
  if (decision === undefined) return page(400, { state: 'invalid', locale });
  const charge = await sandbox.decide(request, decision);
  const { status, state } = OUTCOMES[decision][pageStateOf(charge)];
  const answer = page(status, { state, locale, ...paymentFacts(charge, state, locale) });
  if (charge === undefined || state === 'notFound' || !isFinal(charge)) return answer;
  return { ...answer, settled: { tenant: charge.tenant, paymentId: charge.paymentId } };
}

/** What a charge looks like from the link; payments of cards that never ask have no such page. */
type LinkState = 'waiting' | 'approved' | 'refused' | 'cancelled' | 'notFound';

const LINK_STATES: Readonly<Record<SandboxCharge['state'], LinkState>> = {
  unconfirmed: 'notFound',
  actionRequired: 'waiting',
  succeeded: 'approved',
  declined: 'refused',
  cancelled: 'cancelled',
};

function pageStateOf(charge: SandboxCharge | undefined): LinkState {
  return charge?.scenario === 'needsAction' ? LINK_STATES[charge.state] : 'notFound';
}

interface Outcome {
  readonly status: number;
  readonly state: SandboxPageState;
}

const SAME_FOR_BOTH = {
  waiting: { status: 503, state: 'unavailable' },
  cancelled: { status: 409, state: 'cancelled' },
  notFound: { status: 404, state: 'notFound' },
} as const;

/** The same click twice answers the same; the other button, too late, is told what had been decided. */
const OUTCOMES: Readonly<Record<ActionDecision, Readonly<Record<LinkState, Outcome>>>> = {
  approve: {
    ...SAME_FOR_BOTH,
    approved: { status: 200, state: 'approved' },
    refused: { status: 409, state: 'alreadyRefused' },
  },
  refuse: {
    ...SAME_FOR_BOTH,
    refused: { status: 200, state: 'refused' },
    approved: { status: 409, state: 'alreadyApproved' },
  },
};

function paymentFacts(
  charge: SandboxCharge | undefined,
  state: SandboxPageState,
  locale: string,
): { amount?: string; postUrl?: string } {
  if (charge === undefined || state === 'notFound') return {};
  return {
    amount: speechFor(locale).money(charge.amount),
    postUrl: actionPath(charge.tenant, charge.paymentId),
  };
}

function page(status: number, content: SandboxPage): SandboxPageAnswer {
  return { status, html: sandboxPage(content) };
}
