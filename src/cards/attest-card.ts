/** Recording what a person bought: the form, the preview that says what will happen, and the receipt. */
import type { Account, Actor, AttestedBalance, Payment } from '../billing/ledger/model.js';
import { money, type Currency, type Money } from '../billing/money.js';
import { dayText } from './calendar-text.js';
import { expiryDay } from './lots.js';
import { actorName, clickButton, renderPayment, type PaymentView } from './payment-view.js';
import { balanceChange } from './refund-card.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/attest-form.json' with { type: 'json' };

export type Request = Pick<Payment, 'id' | 'amount' | 'requestedBy' | 'requestedAt'>;

export interface AttestFormFacts {
  readonly balance: Money;
  /** What the person had typed and chosen; kept when the form comes back. */
  readonly amount: string;
  readonly date: string;
  readonly invoice: string;
  readonly request: string;
  /** Open ones, oldest first. */
  readonly requests: readonly Request[];
  /** Days that can be chosen. */
  readonly today: string;
  readonly invoiceCharsMax: number;
  /** Sentences. */
  readonly problems: readonly string[];
}

const AMOUNT_CHARS_MAX = 64;

export function attestForm(facts: AttestFormFacts, speech: Speech): Card {
  const { currency } = facts.balance;
  const title = speech.say('attest.form.title');
  const intro = speech.say('attest.form.intro', { balance: speech.money(facts.balance) });
  const open = facts.requests.map((request) => ({
    title: speech.say('attest.form.request.one', requestValues(request, currency, speech)),
    value: request.id,
  }));
  const none = { title: speech.say('attest.form.request.none'), value: NO_REQUEST };
  const data = {
    title,
    intro,
    problems: facts.problems,
    amountLabel: speech.say('attest.form.amount'),
    amount: kept(facts.amount, AMOUNT_CHARS_MAX),
    dateLabel: speech.say('attest.form.date'),
    date: facts.date,
    today: facts.today,
    invoiceLabel: speech.say('attest.form.invoice'),
    invoicePlaceholder: speech.say('attest.form.invoice.placeholder'),
    invoice: kept(facts.invoice, facts.invoiceCharsMax),
    invoiceCharsMax: facts.invoiceCharsMax,
    requestLabel: speech.say('attest.form.request'),
    requests: open.length === 0 ? [] : [...open, none],
    request: facts.request === '' ? NO_REQUEST : facts.request,
    safe: speech.say('attest.form.safe'),
    continue: speech.say('addFunds.form.continue'),
    cancel: speech.say('addFunds.form.cancel'),
  };
  return renderCard(template, data, `${title}. ${intro}`);
}

/** The choice of none: an empty value would be no choice. */
export const NO_REQUEST = 'none';

/** `${` in a card would look like a fact that is missing; cutting may halve an emoji. */
function kept(typed: string, charsMax: number): string {
  return typed.slice(0, charsMax).replace(/[{}\p{Cs}]/gu, '');
}

function requestValues({ amount, requestedBy, requestedAt }: Request, currency: Currency, speech: Speech) {
  return {
    amount: speech.money(money(amount, currency)),
    who: actorName(requestedBy, speech),
    time: speech.dateTime(requestedAt),
  };
}

export interface AttestPreviewFacts {
  readonly amount: bigint;
  readonly date: string;
  readonly invoice: string;
  readonly expiresAt: string;
  readonly account: Pick<Account, 'balance' | 'currency' | 'recentTopUps'>;
  /** The request that it answers. */
  readonly request?: Request;
  /** Added in the last day: it may be the same purchase. */
  readonly recent: Account['recentTopUps'];
  /** What a person saw in the admin center since the purchase: it may be in there already. */
  readonly snapshot?: AttestedBalance;
  /** Why this preview comes although another one was confirmed. */
  readonly reason?: 'expired' | 'another' | 'closed';
  /** Sealed: what the confirmation sends back. */
  readonly token: string;
}

