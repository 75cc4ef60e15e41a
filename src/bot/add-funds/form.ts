/** The form: what can be charged and with what, and the person's own values when something was wrong with them. */
import type { Account, ChosenMethod } from '../../billing/ledger/model.js';
import { isWholeMinor, money, type Money } from '../../billing/money.js';
import type { PaymentMethod } from '../../billing/payments/processor.js';
import { addFundsForm, type AddFundsFormFacts } from '../../cards/add-funds-card.js';
import type { Card } from '../../cards/render.js';
import { accountOf } from '../account-of.js';
import { amountProblem, parseAmount } from '../parse-amount.js';
import type { Services } from '../services.js';
import type { Turn } from '../turn.js';

/** One turn's look at the account and its cards. */
export interface Till {
  readonly turn: Turn;
  readonly services: Services;
  readonly account: Account;
  /** The default first. */
  readonly methods: readonly PaymentMethod[];
}

export async function openTill(turn: Turn, services: Services): Promise<Till> {
  const [account, methods] = await Promise.all([
    accountOf(turn, services),
    services.billing.methods.list(turn.tenant),
  ]);
  return { turn, services, account, methods };
}

/** What the ledger keeps of a stored card: its fingerprint tells whether another one is the same card again. */
export function chosen({ id, brand, last4, fingerprint }: PaymentMethod): ChosenMethod {
  return { id, brand, last4, ...(fingerprint !== undefined && { fingerprint }) };
}

export type FormValues = Pick<AddFundsFormFacts, 'amount' | 'methodId' | 'amountProblem' | 'methodProblem'>;

export function formCard({ turn, services, account, methods }: Till, values: FormValues): Card {
  const { currency } = account;
  const { minimum, maximum } = services.billing.limits;
  const presets = services.presets
    .filter((preset) => preset >= minimum && preset <= maximum)
    .map((preset) => money(preset, currency))
    .filter(isWholeMinor);
  return addFundsForm(
    {
      balance: money(account.balance, currency),
      minimum: money(minimum, currency),
      maximum: money(maximum, currency),
      presets,
      methods,
      canAddCard: services.wallet !== undefined,
      ...values,
    },
    turn.speech,
  );
}

export type CheckedAmount =
  | { readonly kind: 'amount'; readonly amount: Money }
  /** A sentence for the person. */
  | { readonly kind: 'wrong'; readonly problem: string };

export function checkTyped(till: Till, typed: string): CheckedAmount {
  const { speech } = till.turn;
  const parsed = parseAmount(typed, { locale: speech.locale, currency: till.account.currency });
  return parsed.kind === 'amount'
    ? checkAmount(till, parsed.amount)
    : { kind: 'wrong', problem: amountProblem(parsed, speech) };
}

/** The ledger checks it again when it is asked to charge; here it becomes a sentence at the field. */
export function checkAmount({ turn, services, account }: Till, amount: Money): CheckedAmount {
  const { minimum, maximum } = services.billing.limits;
  if (amount.micros >= minimum && amount.micros <= maximum && isWholeMinor(amount))
    return { kind: 'amount', amount };
  const limits = {
    minimum: turn.speech.money(money(minimum, account.currency)),
    maximum: turn.speech.money(money(maximum, account.currency)),
  };
  return { kind: 'wrong', problem: turn.speech.say('addFunds.outOfRange', limits) };
}
