/**
 * Money is an integer count of micros, millionths of the currency unit, together with its currency: call charges have
 * fractions of a cent. No floating point anywhere (DESIGN §3).
 */

/** ISO, Intl and payment processors disagree on the decimals of 19 currencies: an allow-list with our own table. */
export const CURRENCIES = ['USD', 'EUR', 'GBP', 'CHF', 'JPY'] as const;
export type Currency = (typeof CURRENCIES)[number];

/** Decimals of the unit that cards are charged in. */
export const MINOR_DIGITS: Readonly<Record<Currency, number>> = { USD: 2, EUR: 2, GBP: 2, CHF: 2, JPY: 0 };

export const MICROS_PER_UNIT = 1_000_000n;

export interface Money<C extends Currency = Currency> {
  readonly micros: bigint;
  readonly currency: C;
}

export function money<C extends Currency>(micros: bigint, currency: C): Money<C> {
  return { micros, currency };
}

/** Whole currency units, for constants and settings. */
export function units<C extends Currency>(count: number | bigint, currency: C): Money<C> {
  return { micros: BigInt(count) * MICROS_PER_UNIT, currency };
}

/** @throws CurrencyMismatch where the types did not already refuse it. */
export function add<C extends Currency>(left: Money<C>, right: Money<NoInfer<C>>): Money<C> {
  assertSameCurrency(left, right);
  return { micros: left.micros + right.micros, currency: left.currency };
}

/** @throws CurrencyMismatch where the types did not already refuse it. */
export function subtract<C extends Currency>(left: Money<C>, right: Money<NoInfer<C>>): Money<C> {
  assertSameCurrency(left, right);
  return { micros: left.micros - right.micros, currency: left.currency };
}

/** @throws CurrencyMismatch where the types did not already refuse it. */
export function isLess<C extends Currency>(left: Money<C>, right: Money<NoInfer<C>>): boolean {
  assertSameCurrency(left, right);
  return left.micros < right.micros;
}

export function microsPerMinor(currency: Currency): bigint {
  return 10n ** BigInt(6 - MINOR_DIGITS[currency]);
}

/** Whether a card can be charged exactly this amount. */
export function isWholeMinor(amount: Money): boolean {
  return amount.micros % microsPerMinor(amount.currency) === 0n;
}

/** A plain decimal such as `-12.5`, without exponent, for storage, JSON and hashes. */
export function toDecimal(micros: bigint): string {
  const sign = micros < 0n ? '-' : '';
  const digits = (micros < 0n ? -micros : micros).toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return sign + digits.slice(0, -6) + (fraction === '' ? '' : `.${fraction}`);
}

const DECIMAL = /^(-?)(\d{1,15})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Reads the text of a number as it stands in JSON, exponents included, without passing through a double.
 * @returns undefined where it is no number, or not a whole count of micros.
 */
export function fromDecimal(text: string): bigint | undefined {
  const match = DECIMAL.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const micros = scaled(BigInt(whole + fraction), 6 + Number(exponent) - fraction.length);
  return sign === '-' && micros !== undefined ? -micros : micros;
}

/** `digits` × 10 to the power of `shift`, where that is a whole number. */
function scaled(digits: bigint, shift: number): bigint | undefined {
  if (shift >= 0) return digits * 10n ** BigInt(shift);
  const divisor = 10n ** BigInt(-shift);
  return digits % divisor === 0n ? digits / divisor : undefined;
}

/** Two currencies met: a mistake in the program, never of a person. */
export class CurrencyMismatch extends Error {
  override readonly name = 'CurrencyMismatch';
}

function assertSameCurrency(left: Money, right: Money): void {
  if (left.currency !== right.currency) {
    throw new CurrencyMismatch(`${left.currency} does not go with ${right.currency}`);
  }
}
