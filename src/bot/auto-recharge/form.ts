/** The form, and what was typed into it on its way to the terms of a rule. */
import { DEFAULT_MONTH_CAP_RECHARGES } from '../../billing/ledger/commands/set-auto-recharge.js';
import { money, type Money } from '../../billing/money.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import {
  autoRechargeForm,
  type AutoRechargeFormFacts,
  type RuleField,
} from '../../cards/auto-recharge-form.js';
import type { Card } from '../../cards/render.js';
import { checkAmount, type CheckedAmount, type Till } from '../add-funds/form.js';
import { amountProblem, parseAmount } from '../parse-amount.js';

/** As they stand in the fields; absent where a field is untouched and empty. */
export type RuleValues = Readonly<Partial<Record<RuleField | 'method', string>>>;
export type RuleProblems = AutoRechargeFormFacts['problems'];

/** What is going to be set, once it is confirmed. */
export interface Terms {
  readonly trigger: bigint;
  readonly amount: bigint;
  readonly monthCap: bigint;
  readonly method: PaymentMethod;
}

export interface FilledForm {
  readonly values: RuleValues;
  readonly problems?: RuleProblems;
  readonly notice?: string;
}

export function formCard(till: Till, { values, problems = {}, notice }: FilledForm): Card {
  const { turn, services, account, methods } = till;
  const { minimum, maximum } = services.billing.limits;
  const { method, ...typed } = values;
  return autoRechargeForm(
    {
      balance: money(account.balance, account.currency),
      minimum: money(minimum, account.currency),
      maximum: money(maximum, account.currency),
      methods,
      isOn: account.rule?.enabled === true,
      values: typed,
      problems,
      ...(method !== undefined && { methodId: method }),
      ...(notice !== undefined && { notice }),
    },
    turn.speech,
  );
}

/** The rule as it is, or was before it was turned off; without one the first amounts of the add-funds form. */
export function prefilled({ turn, services, account }: Till): RuleValues {
  const text = (micros: bigint): string => turn.speech.money(money(micros, account.currency));
  const { rule } = account;
  if (rule !== undefined) {
    const { trigger, amount, monthCap, method } = rule;
    return { trigger: text(trigger), amount: text(amount), monthCap: text(monthCap), method: method.id };
  }
  const { minimum, maximum } = services.billing.limits;
  const [small = minimum, larger = small] = services.presets.filter(
    (preset) => preset >= minimum && preset <= maximum,
  );
  return { trigger: text(small), amount: text(larger) };
}

export type CheckedRule =
  | { readonly kind: 'terms'; readonly terms: Terms }
  | { readonly kind: 'wrong'; readonly problems: RuleProblems };

/** All fields are judged at once, so that nobody has to come back twice. */
export function checkValues(till: Till, values: RuleValues): CheckedRule {
  const trigger = checkTrigger(till, values.trigger ?? '');
  const amount = checked(till, values.amount ?? '', (read) => checkAmount(till, read));
  const monthCap = checkCap(till, values.monthCap ?? '', amount);
  const method = methodOf(till, values.method);
  const problems = {
    ...problemOf('trigger', trigger),
    ...problemOf('amount', amount),
    ...problemOf('monthCap', monthCap),
    ...methodProblem(till, method),
  };
  const read = [trigger, amount, monthCap].flatMap((field) =>
    field.kind === 'amount' ? [field.amount.micros] : [],
  );
  const [triggerRead, amountRead, capRead] = read;
  const complete = triggerRead !== undefined && amountRead !== undefined && capRead !== undefined;
  if (!complete || method === undefined) return { kind: 'wrong', problems };
  return { kind: 'terms', terms: { trigger: triggerRead, amount: amountRead, monthCap: capRead, method } };
}

function methodProblem({ turn }: Till, method: PaymentMethod | undefined): RuleProblems {
  return method === undefined ? { method: turn.speech.say('addFunds.methodGone') } : {};
}

function problemOf(field: RuleField, reading: CheckedAmount): RuleProblems {
  return reading.kind === 'wrong' && reading.problem !== '' ? { [field]: reading.problem } : {};
}

/** An untouched choice comes back as it was shown: the first one. */
export function methodOf({ methods }: Till, id: string | undefined): PaymentMethod | undefined {
  return id === undefined ? methods[0] : methods.find((method) => method.id === id);
}

function checked(till: Till, typed: string, judge: (read: Money) => CheckedAmount): CheckedAmount {
  const { speech } = till.turn;
  const parsed = parseAmount(typed, { locale: speech.locale, currency: till.account.currency });
  return parsed.kind === 'amount'
    ? judge(parsed.amount)
    : { kind: 'wrong', problem: amountProblem(parsed, speech) };
}

function checkTrigger(till: Till, typed: string): CheckedAmount {
  const { maximum } = till.services.billing.limits;
  const { speech } = till.turn;
  return checked(till, typed, (amount) => {
    if (amount.micros <= maximum) return { kind: 'amount', amount };
    const limit = speech.money(money(maximum, amount.currency));
    return { kind: 'wrong', problem: speech.say('autoRecharge.problem.trigger', { maximum: limit }) };
  });
}

/** Left empty it is four recharges. Beside an unreadable amount there is nothing to compare it with. */
function checkCap(till: Till, typed: string, recharge: CheckedAmount): CheckedAmount {
  const { speech } = till.turn;
  if (typed.trim() === '') return fourRecharges(recharge);
  return checked(till, typed, (amount) => {
    if (recharge.kind === 'wrong' || amount.micros >= recharge.amount.micros)
      return { kind: 'amount', amount };
    const problem = speech.say('autoRecharge.problem.cap', { amount: speech.money(recharge.amount) });
    return { kind: 'wrong', problem };
  });
}

function fourRecharges(recharge: CheckedAmount): CheckedAmount {
  if (recharge.kind === 'wrong') return { kind: 'wrong', problem: '' };
  const { micros, currency } = recharge.amount;
  return { kind: 'amount', amount: money(micros * DEFAULT_MONTH_CAP_RECHARGES, currency) };
}
