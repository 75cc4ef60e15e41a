/** Adding funds before anything is charged: the form, and the preview that says what will happen. */
import type { Actor } from '../billing/ledger/model.js';
import { MICROS_PER_UNIT, add, money, toDecimal, type Money } from '../billing/money.js';
import type { PaymentMethod } from '../billing/payments/processor.js';
import { expiryDay } from './lots.js';
import { expiryMonth, isTestCard, methodChoice, methodName } from './payment-method.js';
import { speechAbout } from './purchase-speech.js';
import { actorName, clickButton, renderPayment, type PaymentView } from './payment-view.js';
import { plain, renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import formTemplate from './templates/add-funds-form.json' with { type: 'json' };

export interface AddFundsFormFacts {
  readonly balance: Money;
  readonly minimum: Money;
  readonly maximum: Money;
  /** Each can be charged as it stands. */
  readonly presets: readonly Money[];
  readonly methods: readonly PaymentMethod[];
  /** Cards can be added by who reads it. */
  readonly canAddCard: boolean;
  /** What the person had typed and chosen; kept when the form comes back. */
  readonly amount: string;
  readonly methodId?: string;
  /** Sentences, shown at their field. */
  readonly amountProblem?: string;
  readonly methodProblem?: string;
}

const AMOUNT_CHARS_MAX = 64;

export function addFundsForm(facts: AddFundsFormFacts, reading: Speech): Card {
  const speech = speechAbout(facts.methods[0], reading);
  const title = speech.say('addFunds.form.title');
  const balance = speech.say('addFunds.form.balance', { balance: speech.money(facts.balance) });
  const data = { title, balance, ...methodField(facts, speech), ...amountField(facts, speech) };
  return renderCard(formTemplate, { ...data, ...formWords(speech) }, `${title}. ${balance}`);
}

function formWords(speech: Speech): object {
  return {
    methodLabel: speech.say('addFunds.form.method'),
    presetsLabel: speech.say('addFunds.form.presets'),
    safe: speech.say('addFunds.form.safe'),
    continue: speech.say('addFunds.form.continue'),
    cancel: speech.say('addFunds.form.cancel'),
  };
}

function methodField(facts: AddFundsFormFacts, speech: Speech): object {
  const { methods, methodId, methodProblem = '', canAddCard } = facts;
  const chosen = methods.find(({ id }) => id === methodId) ?? methods[0];
  const none = canAddCard ? 'addFunds.form.noMethodYet' : 'addFunds.form.noMethod';
  return {
    noMethod: chosen === undefined ? speech.say(none) : '',
    addCardButtons: canAddCard ? [{ title: speech.say('wallet.button.add') }] : [],
    methods: methods.map((method) => ({ title: methodChoice(method, speech), value: method.id })),
    method: chosen?.id ?? '',
    methodProblem,
  };
}

function amountField(facts: AddFundsFormFacts, speech: Speech): object {
  const presets = facts.methods.length === 0 ? [] : facts.presets;
  const limits = { minimum: speech.money(facts.minimum), maximum: speech.money(facts.maximum) };
  const example = speech.money(money(75n * MICROS_PER_UNIT, facts.balance.currency));
  return {
    presets: presets.map((preset) => ({ title: speech.money(preset), value: toDecimal(preset.micros) })),
    amountLabel: speech.say(presets.length > 0 ? 'addFunds.form.amount' : 'addFunds.form.onlyAmount', limits),
    placeholder: speech.say('addFunds.form.placeholder', { example }),
    amount: kept(facts.amount),
    amountProblem: facts.amountProblem ?? '',
    hint: speech.say('addFunds.form.hint', { example }),
  };
}

/** No amount has braces, and `${` in a card would look like a fact that is missing; cutting may halve an emoji. */
function kept(typed: string): string {
  return typed.slice(0, AMOUNT_CHARS_MAX).replace(/[{}\p{Cs}]/gu, '');
}

/** Another top-up that makes this one doubtful. */
export interface OtherTopUp {
  readonly state: 'open' | 'recent';
  readonly amount: bigint;
  readonly by: Actor;
  readonly at: string;
}

export interface AddFundsPreviewFacts {
  readonly amount: Money;
  readonly method: PaymentMethod;
  readonly balance: Money;
  readonly others: readonly OtherTopUp[];
  /** Of this purchase, at the usual spend, what would expire unused. */
  readonly forfeit?: {
    readonly amount: bigint;
    readonly at: string;
    readonly perDay: bigint;
    readonly days: number;
  };
  /** Why this preview comes although another one was confirmed. */
  readonly reason?: 'expired' | 'another';
  /** Sealed: what the confirmation sends back. */
  readonly token: string;
  readonly now: string;
}

const OTHERS_SHOWN_MAX = 3;

export function addFundsPreview(facts: AddFundsPreviewFacts, reading: Speech): Card {
  const speech = speechAbout(facts.method, reading);
  const amount = speech.money(facts.amount);
  const pay = speech.say('addFunds.preview.pay', { amount });
  const { method } = facts;
  const name = methodName(method, speech);
  const view: PaymentView = {
    style: 'emphasis',
    title: speech.say('addFunds.preview.title'),
    amount,
    notices: notices(facts, speech),
    lines: [speech.say('addFunds.preview.text', { pay })],
    balances: [
      {
        beforeLabel: speech.say('addFunds.preview.now'),
        before: speech.money(facts.balance),
        afterLabel: speech.say('addFunds.preview.after'),
        after: speech.money(add(facts.balance, facts.amount)),
      },
    ],
    facts: [{ title: speech.say('payment.fact.method'), value: plain(methodChoice(method, speech)) }],
    notes: isTestCard(method.id) ? [speech.say('payment.test')] : [],
    buttons: [
      clickButton(pay, { verb: 'addFunds.confirm', token: facts.token }, 'positive'),
      clickButton(speech.say('addFunds.preview.change'), {
        verb: 'addFunds.change',
        amount: toDecimal(facts.amount.micros),
        method: method.id,
      }),
      clickButton(speech.say('addFunds.preview.cancel'), { verb: 'addFunds.discard' }),
    ],
  };
  return renderPayment(view, speech.say('addFunds.preview.summary', { amount, method: name }));
}

function notices(facts: AddFundsPreviewFacts, speech: Speech): PaymentView['notices'] {
  const { reason, method, others } = facts;
  const expired = method.expires < facts.now.slice(0, 7);
  const month = expiryMonth(method, speech);
  return [
    ...(reason === undefined ? [] : [[speech.say(`addFunds.preview.${reason}`)]]),
    ...(others.length === 0 ? [] : [otherLines(facts, speech)]),
    ...(expired ? [[speech.say('addFunds.preview.cardExpired', { month })]] : []),
    ...forfeitLines(facts, speech).map((line) => [line]),
  ].map((lines) => ({ lines }));
}

function forfeitLines({ forfeit, amount: { currency } }: AddFundsPreviewFacts, speech: Speech) {
  if (forfeit === undefined) return [];
  const values = {
    amount: speech.money(money(forfeit.amount, currency)),
    perDay: speech.money(money(forfeit.perDay, currency)),
    days: forfeit.days,
    date: expiryDay(forfeit.at, speech),
  };
  return [speech.say('addFunds.preview.forfeit', values)];
}

function otherLines(facts: AddFundsPreviewFacts, speech: Speech): readonly string[] {
  const lines = facts.others.slice(0, OTHERS_SHOWN_MAX).map((other) =>
    speech.say(`addFunds.preview.${other.state}`, {
      amount: speech.money(money(other.amount, facts.amount.currency)),
      who: actorName(other.by, speech),
      time: speech.dateTime(other.at),
    }),
  );
  return [...lines, speech.say('addFunds.preview.doubt')];
}
