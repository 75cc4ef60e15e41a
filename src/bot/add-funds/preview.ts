/** The preview: mints the payment's id and seals it together with what was promised (DESIGN §4, step 1). */
import * as z from 'zod';
import { otherTopUps } from '../../billing/ledger/commands/request-top-up.js';
import { forfeitOf } from '../../billing/ledger/forfeit.js';
import type { Payment } from '../../billing/ledger/model.js';
import { rowKeys } from '../../billing/ledger/world.js';
import { CURRENCIES, money, type Money } from '../../billing/money.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import { addFundsPreview, type AddFundsPreviewFacts, type OtherTopUp } from '../../cards/add-funds-card.js';
import type { Card } from '../../cards/render.js';
import type { OpenedForm } from '../form-token.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import type { Till } from './form.js';

const PURPOSE = 'addFunds';

export interface Promised {
  readonly amount: Money;
  readonly method: PaymentMethod;
  readonly reason?: NonNullable<AddFundsPreviewFacts['reason']>;
}

export async function previewCard(till: Till, promised: Promised): Promise<Card> {
  const { turn, account } = till;
  const forfeit = forfeitOf(account, promised.amount.micros, turn.now);
  const facts = {
    ...promised,
    ...(forfeit !== undefined && { forfeit }),
    balance: money(account.balance, account.currency),
    others: await otherTopUpsOf(till),
    token: sealed(till, promised),
    now: turn.now,
  };
  return addFundsPreview(facts, turn.speech);
}

function sealed({ turn, services }: Till, { amount, method }: Promised): string {
  return services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { micros: amount.micros.toString(), currency: amount.currency, method: method.id },
  });
}

/** Open ones with who asked for them, and those that were settled in the last minutes. */
async function otherTopUpsOf({ turn, services, account }: Till): Promise<readonly OtherTopUp[]> {
  const { recent } = otherTopUps(account, turn.now);
  const done = account.recentTopUps
    .slice(0, recent)
    .map(({ amount, by, at }): OtherTopUp => ({ state: 'recent', amount, by, at }));
  return [...(await openPayments(turn, services, account)).map(asOther), ...done];
}

function asOther({ amount, requestedBy, requestedAt }: Payment): OtherTopUp {
  return { state: 'open', amount, by: requestedBy, at: requestedAt };
}

/** Oldest first. */
export async function openPayments(
  turn: Turn,
  services: Services,
  account: Till['account'],
): Promise<readonly Payment[]> {
  if (account.openPayments.length === 0) return [];
  const ids = account.openPayments.map(({ id }) => id);
  const rows = await services.billing.reader.rows(turn.tenant, 'payment', ids.map(rowKeys.payment));
  return ids.flatMap((id) => rows.filter((row) => row.id === id));
}

const termsSchema = z.object({
  micros: z.string().regex(/^\d{1,18}$/u),
  currency: z.enum(CURRENCIES),
  method: z.string(),
});

export interface Terms {
  readonly amount: Money;
  readonly methodId: string;
}

export interface OpenedPreview {
  readonly kind: Exclude<OpenedForm['kind'], 'forged'>;
  readonly paymentId: string;
  readonly mintedAt: string;
  readonly terms: Terms;
}

/** Undefined where it was not sealed here, for this tenant and conversation. */
export function openPreview(turn: Turn, services: Services, token: string): OpenedPreview | undefined {
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return undefined;
  const { id: paymentId, mintedAt } = opened.form;
  const { micros, currency, method } = termsSchema.parse(opened.form.terms);
  const terms = { amount: money(BigInt(micros), currency), methodId: method };
  return { kind: opened.kind, paymentId, mintedAt, terms };
}
