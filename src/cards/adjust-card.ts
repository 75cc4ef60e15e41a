/** Correcting the balance by hand: the form, the preview that says what will happen, and the receipt. */
import type { Account, Actor } from '../billing/ledger/model.js';
import { money, type Currency, type Money } from '../billing/money.js';
import { clickButton, renderPayment, type PaymentView } from './payment-view.js';
import { balanceChange, holdSentence } from './refund-card.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech, StringKey } from './speech.js';
import template from './templates/adjust-form.json' with { type: 'json' };

export type Direction = 'add' | 'take';

export interface AdjustFormFacts {
  readonly balance: Money;
  /** What the person had chosen and typed; kept when the form comes back. */
  readonly direction?: Direction;
  readonly amount: string;
  readonly reason: string;
  readonly reasonCharsMax: number;
  /** Sentences, shown above their fields. */
  readonly problems: Readonly<Partial<Record<'direction' | 'amount' | 'reason', string>>>;
}

const AMOUNT_CHARS_MAX = 64;

export function adjustForm(facts: AdjustFormFacts, speech: Speech): Card {
  const { problems } = facts;
  const title = speech.say('adjust.form.title');
  const intro = speech.say('adjust.form.intro', { balance: speech.money(facts.balance) });
  const data = {
    title,
    intro,
    problems: [problems.direction, problems.amount, problems.reason].filter((text) => text !== undefined),
    directionLabel: speech.say('adjust.form.direction'),
    directions: (['add', 'take'] as const).map((value) => ({
      title: speech.say(`adjust.form.${value}`),
      value,
    })),
    direction: facts.direction ?? '',
    amountLabel: speech.say('adjust.form.amount'),
    amount: kept(facts.amount, AMOUNT_CHARS_MAX),
    reasonLabel: speech.say('adjust.form.reason'),
    reasonPlaceholder: speech.say('adjust.form.reason.placeholder'),
    reason: kept(facts.reason, facts.reasonCharsMax),
    reasonCharsMax: facts.reasonCharsMax,
    safe: speech.say('adjust.form.safe'),
    continue: speech.say('addFunds.form.continue'),
    cancel: speech.say('addFunds.form.cancel'),
  };
  return renderCard(template, data, `${title}. ${intro}`);
}

/** `${` in a card would look like a fact that is missing; cutting may halve an emoji. */
function kept(typed: string, charsMax: number): string {
  return typed.slice(0, charsMax).replace(/[{}\p{Cs}]/gu, '');
}

export interface AdjustPreviewFacts {
  /** Signed, not zero. */
  readonly amount: bigint;
  readonly reason: string;
  readonly account: Pick<Account, 'balance' | 'currency' | 'rule'>;
  readonly isExpired: boolean;
  /** Sealed: what the confirmation sends back. */
  readonly token: string;
}

export function adjustPreview(facts: AdjustPreviewFacts, speech: Speech): Card {
  const { amount, account, token } = facts;
  const { currency, balance } = account;
  const after = balance + amount;
  const signed = speech.signedMoney(money(amount, currency));
  const size = speech.money(money(amount < 0n ? -amount : amount, currency));
  const confirm = speech.say(amount < 0n ? 'adjust.preview.take' : 'adjust.preview.add', { amount: size });
  const view: PaymentView = {
    style: 'emphasis',
    title: speech.say('adjust.preview.title'),
    amount: signed,
    notices: notices(facts, after, speech),
    lines: [
      ...(amount > 0n ? [speech.say('adjust.preview.credit')] : []),
      holdSentence(account, after, speech),
      speech.say('adjust.preview.text', { confirm }),
    ],
    balances: [balanceChange(account, after, speech)],
    facts: [{ title: speech.say('adjust.fact.reason'), value: plain(facts.reason) }],
    notes: [],
    buttons: [
      clickButton(confirm, { verb: 'adjust.confirm', token }, 'positive'),
      clickButton(speech.say('addFunds.preview.change'), { verb: 'adjust.change', token }),
      clickButton(speech.say('addFunds.preview.cancel'), { verb: 'adjust.discard' }),
    ],
  };
  return renderPayment(view, speech.say('adjust.preview.summary', { amount: signed }));
}

function notices(
  { isExpired, account }: AdjustPreviewFacts,
  after: bigint,
  speech: Speech,
): PaymentView['notices'] {
  const below = after < 0n && account.balance >= 0n;
  const keys: readonly StringKey[] = [
    ...(isExpired ? (['adjust.preview.expired'] as const) : []),
    ...(below ? (['adjust.preview.below'] as const) : []),
  ];
  return keys.map((key) => ({ lines: [speech.say(key)] }));
}

export interface AdjustedFacts {
  readonly amount: bigint;
  readonly reason: string;
  readonly currency: Currency;
  readonly balanceBefore: bigint;
  readonly balanceAfter: bigint;
  readonly by: Actor;
  readonly at: string;
}

export function adjustReceipt(facts: AdjustedFacts, speech: Speech): Card {
  const text = (micros: bigint): string => speech.money(money(micros, facts.currency));
  const amount = speech.signedMoney(money(facts.amount, facts.currency));
  const view: PaymentView = {
    style: 'good',
    title: speech.say('adjust.done.title'),
    amount,
    notices: [],
    lines: [],
    balances: [
      {
        beforeLabel: speech.say('payment.before'),
        before: text(facts.balanceBefore),
        afterLabel: speech.say('payment.after'),
        after: text(facts.balanceAfter),
      },
    ],
    facts: [
      { title: speech.say('adjust.fact.reason'), value: plain(facts.reason) },
      { title: speech.say('adjust.fact.by'), value: plain(facts.by.name) },
      { title: speech.say('payment.fact.when'), value: plain(speech.dateTime(facts.at)) },
    ],
    notes: [],
    buttons: [
      clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
      clickButton(speech.say('payment.button.history'), { verb: 'history.show' }),
    ],
  };
  const balance = text(facts.balanceAfter);
  return renderPayment(view, speech.say('adjust.done.summary', { amount, balance }));
}
