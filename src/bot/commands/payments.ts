/** `payments`: what is not finished yet, refunds too, and cancelling it. */
import * as z from 'zod';
import type { Account, Payment, PaymentStatus } from '../../billing/ledger/model.js';
import { rowKeys } from '../../billing/ledger/world.js';
import type { CancelNotice } from '../../cards/payment-card.js';
import { paymentsCard } from '../../cards/payments-card.js';
import type { Card } from '../../cards/render.js';
import { showPayment } from '../add-funds/outcome.js';
import { openPayments } from '../add-funds/preview.js';
import { action, post, replace, type Command, type Reply } from '../command.js';
import { notices } from '../notices.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

/** Longer than for a charge, since the answer is what the click was for; still within the five seconds of Teams. */
const CANCEL_WITHIN_MS = 3_000;

export const paymentsCommand: Command = {
  role: 'viewer',
  run: async (_input, turn, services) => post(await list(turn, services)),
  actions: {
    show: action('viewer', z.object({}), async (_data, turn, services) => post(await list(turn, services))),
    refresh: action('viewer', z.object({}), async (_data, turn, services) =>
      replace(await list(turn, services)),
    ),
    one: action('viewer', z.object({ id: z.string().min(1).max(200) }), async ({ id }, turn, services) =>
      post(await one(id, turn, services)),
    ),
    cancel: action('admin', z.object({ id: z.string().min(1).max(200) }), ({ id }, turn, services) =>
      cancel(id, turn, services),
    ),
  },
};

async function list(turn: Turn, services: Services): Promise<Card> {
  const account = await services.billing.reader.account(turn.tenant);
  const [payments, refunds] = await Promise.all([
    openPayments(turn, services, account),
    refundsOf(account, services),
  ]);
  return paymentsCard({ payments, refunds, now: turn.now, canAct: turn.role === 'admin' }, turn.speech);
}

/** Any of them, finished or not: an alert leads here. */
async function one(id: string, turn: Turn, { billing }: Services): Promise<Card> {
  const payment = await billing.reader.payment(turn.tenant, id);
  return payment === undefined ? notices.stale(turn.speech) : showPayment(payment, turn);
}

async function refundsOf(
  { tenant, openRefunds }: Account,
  { billing }: Services,
): Promise<readonly Payment[]> {
  if (openRefunds.length === 0) return [];
  return billing.reader.rows(tenant, 'payment', openRefunds.map(rowKeys.payment));
}

/** The card tells what came out; a charge that was there before stays what it is. */
async function cancel(id: string, turn: Turn, services: Services): Promise<Reply> {
  const before = await services.billing.reader.payment(turn.tenant, id);
  if (before === undefined) return post(notices.stale(turn.speech));
  const payment = (await cancelWithin(id, turn, services)) ?? before;
  return replace(showPayment(payment, turn, NOTICE_OF[payment.status]));
}

const NOTICE_OF: Readonly<Record<PaymentStatus, CancelNotice | undefined>> = {
  requested: 'cancelUnknown',
  begun: 'cancelUnknown',
  actionRequired: 'cancelUnknown',
  unknown: 'cancelUnknown',
  settled: 'chargedBefore',
  declined: 'declinedBefore',
  cancelled: undefined,
};

/** Undefined where nobody knows in time; the payment then stays open and is asked for again. */
async function cancelWithin(id: string, turn: Turn, services: Services): Promise<Payment | undefined> {
  const by = { id: turn.person.id, name: turn.person.name };
  const cancelling = services.billing.cancelPayment(turn.tenant, id, by);
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, CANCEL_WITHIN_MS, undefined);
  });
  try {
    return await Promise.race([cancelling, bound]);
  } finally {
    clearTimeout(timer);
    // Where it fails after the answer was given, that answer still holds: nothing is confirmed, the payment is open.
    cancelling.catch(() => undefined);
  }
}
