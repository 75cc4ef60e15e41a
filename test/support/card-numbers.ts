/** Card numbers as issuers give them: prefix, length and check digit are right, the rest is made up. */
import fc from 'fast-check';

const ISSUERS = [
  { prefix: '4', lengths: [16] },
  { prefix: '51', lengths: [16] },
  { prefix: '2221', lengths: [16] },
  { prefix: '34', lengths: [15] },
  { prefix: '37', lengths: [15] },
  { prefix: '36', lengths: [14] },
  { prefix: '6011', lengths: [16] },
  { prefix: '3530', lengths: [16] },
] as const;

export const cardNumber: fc.Arbitrary<string> = fc
  .constantFrom(...ISSUERS)
  .chain(({ prefix, lengths: [length] }) =>
    fc
      .array(fc.integer({ min: 0, max: 9 }), {
        minLength: length - prefix.length - 1,
        maxLength: length - prefix.length - 1,
      })
      .map((digits) => withCheckDigit(prefix + digits.join(''))),
  );

/** In groups of four or all at once, as people type them. */
export const typedCardNumber: fc.Arbitrary<string> = fc
  .tuple(cardNumber, fc.constantFrom('', ' ', '-', '\u00a0'))
  .map(([number, separator]) => number.replace(/(\d{4})(?=\d)/gu, `$1${separator}`));

/** The last digit makes the sum of the others, every second one doubled, a multiple of ten (Luhn). */
function withCheckDigit(digits: string): string {
  const sum = Array.from(digits)
    .reverse()
    .map((digit, index) => (index % 2 === 0 ? Number(digit) * 2 : Number(digit)))
    .reduce((total, value) => total + (value > 9 ? value - 9 : value), 0);
  return digits + ((10 - (sum % 10)) % 10).toString();
}
