/** What an adjustment is: typed in one line, or field by field, on its way to a signed amount with a reason. */
import { ADJUSTMENT_MAX, ADJUSTMENT_REASON_CHARS_MAX } from '../../billing/ledger/commands/adjust.js';
import type { Account } from '../../billing/ledger/model.js';
import { money } from '../../billing/money.js';
import type { AdjustFormFacts, Direction } from '../../cards/adjust-card.js';
import type { Speech } from '../../cards/speech.js';
import { amountProblem, parseAmount } from '../parse-amount.js';

export interface Typed {
  readonly direction?: Direction;
  readonly amount: string;
  readonly reason: string;
}

export interface Terms {
  /** Signed, in micros of the account's currency. */
  readonly amount: bigint;
  readonly reason: string;
}

export type CheckedTerms =
  | { readonly kind: 'terms'; readonly terms: Terms }
  | { readonly kind: 'wrong'; readonly problems: AdjustFormFacts['problems'] };

/** All fields are judged at once, so that nobody has to come back twice. */
export function checkTerms(
  typed: Typed,
  { currency }: Pick<Account, 'currency'>,
  speech: Speech,
): CheckedTerms {
  const { direction } = typed;
  const reason = typed.reason.trim();
  const parsed = parseAmount(typed.amount, { locale: speech.locale, currency });
  const size = parsed.kind === 'amount' ? parsed.amount.micros : 0n;
  const problems = {
    ...(direction === undefined && { direction: speech.say('adjust.problem.direction') }),
    ...(parsed.kind === 'problem' && { amount: amountProblem(parsed, speech) }),
    ...(size > ADJUSTMENT_MAX && {
      amount: speech.say('adjust.problem.range', { max: speech.money(money(ADJUSTMENT_MAX, currency)) }),
    }),
    ...reasonProblem(reason, speech),
  };
  if (Object.keys(problems).length > 0) return { kind: 'wrong', problems };
  return { kind: 'terms', terms: { amount: direction === 'take' ? -size : size, reason } };
}

function reasonProblem(reason: string, speech: Speech): { readonly reason?: string } {
  if (reason === '') return { reason: speech.say('adjust.problem.reason') };
  if (reason.length <= ADJUSTMENT_REASON_CHARS_MAX) return {};
  return { reason: speech.say('adjust.problem.long', { max: ADJUSTMENT_REASON_CHARS_MAX }) };
}

const SIGN = /^\s*([+\-−–])\s*/u;
/** `1 000,50 €` has three words. */
const AMOUNT_WORDS_MAX = 4;

/** `+10 goodwill`: the sign says which way, as much as can be read is the amount, the rest is the reason. */
export function typedAdjustment(
  rest: string,
  { currency }: Pick<Account, 'currency'>,
  { locale }: Speech,
): Typed {
  const sign = SIGN.exec(rest)?.[1];
  const direction: Pick<Typed, 'direction'> =
    sign === undefined ? {} : { direction: sign === '+' ? 'add' : 'take' };
  const words = rest
    .replace(SIGN, '')
    .split(/\s+/u)
    .filter((word) => word !== '');
  for (let count = Math.min(AMOUNT_WORDS_MAX, words.length); count > 0; count -= 1) {
    const amount = words.slice(0, count).join(' ');
    if (parseAmount(amount, { locale, currency }).kind === 'amount')
      return { ...direction, amount, reason: words.slice(count).join(' ') };
  }
  const [first = '', ...others] = words;
  // An amount gone wrong gets its sentence; words alone are the reason.
  return /\d/u.test(first)
    ? { ...direction, amount: first, reason: others.join(' ') }
    : { ...direction, amount: '', reason: words.join(' ') };
}
