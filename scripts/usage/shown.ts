import { type Currency, MINOR_DIGITS, toDecimal } from '../../src/billing/money.js';

/** Cents are always shown, smaller parts where there are any. */
export function shown(micros: bigint, currency: Currency): string {
  const [whole = '', fraction = ''] = toDecimal(micros).split('.');
  const digits = fraction.padEnd(MINOR_DIGITS[currency], '0');
  return `${currency} ${whole}${digits === '' ? '' : `.${digits}`}`;
}
