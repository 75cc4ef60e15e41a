import fc from 'fast-check';
import {
  AMOUNT_CHARS_MAX,
  amountProblem,
  parseAmount,
  type AmountProblem,
} from '../../src/bot/parse-amount.js';
import { CURRENCIES, MINOR_DIGITS, microsPerMinor, type Currency } from '../../src/billing/money.js';
import { speechFor } from '../../src/cards/speech.js';

function read(text: string, locale = 'en-US', currency: Currency = 'USD'): bigint | AmountProblem {
  const parsed = parseAmount(text, { locale, currency });
  return parsed.kind === 'amount' ? parsed.amount.micros : parsed.problem;
}

const units = (count: number): bigint => BigInt(Math.round(count * 100)) * 10_000n;

test.each([
  ['50', 50],
  ['$50', 50],
  ['50$', 50],
  ['$ 50', 50],
  ['US$50', 50],
  ['50 USD', 50],
  ['usd 50', 50],
  ['50 dollars', 50],
  ['+50', 50],
  ['0050', 50],
  ['$1,000.50', 1000.5],
  ['1000.5', 1000.5],
  ['$1,000', 1000],
  ['5,000,000', 5_000_000],
  ['\u200e$1,000.50\u200e', 1000.5],
  ['$50.', 50],
])('an American may write %s', (text, amount) => {
  expect(read(text)).toBe(units(amount));
});

test.each([
  ['1.000,50 €', 1000.5],
  ['1000,50\u00a0€', 1000.5],
  ['€ 1.000', 1000],
  ['7,5', 7.5],
  ['50 euro', 50],
  ['EUR 50', 50],
  ['1 000,50', 1000.5],
])('an Italian may write %s', (text, amount) => {
  expect(read(text, 'it-IT', 'EUR')).toBe(units(amount));
});

test.each([
  ['CHF 1’000.50', 1000.5],
  ["1'000.50", 1000.5],
  ['Fr. 50.-', 50],
  ['50.– CHF', 50],
])('a Swiss may write %s', (text, amount) => {
  expect(read(text, 'de-CH', 'CHF')).toBe(units(amount));
});

test('a Japanese may write ¥1,000 or 1000円', () => {
  expect(read('¥1,000', 'ja-JP', 'JPY')).toBe(units(1000));
  expect(read('1000円', 'ja-JP', 'JPY')).toBe(units(1000));
});

test.each([
  ['7,50', 'en-US', 7.5],
  ['1.000,50', 'en-US', 1000.5],
  ['1.000.000', 'en-US', 1_000_000],
  ['1,000.50', 'it-IT', 1000.5],
  ['7.50', 'it-IT', 7.5],
])('%s is not how %s writes it, but means one thing only', (text, locale, amount) => {
  expect(read(text, locale)).toBe(units(amount));
});

test.each([
  ['1.000', 'en-US'],
  ['1,000', 'it-IT'],
  ['1,000', 'de-CH'],
])('%s could mean two things in %s and is refused', (text, locale) => {
  expect(read(text, locale)).toBe('ambiguous');
});

test.each<[string, AmountProblem]>([
  ['', 'empty'],
  [' \u00a0\u202f ', 'empty'],
  ['-5', 'negative'],
  ['−$5', 'negative'],
  ['$-5', 'negative'],
  ['0', 'zero'],
  ['-0.00', 'zero'],
  ['$', 'notANumber'],
  ['1e9', 'notANumber'],
  ['0x10', 'notANumber'],
  ['5,5,5', 'notANumber'],
  ['12,34,567', 'notANumber'],
  ['1,000,00', 'notANumber'],
  ['50-', 'notANumber'],
  ['20-50', 'notANumber'],
  ['5 . 5', 'notANumber'],
  ['50%', 'notANumber'],
  ['Infinity', 'notANumber'],
  ['💶50', 'notANumber'],
  ['<b>50</b>', 'notANumber'],
  ['**50**', 'notANumber'],
  ['${50}', 'notANumber'],
  ['١٢', 'otherDigits'],
  ['５０', 'otherDigits'],
  ['5.005', 'ambiguous'],
  ['0.005', 'tooManyDecimals'],
  ['1,000.505', 'tooManyDecimals'],
  ['€50', 'otherCurrency'],
  ['50 CHF', 'otherCurrency'],
  ['CAD 50', 'otherCurrency'],
  ['A$50', 'otherCurrency'],
  ['$50 EUR', 'otherCurrency'],
  ['9999999999999', 'tooLarge'],
])('%j is refused as %s', (text, problem) => {
  expect(read(text)).toBe(problem);
});

