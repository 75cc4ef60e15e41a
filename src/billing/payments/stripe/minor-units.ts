/** Amounts as Stripe counts them, by the project's own table of minor units: Stripe's differs for some currencies. */
import { CURRENCIES, isWholeMinor, microsPerMinor, type Currency, type Money } from '../../money.js';
import { ChargeDiffers, ProcessorMisuse } from './errors.js';

/** Stripe takes at most eight digits. */
const MINOR_MAX = 99_999_999n;

/** @throws ProcessorMisuse for what no card can be charged. */
export function toMinor(amount: Money): number {
  const minor = amount.micros / microsPerMinor(amount.currency);
  if (!isWholeMinor(amount) || minor <= 0n || minor > MINOR_MAX)
    throw new ProcessorMisuse(`no card can be charged ${amount.micros} micros of ${amount.currency}`);
  return Number(minor);
}

/** @throws ChargeDiffers for a currency that this program never charges. */
export function fromMinor(minor: number, code: string): Money {
  return { micros: microsOfMinor(minor, code), currency: currencyOf(code) };
}

/** @throws ChargeDiffers as {@link fromMinor}. */
export function microsOfMinor(minor: number, code: string): bigint {
  return BigInt(minor) * microsPerMinor(currencyOf(code));
}

function currencyOf(code: string): Currency {
  const currency = CURRENCIES.find((known) => known.toLowerCase() === code);
  if (currency === undefined)
    throw new ChargeDiffers(`charged in ${code}, which this program never asks for`);
  return currency;
}
