/** Recording what Microsoft's admin center shows: the form, the preview with the difference, and the receipt. */
import type { Account, Actor } from '../billing/ledger/model.js';
import { money, type Currency, type Money } from '../billing/money.js';
import { clickButton, renderPayment, type PaymentView } from './payment-view.js';
import { holdSentence } from './refund-card.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/set-balance-form.json' with { type: 'json' };

export interface SetBalanceFormFacts {
  readonly balance: Money;
  /** What the person had typed; kept when the form comes back. */
  readonly amount: string;
  /** Sentences. */
  readonly problems: readonly string[];
}

const AMOUNT_CHARS_MAX = 64;

export function setBalanceForm(facts: SetBalanceFormFacts, speech: Speech): Card {
  const title = speech.say('setBalance.form.title');
  const intro = speech.say('setBalance.form.intro', { balance: speech.money(facts.balance) });
  const data = {
    title,
    intro,
    problems: facts.problems,
    amountLabel: speech.say('setBalance.form.amount'),
    amountPlaceholder: speech.say('setBalance.form.amount.placeholder'),
    // `${` in a card would look like a fact that is missing; cutting may halve an emoji.
    amount: facts.amount.slice(0, AMOUNT_CHARS_MAX).replace(/[{}\p{Cs}]/gu, ''),
    safe: speech.say('setBalance.form.safe'),
    continue: speech.say('addFunds.form.continue'),
    cancel: speech.say('addFunds.form.cancel'),
  };
  return renderCard(template, data, `${title}. ${intro}`);
}

export interface SetBalancePreviewFacts {
  /** What the admin center shows. */
  readonly shown: bigint;
  readonly account: Pick<Account, 'balance' | 'currency' | 'rule'>;
  /** Purchases that were asked for and not recorded. */
  readonly asked: bigint;
  readonly isChanged: boolean;
  /** Sealed: what the confirmation sends back. */
  readonly token: string;
}

export function setBalancePreview(facts: SetBalancePreviewFacts, speech: Speech): Card {
  const { shown, account, asked, token } = facts;
  const { currency } = account;
  const text = (micros: bigint): string => speech.money(money(micros, currency));
  const amount = text(shown);
  const difference = shown - account.balance;
  const confirm = speech.say('setBalance.preview.confirm', { amount });
  const warnings = [
    ...(facts.isChanged ? [speech.say('setBalance.preview.changed')] : []),
    ...(asked === 0n ? [] : [speech.say('setBalance.preview.open', { amount: text(asked) })]),
  ];
  const view: PaymentView = {
    style: 'emphasis',
    title: speech.say('setBalance.preview.title'),
    amount,
    notices: warnings.map((line) => ({ lines: [line] })),
    lines: [
      speech.say(`setBalance.preview.${kindOf(difference)}`),
      holdSentence(account, shown, speech),
      speech.say('setBalance.preview.text', { confirm }),
    ],
    balances: [sides({ before: account.balance, after: shown, currency }, speech)],
    facts: [differenceFact(difference, currency, speech)],
    notes: [],
    buttons: [
      clickButton(confirm, { verb: 'setBalance.confirm', token }, 'positive'),
      clickButton(speech.say('addFunds.preview.change'), { verb: 'setBalance.change', token }),
      clickButton(speech.say('addFunds.preview.cancel'), { verb: 'setBalance.discard' }),
    ],
  };
  return renderPayment(view, speech.say('setBalance.preview.summary', { amount }));
}

function kindOf(difference: bigint): 'more' | 'less' | 'same' {
  if (difference === 0n) return 'same';
  return difference > 0n ? 'more' : 'less';
}

function sides(
  {
    before,
    after,
    currency,
  }: { readonly before: bigint; readonly after: bigint; readonly currency: Currency },
  speech: Speech,
): PaymentView['balances'][number] {
  return {
    beforeLabel: speech.say('setBalance.preview.says'),
    before: speech.money(money(before, currency)),
    afterLabel: speech.say('setBalance.preview.shows'),
    after: speech.money(money(after, currency)),
  };
}

function differenceFact(difference: bigint, currency: Currency, speech: Speech) {
  const value = speech.signedMoney(money(difference, currency));
  return { title: speech.say('setBalance.preview.difference'), value };
}

export interface BalanceSetFacts {
  readonly currency: Currency;
  readonly balanceBefore: bigint;
  readonly balanceAfter: bigint;
  readonly by: Actor;
  readonly at: string;
}

export function setBalanceReceipt(facts: BalanceSetFacts, speech: Speech): Card {
  const { currency, balanceBefore: before, balanceAfter: after, by } = facts;
  const amount = speech.money(money(after, currency));
  const view: PaymentView = {
    style: 'good',
    title: speech.say('setBalance.done.title', { name: plain(by.name) }),
    amount,
    notices: [],
    lines: [],
    balances: [
      {
        ...sides({ before, after, currency }, speech),
        beforeLabel: speech.say('payment.before'),
        afterLabel: speech.say('payment.after'),
      },
    ],
    facts: [
      differenceFact(after - before, currency, speech),
      { title: speech.say('attest.fact.by'), value: plain(by.name) },
      { title: speech.say('payment.fact.when'), value: plain(speech.dateTime(facts.at)) },
    ],
    notes: [],
    buttons: [
      clickButton(speech.say('payment.button.balance'), { verb: 'balance.show' }),
      clickButton(speech.say('payment.button.history'), { verb: 'history.show' }),
    ],
  };
  return renderPayment(view, speech.say('setBalance.done.summary', { amount, name: by.name }));
}
