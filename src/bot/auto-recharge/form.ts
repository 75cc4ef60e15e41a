/** The form, and what was typed into it on its way to the terms of a rule. */
import { DEFAULT_MONTH_CAP_RECHARGES } from '../../billing/ledger/commands/set-auto-recharge.js';
import { money, type Money } from '../../billing/money.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import {
  RULE_FIELDS,
  autoRechargeForm,
  type AutoRechargeFormFacts,
  type RuleField,
} from '../../cards/auto-recharge-form.js';
import type { Card } from '../../cards/render.js';
import type { StringKey } from '../../cards/speech.js';
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
  readonly dayCap?: bigint;
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
      canAddCard: services.wallet !== undefined,
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
    const { trigger, amount, monthCap, dayCap, method } = rule;
    const caps = { monthCap: text(monthCap), ...(dayCap !== undefined && { dayCap: text(dayCap) }) };
    return { trigger: text(trigger), amount: text(amount), ...caps, method: method.id };
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

interface Read {
  readonly trigger: CheckedAmount;
  readonly amount: CheckedAmount;
  readonly monthCap: CheckedAmount;
  readonly dayCap: CheckedAmount | undefined;
}

/** All fields are judged at once, so that nobody has to come back twice. */
export function checkValues(till: Till, values: RuleValues): CheckedRule {
  const amount = checked(till, values.amount ?? '', (read) => checkAmount(till, read));
  const read: Read = {
    trigger: checkTrigger(till, values.trigger ?? ''),
    amount,
    monthCap: checkMonthCap(till, values.monthCap ?? '', amount),
    dayCap: checkDayCap(till, values.dayCap ?? '', amount),
  };
  const method = methodOf(till, values.method);
  const numbers = numbersOf(read);
  if (numbers !== undefined && method !== undefined) return { kind: 'terms', terms: { ...numbers, method } };
  const wrong = RULE_FIELDS.map((field) => problemOf(field, read[field]));
  return {
    kind: 'wrong',
    problems: Object.assign({}, ...wrong, methodProblem(till, method)) as RuleProblems,
  };
}

/** Undefined where one of them can't be read. */
function numbersOf({ dayCap, ...needed }: Read): Omit<Terms, 'method'> | undefined {
  const [trigger] = microsOf(needed.trigger);
  const [amount] = microsOf(needed.amount);
  const [monthCap] = microsOf(needed.monthCap);
  if (trigger === undefined || amount === undefined || monthCap === undefined) return undefined;
  if (dayCap === undefined) return { trigger, amount, monthCap };
  const [most] = microsOf(dayCap);
  return most === undefined ? undefined : { trigger, amount, monthCap, dayCap: most };
}

function microsOf(field: CheckedAmount): readonly bigint[] {
  return field.kind === 'amount' ? [field.amount.micros] : [];
}

function methodProblem({ turn }: Till, method: PaymentMethod | undefined): RuleProblems {
  return method === undefined ? { method: turn.speech.say('addFunds.methodGone') } : {};
}

function problemOf(field: RuleField, reading: CheckedAmount | undefined): RuleProblems {
  return reading?.kind === 'wrong' && reading.problem !== '' ? { [field]: reading.problem } : {};
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

/** Left empty it is four recharges. */
function checkMonthCap(till: Till, typed: string, recharge: CheckedAmount): CheckedAmount {
  if (typed.trim() === '') return fourRecharges(recharge);
  return checkCap(till, { typed, problem: 'autoRecharge.problem.cap' }, recharge);
}

/** Left empty there is none. */
function checkDayCap(till: Till, typed: string, recharge: CheckedAmount): CheckedAmount | undefined {
  if (typed.trim() === '') return undefined;
  return checkCap(till, { typed, problem: 'autoRecharge.problem.dayCap' }, recharge);
}

/** Beside an unreadable amount there is nothing to compare a cap with. */
function checkCap(
  till: Till,
  { typed, problem }: { readonly typed: string; readonly problem: StringKey },
  recharge: CheckedAmount,
): CheckedAmount {
  const { speech } = till.turn;
  return checked(till, typed, (amount) => {
    if (recharge.kind === 'wrong' || amount.micros >= recharge.amount.micros)
      return { kind: 'amount', amount };
    return { kind: 'wrong', problem: speech.say(problem, { amount: speech.money(recharge.amount) }) };
  });
}

function fourRecharges(recharge: CheckedAmount): CheckedAmount {
  if (recharge.kind === 'wrong') return { kind: 'wrong', problem: '' };
  const { micros, currency } = recharge.amount;
  return { kind: 'amount', amount: money(micros * DEFAULT_MONTH_CAP_RECHARGES, currency) };
}
