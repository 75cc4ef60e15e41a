/**
 * `add funds`: form → preview → confirmation → receipt (DESIGN §4, §6). `add $50` goes straight to the preview with the
 * default card: it shows all that the form would ask, charges nothing, and "Change" leads back to the form.
 */
import * as z from 'zod';
import type { PaymentStatus } from '../../billing/ledger/model.js';
import { fromDecimal, money, type Money } from '../../billing/money.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import { noticeCard } from '../../cards/notice.js';
import type { Card } from '../../cards/render.js';
import type { Speech } from '../../cards/speech.js';
import {
  checkAmount,
  checkTyped,
  formCard,
  openTill,
  type FormValues,
  type Till,
} from '../add-funds/form.js';
import { outcomeCard } from '../add-funds/outcome.js';
import { confirm } from '../add-funds/pay.js';
import { previewCard } from '../add-funds/preview.js';
import { action, post, readingAccount, replace, type Command } from '../command.js';
import { notices } from '../notices.js';
import { speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

/** What is typed may be anything and gets its sentence; what buttons send is short. */
const typed = z.string();
const decimal = z.string().max(40);
const id = z.string().min(1).max(200);

const CLOSED: readonly PaymentStatus[] = ['settled', 'declined', 'cancelled'];

const formData = z.object({
  amount: decimal.optional(),
  method: id.optional(),
  /** A card that was just declined: another one is offered first. */
  notMethod: id.optional(),
});
const previewData = z.object({
  preset: decimal.optional(),
  amount: typed.default(''),
  method: id.optional(),
});

export const addFundsCommand: Command = {
  role: 'admin',
  readsAccount: true,
  run: async ({ rest }, turn, services) => {
    const till = await openTill(turn, services);
    return post(rest === '' ? formCard(till, { amount: '' }) : await previewOrForm(till, { amount: rest }));
  },
  actions: {
    form: readingAccount(
      action('admin', formData, async (data, turn, services) => post(await filledForm(data, turn, services))),
    ),
    change: readingAccount(
      action('admin', formData, async (data, turn, services) =>
        replace(await filledForm(data, turn, services)),
      ),
    ),
    preview: readingAccount(
      action('admin', previewData, async (data, turn, services) =>
        replace(await previewOrForm(await openTill(turn, services), data)),
      ),
    ),
    confirm: readingAccount(
      action('admin', z.object({ token: z.string().max(4_000) }), ({ token }, turn, services) =>
        confirm(token, turn, services),
      ),
    ),
    discard: action('admin', z.object({}), async (_data, turn, services) =>
      replace(discarded(speechHere(turn, services))),
    ),
    status: action('viewer', z.object({ id }), async (data, turn, services) => {
      const payment = await services.billing.reader.payment(turn.tenant, data.id);
      if (payment === undefined) return post(notices.stale(turn.speech));
      // Asks the processor now. What fails there is logged by the runner, and the payment stays as it is.
      if (!CLOSED.includes(payment.status)) void services.billing.lookAtPayment(turn.tenant, payment.id);
      return replace(await outcomeCard(payment, turn, services));
    }),
  },
};

async function filledForm(data: z.infer<typeof formData>, turn: Turn, services: Services): Promise<Card> {
  const till = await openTill(turn, services);
  const micros = data.amount === undefined ? undefined : fromDecimal(data.amount);
  const amount = micros === undefined ? '' : turn.speech.money(money(micros, till.account.currency));
  const methodId = data.method ?? till.methods.find((method) => method.id !== data.notMethod)?.id;
  return formCard(till, { amount, ...(methodId !== undefined && { methodId }) });
}

async function previewOrForm(till: Till, data: z.infer<typeof previewData>): Promise<Card> {
  const { method: methodId } = data;
  const method = till.methods.find(({ id: known }) => methodId === undefined || known === methodId);
  const checked = data.preset === undefined ? checkTyped(till, data.amount) : preset(till, data.preset);
  if (checked.kind === 'amount' && method !== undefined)
    return previewCard(till, { amount: checked.amount, method });
  const amount = checked.kind === 'amount' ? spoken(till, checked.amount) : data.amount;
  return formCard(till, {
    amount,
    ...(methodId !== undefined && { methodId }),
    ...(checked.kind === 'wrong' && { amountProblem: checked.problem }),
    ...methodProblem(till, method),
  });
}

function spoken({ turn }: Till, amount: Money): string {
  return turn.speech.money(amount);
}

/** An account without any card has a sentence of its own in the form. */
function methodProblem({ turn, methods }: Till, chosen: PaymentMethod | undefined): Partial<FormValues> {
  if (chosen !== undefined || methods.length === 0) return {};
  return { methodProblem: turn.speech.say('addFunds.methodGone') };
}

/** The value of a preset's button comes back from outside like everything else. */
function preset(till: Till, value: string): ReturnType<typeof checkAmount> {
  return checkAmount(till, money(fromDecimal(value) ?? 0n, till.account.currency));
}

function discarded(speech: Speech): Card {
  return noticeCard({
    tone: 'info',
    title: speech.say('addFunds.discarded.title'),
    text: speech.say('addFunds.discarded.text'),
    buttons: [{ title: speech.say('payment.button.addFunds'), data: { verb: 'addFunds.form' } }],
  });
}