test('ten thousand characters are refused as too long', () => {
  expect(read('1'.repeat(10_000))).toBe('tooLong');
  expect(read('1'.repeat(AMOUNT_CHARS_MAX + 1))).toBe('tooLong');
});

test('yen have no decimals', () => {
  expect(read('5.5', 'ja-JP', 'JPY')).toBe('tooManyDecimals');
});

test.each([
  [
    'en-US',
    'ambiguous',
    'I can’t tell whether that is a small amount with decimals or a thousand. Write it like $50.00 or $1,000.50.',
  ],
  ['en-US', 'otherCurrency', 'This account is in USD. Write the amount in USD, like $50.00.'],
  [
    'it-IT',
    'negative',
    'L’importo deve essere maggiore di zero, quindi senza il meno. Scrivilo così: 50,00 USD.',
  ],
] as const)('in %s the reason %s comes with how to write it', (locale, problem, sentence) => {
  const said = amountProblem({ kind: 'problem', problem, currency: 'USD' }, speechFor(locale));
  expect(said.replace(/[\u00a0\u202f]/gu, ' ')).toBe(sentence);
});

test('every example that a sentence shows can be typed', () => {
  for (const locale of ['en-US', 'en-GB', 'it-IT', 'it-CH']) {
    for (const currency of CURRENCIES) {
      const said = amountProblem({ kind: 'problem', problem: 'notANumber', currency }, speechFor(locale));
      const [, small = '', large = ''] =
        /: (.+) oppure (.+)\.$|like (.+) or (.+)\.$/u.exec(said)?.filter(Boolean) ?? [];
      expect(read(small, locale, currency)).toBe(units(50));
      expect(read(large, locale, currency)).toBe(units(currency === 'JPY' ? 1000 : 1000.5));
    }
  }
});

const LOCALES = ['en', 'en-US', 'it', 'it-IT', 'it-CH', 'de-CH', 'en-GB', 'de-DE', 'fr-FR', 'ja-JP'];

test('what Intl writes is read back as the same amount, in every locale and currency', () => {
  const amounts = fc.record({
    locale: fc.constantFrom(...LOCALES),
    currency: fc.constantFrom(...CURRENCIES),
    minor: fc.bigInt({ min: 1n, max: 10n ** 11n }),
    currencyDisplay: fc.constantFrom('symbol', 'code', 'narrowSymbol'),
  });
  fc.assert(
    fc.property(amounts, ({ locale, currency, minor, currencyDisplay }) => {
      const digits = MINOR_DIGITS[currency];
      const text = minor.toString().padStart(digits + 1, '0');
      const decimal = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency, currencyDisplay });
      const written = format.format(decimal as Intl.StringNumericLiteral);
      expect(read(written, locale, currency)).toBe(minor * microsPerMinor(currency));
    }),
  );
});

test('no text makes it throw, and every refusal has its sentence', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(..."0123456789.,' -+$€eCHF".split('')) }),
  );
  const contexts = fc.record({
    locale: fc.oneof(fc.constantFrom(...LOCALES), fc.string()),
    currency: fc.constantFrom(...CURRENCIES),
  });
  fc.assert(
    fc.property(texts, contexts, (text, context) => {
      const parsed = parseAmount(text, context);
      if (parsed.kind === 'problem') return amountProblem(parsed, speechFor('it-IT')).length > 10;
      return parsed.amount.micros > 0n && parsed.amount.micros % microsPerMinor(context.currency) === 0n;
    }),
  );
});

test('the time it takes grows no faster than the text', () => {
  const hostile = ['1', ',', ' ', "1'", '1,000', '-', '.', '$ ', 'Fr.'];
  const started = performance.now();
  for (const piece of hostile) read(piece.repeat(1_000_000));
  expect(performance.now() - started).toBeLessThan(2_000);
});
