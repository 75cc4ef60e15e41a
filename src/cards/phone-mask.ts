/** Phone numbers for readers who may not see them: the country and the last two digits, to tell calls apart. */

const HIDDEN = '••••';
const LAST_SHOWN = 2;
/** Below this many hidden digits the rest could be guessed: nothing is shown then. */
export const DIGITS_HIDDEN_MIN = 4;

/** Country codes of one and two digits; all others have three (ITU-T E.164, list of assigned codes). */
const SHORT_CODES = /^(?:[17]|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/u;

/** The length of the mask tells nothing about the number's. */
export function maskedNumber(number: string): string {
  const digits = number.replace(/\D/gu, '');
  const code = number.trim().startsWith('+') ? countryCode(digits) : '';
  if (digits.length - code.length - LAST_SHOWN < DIGITS_HIDDEN_MIN) return HIDDEN;
  const last = digits.slice(-LAST_SHOWN);
  return code === '' ? `${HIDDEN} ${last}` : `+${code} ${HIDDEN} ${last}`;
}

function countryCode(digits: string): string {
  return SHORT_CODES.exec(digits)?.[0] ?? digits.slice(0, 3);
}
