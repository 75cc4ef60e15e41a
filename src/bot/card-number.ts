/** Finding payment card numbers in what people type, so that none gets past the door (no table, no log, no reply). */
import validator from 'card-validator';

const DIGITS_MIN = 13;
const DIGITS_MAX = 19;
/** Digits in groups, kept apart by what people type between them. A number with + is a telephone number. */
const RUN = /(?<![\d+])\d+(?:[ \u00a0-]+\d+)*/gu;
const SEPARATOR = /[ \u00a0-]+/u;
/** Cards nest no deeper than forms with fields do. */
const NESTING_MAX = 6;

/** Whether a text holds 13 to 19 digits, spaces and dashes allowed, with an issuer's prefix and the right check digit. */
export function holdsCardNumber(text: string): boolean {
  const plain = text.normalize('NFKC').replace(/\+\s*(?=\d)/gu, '+');
  return [...plain.matchAll(RUN)].some(([run]) => stretches(run.split(SEPARATOR)).some(isCardNumber));
}

/** The same for what a card sent back: every text in it, whatever the field, but what the bot itself had sealed. */
export function sendsCardNumber(data: unknown, depth = 0): boolean {
  if (typeof data === 'string') return holdsCardNumber(data);
  if (typeof data === 'number') return holdsCardNumber(data.toString());
  if (typeof data !== 'object' || data === null || depth > NESTING_MAX) return false;
  return Object.entries(data).some(
    ([name, value]) => name !== 'token' && (holdsCardNumber(name) || sendsCardNumber(value, depth + 1)),
  );
}

/** Every stretch of whole groups of the right length: a date or a code may stand before or behind the number. */
function stretches(groups: readonly string[]): readonly string[] {
  return groups.flatMap((_group, from) =>
    groups.slice(from).map((_last, length) => groups.slice(from, from + length + 1).join('')),
  );
}

function isCardNumber(digits: string): boolean {
  if (digits.length < DIGITS_MIN || digits.length > DIGITS_MAX) return false;
  return validator.number(digits, { luhnValidateUnionPay: true }).isValid;
}
