/** The port to a source of PSTN call records that is asked for windows of time, page by page. */

/** ISO instants in UTC, both inclusive, by when a call started. At most {@link WINDOW_DAYS_MAX} apart. */
export interface CallWindow {
  readonly from: string;
  readonly to: string;
}

/** Microsoft Graph refuses more (documentation of `getPstnCalls`). */
export const WINDOW_DAYS_MAX = 90;

export type PageAsked = CallWindow | { readonly next: string };

export type PageAnswer =
  | {
      readonly kind: 'page';
      /** As they came: whoever takes them judges each. */
      readonly rows: readonly unknown[];
      /** What to ask for next; absent on the last page. */
      readonly next?: string;
    }
  | Trouble;

export interface Trouble {
  readonly kind: 'trouble';
  readonly reason: TroubleReason;
  /** Status, code and request id, for the operator; nothing personal and no secret. */
  readonly detail: string;
  /** The source asked not to be asked before that. */
  readonly notBefore?: string;
}

export interface PstnCalls {
  /**
   * Waits a bounded time where the source is busy. What goes wrong there is a {@link Trouble}.
   * @throws RangeError for a window that is too long or ends before it begins.
   */
  page(tenant: string, asked: PageAsked): Promise<PageAnswer>;
}

interface TroubleNature {
  /** Whether any other window would meet the same. */
  readonly everywhere: boolean;
  /** By itself, usually within minutes. */
  readonly passes: boolean;
  /** What an operator does about it. */
  readonly advice: string;
}

const WAIT = 'Nothing needs to be done: it is tried again.';

export const TROUBLES = {
  noToken: {
    everywhere: true,
    passes: false,
    advice:
      "No access token could be had: check the app registration's secret, certificate or managed identity, and the tenant.",
  },
  otherTenant: {
    everywhere: true,
    passes: false,
    advice:
      "The access token is another organisation's: the credential must be able to get one for this tenant.",
  },
  notAuthenticated: {
    everywhere: true,
    passes: false,
    advice: 'Microsoft Graph does not take the access token: check the app registration and its credential.',
  },
  consentMissing: {
    everywhere: true,
    passes: false,
    advice:
      'The app may not read PSTN call records: grant it the application permission CallRecord-PstnCalls.Read.All (or, where that is not enough, CallRecords.Read.All) and have an administrator of the tenant consent.',
  },
  busy: { everywhere: true, passes: true, advice: `Microsoft Graph asks for fewer requests. ${WAIT}` },
  unavailable: {
    everywhere: true,
    passes: true,
    advice: `Microsoft Graph does not answer as it should. ${WAIT}`,
  },
  windowRefused: {
    everywhere: false,
    passes: false,
    advice: 'Microsoft Graph refuses these days: the calls of other days are still read.',
  },
  malformed: {
    everywhere: false,
    passes: false,
    advice:
      'The answer is none of Microsoft Graph, or in a new form: nothing of it was taken. Check proxies on the way.',
  },
} as const satisfies Readonly<Record<string, TroubleNature>>;

export type TroubleReason = keyof typeof TROUBLES;
export const TROUBLE_REASONS = Object.keys(TROUBLES) as readonly TroubleReason[];

/** What is wrong at present, and since when. */
export interface TroubleNoted {
  readonly reason: TroubleReason;
  readonly since: string;
  readonly at: string;
}
