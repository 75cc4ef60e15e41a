/** What the stand-in keeps, in the shapes of Stripe's documented objects; only what the program reads or writes. */

/** How the bank behind a stored card answers. */
export type Behaviour =
  | { readonly kind: 'approves' }
  | { readonly kind: 'declines'; readonly code: string; readonly decline?: string; readonly advice?: string }
  | { readonly kind: 'wantsPerson' }
  /** The bank takes its time: neither charged nor declined yet. */
  | { readonly kind: 'processes' }
  /** The connection ends that often before the confirm arrives, or after it took effect. */
  | { readonly kind: 'losesRequests' | 'losesAnswers'; readonly times: number };

export interface Card {
  readonly object: 'payment_method';
  readonly id: string;
  readonly type: 'card';
  customer: string | null;
  readonly card: {
    readonly brand: string;
    readonly last4: string;
    readonly exp_month: number;
    readonly exp_year: number;
    readonly fingerprint: string;
  };
}

export interface Intent {
  readonly object: 'payment_intent';
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  amount_received: number;
  readonly currency: string;
  readonly customer: string;
  readonly livemode: boolean;
  readonly metadata: Record<string, string>;
  payment_method: string | null;
  status: string;
  canceled_at: number | null;
  cancellation_reason: string | null;
  last_payment_error: Record<string, string> | null;
}

export interface Refund {
  readonly object: 'refund';
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly payment_intent: string;
  readonly metadata: Record<string, string>;
  status: string;
}

interface BalanceTransaction {
  readonly object: 'balance_transaction';
  readonly amount: number;
  readonly currency: string;
}

export interface Dispute {
  readonly object: 'dispute';
  readonly id: string;
  readonly amount: number;
  readonly currency: string;
  readonly payment_intent: string;
  readonly metadata: Record<string, string>;
  status: 'needs_response' | 'won' | 'lost';
  /** What moved, in the currency that the account is kept in: negative where the bank took it. */
  readonly balance_transactions: BalanceTransaction[];
}

export interface Session {
  readonly object: 'checkout.session';
  readonly id: string;
  readonly mode: string;
  readonly customer: string;
  readonly livemode: boolean;
  readonly metadata: Record<string, string>;
  readonly amount_total: number | null;
  readonly currency: string | null;
  readonly expires_at: number;
  readonly success_url: string;
  /** Kept for the intent that the page makes when it is paid. */
  readonly intentMetadata: Record<string, string>;
  status: 'open' | 'complete' | 'expired';
  payment_status: 'unpaid' | 'paid' | 'no_payment_required';
  payment_intent: string | null;
  url: string | null;
}

export interface Customer {
  readonly object: 'customer';
  readonly id: string;
  readonly livemode: boolean;
  readonly metadata: Record<string, string>;
  readonly invoice_settings: { default_payment_method: string | null };
}

/** What the handlers answer: a status and a body. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });

export function invalid(code: string | undefined, param?: string, status = 400): Reply {
  const error = {
    type: 'invalid_request_error',
    ...(code && { code }),
    ...(param && { param }),
    message: 'no',
  };
  return { status, body: { error } };
}

export const missing = (param: string, status = 404): Reply => invalid('resource_missing', param, status);

export interface Happened {
  readonly type: string;
  readonly object: object;
  /** Of what changed, the values before. */
  readonly previous_attributes?: object;
}

/** All objects of one Stripe account in test mode. */
export class Records {
  readonly customers = new Map<string, Customer>();
  readonly cards = new Map<string, Card>();
  readonly behaviours = new Map<string, Behaviour>();
  readonly intents = new Map<string, Intent>();
  readonly refunds = new Map<string, Refund>();
  readonly disputes = new Map<string, Dispute>();
  readonly sessions = new Map<string, Session>();
  /** What happened to which object, for webhooks. */
  readonly happened: Happened[] = [];
  readonly #now: () => string;
  #ids = 0;

  constructor(now: () => string) {
    this.#now = now;
  }

  seconds(): number {
    return Math.floor(Date.parse(this.#now()) / 1_000);
  }

  id(prefix: string): string {
    this.#ids += 1;
    return `${prefix}_${String(this.#ids).padStart(8, '0')}`;
  }

  /** As it is now: what changes later is another event. */
  tell(type: string, object: object, before?: object): void {
    const previous = before === undefined ? {} : { previous_attributes: before };
    this.happened.push({ type, object: structuredClone(object), ...previous });
  }

  behaviourOf(intent: Intent | undefined): Behaviour | undefined {
    return this.behaviours.get(intent?.payment_method ?? '');
  }

  addCustomer(tenant: string): string {
    const customer: Customer = {
      object: 'customer',
      id: this.id('cus'),
      livemode: false,
      metadata: { tenant },
      invoice_settings: { default_payment_method: null },
    };
    this.customers.set(customer.id, customer);
    return customer.id;
  }

  addCard(customer: string, behaviour: Behaviour = { kind: 'approves' }): string {
    const id = this.id('pm');
    const card = { brand: 'visa', last4: '4242', exp_month: 3, exp_year: 2031, fingerprint: `print-${id}` };
    this.cards.set(id, { object: 'payment_method', id, type: 'card', customer, card });
    this.behaviours.set(id, behaviour);
    return id;
  }
}
