import fc from 'fast-check';
import { holdsCardNumber, sendsCardNumber } from '../../src/bot/card-number.js';
import { cardNumber, typedCardNumber } from '../support/card-numbers.js';

test.each([
  '4242424242424242',
  'my card is 4242 4242 4242 4242, exp 12/34',
  '4242-4242-4242-4242',
  '3782 822463 10005',
  'add $50 with 5555555555554444',
  '12/34 4242 4242 4242 4242 123',
  '4242\u00a04242\u00a04242\u00a04242',
  '４２４２ ４２４２ ４２４２ ４２４２',
])('"%s" holds a card number', (text) => {
  expect(holdsCardNumber(text)).toBe(true);
});

test.each([
  ['a wrong check digit', '4242 4242 4242 4241'],
  ['no issuer’s prefix', '0000 0000 0000 0000'],
  ['a telephone number', '+4242424242424242'],
  ['a telephone number in groups', '+42 4242 4242 4242 42'],
  ['too few digits', '4242 4242 4242'],
  ['an amount', 'add $1,000.50'],
  ['a date and time', '2026-11-22 10:05'],
])('%s is none', (_what, text) => {
  expect(holdsCardNumber(text)).toBe(false);
});

test('every number that an issuer could give is found, however it is grouped, with any words around it', () => {
  fc.assert(
    fc.property(
      typedCardNumber,
      fc.constantFrom('', 'card ', 'add $50 '),
      fc.constantFrom('', ' please', ' 12/34'),
      (number, before, after) => {
        expect(holdsCardNumber(`${before}${number}${after}`)).toBe(true);
      },
    ),
  );
});

test('it is found in every field that a card sends back, its names included', () => {
  fc.assert(
    fc.property(cardNumber, fc.constantFrom('amount', 'reason', 'method', 'x'), (number, field) => {
      expect(sendsCardNumber({ verb: 'addFunds.preview', [field]: number })).toBe(true);
      expect(sendsCardNumber({ deep: { [field]: [number] } })).toBe(true);
      expect(sendsCardNumber({ [number]: '' })).toBe(true);
    }),
  );
});

test('what the bot sealed itself is not searched: nobody typed it', () => {
  expect(sendsCardNumber({ verb: 'addFunds.confirm', token: '4242424242424242' })).toBe(false);
});
