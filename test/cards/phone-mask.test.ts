import fc from 'fast-check';
import { DIGITS_HIDDEN_MIN, maskedNumber } from '../../src/cards/phone-mask.js';

test.each([
  ['+442079460123', '+44 •••• 23'],
  ['+14255550101', '+1 •••• 01'],
  ['+353155501234', '+353 •••• 34'],
  ['+39 06 1234 5678', '+39 •••• 78'],
  ['0612345678', '•••• 78'],
  ['+4412345', '••••'],
  ['112', '••••'],
  ['sip:anna@contoso.com', '••••'],
  ['', '••••'],
])('%s is shown to a viewer as %s', (number, shown) => {
  expect(maskedNumber(number)).toBe(shown);
});

test('a mask shows a country code and two digits at most, and hides at least four', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^\+?[0-9 ()-]{0,25}$/u), (number) => {
      const digits = number.replace(/\D/gu, '');
      const shown = maskedNumber(number).replace(/\D/gu, '');
      expect(shown.length).toBeLessThanOrEqual(5);
      if (shown === '') return;
      expect(digits.length - shown.length).toBeGreaterThanOrEqual(DIGITS_HIDDEN_MIN);
      expect(digits.startsWith(shown.slice(0, -2)) && digits.endsWith(shown.slice(-2))).toBe(true);
    }),
  );
});

test('the length of a number can’t be read from its mask', () => {
  expect(maskedNumber('+4420794601')).toHaveLength(maskedNumber('+442079460123456').length);
});
