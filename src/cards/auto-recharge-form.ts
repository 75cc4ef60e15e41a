/** The form of auto-recharge: when, how much, how much at most in a month and a day, and from which card. */
import type { Money } from '../billing/money.js';
import type { PaymentMethod } from '../billing/payments/processor.js';
import { methodChoice } from './payment-method.js';
import { speechAbout } from './purchase-speech.js';
import { renderCard, type Card } from './render.js';
import type { Speech } from './speech.js';
import template from './templates/auto-recharge-form.json' with { type: 'json' };

export const RULE_FIELDS = ['trigger', 'amount', 'monthCap', 'dayCap'] as const;
export type RuleField = (typeof RULE_FIELDS)[number];

export interface AutoRechargeFormFacts {
  readonly balance: Money;
  readonly minimum: Money;
  readonly maximum: Money;
  readonly methods: readonly PaymentMethod[];
  /** Cards can be added by who reads it. */
  readonly canAddCard: boolean;
  /** There is a rule in force: the form changes it, and can turn it off. */
  readonly isOn: boolean;
  /** What the person had typed; kept when the form comes back. */
  readonly values: Readonly<Partial<Record<RuleField, string>>>;
  readonly methodId?: string;
  /** Sentences, shown at their field. */
  readonly problems: Readonly<Partial<Record<RuleField | 'method', string>>>;
  readonly notice?: string;
}

const CHARS_MAX = 64;

export function autoRechargeForm(facts: AutoRechargeFormFacts, reading: Speech): Card {
  const speech = speechAbout(facts.methods[0], reading);
  const { isOn, canAddCard } = facts;
  const usable = facts.methods.length > 0;
  const title = speech.say(isOn ? 'autoRecharge.form.titleOn' : 'autoRecharge.form.title');
  const intro = speech.say('autoRecharge.form.intro', { balance: speech.money(facts.balance) });
  const data = {
    title,
    intro,
    notices: facts.notice === undefined ? [] : [facts.notice],
    noMethod: usable
      ? ''
      : speech.say(canAddCard ? 'autoRecharge.form.noMethodYet' : 'autoRecharge.form.noMethod'),
    addCardButtons: canAddCard ? [{ title: speech.say('wallet.button.add') }] : [],
    fields: usable ? RULE_FIELDS.map((id) => field(id, facts, speech)) : [],
    ...choices(facts, speech),
    safe: speech.say('autoRecharge.form.safe'),
    continue: speech.say('addFunds.form.continue'),
    offButtons: isOn ? [{ title: speech.say('autoRecharge.button.off') }] : [],
    cancel: speech.say('addFunds.form.cancel'),
  };
  return renderCard(template, data, `${title}. ${intro}`);
}

function choices({ methods, methodId, problems }: AutoRechargeFormFacts, speech: Speech) {
  const chosen = methods.find(({ id }) => id === methodId) ?? methods[0];
  return {
    methodProblem: problems.method ?? '',
    methodLabel: speech.say('addFunds.form.method'),
    methods: methods.map((method) => ({ title: methodChoice(method, speech), value: method.id })),
    method: chosen?.id ?? '',
  };
}

function field(id: RuleField, facts: AutoRechargeFormFacts, speech: Speech) {
  const limits = { minimum: speech.money(facts.minimum), maximum: speech.money(facts.maximum) };
  return {
    id,
    label: speech.say(`autoRecharge.form.${id}`, limits),
    placeholder: speech.say(`autoRecharge.form.${id}.placeholder`),
    value: kept(facts.values[id] ?? ''),
    problem: facts.problems[id] ?? '',
  };
}

/** No amount has braces, and `${` in a card would look like a fact that is missing. */
function kept(typed: string): string {
  return typed.replace(/[{}]/gu, '').slice(0, CHARS_MAX);
}