export function attestPreview(facts: AttestPreviewFacts, speech: Speech): Card {
  const { account, request, token } = facts;
  const { currency } = account;
  const amount = speech.money(money(facts.amount, currency));
  const confirm = speech.say('attest.preview.confirm', { amount });
  const answers =
    request === undefined
      ? speech.say('attest.preview.alone')
      : speech.say('attest.preview.answers', requestValues(request, currency, speech));
  const view: PaymentView = {
    style: 'emphasis',
    title: speech.say('attest.preview.title'),
    amount,
    notices: notices(facts, speech).map((line) => ({ lines: [line] })),
    lines: [answers, speech.say('attest.preview.text', { confirm, amount })],
    balances: [balanceChange(account, account.balance + facts.amount, speech)],
    facts: purchaseFacts(facts, speech),
    notes: [],
    buttons: [
      clickButton(confirm, { verb: 'attest.confirm', token }, 'positive'),
      clickButton(speech.say('addFunds.preview.change'), { verb: 'attest.change', token }),
      clickButton(speech.say('addFunds.preview.cancel'), { verb: 'attest.discard' }),
    ],
  };
  return renderPayment(view, speech.say('attest.preview.summary', { amount }));
}

function notices(facts: AttestPreviewFacts, speech: Speech): readonly string[] {
  const { reason, recent, snapshot, account } = facts;
  const text = (micros: bigint): string => speech.money(money(micros, account.currency));
  const added = recent.map(({ amount, by, at }) =>
    speech.say('addFunds.preview.recent', {
      amount: text(amount),
      who: actorName(by, speech),
      time: speech.dateTime(at),
    }),
  );
  if (snapshot === undefined)
    return [...(reason === undefined ? [] : [speech.say(`attest.preview.${reason}`)]), ...added];
  const values = {
    name: plain(snapshot.by.name),
    balance: text(snapshot.balance),
    time: speech.dateTime(snapshot.at),
  };
  const seen = speech.say('attest.preview.snapshot', values);
  return [...(reason === undefined ? [] : [speech.say(`attest.preview.${reason}`)]), ...added, seen];
}

function purchaseFacts(
  { date, invoice, expiresAt }: Pick<AttestPreviewFacts, 'date' | 'invoice' | 'expiresAt'>,
  speech: Speech,
): PaymentView['facts'] {
  return [
    { title: speech.say('attest.fact.date'), value: plain(dayText(date, speech)) },
    { title: speech.say('attest.fact.invoice'), value: plain(invoice) },
    { title: speech.say('attest.fact.expires'), value: plain(expiryDay(expiresAt, speech)) },
  ];
}

export interface AttestedFacts {
  readonly amount: bigint;
  readonly date: string;
  readonly invoice: string;
  readonly expiresAt: string;
  readonly currency: Currency;
  readonly balanceBefore: bigint;
  readonly balanceAfter: bigint;
  readonly by: Actor;
  readonly at: string;
}

export function attestReceipt(facts: AttestedFacts, speech: Speech): Card {
  const { currency, by, balanceBefore, balanceAfter } = facts;
  const text = (micros: bigint): string => speech.money(money(micros, currency));
  const [amount, name] = [text(facts.amount), plain(by.name)];
  const view: PaymentView = {
    style: 'good',
    title: speech.say('payment.attested.title', { name }),
    amount: speech.signedMoney(money(facts.amount, currency)),
    notices: [],
    lines: [speech.say('payment.attested.text', { name, amount })],
    balances: [
      {
        beforeLabel: speech.say('payment.before'),
        before: text(balanceBefore),
        afterLabel: speech.say('payment.after'),
        after: text(balanceAfter),
      },
    ],
    facts: [
      { title: speech.say('attest.fact.by'), value: name },
      ...purchaseFacts(facts, speech),
      { title: speech.say('payment.fact.when'), value: plain(speech.dateTime(facts.at)) },
    ],
    notes: [],
    buttons: [
      clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
      clickButton(speech.say('payment.button.history'), { verb: 'history.show' }),
    ],
  };
  const summary = { name: by.name, amount, balance: text(balanceAfter) };
  return renderPayment(view, speech.say('payment.attested.summary', summary));
}
