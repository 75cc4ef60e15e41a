/** The cards of recording a purchase, with what is sealed into the preview's button. */
import * as z from 'zod';
import { expiryOf, after, dayOf } from '../../billing/ledger/calendar.js';
import { INVOICE_CHARS_MAX, invoiceId, purchaseMoment } from '../../billing/ledger/commands/attest.js';
import { money } from '../../billing/money.js';
import { isBoughtByPerson } from '../../billing/payments/processor.js';
import { rowKeys } from '../../billing/ledger/world.js';
import { attestForm, attestPreview, type AttestPreviewFacts } from '../../cards/attest-card.js';
import type { Card } from '../../cards/render.js';
import { openPayments } from '../add-funds/preview.js';
import type { OpenedForm } from '../form-token.js';
import { speechHere } from '../purchase-mode.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';
import { checkTerms, knownProblem, type Desk, type Terms, type Typed } from './terms.js';

const PURPOSE = 'attest';

export interface Counter extends Desk {
  readonly turn: Turn;
  readonly services: Services;
}

export async function openCounter(turn: Turn, services: Services): Promise<Counter> {
  const account = await services.billing.reader.account(turn.tenant);
  const open = await openPayments(turn, services, account);
  const requests = open.filter(
    ({ status, method }) => status === 'actionRequired' && isBoughtByPerson(method),
  );
  const speech = speechHere(turn, services, account.timeZone);
  return { turn, services, account, requests, speech, now: turn.now };
}

export function formCard(counter: Counter, typed: Typed, problems: readonly string[] = []): Card {
  const { account, requests, speech, now } = counter;
  const { balance, currency, timeZone } = account;
  const facts = { ...typed, balance: money(balance, currency), requests, problems };
  return attestForm({ ...facts, today: dayOf(now, timeZone), invoiceCharsMax: INVOICE_CHARS_MAX }, speech);
}

/** An invoice that was recorded before is told at the form already: nobody should have to come back twice. */
export async function previewOrForm(counter: Counter, typed: Typed): Promise<Card> {
  const checked = checkTerms(typed, counter);
  if (checked.kind === 'wrong') return formCard(counter, typed, checked.problems);
  const known = await alreadyRecorded(counter, checked.terms);
  return known === undefined ? previewCard(counter, checked.terms) : formCard(counter, typed, [known]);
}

export async function alreadyRecorded(
  counter: Counter,
  { invoice }: Pick<Terms, 'invoice'>,
): Promise<string | undefined> {
  const { services, turn } = counter;
  const key = rowKeys.attestation(invoiceId(invoice));
  const known = await services.billing.reader.row(turn.tenant, 'attestation', key);
  return known === undefined ? undefined : knownProblem(known, counter);
}

export function previewCard(counter: Counter, terms: Terms, reason?: AttestPreviewFacts['reason']): Card {
  const { account, requests, speech, now } = counter;
  const { date, paymentId } = terms;
  const request = requests.find(({ id }) => id === paymentId);
  const since = after(now, { days: -1 });
  const { attested } = account;
  const facts: AttestPreviewFacts = {
    ...terms,
    expiresAt: expiryOf(purchaseMoment(date)),
    account,
    recent: account.recentTopUps.filter(({ at }) => at > since),
    ...(request !== undefined && { request }),
    ...(attested !== undefined && dayOf(attested.at, account.timeZone) >= date && { snapshot: attested }),
    ...(reason !== undefined && { reason }),
    token: sealed(counter, terms),
  };
  return attestPreview(facts, speech);
}

function sealed({ turn, services, account }: Counter, terms: Terms): string {
  const { amount, date, invoice, paymentId } = terms;
  const answers = paymentId === undefined ? {} : { paymentId };
  return services.tokens.seal({
    id: services.newId(),
    purpose: PURPOSE,
    tenant: turn.tenant,
    conversation: turn.conversation.key,
    mintedAt: turn.now,
    terms: { micros: amount.toString(), currency: account.currency, date, invoice, ...answers },
  });
}

const termsSchema = z.object({
  micros: z
    .string()
    .regex(/^\d{1,18}$/u)
    .transform(BigInt),
  currency: z.string(),
  date: z.string(),
  invoice: z.string(),
  paymentId: z.string().exactOptional(),
});

export interface OpenedTerms {
  readonly kind: Exclude<OpenedForm['kind'], 'forged'>;
  readonly id: string;
  readonly mintedAt: string;
  readonly terms: Terms;
}

/** Undefined where it was not sealed here, for this tenant and conversation, or in another currency. */
export function openTerms(token: string, { turn, services, account }: Counter): OpenedTerms | undefined {
  const bound = { purpose: PURPOSE, tenant: turn.tenant, conversation: turn.conversation.key };
  const opened = services.tokens.open(token, bound, turn.now);
  if (opened.kind === 'forged') return undefined;
  const { id, mintedAt } = opened.form;
  const { micros: amount, currency, ...terms } = termsSchema.parse(opened.form.terms);
  return currency === account.currency
    ? { kind: opened.kind, id, mintedAt, terms: { amount, ...terms } }
    : undefined;
}
