/**
 * What was typed into the page, judged. Only test numbers are taken: of any other nothing leaves this file, and nothing
 * that could hold one is shown again.
 */
import type { NewCard } from '../billing/payments/sandbox/card-box.js';
import { cardOfNumber } from '../billing/payments/sandbox/cards.js';
import type { CardField, CardProblem } from './strings.js';

export const CARD_FIELDS: readonly CardField[] = ['number', 'expiry', 'code', 'name'];

/** As it came; empty where a field is missing. */
export type TypedCard = Readonly<Record<CardField, string>>;

/** What may stand in the fields again. Never the number or the code, right or wrong. */
export interface KeptFields {
  readonly expiry: string;
  readonly name: string;
}

export type CheckedCard =
  | { readonly kind: 'right'; readonly card: NewCard }
  | {
      readonly kind: 'wrong';
      readonly problems: Readonly<Partial<Record<CardField, CardProblem>>>;
      readonly kept: KeptFields;
    };

/** All fields are judged at once, so that nobody has to come back twice. */
export function checkCard(typed: TypedCard, now: string): CheckedCard {
  const card = cardOfNumber(withoutGaps(typed.number));
  const expiry = readExpiry(typed.expiry, now);
  const problems = {
    ...problem('number', card === undefined ? numberProblem(typed.number) : undefined),
    ...problem('expiry', expiry.problem),
    ...problem('code', codeProblem(typed.code, card?.brand)),
    ...problem('name', nameProblem(typed.name)),
  };
  if (card !== undefined && expiry.month !== undefined && Object.keys(problems).length === 0) {
    const { id: _starting, ...stored } = card;
    return { kind: 'right', card: { ...stored, expires: expiry.month } };
  }
  return { kind: 'wrong', problems, kept: { expiry: expiry.kept, name: keptName(typed.name) } };
}

function problem(field: CardField, found: CardProblem | undefined): Partial<Record<CardField, CardProblem>> {
  return found === undefined ? {} : { [field]: found };
}

function numberProblem(typed: string): CardProblem {
  return typed.trim() === '' ? 'numberMissing' : 'numberUnknown';
}

/** Digits in another script or width are the same digits. */
function withoutGaps(text: string): string {
  return text.normalize('NFKC').replace(/[\s-]/gu, '');
}

interface Expiry {
  /** `YYYY-MM`. */
  readonly month?: string;
  readonly problem?: CardProblem;
  readonly kept: string;
}

/** `12/34`, `12 / 2034`, `1234`. */
const EXPIRY = /^(0?[1-9]|1[0-2])\s*[/.-]?\s*(?:20)?(\d{2})$/u;
const YEARS_AHEAD_MAX = 20;

function readExpiry(typed: string, now: string): Expiry {
  const text = typed.normalize('NFKC').trim();
  if (text === '') return { problem: 'expiryMissing', kept: '' };
  const [, month, year] = EXPIRY.exec(text) ?? [];
  if (month === undefined || year === undefined) return { problem: 'expiryUnreadable', kept: '' };
  const named = `20${year}-${month.padStart(2, '0')}`;
  if (named < now.slice(0, 7)) return { problem: 'expiryPast', kept: text };
  const far = Number(`20${year}`) > Number(now.slice(0, 4)) + YEARS_AHEAD_MAX;
  return far ? { problem: 'expiryFar', kept: text } : { month: named, kept: text };
}

const FOUR_DIGIT_BRAND = 'American Express';

function codeProblem(typed: string, brand: string | undefined): CardProblem | undefined {
  const code = withoutGaps(typed);
  const four = brand === FOUR_DIGIT_BRAND;
  if (brand === undefined ? /^\d{3,4}$/u.test(code) : /^\d+$/u.test(code) && code.length === (four ? 4 : 3))
    return undefined;
  return four ? 'codeWrongFour' : 'codeWrong';
}

const NAME_CHARS_MAX = 100;

function nameProblem(typed: string): CardProblem | undefined {
  if (typed.trim() === '') return 'nameMissing';
  if (/\p{N}/u.test(typed)) return 'nameDigits';
  return typed.length > NAME_CHARS_MAX ? 'nameLong' : undefined;
}

/** A name that holds digits may hold a card number. */
function keptName(typed: string): string {
  return nameProblem(typed) === undefined ? typed.trim() : '';
}
