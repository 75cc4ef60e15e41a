/** What a person says was bought: typed in one line, or field by field, on its way to terms that can be recorded. */
import {
  ATTESTED_MAX,
  INVOICE_CHARS_MAX,
  invoiceId,
  isPurchaseDay,
} from '../../billing/ledger/commands/attest.js';
import { dayOf } from '../../billing/ledger/calendar.js';
import type { Account, Attestation, Payment } from '../../billing/ledger/model.js';
import { money } from '../../billing/money.js';
import { dayText } from '../../cards/calendar-text.js';
import { plain } from '../../cards/render.js';
import type { Speech } from '../../cards/speech.js';
import { amountProblem, parseAmount } from '../parse-amount.js';

export interface Typed {
  readonly amount: string;
  /** `YYYY-MM-DD`, as a day picker sends it. */
  readonly date: string;
  readonly invoice: string;
  /** Id of the request that it answers; empty for none. */
  readonly request: string;
}

export interface Terms {
  readonly amount: bigint;
  readonly date: string;
  readonly invoice: string;
  readonly paymentId?: string;
}

/** What the terms are judged by. */
export interface Desk {
  readonly account: Account;
  /** Open ones, oldest first. */
  readonly requests: readonly Payment[];
  readonly speech: Speech;
  readonly now: string;
}

export type CheckedTerms =
  | { readonly kind: 'terms'; readonly terms: Terms }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] };

/** All fields are judged at once, so that nobody has to come back twice. */
export function checkTerms(typed: Typed, desk: Desk): CheckedTerms {
  const { speech, account, requests } = desk;
  const { currency } = account;
  const parsed = parseAmount(typed.amount, { locale: speech.locale, currency });
  const amount = parsed.kind === 'amount' ? parsed.amount.micros : 0n;
  const max = speech.money(money(ATTESTED_MAX, currency));
  const problems = [
    ...(parsed.kind === 'problem' ? [amountProblem(parsed, speech)] : []),
    ...(amount > ATTESTED_MAX ? [speech.say('attest.problem.range', { max })] : []),
    ...dateProblems(typed.date, desk),
    ...invoiceProblems(typed.invoice.trim(), speech),
  ];
  const known = typed.request === '' || requests.some(({ id }) => id === typed.request);
  const all = known ? problems : [...problems, speech.say('attest.problem.closed')];
  if (all.length > 0) return { kind: 'wrong', problems: all };
  const { date, request: paymentId } = typed;
  const answers = paymentId === '' ? {} : { paymentId };
  return { kind: 'terms', terms: { amount, date, invoice: typed.invoice.trim(), ...answers } };
}

const DAY = /^\d{4}-\d{2}-\d{2}$/u;

function dateProblems(date: string, { account: { timeZone }, speech, now }: Desk): readonly string[] {
  if (!DAY.test(date) || Number.isNaN(Date.parse(date))) return [speech.say('attest.problem.date')];
  if (date > dayOf(now, timeZone)) return [speech.say('attest.problem.future')];
  if (isPurchaseDay(date, timeZone, now)) return [];
  return [speech.say('attest.problem.old', { date: dayText(yearBefore(now), speech) })];
}

function yearBefore(now: string): string {
  const day = new Date(now);
  day.setUTCFullYear(day.getUTCFullYear() - 1);
  return day.toISOString().slice(0, 10);
}

function invoiceProblems(invoice: string, speech: Speech): readonly string[] {
  if (invoiceId(invoice) === '') return [speech.say('attest.problem.invoice')];
  if (invoice.length <= INVOICE_CHARS_MAX) return [];
  return [speech.say('attest.problem.long', { max: INVOICE_CHARS_MAX })];
}

/** Who recorded that invoice before, and when. */
export function knownProblem({ invoice, amount, by, at }: Attestation, { account, speech }: Desk): string {
  return speech.say('attest.problem.known', {
    invoice: plain(invoice),
    amount: speech.money(money(amount, account.currency)),
    name: plain(by.name),
    time: speech.dateTime(at),
  });
}

/** `1 000,50 €` has three words. */
const AMOUNT_WORDS_MAX = 4;

/** `added 100 INV-7`: as much as can be read is the amount, what follows with a figure in it is the invoice. */
export function typedPurchase(rest: string, desk: Desk): Typed {
  const { speech, account } = desk;
  const words = rest.split(/\s+/u).filter((word) => word !== '');
  for (let count = Math.min(AMOUNT_WORDS_MAX, words.length); count > 0; count -= 1) {
    const amount = words.slice(0, count).join(' ');
    const parsed = parseAmount(amount, { locale: speech.locale, currency: account.currency });
    if (parsed.kind !== 'amount') continue;
    const more = words.slice(count).join(' ');
    const invoice = /\d/u.test(more) ? more : '';
    return { ...emptyForm(desk), amount, invoice, request: requestFor(parsed.amount.micros, desk) };
  }
  return { ...emptyForm(desk), amount: /\d/u.test(rest) ? rest : '' };
}

/** Today, and the request that waits longest. */
export function emptyForm({ account, requests, now }: Pick<Desk, 'account' | 'requests' | 'now'>): Typed {
  const request = requests[0]?.id ?? '';
  return { amount: '', date: dayOf(now, account.timeZone), invoice: '', request };
}

/** The one of the same amount; otherwise the one that waits longest. */
function requestFor(amount: bigint, { requests }: Desk): string {
  const same = requests.find((request) => request.amount === amount);
  return (same ?? requests[0])?.id ?? '';
}
