/** How a locale groups the digits of money, asked from Intl once. */
import type { Currency } from '../billing/money.js';

export interface AmountSeparators {
  /** `.`, `,`, `'` or a space. */
  readonly group: string;
}

const known = new Map<string, AmountSeparators>();
/** Locales come from outside: the memory of them is bounded. */
const KNOWN_MAX = 200;

/** An unusable locale reads as English. */
export function separatorsOf(locale: string, currency: Currency): AmountSeparators {
  const key = `${locale}|${currency}`;
  const remembered = known.get(key);
  if (remembered !== undefined) return remembered;
  const separators = askIntl(locale, currency);
  if (known.size < KNOWN_MAX) known.set(key, separators);
  return separators;
}

/** Large enough to be grouped in locales that leave four digits alone, such as Italian. */
const GROUPED_SAMPLE = 1_234_567;

function askIntl(locale: string, currency: Currency): AmountSeparators {
  const format = new Intl.NumberFormat(usable(locale), { style: 'currency', currency });
  const group = format.formatToParts(GROUPED_SAMPLE).find((part) => part.type === 'group')?.value ?? '';
  return { group: /^\s$/u.test(group) ? ' ' : group.replace('’', "'") };
}

function usable(locale: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf([locale])[0] ?? 'en';
  } catch {
    return 'en';
  }
}
