import fc from 'fast-check';
import {
  add,
  CurrencyMismatch,
  fromDecimal,
  isLess,
  isWholeMinor,
  money,
  subtract,
  toDecimal,
  units,
  type Money,
} from '../../src/billing/money.js';

const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

test('adding euros to dollars does not compile', () => {
  const dollars = units(1, 'USD');
  const euros = units(1, 'EUR');
  // @ts-expect-error: two currencies
  expect(() => add(dollars, euros)).toThrow(CurrencyMismatch);
  // @ts-expect-error: two currencies
  expect(() => subtract(dollars, euros)).toThrow(CurrencyMismatch);
  // @ts-expect-error: two currencies
  expect(() => isLess(dollars, euros)).toThrow(CurrencyMismatch);
});

test('two currencies that only meet at run time are refused', () => {
  const some: Money = units(1, 'USD');
  const other: Money = money(1n, 'GBP');
  expect(() => add(some, other)).toThrow(CurrencyMismatch);
});

test('adding and subtracting the same amount changes nothing', () => {
  fc.assert(
    fc.property(fc.bigInt(INT64), fc.bigInt(INT64), (a, b) => {
      expect(subtract(add(money(a, 'CHF'), money(b, 'CHF')), money(b, 'CHF')).micros).toBe(a);
    }),
  );
});

test('every amount survives its decimal text', () => {
  fc.assert(
    fc.property(fc.bigInt(INT64), (micros) => {
      expect(fromDecimal(toDecimal(micros))).toBe(micros);
    }),
  );
});

test('decimal text has no exponent, no idle zeros and no plus', () => {
  fc.assert(
    fc.property(fc.bigInt(INT64), (micros) => {
      expect(toDecimal(micros)).toMatch(/^-?\d+(\.\d*[1-9])?$/);
    }),
  );
});

test('the text of a double that a biller wrote with six decimals is read exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (micros) => {
      expect(fromDecimal(String(micros / 1_000_000))).toBe(BigInt(micros));
    }),
    { numRuns: 2_000 },
  );
});

test('an amount that multiplying a double gets wrong is read exactly', () => {
  expect(Math.trunc(1.001 * 1_000_000)).toBe(1_000_999);
  expect(fromDecimal('1.001')).toBe(1_001_000n);
});

test('an exponent moves the point and loses nothing', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.integer({ min: -6, max: 12 }),
      (digits, exponent) => {
        const exact = BigInt(digits) * 10n ** BigInt(exponent + 6);
        expect(fromDecimal(`${digits}e${exponent}`)).toBe(exact);
        expect(fromDecimal(`-${digits}E${exponent}`)).toBe(-exact);
      },
    ),
  );
});

test.each([
  ['1e-7', 'below a micro'],
  ['0.0000001', 'seven decimals'],
  ['1.', 'no digit behind the point'],
  ['.5', 'no digit before it'],
  ['1,5', 'a comma'],
  ['0x10', 'another base'],
  ['1e', 'an empty exponent'],
  ['NaN', 'no number'],
  ['Infinity', 'no number'],
  [' 1', 'a space'],
  ['١٢', 'digits of another script'],
  ['1'.repeat(10_000), 'too long'],
])('%s is no amount: %s', (text) => {
  expect(fromDecimal(text)).toBeUndefined();
});

test.each([
  ['1.10000000', 1_100_000n],
  ['1e-6', 1n],
  ['2.5E+3', 2_500_000_000n],
  ['-0', 0n],
  ['10.0e-7', 1n],
])('%s is exact all the same', (text, micros) => {
  expect(fromDecimal(text)).toBe(micros);
});

test('a card can be charged whole cents, and whole yen', () => {
  expect(isWholeMinor(money(10_000n, 'USD'))).toBe(true);
  expect(isWholeMinor(money(10_001n, 'USD'))).toBe(false);
  expect(isWholeMinor(money(10_000n, 'JPY'))).toBe(false);
  expect(isWholeMinor(units(1, 'JPY'))).toBe(true);
});

test('an amount is less than another one, and never than itself', () => {
  expect(isLess(money(1n, 'USD'), money(2n, 'USD'))).toBe(true);
  expect(isLess(money(2n, 'USD'), money(1n, 'USD'))).toBe(false);
  expect(isLess(money(1n, 'USD'), money(1n, 'USD'))).toBe(false);
});
