/**
 * The routes around a payment that a person must approve: the link in the chat opens the bank's page, which is made at the
 * click, and that page leads back to one that says how the payment stands. Without the seal of the link there is nothing here.
 */
import type { Billing } from '../billing/billing.js';
import type { Payment } from '../billing/ledger/model.js';
import type { ActionLinks } from '../billing/payments/method-ports.js';
import type { PaymentLinks } from '../billing/payments/stripe/payment-links.js';
import type { ChargeRef } from '../billing/payments/processor.js';
import { StorageUnavailable } from '../billing/storage/table.js';
import type { RouteRequest, RouteResponse } from '../http-exchange.js';
import { PAGE_HEADERS, preferredLocale } from '../page-shell.js';
import type { Route } from '../server.js';
import { paymentPage } from './page.js';
import type { PaymentPageState } from './strings.js';

export interface PaymentPagesDeps {
  readonly billing: Pick<Billing, 'lookAtPayment' | 'paymentWithin'> & {
    readonly reader: Pick<Billing['reader'], 'payment'>;
  };
  readonly actions: ActionLinks;
  readonly links: Pick<PaymentLinks, 'opens'>;
}

/** Where the pages on which cards are entered lead back to. */
export const CARDS_BACK_PATH = '/payments/cards';
/** How long the page waits for the processor's answer; what takes longer is shown in the chat. */
const LOOK_MS_MAX = 3_000;

const STATES: Readonly<Record<Payment['status'], PaymentPageState>> = {
  requested: 'underWay',
  begun: 'underWay',
  unknown: 'underWay',
  actionRequired: 'waiting',
  settled: 'paid',
  declined: 'notPaid',
  cancelled: 'cancelled',
};
const OPEN: readonly PaymentPageState[] = ['underWay', 'waiting'];
const STATUS: Partial<Readonly<Record<PaymentPageState, number>>> = { notFound: 404, unavailable: 503 };

export function paymentPages(deps: PaymentPagesDeps): readonly Route[] {
  const page = (path: string, open: (charge: ChargeRef) => Promise<Opened>): Route => ({
    method: 'GET',
    path,
    handle: async (request) => answer(await sealed(request, deps.links, open), request),
  });
  return [
    page('/payments/:tenant/:payment/approve', (charge) => approve(charge, deps)),
    page('/payments/:tenant/:payment', (charge) => standing(charge, deps)),
    { method: 'GET', path: CARDS_BACK_PATH, handle: async (request) => answer({ state: 'cards' }, request) },
  ];
}

type Opened = { readonly state: PaymentPageState } | { readonly url: string };

async function sealed(
  { params, query }: RouteRequest,
  links: PaymentPagesDeps['links'],
  open: (charge: ChargeRef) => Promise<Opened>,
): Promise<Opened> {
  const charge = { tenant: params['tenant'] ?? '', paymentId: params['payment'] ?? '' };
  if (!links.opens(charge, query.get('seal') ?? '')) return { state: 'notFound' };
  try {
    return await open(charge);
  } catch (error) {
    if (error instanceof StorageUnavailable) return { state: 'unavailable' };
    throw error;
  }
}

/** What is not to be approved any more says how it stands: after a wish to cancel it is never charged by us. */
async function approve(charge: ChargeRef, deps: PaymentPagesDeps): Promise<Opened> {
  const payment = await deps.billing.reader.payment(charge.tenant, charge.paymentId);
  if (payment === undefined) return { state: 'notFound' };
  const { status, processorId, cancelWishedBy } = payment;
  const isWanted = status === 'actionRequired' && cancelWishedBy === undefined;
  if (!isWanted || processorId === undefined) return standing(charge, deps);
  const link = await deps.actions.linkFor({ ...charge, processorId });
  if (link.kind === 'link') return { url: link.url };
  return link.kind === 'closed' ? standing(charge, deps) : { state: 'unavailable' };
}

/** Asks the processor where the payment is open: the person may have come from its page just now. */
async function standing({ tenant, paymentId }: ChargeRef, { billing }: PaymentPagesDeps): Promise<Opened> {
  const before = await billing.reader.payment(tenant, paymentId);
  if (before === undefined) return { state: 'notFound' };
  if (!OPEN.includes(STATES[before.status])) return { state: STATES[before.status] };
  void billing.lookAtPayment(tenant, paymentId);
  const now = await billing.paymentWithin(tenant, paymentId, LOOK_MS_MAX);
  return { state: stateOf(now ?? before) };
}

/** Nothing waits for the person where somebody asked to cancel it. */
function stateOf({ status, cancelWishedBy }: Payment): PaymentPageState {
  const state = STATES[status];
  return state === 'waiting' && cancelWishedBy !== undefined ? 'underWay' : state;
}

function answer(opened: Opened, { headers }: RouteRequest): RouteResponse {
  if ('url' in opened) return { status: 303, headers: { Location: opened.url } };
  const { state } = opened;
  const html = paymentPage(state, preferredLocale(headers['accept-language']));
  return { status: STATUS[state] ?? 200, headers: { ...PAGE_HEADERS, ...QUIET }, body: html };
}

/** The address holds the seal: it is told to nobody. */
const QUIET = { 'Referrer-Policy': 'no-referrer' } as const;
